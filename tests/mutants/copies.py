"""Copies of the working tree, to which mutants are applied."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from tests.mutants.mutant import Mutant


class Copy:
    """A copy of what git tracks, as it is in the working tree.

    Args:
        folder: folder for the copy; it need not exist.
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
        """Apply a mutant to the copy."""
        # Read the copy, not the working tree, which somebody may edit meanwhile.
        self._original = (self.folder / mutant.file).read_bytes()
        self._write(mutant.file, mutant.applied(self._original))

    def restore(self, mutant: Mutant) -> None:
        """Remove the mutant again."""
        self._write(mutant.file, self._original)

    def _write(self, file: str, content: bytes) -> None:
        """Write a file with a modification time of its own.

        A mutant often has the size of the original, and the same second: Python would use the bytecode of one for the
        other.
        """
        (self.folder / file).write_bytes(content)
        self._written_at += 2
        os.utime(self.folder / file, (self._written_at, self._written_at))
