"""Compare with peers: the same job, the same topics, the same broker, each library as its documentation advises.

    python bench/peers/compare.py [--pages 2000] [--rounds 3] [--python .venv-peers/bin/python]

Two workers share two partitions of `jobs`, find all pages waiting, and write to `done`. Pages a second are counted by
the broker's clock from the first output to the last. Then once more, with a kill -9 of one worker, children and all,
when a third is done, and its start again at once: counted are pages without an output that a read-committed consumer
sees, by the time that none has come for 100 s, and pages with more than one.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from services.broker.settings import BrokerSettings
from services.cli import desk
from services.runtime import logs
from services.runtime.errors import WiredeskError
from services.runtime.kafka import clients, topics
from services.runtime.kafka.reading import read
from services.runtime.settings import KafkaSettings
from services.runtime.topology import Stage, Topic

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = (ROOT / "samples" / "pages" / "ferry-strike.html").read_text(encoding="utf-8")
COPIES = 8
"""Of the sample's markup in one page: some 10 ms of work."""

WORKERS = 2
QUIET_SECONDS = 100
"""Without an output: beyond a killed worker's session (10 s) and its open transaction (60 s, where nobody ends it)."""


@dataclass(frozen=True)
class Peer:
    """A library, and how it is run."""

    name: str
    script: str
    guarantee: str
    own: bool = False


PEERS = (
    Peer("wiredesk", "ours.py", "exactly once", own=True),
    Peer("arroyo", "arroyo_worker.py", "at least once"),
    Peer("FastStream", "faststream_worker.py", "at least once"),
    Peer("Quix Streams", "quix_worker.py", "exactly once"),
)


@dataclass
class Round:
    """What came out."""

    rate: float
    lost: int
    duplicated: int


def main() -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python", type=Path, default=ROOT / ".venv-peers" / "bin" / "python")
    args = parser.parse_args()
    logs.quiet()
    if not args.python.exists():
        print(f"compare: no {args.python}: 'make peers' installs the peers' own environment", file=sys.stderr)
        return 2
    try:
        asyncio.run(_compare(args.pages, args.rounds, args.python))
    except WiredeskError as error:
        print(f"compare: {error}", file=sys.stderr)
        return error.exit_code
    return 0


async def _compare(pages: int, rounds: int, python: Path) -> None:
    clean: dict[str, list[Round]] = {peer.name: [] for peer in PEERS}
    killed: dict[str, Round] = {}
    for number in range(rounds + 1):
        for peer in PEERS:
            # A broker of its own for each run: no offsets, no open transactions, no caches of another's.
            done = await _run(peer, pages, python, kill=number == rounds)
            if number == rounds:
                killed[peer.name] = done
            else:
                clean[peer.name].append(done)
    ours = statistics.median(r.rate for r in clean[PEERS[0].name])
    print(f"{pages} pages, {WORKERS} workers, {rounds} rounds, then one with a kill -9\n")
    unread = f"after kill -9: not readable within {QUIET_SECONDS} s"
    print(f"| | guarantee | pages/s, median | least to most | ÷ wiredesk | {unread} | duplicated |")
    print("|---|---|---|---|---|---|---|")
    for peer in PEERS:
        rates = sorted(r.rate for r in clean[peer.name])
        median, after = statistics.median(rates), killed[peer.name]
        print(
            f"| {peer.name} | {peer.guarantee} | {median:.0f} | {rates[0]:.0f} to {rates[-1]:.0f} "
            f"| {median / ours:.2f} | {after.lost} | {after.duplicated} |"
        )


async def _run(peer: Peer, pages: int, python: Path, *, kill: bool) -> Round:
    with tempfile.TemporaryDirectory(prefix="wiredesk-peers-") as folder:
        async with desk.kafka(Path(folder) / "kafka", BrokerSettings()) as broker:
            kafka = desk.settings(broker)
            await _publish(kafka, pages)
            crew = [_start(peer, kafka, python, Path(folder)) for _ in range(WORKERS)]
            try:
                return await _outputs(
                    kafka, pages, lambda: _replace(crew, peer, kafka, python, Path(folder)) if kill else None
                )
            finally:
                for process in crew:
                    _kill(process)


async def _outputs(kafka: KafkaSettings, pages: int, at_a_third: object) -> Round:
    seen: Counter[int] = Counter()
    times: list[int] = []
    replaced = False
    loop = asyncio.get_running_loop()
    last = loop.time()
    reading = read(kafka, ["done"], from_beginning=True)
    async with contextlib.aclosing(reading):
        async for record in reading:
            if record is None:
                # Complete and quiet for some polls, or quiet for so long that nothing more will come.
                if loop.time() - last > (5 if len(seen) == pages else QUIET_SECONDS):
                    break
                continue
            last = loop.time()
            seen[json.loads(record.value or b"{}")["n"]] += 1
            times.append(record.timestamp)
            if not replaced and len(seen) >= pages / 3:
                replaced = True
                assert callable(at_a_third)  # noqa: S101 - for the type checker
                at_a_third()
    rate = 1000 * sum(t > min(times) for t in times) / (max(times) - min(times))
    return Round(rate, pages - len(seen), sum(count > 1 for count in seen.values()))


async def _publish(kafka: KafkaSettings, pages: int) -> None:
    jobs, done = Topic("jobs", "Pages"), Topic("done", "Their text")
    stage = Stage("peer", "Reads text", jobs, (done,), "", entry=True)
    await topics.create(kafka, [jobs, done, stage.dead_letter_topic], partitions=WORKERS)
    async with clients.started(clients.producer(kafka, "bench"), kafka) as producer:
        for number in range(pages):
            await producer.send(
                "jobs", json.dumps({"n": number, "html": PAGE * COPIES}).encode(), partition=number % WORKERS
            )


def _start(peer: Peer, kafka: KafkaSettings, python: Path, folder: Path) -> "subprocess.Popen[bytes]":
    interpreter = sys.executable if peer.own else str(python)
    with (folder / "workers.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own scripts
            [interpreter, str(HERE / peer.script), kafka.bootstrap_servers],
            env={**os.environ, "PYTHONPATH": f"{HERE}:{ROOT}"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _replace(
    crew: "list[subprocess.Popen[bytes]]", peer: Peer, kafka: KafkaSettings, python: Path, folder: Path
) -> None:
    _kill(crew[0])
    crew[0] = _start(peer, kafka, python, folder)


if __name__ == "__main__":
    sys.exit(main())
