"""Kafka's jars: fetched once from Maven Central, kept in a cache, verified against their pins at every start."""

import contextlib
import fcntl
import hashlib
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from jgo.maven import MavenContext
from requests import RequestException

from wiredesk.runtime.errors import UnavailableError

KAFKA_VERSION = "4.3.1"
"""The default version."""

DOWNLOAD_BYTES = 45_000_000
"""Size of all its jars, rounded: the first start downloads them. Other pinned versions differ by 5 %."""

DOWNLOADS = 8
"""Number of parallel downloads: the jars are small, so latency dominates."""

FETCH_SECONDS = 60
"""Timeout of one request to Maven Central."""

LOCK_SECONDS = 300.0
"""Longest wait for another process that fetches into the same cache: enough for all jars over a slow line."""

POLL_SECONDS = 0.1
"""Pause between two attempts to lock the cache."""


@dataclass(frozen=True, slots=True)
class Jar:
    """A jar by its Maven coordinates, pinned."""

    group: str
    artifact: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """The progress of fetching.

    Attributes:
        done: jars that have been fetched.
        total: jars that were missing.
        size: bytes that have been fetched.
    """

    done: int
    total: int
    size: int

    @property
    def estimated_bytes(self) -> int:
        """Total bytes to fetch, estimated from the share of jars that were missing."""
        return DOWNLOAD_BYTES * self.total // len(locked())


def lock_file(version: str) -> Path:
    """Return where the pins of a version of Kafka are written."""
    return Path(__file__).parent / "locks" / f"kafka-{version}.toml"


def locked(version: str = KAFKA_VERSION) -> tuple[Jar, ...]:
    """Return the jars of a version of Kafka.

    Raises:
        UnavailableError: this version is not pinned.
    """
    try:
        return read_lock(lock_file(version))
    except FileNotFoundError as error:
        raise UnavailableError(
            f"Kafka {version} is not pinned: run 'python -m wiredesk.local.broker.lock {version}'"
        ) from error


def read_lock(path: Path) -> tuple[Jar, ...]:
    """Return the jars of a lock file of jgo."""
    lock = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(Jar(d["groupId"], d["artifactId"], d["version"], d["sha256"]) for d in lock["dependencies"])


def classpath(
    cache: Path, version: str = KAFKA_VERSION, on_fetch: Callable[[FetchProgress], None] | None = None
) -> str:
    """Return a Java class path of the jars of a version of Kafka; see `verified`."""
    return verified(cache, locked(version), on_fetch)


def verified(cache: Path, jars: Sequence[Jar], on_fetch: Callable[[FetchProgress], None] | None = None) -> str:
    """Return a Java class path of verified jars, after fetching those that are missing.

    Args:
        cache: folder for the jars, which processes may share.
        on_fetch: called before the first jar is fetched and after each one, from any thread; not called if none is
            missing.

    Raises:
        UnavailableError: a jar cannot be fetched, its checksum differs from its pin, or the cache cannot be written.
    """
    maven = MavenContext(repo_cache=cache / "maven", timeout=FETCH_SECONDS)
    try:
        if _missing(maven, jars):  # a cache that is complete may be read-only, and needs no lock
            with _exclusive(cache):
                _fetch_all(maven, _missing(maven, jars), on_fetch or _ignore)
    except OSError as error:
        raise UnavailableError(
            f"the cache {cache} cannot be written: {error.strerror or error}; set WIREDESK_CACHE_DIR to another folder"
        ) from error
    return ":".join(str(_path(maven, jar)) for jar in jars)


def _missing(maven: MavenContext, jars: Sequence[Jar]) -> list[Jar]:
    return [jar for jar in jars if not _is_sound(_path(maven, jar), jar)]


def _path(maven: MavenContext, jar: Jar) -> Path:
    path = maven.project(jar.group, jar.artifact).at_version(jar.version).artifact().cached_path
    assert path is not None  # noqa: S101 - for the type checker: our context has a cache
    return path


def _ignore(progress: FetchProgress) -> None:
    """Ignore the progress."""


def _fetch_all(maven: MavenContext, missing: Sequence[Jar], on_fetch: Callable[[FetchProgress], None]) -> None:
    if not missing:  # another process has fetched them
        return
    size = 0
    on_fetch(FetchProgress(0, len(missing), size))
    with ThreadPoolExecutor(DOWNLOADS) as threads:
        for done, fetched in enumerate(threads.map(lambda jar: _fetch(maven, jar), missing), start=1):
            size += fetched
            on_fetch(FetchProgress(done, len(missing), size))


def _fetch(maven: MavenContext, jar: Jar) -> int:
    """Fetch a jar into the cache; return its size in bytes."""
    path = _path(maven, jar)
    path.unlink(missing_ok=True)  # of an earlier download that was interrupted
    try:
        maven.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    except (RequestException, RuntimeError) as error:
        path.unlink(missing_ok=True)
        raise UnavailableError(
            f"Kafka's jars cannot be fetched: {jar.artifact}-{jar.version}.jar: Maven Central does not answer "
            f"({type(error).__name__}); once fetched they stay in the cache"
        ) from error
    if not _is_sound(path, jar):
        path.unlink(missing_ok=True)
        raise UnavailableError(
            f"{path.name} from Maven Central is not the file that was pinned: its SHA-256 differs from the one in "
            f"{lock_file('').parent}"
        )
    return path.stat().st_size


def _is_sound(path: Path, jar: Jar) -> bool:
    try:
        return sha256_of(path) == jar.sha256
    except FileNotFoundError:
        return False


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _exclusive(cache: Path) -> Iterator[None]:
    """Prevent two processes from fetching the same jar into the same file.

    Raises:
        UnavailableError: another process has been fetching for too long.
    """
    cache.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + LOCK_SECONDS
    with (cache / "lock").open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise UnavailableError(
                        f"the cache {cache} has been locked by another process for {LOCK_SECONDS:g} s: stop it, or set "
                        "WIREDESK_CACHE_DIR to another folder"
                    ) from None
                time.sleep(POLL_SECONDS)
        yield
