"""`wiredesk publish`: pages into the pipeline."""

import asyncio
from collections.abc import Iterable
from typing import Annotated

import typer
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.operations import page_files
from wiredesk.pipeline import PAGES_RAW
from wiredesk.runtime import logs
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.kafka import authorization, clients, topics
from wiredesk.runtime.settings import KafkaSettings

IN_FLIGHT = 500
"""Records sent and not yet acknowledged: enough to fill batches, few enough to hold in memory."""


@with_settings(kafka=KafkaSettings)
def publish(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs; - is stdin.")],
    *,
    url: Annotated[str | None, typer.Option(help="Address of the page, where there is one.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Address that paths below the folder are joined to.")] = None,
    binary: Annotated[bool, typer.Option("--binary", help="Publish in CloudEvents binary mode.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Publish pages to pages.raw and wait until the broker has them.

    Takes .html and .txt (with --url or --base-url), .jsonl of raw-page events, .warc and .wet; each also as .gz. On
    stdin it takes JSON Lines, or one page with --url. Exit code 0 means that every page was acknowledged.
    """
    logs.quiet()
    found = page_files.files(paths)
    if url and len(found) > 1:
        raise UsageError(f"--url names one page, and there are {len(found)} files: use --base-url")
    addresses = page_files.Addresses(url, base_url)
    records = (raw for path, relative in found for raw in page_files.read(path, relative, addresses, binary=binary))
    sent, acknowledged, problem = asyncio.run(_publish(kafka, records))
    console.line(f"published {acknowledged} of {sent} pages to {kafka.on_cluster(PAGES_RAW.name)}")
    if acknowledged < sent:
        raise UnavailableError(f"{sent - acknowledged} pages were not acknowledged: {problem}")


async def _publish(kafka: KafkaSettings, records: Iterable[page_files.Raw]) -> tuple[int, int, str | None]:
    topic = kafka.on_cluster(PAGES_RAW.name)
    if topic not in await topics.partitions(kafka, [topic]):
        raise UnavailableError(f"no topic {topic} on the cluster: run 'wiredesk topics create' first")
    columns = (TextColumn("publishing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    sent = acknowledged = 0
    problem: str | None = None
    async with clients.started(clients.producer(kafka, "wiredesk-publish", linger_ms=20), kafka) as producer:
        with Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal) as progress:
            task = progress.add_task("pages", total=None)
            waiting: set[asyncio.Future[object]] = set()
            exhausted = False
            iterator = iter(records)
            while not exhausted or waiting:
                while not exhausted and len(waiting) < IN_FLIGHT:
                    raw = next(iterator, None)
                    if raw is None:
                        exhausted = True
                        break
                    sent += 1
                    waiting.add(await send(producer, topic, raw))
                done, waiting = await _some(waiting)
                for delivery in done:
                    error = delivery.exception()
                    acknowledged += error is None
                    problem = problem or _problem(error, kafka)
                progress.update(task, completed=acknowledged)
    return sent, acknowledged, problem


def _problem(error: BaseException | None, kafka: KafkaSettings) -> str | None:
    if error is None:
        return None
    return authorization.refusal(error, kafka, authorization.PRODUCING) or f"{type(error).__name__}: {error}"


async def send(producer: AIOKafkaProducer, topic: str, raw: page_files.Raw) -> asyncio.Future[object]:
    """Hand a raw page to the producer; the future is done when the broker has it, or has refused it."""
    value, headers = raw
    try:
        delivery: asyncio.Future[object] = await producer.send(topic, value=value, headers=headers)
    except KafkaError as error:  # refused before it was sent: too large for any broker
        delivery = asyncio.get_running_loop().create_future()
        delivery.set_exception(error)
    return delivery


async def _some(
    waiting: set[asyncio.Future[object]],
) -> tuple[set[asyncio.Future[object]], set[asyncio.Future[object]]]:
    if not waiting:
        return set(), set()
    return await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
