"""Measure what poison pages cost: of each kind 1 % (an exception, a hang, an allocation of 4 GB, a killed process).

    python bench/poison.py [--pages 10000] [--milliseconds 10] [--deadline 1]

One worker with two processes reads two partitions. It runs once without poison and once with it, and checks that
exactly the poison pages are dead-lettered, each with its reason, and that every other page is published once, in the
order of its partition. The time that the processes waited for the deadlines of hanging pages is subtracted.
"""

import argparse
import asyncio
import contextlib
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from burning_stage import REASONS, SOURCE, STAGE, TARGET

from tests import topics
from tests.reading import read_topic
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import MIB, KafkaSettings
from wiredesk_schemas.headers import DEAD_LETTER_REASON, decode_text, last_value

PROCESSES = 2


@dataclass(frozen=True)
class Outcome:
    """The result of one run."""

    seconds: float
    reasons: Counter[str]
    right: bool


def main() -> int:
    """Print both rates, and whether the result is correct."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--milliseconds", type=float, default=10, help="of CPU that a page costs")
    parser.add_argument("--deadline", type=float, default=1, help="seconds that a page may compute")
    args = parser.parse_args()
    logs.quiet()
    rng = random.Random(1)
    clean = [b"page"] * args.pages
    poisoned = list(clean)
    places = rng.sample(range(args.pages), 4 * (args.pages // 100))
    for index, order in enumerate(REASONS):
        for place in places[index :: len(REASONS)]:
            poisoned[place] = order
    try:
        without = asyncio.run(_run(clean, args.milliseconds, args.deadline))
        with_poison = asyncio.run(_run(poisoned, args.milliseconds, args.deadline))
    except WiredeskError as error:
        print(f"poison: {error}", file=sys.stderr)
        return error.exit_code
    paid = with_poison.reasons["timeout"] * args.deadline * 1.1 / PROCESSES  # and a tenth of grace
    rate, poisoned_rate = args.pages / without.seconds, args.pages / (with_poison.seconds - paid)
    right = without.right and with_poison.right
    print(
        f"poison: {args.pages} pages of {args.milliseconds:g} ms, {PROCESSES} processes: clean {rate:.0f} pages/s; "
        f"with poison {poisoned_rate:.0f} outside {paid:.0f} s of deadlines paid, ratio {poisoned_rate / rate:.2f}; "
        f"dead letters {dict(with_poison.reasons)}; {'all' if right else 'NOT'} as it must be"
    )
    return 0 if right else 1


async def _run(values: Sequence[bytes], milliseconds: float, deadline: float) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder:
        async with stack.embedded_kafka(Path(folder) / "kafka", BrokerSettings()) as broker:
            kafka = stack.kafka_settings(broker)
            await topics.create(kafka, [SOURCE, TARGET, STAGE.dead_letter_topic])
            async with clients.started(clients.producer(kafka, "bench"), kafka) as producer:
                for number, value in enumerate(values):
                    await producer.send(SOURCE.name, value, key=b"%d" % number, partition=number % SOURCE.partitions)
            environment = {
                **os.environ,
                "BURN_MS": str(milliseconds),
                "PYTHONPATH": str(Path(__file__).parent),
                "WIREDESK_PROCESSES": str(PROCESSES),
                "WIREDESK_PAGE_DEADLINE": str(deadline),
                "WIREDESK_PAGE_MEMORY_BYTES": str(512 * MIB),
                "WIREDESK_METRICS_PORT": "0",
            }
            command = [sys.executable, str(Path(__file__).parent / "burning_stage.py"), kafka.bootstrap_servers]
            worker = subprocess.Popen(command, env=environment)  # noqa: ASYNC220, S603 - our own script
            try:
                outputs = await _outputs(kafka, len(values))
            finally:
                worker.terminate()
                await asyncio.to_thread(worker.wait)
    times = [record.timestamp for record in outputs]
    return Outcome((max(times) - min(times)) / 1000, _reasons(outputs), _is_right(outputs, values))


async def _outputs(kafka: KafkaSettings, count: int) -> list[Record]:
    outputs: list[Record] = []
    reading = read_topic(kafka, [TARGET.name, STAGE.dead_letter_topic.name], from_beginning=True)
    async with contextlib.aclosing(reading):
        async for record in reading:
            if record is not None:
                outputs.append(record)
            elif len(outputs) >= count:  # one more empty poll, to detect a second output of the same page
                return outputs
    raise AssertionError


def _reason(record: Record) -> str:
    return decode_text(last_value(record.headers, DEAD_LETTER_REASON))


def _reasons(outputs: Sequence[Record]) -> Counter[str]:
    return Counter(filter(None, map(_reason, outputs)))


def _is_right(outputs: Sequence[Record], values: Sequence[bytes]) -> bool:
    """Whether each page is published once: the poison as a dead letter with its reason, the others in order."""
    if Counter(int(record.key or b"") for record in outputs) != Counter(range(len(values))):
        return False
    if any(_reason(record) != REASONS.get(values[int(record.key or b"")], "") for record in outputs):
        return False
    lines: dict[tuple[str, int, int], list[int]] = {}
    for record in sorted(outputs, key=lambda r: r.offset):
        number = int(record.key or b"")
        lines.setdefault((record.topic, record.partition, number % SOURCE.partitions), []).append(number)
    return all(numbers == sorted(numbers) for numbers in lines.values())


if __name__ == "__main__":
    sys.exit(main())
