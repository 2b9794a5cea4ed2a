"""Measure the HTTP intake: its throughput beside a bare Kafka producer's, and whether kills lose pages.

    python bench/intake.py [--pages 600] [--rounds 5] [--kills 50000]

Throughput: the same real pages are published by a bare producer of aiokafka, with the settings of wiredesk
(acknowledged by all in-sync replicas, idempotent, gzip), and through an intake in three kinds of bodies: events in JSON
Lines, an event in JSON for each request, and the page itself for each request. Kafka, the intake and its clients share
the cores. A round measures one after the other, each into a topic of its own, and the order rotates; the first round
warms up and is not counted. CPU is that of the process that publishes, per page.

Kills: clients post small pages while the intake is killed with -9 twice and the broker once. A page is lost if an
answer confirms it and the topic does not have it.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import aiohttp
import psutil
from pages import pages as public_pages

from tests import topics
from tests.faults.posting import Deployment, in_topic, post_under_kills
from tests.intake import JSON, LINES, intake_process
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.pages.record import FetchedPage, RawRecord
from wiredesk.pipeline import PAGES_RAW
from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.settings import KafkaSettings

CLIENTS = 16
"""Requests at a time."""
LINES_IN_BODY = 32
"""Pages in a body of JSON Lines."""
SETTLE_SECONDS = 1


@dataclass(frozen=True)
class Rate:
    """What was measured in one run."""

    pages: float  # per second
    cpu: float  # milliseconds per page


def main() -> int:
    """Print a line for each kind of body, and one for the kills."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=600, help="pages of a round; 0: no throughput")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kills", type=int, default=50_000, help="pages that are posted under kills; 0: none")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public corpora")
    args = parser.parse_args()
    logs.quiet()
    try:
        with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder:
            if args.pages:
                asyncio.run(_throughput(Path(folder), list(public_pages(args.data))[: args.pages], args))
            lost = asyncio.run(_kills(Path(folder), args.kills)) if args.kills else 0
    except WiredeskError as error:
        print(f"intake: {error}", file=sys.stderr)
        return error.exit_code
    return int(lost > 0)


async def _throughput(folder: Path, different: Sequence[tuple[str, str]], args: argparse.Namespace) -> None:
    pages = list(islice(cycle(different), args.pages))
    size = sum(len(html.encode()) for _, html in pages) / len(pages) / 1000
    rates: dict[str, list[Rate]] = {name: [] for name in _RUNS}
    async with stack.embedded_kafka(folder / "kafka", BrokerSettings()) as broker:
        for number in range(args.rounds + 1):
            for name in islice(cycle(_RUNS), number % len(_RUNS), number % len(_RUNS) + len(_RUNS)):
                prefix = f"{name.replace(' ', '-')}-{number}."
                kafka = stack.kafka_settings(broker).model_copy(update={"topic_prefix": prefix})
                await topics.create(kafka, [PAGES_RAW])
                await asyncio.sleep(SETTLE_SECONDS)
                rates[name].append(await _RUNS[name](kafka, folder, pages))
    print(f"{len(pages)} pages of {size:.0f} kB on average, {args.rounds} rounds", flush=True)
    for name, beside in _BESIDE.items():
        ours, bare = rates[name][1:], rates[beside][1:]
        ratios = sorted(one.pages / other.pages for one, other in zip(ours, bare, strict=True))
        print(
            f"{name}: {_median(ours)}; {beside}: {_median(bare)}; "
            f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
            flush=True,
        )


def _median(rates: Sequence[Rate]) -> str:
    pages, cpu = (statistics.median(values) for values in ([r.pages for r in rates], [r.cpu for r in rates]))
    return f"{pages:.0f} pages/s, {cpu:.2f} ms CPU a page"


def _event(url: str, html: str) -> bytes:
    return json.dumps({"url": url, "body": html, "content_type": "text/html"}, ensure_ascii=False).encode()


async def _bare_events(kafka: KafkaSettings, _: Path, pages: Sequence[tuple[str, str]]) -> Rate:
    return await _bare(kafka, [(_event(url, html), []) for url, html in pages])


async def _bare_pages(kafka: KafkaSettings, _: Path, pages: Sequence[tuple[str, str]]) -> Rate:
    fetched = (FetchedPage(url, html.encode(), "text/html; charset=utf-8") for url, html in pages)
    return await _bare(kafka, [page.record(binary=True) for page in fetched])


async def _bare(kafka: KafkaSettings, records: Sequence[RawRecord]) -> Rate:
    topic = kafka.on_cluster(PAGES_RAW.name)
    async with clients.started(clients.producer(kafka, "bench"), kafka) as producer:
        await producer.partitions_for(topic)
        cpu, began = time.process_time(), time.monotonic()
        sent = [await producer.send(topic, value=value, headers=headers) for value, headers in records]
        await asyncio.gather(*sent)
        seconds = time.monotonic() - began
        return Rate(len(records) / seconds, (time.process_time() - cpu) * 1000 / len(records))


async def _lines(kafka: KafkaSettings, folder: Path, pages: Sequence[tuple[str, str]]) -> Rate:
    events = [_event(url, html) for url, html in pages]
    starts = range(0, len(events), LINES_IN_BODY)
    bodies = [b"\n".join(events[start : start + LINES_IN_BODY]) for start in starts]
    return await _posted(kafka, folder, [(body, LINES, {}) for body in bodies], len(pages))


async def _json(kafka: KafkaSettings, folder: Path, pages: Sequence[tuple[str, str]]) -> Rate:
    return await _posted(kafka, folder, [(_event(url, html), JSON, {}) for url, html in pages], len(pages))


async def _raw(kafka: KafkaSettings, folder: Path, pages: Sequence[tuple[str, str]]) -> Rate:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    return await _posted(kafka, folder, [(html.encode(), headers, {"url": url}) for url, html in pages], len(pages))


async def _posted(
    kafka: KafkaSettings, folder: Path, requests: list[tuple[bytes, dict[str, str], dict[str, str]]], pages: int
) -> Rate:
    with intake_process(kafka, folder, WIREDESK_LOG_LEVEL="warning") as intake:
        process = psutil.Process(intake.process.pid)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CLIENTS)) as session:
            left = list(reversed(requests))

            async def client() -> None:
                while left:
                    body, headers, query = left.pop()
                    async with session.post(f"{intake.url}/pages", data=body, headers=headers, params=query) as answer:
                        if answer.status != 202:  # noqa: PLR2004 - accepted
                            raise WiredeskError(f"status {answer.status}: {await answer.text()}")
                        await answer.read()

            cpu, began = sum(process.cpu_times()[:2]), time.monotonic()
            await asyncio.gather(*(client() for _ in range(CLIENTS)))
            seconds = time.monotonic() - began
            return Rate(pages / seconds, (sum(process.cpu_times()[:2]) - cpu) * 1000 / pages)


type Run = Callable[[KafkaSettings, Path, Sequence[tuple[str, str]]], Awaitable[Rate]]

_RUNS: dict[str, Run] = {
    "producer of events": _bare_events,
    "JSON Lines": _lines,
    "JSON": _json,
    "producer of pages": _bare_pages,
    "pages themselves": _raw,
}
_BESIDE = {"JSON Lines": "producer of events", "JSON": "producer of events", "pages themselves": "producer of pages"}


async def _kills(folder: Path, pages: int) -> int:
    deployment = Deployment(folder / "killed")
    began = time.monotonic()
    try:
        await deployment.start()
        kills = [deployment.kill_intake, deployment.kill_broker, deployment.kill_intake]
        posted = await post_under_kills(deployment, pages, kills)
        counts = await in_topic(deployment.kafka)
    finally:
        deployment.stop()
    lost = posted.confirmed - set(counts)
    answers = ", ".join(f"{status or 'none'}: {count}" for status, count in sorted(posted.answers.items()))
    print(
        f"kills: {len(kills)} (intake, broker, intake) while {pages} pages were posted in "
        f"{time.monotonic() - began:.0f} s; confirmed {len(posted.confirmed)}, lost {len(lost)}, in the topic "
        f"more than once {sum(count > 1 for count in counts.values())}; answers by status: {answers}",
        flush=True,
    )
    return len(lost)


if __name__ == "__main__":
    sys.exit(main())
