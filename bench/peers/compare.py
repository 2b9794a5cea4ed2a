"""Compare with peers: the same job, topics and broker, equal batches, each library as its documentation recommends.

    python bench/peers/compare.py [cost] [latency] [kill] [--rounds 3] [--records 120000] [--rate 100] [--only NAME]

It prints up to three tables; all of them if none is named.

cost: one worker hands records of 1 kB on, from two partitions with a backlog to two partitions. CPU of the client is
that of all its threads and processes, CPU of the broker that of its process; both are divided by the records that were
committed meanwhile. The first third warms up. Several rounds, in turns.

latency: the same worker, at a steady rate: from the send of a record to the time at which a read-committed consumer
has its output.

kill: two workers with a job of some milliseconds. One is killed with -9 when a third is done, and started again.
The counts are pages without an output that a read-committed consumer can read, when none has arrived for 100 s, and
pages with more than one output.

All commit after 1,000 records, if they can count them, or 100 ms (`--commit-records`, `--commit-ms`). wiredesk works
with its defaults: 1,000 records, or 500 ms while there is a backlog, or 20 ms while there is none.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import cost
import kills
import latency
import psutil
from peers import PEERS, ROOT, Flow, Peer, Terms, embedded_brokers

from tests import topics
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic

TABLES = ("cost", "latency", "kill")
JOBS = Topic("jobs", "Input")
DEAD = Topic("jobs.dlq", "Dead letters", partitions=1)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", choices=TABLES, default=[], metavar="TABLE", help=", ".join(TABLES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=int, default=120_000, help="of a round, for 'cost'")
    parser.add_argument("--rate", type=float, default=100, help="records a second, for 'latency'")
    parser.add_argument("--seconds", type=float, default=10, help="of a round, for 'latency'")
    parser.add_argument("--pages", type=int, default=2000, help="for 'kill'")
    parser.add_argument("--commit-records", type=int, default=Terms.commit_records)
    parser.add_argument("--commit-ms", type=int, default=Terms.commit_ms)
    parser.add_argument("--codec", default=Terms.codec, help="of the peers' outputs; wiredesk's is its own setting")
    parser.add_argument("--only", action="append", metavar="NAME", help="peers whose name begins so")
    parser.add_argument("--python", type=Path, default=ROOT / ".venv-peers" / "bin" / "python")
    args = parser.parse_args()
    logs.quiet()
    terms = Terms(args.commit_records, args.commit_ms, args.codec)
    try:
        asyncio.run(_compare(args, terms, _selected(args.python, args.only)))
    except WiredeskError as error:
        print(f"compare: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _selected(python: Path, only: Sequence[str] | None) -> list[Peer]:
    """Return the selected peers that can run here; say which cannot."""
    installed = []
    for peer in PEERS:
        if only and not any(peer.name.lower().startswith(name.lower()) for name in only):
            continue
        if (missing := peer.missing(python)) is not None:
            print(f"compare: {peer.name} is left out: {missing}", file=sys.stderr)
        else:
            installed.append(peer)
    return installed


async def _compare(args: argparse.Namespace, terms: Terms, peers: Sequence[Peer]) -> None:
    tables = args.tables or TABLES
    with tempfile.TemporaryDirectory(prefix="wiredesk-peers-") as name:
        folder = Path(name)
        if "cost" in tables or "latency" in tables:
            async with stack.embedded_kafka(folder / "kafka", BrokerSettings()) as broker:
                bench = Bench(stack.kafka_settings(broker), embedded_brokers()[0], folder, args, terms, peers)
                await bench.prepare()
                if "cost" in tables:
                    await bench.costs()
                if "latency" in tables:
                    await bench.latencies()
    if "kill" in tables:
        print(f"\n{args.pages} pages, {kills.WORKERS} workers, a kill -9 of one when a third is done\n")
        print(f"| | guarantee | pages/s | not readable within {kills.QUIET_SECONDS} s | duplicated |")
        print("|---|---|---|---|---|")
        for peer in peers:
            if "text" in peer.jobs:
                done = await kills.measure(peer, terms, args.python, args.pages)
                print(
                    f"| {peer.name} | {peer.guarantee} | {done.rate:.0f} | {done.lost} | {done.duplicated} |",
                    flush=True,
                )


class Bench:
    """Rounds of all peers on one broker that is warmed up."""

    def __init__(
        self,
        kafka: KafkaSettings,
        broker: psutil.Process,
        folder: Path,
        args: argparse.Namespace,
        terms: Terms,
        peers: Sequence[Peer],
    ) -> None:
        self._kafka = kafka
        self._broker = broker
        self._folder = folder
        self._args = args
        self._terms = terms
        self._peers = peers

    async def prepare(self) -> None:
        """Create the topics that all peers read, or that wiredesk needs."""
        await topics.create(self._kafka, [JOBS, DEAD], partitions=cost.PARTITIONS)

    async def costs(self) -> None:
        """Print the first table."""
        args, terms = self._args, self._terms
        await cost.publish(self._kafka, JOBS.name, args.records)
        measured: dict[str, list[cost.Cost]] = {peer.name: [] for peer in self._peers}
        for number, peer in self._turns():
            flow = self._flow("cost", number, peer, JOBS.name)
            measured[peer.name].append(
                await cost.measure(peer, flow, terms, args.python, self._folder, args.records, self._broker)
            )
        print(
            f"{args.records} records of {cost.RECORD_BYTES} bytes, {cost.PARTITIONS} partitions, one worker, "
            f"{args.rounds} rounds; median (least to most)\n"
        )
        print("| | guarantee | client, µs of CPU a record | broker | records/s |\n|---|---|---|---|---|")
        for peer in self._peers:
            costs = measured[peer.name]
            columns = (
                _spread([c.client_us for c in costs]),
                _spread([c.broker_us for c in costs]),
                _spread([c.records_per_second for c in costs]),
            )
            print(f"| {peer.name} | {peer.guarantee} | {' | '.join(columns)} |", flush=True)

    async def latencies(self) -> None:
        """Print the second table."""
        args = self._args
        measured: dict[str, list[list[float]]] = {peer.name: [] for peer in self._peers}
        for number, peer in self._turns():
            flow = self._flow("latency", number, peer, "")
            measured[peer.name].append(
                await latency.measure(peer, flow, self._terms, args.python, self._folder, args.rate, args.seconds)
            )
        print(
            f"\nLatency at {args.rate:g} records/s, {args.rounds} rounds of {args.seconds:g} s; median (least to most)"
        )
        print("\n| | guarantee | p50, ms | p99, ms |\n|---|---|---|---|")
        for peer in self._peers:
            p50, p99 = (
                _spread([statistics.quantiles(spent, n=100)[q - 1] for spent in measured[peer.name]]) for q in (50, 99)
            )
            print(f"| {peer.name} | {peer.guarantee} | {p50} | {p99} |", flush=True)

    def _turns(self) -> Iterator[tuple[int, Peer]]:
        """Yield the peers of each round, in rotating order."""
        for number in range(self._args.rounds):
            shift = number % len(self._peers)
            yield from ((number, peer) for peer in (*self._peers[shift:], *self._peers[:shift]))

    def _flow(self, table: str, number: int, peer: Peer, source: str) -> Flow:
        name = "".join(c for c in peer.name.lower() if c.isalnum())
        run = f"{table}-{number}-{name}"
        return Flow(self._kafka.bootstrap_servers, source or f"{run}.in", f"{run}.out", f"wiredesk.{run}")


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


if __name__ == "__main__":
    sys.exit(main())
