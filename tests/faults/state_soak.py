"""The soak of a stage with a store: workers, keepers and children are killed and frozen, the changelog is compacted.

    python -m tests.faults.state_soak --seconds 120 --seed 7

The publisher writes to each partition until the time is over. At the end the outputs, the changelog and the dead
letters must be what the witness makes of the input.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests import topics
from tests.faults import state_witness
from tests.faults.crew import Crew
from tests.handlers import COUNTER, SOURCE, TARGET
from wiredesk.local.broker.cluster import EmbeddedKafka
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime import logs
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled, setting

PARTITIONS = 3
WORKERS = 2
KEYS = 40
RATE = 150
"""Records a second."""

POISON = ("raise", "exit", "allocate", "reject", "hang")
POISON_EVERY = 120

COMPACTING = {"segment.ms": "1000", "min.cleanable.dirty.ratio": "0.01", "min.compaction.lag.ms": "0"}
"""Settings of the changelog with which the broker compacts it in the middle of the run, many times."""


@dataclass
class Result:
    """What happened.

    Attributes:
        wrong: differences from the witness.
        faults: by kind.
        changes: records of the changelog, and how many of them compaction has left.
    """

    published: int = 0
    wrong: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    changes: tuple[int, int] = (0, 0)


async def soak(folder: Path, *, seconds: float, seed: int) -> Result:
    """Run the soak."""
    chooser, result = random.Random(seed), Result()
    async with EmbeddedKafka(folder, BrokerSettings().cache_dir) as broker:
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        await create_topics(kafka)
        crew = Crew((sys.executable, "-m", "tests.faults.counting"), environment(kafka), folder / "workers.log")
        try:
            for _ in range(WORKERS):
                crew.join(COUNTER.name)
            publishing = asyncio.create_task(_publish(kafka, chooser, seconds, result))
            await _disturb(crew, random.Random(seed + 1), publishing, result)
            await publishing
            await until_done(kafka)
        finally:
            await crew.disband()
        result.wrong = await state_witness.differences(kafka)
        result.changes = await _changes(kafka)
    return result


def environment(kafka: KafkaSettings) -> dict[str, str]:
    """Return the environment of the workers."""
    return {
        "WIREDESK_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "WIREDESK_TOPIC_PREFIX": kafka.topic_prefix,
        "WIREDESK_SESSION_TIMEOUT": f"{setting(6):g}",
        "WIREDESK_DRAIN_TIMEOUT": f"{setting(3):g}",
        "WIREDESK_PAGE_DEADLINE": f"{setting(2):g}",
        "WIREDESK_PAGE_MEMORY_BYTES": str(256 << 20),
        "WIREDESK_TRANSACTION_RECORDS": "100",
        "WIREDESK_BRAKE_SHARE": "1",
    }


async def create_topics(kafka: KafkaSettings, partitions: int = PARTITIONS) -> None:
    """Create the topics of the stage; its changelog is compacted all the time."""
    await topics.create(kafka, (SOURCE, TARGET, COUNTER.dead_letter_topic), partitions=partitions)
    changelog = state_witness.CHANGELOG
    async with clients.started(clients.admin(kafka), kafka) as admin:
        assert isinstance(admin, AIOKafkaAdminClient)
        configs = changelog.settings() | COMPACTING
        await admin.create_topics([NewTopic(kafka.on_cluster(changelog.name), partitions, 1, topic_configs=configs)])


async def _publish(kafka: KafkaSettings, chooser: random.Random, seconds: float, result: Result) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until:
            key = chooser.randrange(KEYS)
            is_poison = not chooser.randrange(POISON_EVERY)
            value = chooser.choice(POISON).encode() if is_poison else b""
            await producer.send("in", value, key=b"%d" % key, partition=key % PARTITIONS)
            result.published += 1
            await asyncio.sleep(1 / RATE)
    finally:
        await producer.stop()


async def _disturb(crew: Crew, chooser: random.Random, publishing: "asyncio.Task[None]", result: Result) -> None:
    """Kill and freeze processes until the last record is published."""
    while not publishing.done():
        await asyncio.wait({publishing}, timeout=chooser.uniform(0.5, 4))
        kind = chooser.choice(("kill", "kill", "kill_child", "kill_child", "freeze"))
        result.faults[kind] += 1
        pick = chooser.randrange(1000)
        if kind == "freeze":
            await crew.freeze(pick, setting(8))
        elif kind == "kill":
            await crew.kill(pick)
        else:
            await crew.kill_child(pick)


async def until_done(kafka: KafkaSettings) -> None:
    """Wait until every record is committed."""
    async with Cluster(kafka) as cluster, asyncio.timeout(scaled(120)):
        while True:
            inputs = await cluster.partitions([kafka.on_cluster(SOURCE.name)])
            ends, done = await cluster.log_end_offsets(inputs), await cluster.committed_offsets(COUNTER)
            if all(tp in done and done[tp].offset >= end for tp, end in ends.items() if end):
                return
            await asyncio.sleep(0.2)


async def _changes(kafka: KafkaSettings) -> tuple[int, int]:
    written = await state_witness.read(kafka, TARGET.name)
    left = await state_witness.read(kafka, state_witness.CHANGELOG.name)
    return len(written), len(left)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logs.quiet()
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(soak(Path(folder), seconds=options.seconds, seed=options.seed))
    for line in result.wrong:
        print(line)  # noqa: T201
    print(  # noqa: T201
        f"{result.published} records, faults {dict(result.faults)}, {result.changes[1]} of {result.changes[0]} changes "
        f"left by compaction, {len(result.wrong)} differences"
    )
    sys.exit(bool(result.wrong))


if __name__ == "__main__":
    main()
