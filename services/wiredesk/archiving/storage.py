"""Where the files of an archive are: in a folder of this machine, or in an object store.

Both have the same promise: a file is there whole under its name, or not at all, also after a crash.
"""

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.fs as pafs

from wiredesk.archiving.file_names import FileName
from wiredesk.runtime.errors import UnavailableError, UsageError

UNFINISHED = "_unfinished"
"""Folder of files that are being written. Readers of data sets pass over names that begin with `_`."""

COPY_BYTES = 8 * 1024 * 1024
"""Bytes that are copied to an object store at a time."""


RETRY_SECONDS = 60
"""How long an object store may be away before the command ends."""


class Storage(Protocol):
    """The files of an archive."""

    def names(self) -> list[FileName]:
        """Return the names of all files, and remove what an archive that was killed has left unfinished."""

    def scratch(self) -> Path:
        """Return the folder in which files are written before they are published."""

    def publish(self, written: Path, name: FileName) -> None:
        """Give a written file its name, in place of a file that has it. It is then safe from a crash.

        Raises:
            UnavailableError: it cannot be stored.
        """

    def open(self, name: FileName) -> Any:
        """Open a file for reading, for pyarrow."""

    def locked(self, purpose: str) -> contextlib.AbstractContextManager[None]:
        """Keep a second command of the same purpose away for the duration of a block.

        Raises:
            UsageError: another one runs.
        """


class Folder:
    """An archive in a folder of this machine.

    Args:
        root: the folder; it is created.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        with explained(str(root)):
            self.scratch().mkdir(parents=True, exist_ok=True)

    def names(self) -> list[FileName]:
        """Return the names of all files, and remove what an archive that was killed has left unfinished."""
        with explained(str(self._root)):
            for left in self.scratch().glob("append-*.part"):
                left.unlink(missing_ok=True)
            paths = (path.relative_to(self._root).as_posix() for path in self._root.glob("day=*/*.parquet"))
            return sorted(name for path in paths if (name := FileName.parse(path)) is not None)

    def scratch(self) -> Path:
        """Return the folder in which files are written: on the same file system, so that renaming is atomic."""
        return self._root / UNFINISHED

    def publish(self, written: Path, name: FileName) -> None:
        """Flush a file to the disk, and rename it."""
        target = self._root / name.path
        with explained(str(target)):
            target.parent.mkdir(exist_ok=True)
            _flush(written)
            written.replace(target)
            _flush(target.parent)
            _flush(self._root)

    def open(self, name: FileName) -> Any:
        """Open a file for reading."""
        with explained(name.path):
            return pa.memory_map(str(self._root / name.path))

    @contextlib.contextmanager
    def locked(self, purpose: str) -> Iterator[None]:
        """Hold a lock on a file, which ends with the process."""
        path = self.scratch() / f"{purpose}.lock"
        with explained(str(path)):
            opened = path.open("w", encoding="ascii")
        with opened as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(f"another 'wiredesk archive' writes {self._root}: stop it first") from None
            yield


class ObjectStore:
    """An archive in an object store; a file is uploaded when it is complete. There is no lock: run one command only.

    Args:
        files: the store.
        root: bucket and prefix.
    """

    def __init__(self, files: Any, root: str) -> None:
        self._files = files
        self._root = root.rstrip("/")
        self._scratch = Path(tempfile.mkdtemp(prefix="wiredesk-archive-"))
        atexit.register(shutil.rmtree, self._scratch, ignore_errors=True)

    def names(self) -> list[FileName]:
        """Return the names of all files."""
        with explained(self._root):
            infos = self._files.get_file_info(pafs.FileSelector(self._root, recursive=True, allow_not_found=True))
        paths = (info.path.removeprefix(self._root).lstrip("/") for info in infos if info.is_file)
        return sorted(name for path in paths if (name := FileName.parse(path)) is not None)

    def scratch(self) -> Path:
        """Return a temporary folder of this machine."""
        return self._scratch

    def publish(self, written: Path, name: FileName) -> None:
        """Upload a file; the store shows it when all of it has come."""
        target = f"{self._root}/{name.path}"
        with explained(target):
            with written.open("rb") as source, self._files.open_output_stream(target) as stream:
                shutil.copyfileobj(source, stream, COPY_BYTES)
            stored = self._files.get_file_info(target)
        if stored.size != written.stat().st_size:
            raise UnavailableError(f"{target} has {stored.size} bytes after its upload, not {written.stat().st_size}")
        written.unlink()

    def open(self, name: FileName) -> Any:
        """Open a file for reading."""
        with explained(name.path):
            return self._files.open_input_file(f"{self._root}/{name.path}")

    @contextlib.contextmanager
    def locked(self, purpose: str) -> Iterator[None]:  # noqa: ARG002 - of the protocol
        """Do nothing: stores have no locks that all of them share."""
        yield


def storage_of(into: str) -> Storage:
    """Return the storage that an option names: a folder, or a URI such as `s3://bucket/prefix`.

    Raises:
        UsageError: it names no folder, no bucket, or the URI is of no kind that pyarrow knows.
        UnavailableError: the folder cannot be made.
    """
    if not into.strip():
        raise UsageError("--into is empty: give a folder, or an object store (s3://bucket/prefix)")
    if "://" not in into:
        return Folder(Path(into).expanduser())
    try:
        files, root = pafs.FileSystem.from_uri(_with_patience(into))
    except (pa.ArrowException, ValueError, OSError) as error:
        raise UsageError(f"--into {into.partition('?')[0]}: {_line(error)}") from error
    if isinstance(files, pafs.LocalFileSystem):
        return Folder(Path(root))
    if not root.strip("/"):
        raise UsageError(f"--into {into.partition('?')[0]}: the bucket is missing, as in s3://bucket/prefix")
    return ObjectStore(files, root)


def _with_patience(uri: str) -> str:
    """Return the URI of a store with an end to its retries: the client of Google's goes on for a quarter of an hour."""
    parts = urlsplit(uri)
    if parts.scheme not in ("gs", "gcs") or "retry_limit_seconds" in parts.query:
        return uri
    return f"{uri}{'&' if parts.query else '?'}retry_limit_seconds={RETRY_SECONDS}"


@contextlib.contextmanager
def explained(what: str) -> Iterator[None]:
    """Raise errors of a disk or a store as one line that names the file."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise UnavailableError(f"{what}: {getattr(error, 'strerror', None) or _line(error)}") from error


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


def _flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
