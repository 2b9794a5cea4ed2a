"""Copies of the working tree, in which mutants live."""

import os
import shutil
import subprocess
import time
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
        self._written_at = time.time()
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
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
        self._write(mutant.file, mutant.applied(self._original))

    def restore(self, mutant: Mutant) -> None:
        """Take it out again."""
        self._write(mutant.file, self._original)

    def _write(self, file: str, content: bytes) -> None:
        """Write a file under a time of its own.

        A mutant is often as long as the original, and made in the same second: what was compiled of one would pass for
        the other.
        """
        (self.folder / file).write_bytes(content)
        self._written_at += 2
        os.utime(self.folder / file, (self._written_at, self._written_at))
