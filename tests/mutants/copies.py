"""Copies of the working tree, in which mutants live."""

import shutil
import subprocess
from pathlib import Path

from tests.mutants.mutant import Mutant


class Copy:
    """A copy of what git tracks, as it is in the working tree.

    Args:
        folder: for the copy; it need not be there.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder
        self._original = b""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - whichever git there is
            cwd=root,
            check=True,
            capture_output=True,
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (root / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, folder / name)

    def apply(self, mutant: Mutant) -> None:
        """Put a mutant into the copy."""
        # Of the copy, not of the working tree: somebody may edit that meanwhile.
        self._original = (self.folder / mutant.file).read_bytes()
        (self.folder / mutant.file).write_bytes(mutant.applied(self._original))

    def restore(self, mutant: Mutant) -> None:
        """Take it out again."""
        (self.folder / mutant.file).write_bytes(self._original)
