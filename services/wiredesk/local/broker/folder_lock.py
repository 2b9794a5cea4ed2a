"""The lock on a data folder: two Kafkas that use the same files destroy them.

Two files are locked with flock. `lock` is held as long as any process of the broker runs: its descriptor is inherited
by the guard and by Kafka, so a broker that was killed with SIGKILL keeps the folder until its Kafka has exited, too.
`lock.owner` is held only by the process that started the broker, and shows whether that process still runs. The files
are never removed: only the locks on them count, which the kernel releases when the processes exit.
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
"""Longest wait for the Kafka of a broker that has exited. Its guard gives it 20 s to stop, and then kills it."""

OWNER_SECONDS = 1.0
"""How long to wait for an owner that holds its lock: one that was just killed may hold it a little longer."""

POLL_SECONDS = 0.1
"""Pause between two attempts to get the lock."""

OWNER_TRIES = 50
"""Attempts to take the owner's lock for this process, with `POLL_SECONDS` between them."""

UNSUPPORTED = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
"""Errors of a file system without locks."""

BUSY = (errno.EWOULDBLOCK, errno.EACCES)
"""Errors that mean that another process holds the lock."""


class FolderLock:
    """Reserves a data folder for one broker.

    Args:
        folder: a folder that exists and can be written.
        owner: the command that uses it, for the error message of another one that wants the same folder.
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
        """Release the lock; the broker's processes hold it until they have exited."""
        for fd in (self._own, self._shared):
            if fd >= 0:
                os.close(fd)
        self._own = self._shared = -1

    async def _take_over(self) -> None:
        """Take the shared lock; wait for it if only the Kafka of a broker that has exited still holds it."""
        began = time.monotonic()
        while not self._try(self._shared):
            waited = time.monotonic() - began
            if not self._owner_is_gone() and waited > OWNER_SECONDS:
                raise UnavailableError(f"{self._folder} is in use by {self._owner()}")
            if waited > ENDING_SECONDS:
                raise UnavailableError(
                    f"{self._folder} is still in use by the Kafka of {self._owner()}, which has exited: try "
                    "again, or stop that Kafka"
                )
            await asyncio.sleep(POLL_SECONDS)

    async def _show_presence(self) -> None:
        """Take the owner's lock; other processes hold it briefly to check whether it is free."""
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
