"""The experiment behind decision 6: is what a predecessor committed always visible to its successor, and at once?

    python -m tests.faults.test_takeover VERSION ROUNDS NODES

Owners of eight partitions take over from each other, each while its predecessor's commit is on its way. After
InitProducerId the successor asks for the committed offset, at once and again a little later: a difference would be an
offset that came into sight late.
"""

import asyncio
import contextlib
import random
import sys
import tempfile
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.broker import jars
from services.broker.cluster import EmbeddedKafka
from services.broker.settings import BrokerSettings
from services.runtime import logs
from services.runtime.kafka import clients, offsets
from services.runtime.settings import KafkaSettings
from tests.faults.test_soak import OLDEST

LANES = 8
ROUNDS = 25
LATER_SECONDS = 0.02


@pytest.mark.timeout(180)
@pytest.mark.parametrize("version", [OLDEST, jars.KAFKA_VERSION])
async def test_a_successor_sees_what_its_predecessor_committed(version: str, tmp_path: Path) -> None:
    takeovers, stale = await experiment(tmp_path, version, ROUNDS, nodes=1)
    assert (takeovers, stale) == (LANES * ROUNDS, 0)


async def experiment(folder: Path, version: str, rounds: int, *, nodes: int) -> tuple[int, int]:
    """Return how many takeovers there were, and after how many the offset was stale."""
    async with EmbeddedKafka(folder, BrokerSettings().cache_dir, version=version, nodes=nodes) as broker:
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        async with clients.started(clients.admin(kafka), kafka) as admin:
            assert isinstance(admin, AIOKafkaAdminClient)
            await admin.create_topics([NewTopic("in", LANES, nodes)])
        stale = await asyncio.gather(*(_take_over(kafka, lane, rounds) for lane in range(LANES)))
    return LANES * rounds, sum(stale)


async def _take_over(kafka: KafkaSettings, lane: int, rounds: int) -> int:
    rng = random.Random(lane)
    source, group, stale = TopicPartition("in", lane), f"group-{lane}", 0
    async with clients.started(clients.member(kafka, group, "test", session_timeout=10), kafka) as consumer:
        consumer.assign([source])
        owner = await _opened(kafka, lane)
        for offset in range(1, rounds + 1):
            await owner.begin_transaction()
            await owner.send_offsets_to_transaction({source: offset}, group)
            committing = asyncio.ensure_future(owner.commit_transaction())
            await asyncio.sleep(rng.choice([0, 0.001, 0.002, 0.004, 0.008]))
            successor = await _opened(kafka, lane)
            at_once = await offsets.committed(consumer, group, source)
            await asyncio.sleep(LATER_SECONDS)
            stale += at_once != await offsets.committed(consumer, group, source)
            with contextlib.suppress(Exception):
                async with asyncio.timeout(2):
                    await committing
            await _closed(owner)
            owner = successor
        await _closed(owner)
    return stale


async def _opened(kafka: KafkaSettings, lane: int) -> AIOKafkaProducer:
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, transactional_id=f"lane-{lane}", retry_backoff_ms=2
    )
    await producer.start()
    return producer


async def _closed(producer: AIOKafkaProducer) -> None:
    with contextlib.suppress(Exception):
        async with asyncio.timeout(2):
            await producer.stop()


if __name__ == "__main__":
    logs.quiet()
    with tempfile.TemporaryDirectory() as temporary:
        found = asyncio.run(experiment(Path(temporary), sys.argv[1], int(sys.argv[2]), nodes=int(sys.argv[3])))
    print(f"Kafka {sys.argv[1]}, {sys.argv[3]} nodes: {found[0]} takeovers, {found[1]} of them stale")  # noqa: T201
