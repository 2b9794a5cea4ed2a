"""Measure what each codec costs: CPU of client and broker, and bytes on disk.

    python bench/compression.py [--pages 200] [--records 600] [--small 40000] [--rounds 3] [--data ../shared/data]

Three kinds of records: accepted pages and cleaned articles made from public pages by the stages themselves, and records
of 1 kB cut from their text. Each is written to a topic of one partition with the workers' producer, in requests of
100 records, and read with their consumer; CPU is that of this process and that of the embedded broker. `gzip, zlib 9`
is the client library's own compression. In `zstd, then gzip` the broker packs again, because its topic says so. The
first round warms up and is not counted.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psutil
from aiokafka import TopicPartition
from aiokafka import codec as library
from overhead import inputs

from tests import topics
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.kafka import clients, packing
from wiredesk.runtime.kafka.fetching import poll
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic

BATCH_RECORDS = 100
"""What the workers put into one transaction by default, and so the most that is packed together."""

SMALL_BYTES = 1000
POLL_MS = 1000
SETTLE_SECONDS = 0.3
"""Seconds for the broker to finish the work of the previous measurement."""


@dataclass(frozen=True)
class Way:
    """A way to compress records: the setting, the topic's own codec, and the library that compresses gzip."""

    setting: Literal["none", "gzip", "snappy", "lz4", "zstd"]
    topic: str = "producer"
    gzip: Callable[[Any], bytes] = packing.gzip


WAYS = {
    "none": Way("none"),
    "gzip (ours)": Way("gzip"),
    "gzip, zlib 9": Way("gzip", gzip=library.gzip_encode),
    "snappy": Way("snappy"),
    "lz4": Way("lz4"),
    "zstd": Way("zstd"),
    "zstd, then gzip": Way("zstd", topic="gzip"),
}


class Recompressed(Topic):
    """A topic with a codec of its own."""

    def settings(self) -> dict[str, str]:
        """Return the topic's settings, the broker's codec among them."""
        return {**super().settings(), "compression.type": "gzip"}


def main() -> int:
    """Print a table for each kind of record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200, help="different pages")
    parser.add_argument("--records", type=int, default=600, help="pages, and articles, of a round")
    parser.add_argument("--small", type=int, default=40_000, help="records of 1 kB of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public corpora")
    args = parser.parse_args()
    logs.quiet()
    pages = _values("extractor", args.data, args.pages)
    kinds = {
        "accepted pages": _repeated(pages, args.records),
        "cleaned articles": _repeated(_values("enrichment", args.data, args.pages), 4 * args.records),
        "records of 1 kB": list(itertools.islice(_small(pages), args.small)),
    }
    try:
        with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder:
            asyncio.run(_measure(Path(folder), kinds, args.rounds))
    except WiredeskError as error:
        print(f"compression: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _values(stage: str, data: Path, pages: int) -> list[bytes]:
    return [record.value or b"" for record in inputs(stage, data, pages)]


def _repeated(values: Sequence[bytes], count: int) -> list[bytes]:
    return list(itertools.islice(itertools.cycle(values), count))


def _small(pages: Sequence[bytes]) -> Iterator[bytes]:
    """Yield events of 1 kB, each with another id and another piece of a page, until all are used; then again."""
    for number in itertools.count():
        text = json.loads(pages[number % len(pages)])["body"]
        begin = number // len(pages) * SMALL_BYTES % max(1, len(text) - SMALL_BYTES)
        event = {"event_id": f"{hash((number, 'id')) & (1 << 64) - 1:032x}", "text": text[begin : begin + SMALL_BYTES]}
        yield json.dumps(event, ensure_ascii=False).encode()[: SMALL_BYTES - 2] + b'"}'


async def _measure(folder: Path, kinds: dict[str, list[bytes]], rounds: int) -> None:
    async with stack.embedded_kafka(folder / "kafka", BrokerSettings()) as cluster:
        (java,) = [child for child in psutil.Process().children(recursive=True) if child.name() == "java"]
        names = itertools.count()
        for kind, values in kinds.items():
            size = sum(map(len, values))
            print(f"\n{kind}: {len(values)} of {size // len(values)} bytes, {rounds} rounds; CPU in µs a record\n")
            print("| codec | on disk | client writes | client reads | broker, written | broker, read |")
            print("|---|---|---|---|---|---|")
            measurements: defaultdict[str, list[list[float]]] = defaultdict(list)
            for number in range(rounds + 1):
                for name, way in WAYS.items():
                    kind_of_topic = Topic if way.topic == "producer" else Recompressed
                    topic = kind_of_topic(f"bench.{next(names)}", "", partitions=1)
                    settings = KafkaSettings(bootstrap_servers=cluster.bootstrap_servers, compression=way.setting)
                    await topics.create(settings, [topic])
                    measured = await _round(settings, topic, way, values, java)
                    on_disk = _on_disk(folder, topic)
                    if number:
                        measurements[name].append(
                            [on_disk / size, *(seconds * 1e6 / len(values) for seconds in measured)]
                        )
            for name, each in measurements.items():
                disk, *times = (statistics.median(column) for column in zip(*each, strict=True))
                print(f"| {name} | {disk:.3f} | {' | '.join(f'{one:.1f}' for one in times)} |", flush=True)


def _on_disk(folder: Path, topic: Topic) -> int:
    """Return the bytes of a topic's log."""
    return sum(path.stat().st_size for path in folder.rglob(f"{topic.name}-0/*.log"))


async def _round(
    settings: KafkaSettings, topic: Topic, way: Way, values: Sequence[bytes], java: psutil.Process
) -> list[float]:
    """Write and read all records; return CPU seconds: the client's for both, the broker's for both."""
    ours, theirs = [], []
    partition = TopicPartition(topic.name, 0)
    async with clients.started(clients.producer(settings, "bench"), settings) as producer:
        packing.install(way.gzip)
        try:
            await asyncio.sleep(SETTLE_SECONDS)
            began, there = time.process_time(), _cpu(java)
            for batch in itertools.batched(values, BATCH_RECORDS):
                await asyncio.gather(*[await producer.send(topic.name, value, partition=0) for value in batch])
            ours.append(time.process_time() - began)
        finally:
            packing.install()
    await asyncio.sleep(SETTLE_SECONDS)
    theirs.append(_cpu(java) - there)
    async with clients.started(clients.reader(settings, "bench"), settings) as consumer:
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        began, there, left = time.process_time(), _cpu(java), len(values)
        while left:
            left -= len((await poll(consumer, timeout_ms=POLL_MS)).get(partition, ()))
        ours.append(time.process_time() - began)
    await asyncio.sleep(SETTLE_SECONDS)
    theirs.append(_cpu(java) - there)
    return [*ours, *theirs]


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    sys.exit(main())
