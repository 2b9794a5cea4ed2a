"""The data folder of the embedded broker: one broker at a time, and the cluster that it holds."""

import asyncio
import contextlib
import errno
import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT
from wiredesk.local.broker import data_folder, folder_lock, jars
from wiredesk.local.broker.cluster import EmbeddedKafka
from wiredesk.local.broker.folder_lock import FolderLock
from wiredesk.runtime.errors import UnavailableError
from wiredesk.testing.patience import scaled

HOLDER = """
import asyncio, pathlib, subprocess, sys
from wiredesk.local.broker.folder_lock import FolderLock
lock = FolderLock(pathlib.Path(sys.argv[1]), "wiredesk broker")
asyncio.run(lock.acquire())
heir = subprocess.Popen(["sleep", "60"], pass_fds=[lock.fd], stdout=subprocess.DEVNULL)
print(heir.pid, flush=True)
sys.stdin.read()
"""
"""Takes the lock, hands it on to a process of its own, as to Kafka, and exits silently."""

RIVAL = """
import asyncio, os, pathlib, sys, time
from wiredesk.local.broker.folder_lock import FolderLock
from wiredesk.runtime.errors import UnavailableError
folder = pathlib.Path(sys.argv[1])
async def once():
    lock = FolderLock(folder, "rival")
    try:
        await lock.acquire()
    except UnavailableError:
        return
    os.close(os.open(folder / "inside", os.O_CREAT | os.O_EXCL))  # fails where another one is inside
    time.sleep(0.002)
    os.unlink(folder / "inside")
    lock.release()
async def main():
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        await once()
asyncio.run(main())
"""


@contextlib.contextmanager
def holder(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a process that has the lock; yield it, and the process that has inherited it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    heir = int(process.stdout.readline())
    try:
        yield process, heir
    finally:
        process.kill()
        process.communicate()
        with contextlib.suppress(ProcessLookupError):
            os.kill(heir, 9)


async def acquire(folder: Path) -> None:
    lock = FolderLock(folder, "test")
    await lock.acquire()
    lock.release()


async def test_a_folder_in_use_names_the_process(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    with holder(folder) as (process, _):
        message = rf"in use by process {process.pid} \(wiredesk broker since \d{{4}}-.*\+00:00\)$"
        for path in (folder, tmp_path / "link", Path(os.path.relpath(folder))):
            with pytest.raises(UnavailableError, match=message):
                await acquire(path)
            with pytest.raises(UnavailableError, match=message):  # before the port is checked, or a file is touched
                await EmbeddedKafka(path, tmp_path / "cache", port=1).__aenter__()
        assert sorted(path.name for path in folder.iterdir()) == ["lock", "lock.owner"]


async def test_the_lock_is_held_until_kafka_has_ended_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with holder(tmp_path) as (process, heir):
        process.kill()
        process.wait()
        with monkeypatch.context() as patch:
            patch.setattr(folder_lock, "ENDING_SECONDS", 0.3)
            with pytest.raises(
                UnavailableError, match=rf"still in use by the Kafka of process {process.pid} .*which has exited"
            ):
                await acquire(tmp_path)
        waiting = asyncio.create_task(acquire(tmp_path))
        await asyncio.wait({waiting}, timeout=2 * folder_lock.POLL_SECONDS)
        assert not waiting.done()
        os.kill(heir, 9)
        async with asyncio.timeout(scaled(30)):
            await waiting
    await acquire(tmp_path)  # the files of dead processes are no obstacle


async def test_of_many_that_come_at_once_one_has_it(tmp_path: Path) -> None:
    rivals = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", RIVAL, str(tmp_path), cwd=ROOT) for _ in range(4)
    ]
    assert await asyncio.gather(*(rival.wait() for rival in rivals)) == [0, 0, 0, 0]
    await acquire(tmp_path)


async def test_a_file_system_without_locks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(_: int, __: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(UnavailableError, match=r"has no flock .*; choose a folder on a local disk with --data"):
        await acquire(tmp_path)


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError, match="file/data cannot be written: Not a directory"):
        await EmbeddedKafka(tmp_path / "file" / "data", tmp_path).__aenter__()
    monkeypatch.setattr(os, "access", lambda *_: False)  # for root every folder can be written
    with pytest.raises(UnavailableError, match="cannot be written: permission denied"):
        await EmbeddedKafka(tmp_path, tmp_path).__aenter__()


def formatted(folder: Path, ids: dict[int, str], voters: int = 1) -> None:
    """Lay out a folder as Kafka leaves it."""
    for node, cluster_id in ids.items():
        (folder / f"node-{node}" / "log").mkdir(parents=True, exist_ok=True)
        text = f"cluster.id={cluster_id}\nversion=1\n" if cluster_id else "version=1\n"
        (folder / f"node-{node}" / "log" / "meta.properties").write_text(text)
    quorum = ",".join(f"{n}@127.0.0.1:90{n}" for n in range(1, voters + 1))
    (folder / "node-1" / "server.properties").write_text(f"controller.quorum.voters={quorum}\n")


ID = "p5zFzGdCTEW3qS2-ftu2WA"
OTHER = "wiredeskwiredesktest0A"


def test_the_id_of_a_new_folder_is_drawn_once(tmp_path: Path) -> None:
    drawn = data_folder.cluster_id(tmp_path, 1)
    assert data_folder.CLUSTER_ID.fullmatch(drawn)
    assert data_folder.cluster_id(tmp_path, 3) == drawn  # nothing was formatted yet


@pytest.mark.parametrize("damage", [b"", b"\xff\x00\xfe", b"--help", b"short", OTHER.encode(), None])
def test_a_damaged_cluster_id_is_taken_from_what_kafka_wrote(damage: bytes | None, tmp_path: Path) -> None:
    formatted(tmp_path, {1: ID})
    if damage is not None:
        (tmp_path / "cluster-id").write_bytes(damage)
    assert data_folder.cluster_id(tmp_path, 1) == ID
    assert (tmp_path / "cluster-id").read_text() == ID


@pytest.mark.parametrize("damage", [b"", b"\xff\x00\xfe", b"--help", b"a b\nc"])
def test_a_damaged_cluster_id_of_a_folder_without_nodes_is_drawn_again(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / "cluster-id").write_bytes(damage)
    assert data_folder.CLUSTER_ID.fullmatch(data_folder.cluster_id(tmp_path, 1))


def test_a_cluster_of_another_size_is_refused(tmp_path: Path) -> None:
    formatted(tmp_path, {1: ID}, voters=1)
    with pytest.raises(UnavailableError, match="a cluster of 1 node, not of 3: run 'wiredesk broker --nodes 1'"):
        data_folder.cluster_id(tmp_path, 3)
    formatted(tmp_path, {1: ID, 2: ID, 3: ID}, voters=3)
    with pytest.raises(UnavailableError, match="a cluster of 3 nodes, not of 1: run 'wiredesk broker --nodes 3'"):
        data_folder.cluster_id(tmp_path, 1)


def test_three_nodes_of_which_one_was_formatted_when_we_were_killed(tmp_path: Path) -> None:
    formatted(tmp_path, {1: ID}, voters=3)
    assert data_folder.cluster_id(tmp_path, 3) == ID


def test_nodes_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    formatted(tmp_path, {1: ID, 2: OTHER, 3: ID}, voters=3)
    with pytest.raises(UnavailableError, match=re.escape(f"node-1: {ID}, node-2: {OTHER}, node-3: {ID}")):
        data_folder.cluster_id(tmp_path, 3)
    formatted(tmp_path, {1: "", 2: "", 3: ""}, voters=3)
    with pytest.raises(UnavailableError, match=r"lacks a cluster\.id"):
        data_folder.cluster_id(tmp_path, 3)


def test_a_cache_that_somebody_else_has_locked_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jars, "LOCK_SECONDS", 0.2)
    with (tmp_path / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(UnavailableError, match=r"has been locked by another process .*WIREDESK_CACHE_DIR"):
            jars.classpath(tmp_path)


def test_a_complete_cache_may_be_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jars, "locked", lambda _: ())
    assert jars.classpath(tmp_path) == ""
    assert not list(tmp_path.iterdir())
