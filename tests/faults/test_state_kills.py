"""Kills at the worst times: in a restore, in a commit, between; the changelog compacted meanwhile; partitions moved.

Each time the outputs, the changelog and the dead letters are those of the witness (`state_witness.py`).
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from tests import secured
from tests.faults import state_soak, state_witness
from tests.waiting import until
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing import commands
from wiredesk.testing.commands import ForkedProcess

RECORDS = 150
"""Records that are published before each start of a worker: several transactions."""

KEYS = 7


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSettings]:
    """A broker of its own, which compacts all the time."""
    with secured.running(tmp_path_factory.mktemp("kills"), {}, {"log.cleaner.backoff.ms": "200"}) as kafka:
        yield kafka.open


class Stage:
    """The stage that counts, on topics of its own.

    Attributes:
        published: records so far.
    """

    def __init__(self, kafka: KafkaSettings, log: Path) -> None:
        self.kafka = kafka
        self.published = 0
        self._log = log

    async def publish(self, records: int = RECORDS, partitions: int = 1) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.kafka.bootstrap_servers)
        await producer.start()
        for number in range(self.published, self.published + records):
            key = number % KEYS
            await producer.send(self.kafka.on_cluster("in"), b"", b"%d" % key, partition=key % partitions)
        self.published += records
        await producer.stop()

    @contextlib.asynccontextmanager
    async def worker(self, member: str, **settings: str) -> AsyncIterator[ForkedProcess]:
        """Run a worker, which has its partitions back at once when it is started again."""
        own = {"WIREDESK_TRANSACTION_RECORDS": "20", "WIREDESK_METRICS_PORT": "0", "WIREDESK_INSTANCE_ID": member}
        environment = os.environ | state_soak.environment(self.kafka) | own | settings
        with self._log.open("ab") as log:
            process = commands.start(["counter"], environment, log, module="tests.faults.counting")
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            await asyncio.to_thread(process.wait)

    async def changes(self) -> int:
        """Return how many records the changelog has."""
        return len(await state_witness.read(self.kafka, state_witness.CHANGELOG.name))


async def stage(broker: KafkaSettings, name: str, log: Path, partitions: int = 1) -> Stage:
    kafka = broker.model_copy(update={"topic_prefix": f"{name}."})
    await state_soak.create_topics(kafka, partitions)
    return Stage(kafka, log / "workers.log")


@pytest.mark.timeout(200)
@pytest.mark.parametrize(
    "points",
    [("committed", "restoring", "written"), ("offsets", "restored", "computed")],
    ids="-".join,
)
async def test_a_worker_killed_at_a_point_leaves_the_state_of_the_witness(
    broker: KafkaSettings, tmp_path: Path, points: tuple[str, ...]
) -> None:
    counting = await stage(broker, "-".join(points), tmp_path)
    for point in points:
        await counting.publish()
        async with counting.worker("one", FAULTS_AT=point) as worker:
            assert await asyncio.to_thread(worker.wait) == -signal.SIGKILL, point
    await counting.publish()
    async with counting.worker("one"):
        await state_soak.until_done(counting.kafka)
    assert await state_witness.differences(counting.kafka) == []


@pytest.mark.timeout(200)
async def test_a_changelog_may_be_compacted_while_it_is_restored(broker: KafkaSettings, tmp_path: Path) -> None:
    counting = await stage(broker, "compacted", tmp_path)
    await set_compaction_lag(counting.kafka, 3_600_000)
    async with counting.worker("one"):
        for _ in range(3):  # in several segments
            await counting.publish(RECORDS // 2)
            await state_soak.until_done(counting.kafka)
    before = await counting.changes()
    await counting.publish()
    patient = {"WIREDESK_SESSION_TIMEOUT": "60", "WIREDESK_DRAIN_TIMEOUT": "30"}
    async with counting.worker("one", FAULTS_AT="restoring", FAULTS_SIGNAL="SIGSTOP", **patient) as worker:
        await until(lambda: is_stopped(worker.pid), "the worker stands in its restore", 60)
        await set_compaction_lag(counting.kafka, 0)

        async def is_compacted() -> bool:
            return await counting.changes() < before

        await until(is_compacted, "the changelog is compacted", 60)
        worker.send_signal(signal.SIGCONT)
        await state_soak.until_done(counting.kafka)
    assert await state_witness.differences(counting.kafka) == []


@pytest.mark.timeout(200)
async def test_partitions_that_a_killed_worker_takes_along_come_back_with_their_state(
    broker: KafkaSettings, tmp_path: Path
) -> None:
    """The first worker had the state of the second one's partition before, and must not go on with that."""
    counting = await stage(broker, "moved", tmp_path, partitions=2)
    await counting.publish(partitions=2)
    async with counting.worker("one"):
        await state_soak.until_done(counting.kafka)
        async with counting.worker("two", FAULTS_AT="written") as second:
            await until(lambda: joined(tmp_path), "the second worker has a partition", 60)
            await counting.publish(partitions=2)
            assert await asyncio.to_thread(second.wait) == -signal.SIGKILL
        await counting.publish(partitions=2)
        await state_soak.until_done(counting.kafka)
    assert await state_witness.differences(counting.kafka) == []


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T"


def joined(folder: Path) -> bool:
    """Return whether lanes were opened by three assignments: two, and one for each worker."""
    return (folder / "workers.log").read_text(encoding="utf-8", errors="replace").count('"lane running"') >= 4


async def set_compaction_lag(kafka: KafkaSettings, milliseconds: int) -> None:
    changelog = state_witness.CHANGELOG
    settings = changelog.settings() | state_soak.COMPACTING | {"min.compaction.lag.ms": str(milliseconds)}
    resource = ConfigResource(ConfigResourceType.TOPIC, kafka.on_cluster(changelog.name), settings)
    async with clients.started(clients.admin(kafka), kafka) as admin:
        assert isinstance(admin, AIOKafkaAdminClient)
        await admin.alter_configs([resource])
