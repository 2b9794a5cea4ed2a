"""The experiment of decision 6: does the new owner of a partition always see at once what the previous one committed?

    python -m tests.faults.test_takeover VERSION ROUNDS NODES

Owners of eight partitions take over from each other, each while its predecessor's commit is on its way. After
InitProducerId the successor asks for the committed offset, at once and again a little later: a difference would be an
offset that came into sight late. It asks as aiokafka does (version 3), then as we do (version 7, for a stable one).
"""

import asyncio
import contextlib
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.support import KAFKA_VERSIONS
from wiredesk.local.broker.cluster import EmbeddedKafka
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime import logs
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.group_offsets import stable_committed_offset
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled, setting

LANES = 8
ROUNDS = 25
LATER_SECONDS = 0.02


@pytest.mark.timeout(180)
@pytest.mark.parametrize("version", KAFKA_VERSIONS)
async def test_a_successor_sees_what_its_predecessor_committed(version: str, tmp_path: Path) -> None:
    result = await experiment(tmp_path, version, ROUNDS, nodes=1)
    assert (result.takeovers, result.stale) == (LANES * ROUNDS, 0)


@dataclass
class Takeovers:
    """The number of takeovers, and after how many of them the offset was stale, for both requests."""

    takeovers: int = 0
    stale_by_version_3: int = 0
    stale: int = 0


async def experiment(folder: Path, version: str, rounds: int, *, nodes: int) -> Takeovers:
    """Let owners take over from each other, a number of times each."""
    result = Takeovers()
    async with EmbeddedKafka(folder, BrokerSettings().cache_dir, version=version, nodes=nodes) as broker:
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        async with clients.started(clients.admin(kafka), kafka) as admin:
            assert isinstance(admin, AIOKafkaAdminClient)
            await admin.create_topics([NewTopic("in", LANES, nodes)])
        await asyncio.gather(*(_take_over(kafka, lane, rounds, result) for lane in range(LANES)))
    return result


async def _take_over(kafka: KafkaSettings, lane: int, rounds: int, result: Takeovers) -> None:
    rng = random.Random(lane)
    source, group = TopicPartition("in", lane), f"group-{lane}"
    async with clients.started(clients.member(kafka, group, "test", session_timeout=setting(10)), kafka) as consumer:
        consumer.assign([source])
        owner = await _opened(kafka, lane)
        for offset in range(1, rounds + 1):
            await owner.begin_transaction()
            await owner.send_offsets_to_transaction({source: offset}, group)
            committing = asyncio.ensure_future(owner.commit_transaction())
            await asyncio.sleep(rng.choice([0, 0.001, 0.002, 0.004, 0.008]))
            successor = await _opened(kafka, lane)
            by_version_3 = await consumer.committed(source)
            at_once = await stable_committed_offset(consumer, group, source)
            await asyncio.sleep(LATER_SECONDS)
            later = await stable_committed_offset(consumer, group, source)
            result.takeovers += 1
            result.stale_by_version_3 += by_version_3 != later
            result.stale += at_once != later
            with contextlib.suppress(Exception):
                async with asyncio.timeout(scaled(2)):
                    await committing
            await _closed(owner)
            owner = successor
        await _closed(owner)


async def _opened(kafka: KafkaSettings, lane: int) -> AIOKafkaProducer:
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, transactional_id=f"lane-{lane}", retry_backoff_ms=2
    )
    await producer.start()
    return producer


async def _closed(producer: AIOKafkaProducer) -> None:
    with contextlib.suppress(Exception):
        async with asyncio.timeout(scaled(2)):
            await producer.stop()


if __name__ == "__main__":
    logs.quiet()
    with tempfile.TemporaryDirectory() as temporary:
        result = asyncio.run(experiment(Path(temporary), sys.argv[1], int(sys.argv[2]), nodes=int(sys.argv[3])))
    print(  # noqa: T201
        f"Kafka {sys.argv[1]}, {sys.argv[3]} nodes: {result.takeovers} takeovers; stale by version 3: "
        f"{result.stale_by_version_3}, asked for a stable one: {result.stale}"
    )
