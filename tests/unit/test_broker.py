import shutil
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest

from wiredesk.local.broker import jars
from wiredesk.local.broker.cluster import EmbeddedKafka
from wiredesk.local.broker.data_folder import MIN_FREE_BYTES, new_cluster_id
from wiredesk.local.broker.node import Address, Node, properties
from wiredesk.runtime.errors import UnavailableError


def test_a_cluster_id_is_never_taken_for_an_option() -> None:
    drawn = iter([UUID(int=0xF9 << 120), UUID(int=0xFA << 120), UUID(int=1 << 120)])
    assert new_cluster_id(lambda: next(drawn)) == "AQAAAAAAAAAAAAAAAAAAAA"


def test_every_jar_is_pinned_once() -> None:
    locked = jars.locked()
    assert len({(jar.group, jar.artifact) for jar in locked}) == len(locked)
    assert all(len(jar.sha256) == 64 for jar in locked)
    assert any(jar.artifact == "kafka_2.13" and jar.version == jars.KAFKA_VERSION for jar in locked)
    with pytest.raises(UnavailableError, match=r"wiredesk\.local\.broker\.lock 0\.0"):
        jars.locked("0.0")


def test_three_nodes_replicate_what_one_cannot() -> None:
    quorum = [Address(n, 9000 + n, 9100 + n) for n in (1, 2, 3)]
    three, one = (properties(nodes[0], nodes, Path("/data")) for nodes in (quorum, quorum[:1]))
    assert (three["transaction.state.log.replication.factor"], three["min.insync.replicas"]) == ("3", "2")
    assert (one["transaction.state.log.replication.factor"], one["min.insync.replicas"]) == ("1", "1")
    assert three["controller.quorum.voters"].count("127.0.0.1") == 3
    assert "0.0.0.0" not in str(three)  # noqa: S104 - that is the point


async def test_a_full_disk_is_reported_before_kafka_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=MIN_FREE_BYTES - 1))
    with pytest.raises(UnavailableError, match=r"the disk of .* is full"):
        await EmbeddedKafka(tmp_path, tmp_path).__aenter__()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[main] ERROR kafka.Kafka$ - Exiting: java.io.IOException: No space left on device", "is full"),
        ("[main] ERROR kafka.Kafka$ - Exiting: the lock is held", "the lock is held"),
        ("kafka-storage: error: argument --cluster-id: expected one argument", "expected one argument"),
        (
            "Caused by: java.lang.IllegalArgumentException: No MetadataVersion with feature level 33.",
            "by a newer Kafka",
        ),
        ("UnsupportedVersionException: Can't read version 4 of BrokerEndpoint", "by a newer Kafka"),
        ("[main] INFO kafka.Kafka$ - fine", "exit code"),
    ],
)
def test_a_failure_is_explained_by_the_log(line: str, message: str, tmp_path: Path) -> None:
    address = Address(1, 9092, 9093)
    node = Node(address, [address], tmp_path, "")
    (tmp_path / "kafka.log").write_text(f"{line}\n[main] INFO bye\n" + "[main] INFO closing\n" * 900)
    assert message in node.failure()


def test_a_jar_that_is_not_what_it_should_be_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jar = jars.Jar("g", "a", "1", "0" * 64)
    path = tmp_path / "maven" / "g" / "a" / "1" / "a-1.jar"

    def resolve(_: object) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"tampered")
        return path

    monkeypatch.setattr("jgo.maven.Artifact.resolve", resolve)
    monkeypatch.setattr(jars, "locked", lambda _: (jar,))
    with pytest.raises(UnavailableError, match="SHA-256"):
        jars.classpath(tmp_path)
    assert not path.exists()
