"""The lock on a data folder: two Kafkas on the same files destroy them.

Two files are locked with flock. `lock` is held as long as any process of the broker runs: its descriptor is inherited
by the guard and by Kafka, so a broker that was killed with -9 keeps the folder until its Kafka has ended, too.
`lock.owner` is held by the process that started the broker alone, and tells whether it is still there. Neither is ever
removed: what counts is the lock, which ends with the processes, and not the file.
"""

import asyncio
import errno
import fcntl
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from wiredesk.runtime.errors import UnavailableError

ENDING_SECONDS = 40.0
"""Longest wait for the Kafka of a broker that is gone. Its guard gives it 20 s to end, and then kills it."""

OWNER_SECONDS = 1.0
"""An owner that was killed a moment ago may still be ending: for so long it is not believed to be there."""

POLL_SECONDS = 0.1
"""Pause between two attempts to get the lock."""

OWNER_TRIES = 50
"""Attempts to take the lock of this process, `POLL_SECONDS` apart."""

UNSUPPORTED = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
"""Errors of a file system that has no locks."""

BUSY = (errno.EWOULDBLOCK, errno.EACCES)
"""Errors where another process holds the lock."""


class FolderLock:
    """Keeps a data folder to one broker.

    Args:
        folder: exists and can be written.
        owner: the command that wants it, for whoever finds it in use.
    """

    def __init__(self, folder: Path, owner: str) -> None:
        self._folder = folder
        self._command = owner
        self._shared = -1
        self._own = -1

    @property
    def fd(self) -> int:
        """The descriptor that the broker's processes must inherit."""
        return self._shared

    async def acquire(self) -> None:
        """Take the lock.

        Raises:
            UnavailableError: another broker uses the folder, or it cannot be locked.
        """
        try:
            self._shared, self._own = _open(self._folder / "lock"), _open(self._folder / "lock.owner")
            await self._take_over()
            self._introduce()
            await self._show_presence()
        except OSError as error:
            self.release()
            raise UnavailableError(f"{self._folder} cannot be locked: {error.strerror or error}") from error
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let go of it; the broker's processes keep it until they have ended."""
        for fd in (self._own, self._shared):
            if fd >= 0:
                os.close(fd)
        self._own = self._shared = -1

    async def _take_over(self) -> None:
        """Take the shared lock; wait for it where only the Kafka of a broker that is gone still has it."""
        began = time.monotonic()
        while not self._try(self._shared):
            waited = time.monotonic() - began
            if not self._owner_is_gone() and waited > OWNER_SECONDS:
                raise UnavailableError(f"{self._folder} is in use by {self._owner()}")
            if waited > ENDING_SECONDS:
                raise UnavailableError(
                    f"{self._folder} is still in use by the Kafka of {self._owner()}, which is gone itself: try "
                    "again, or end that Kafka"
                )
            await asyncio.sleep(POLL_SECONDS)

    async def _show_presence(self) -> None:
        """Take the owner's lock, which others hold for an instant to see whether it is free."""
        for _ in range(OWNER_TRIES):
            if self._try(self._own):
                return
            await asyncio.sleep(POLL_SECONDS)

    def _owner_is_gone(self) -> bool:
        if not self._try(self._own, fcntl.LOCK_SH):
            return False
        fcntl.flock(self._own, fcntl.LOCK_UN)
        return True

    def _introduce(self) -> None:
        about = f"{os.getpid()} ({self._command} since {datetime.now(UTC).isoformat(timespec='seconds')})"
        os.ftruncate(self._own, 0)
        os.pwrite(self._own, about.encode(), 0)

    def _owner(self) -> str:
        about = os.pread(self._own, 200, 0).decode(errors="replace")
        return f"process {about}" if about and about.isprintable() else "another process"

    def _try(self, fd: int, kind: int = fcntl.LOCK_EX) -> bool:
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in UNSUPPORTED:
                raise UnavailableError(
                    f"{self._folder} cannot be locked: its file system has no flock ({error.strerror}); choose a "
                    "folder on a local disk with --data"
                ) from error
            if error.errno in BUSY:
                return False
            raise
        return True


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
