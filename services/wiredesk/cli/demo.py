"""`wiredesk demo`: the whole pipeline on sample pages, from nothing, in under a minute."""

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.panel import Panel
from rich.text import Text

import wiredesk
from wiredesk.cli import console
from wiredesk.cli.broker import embedded_kafka
from wiredesk.cli.options import with_settings
from wiredesk.cli.publish import send
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.operations import page_files
from wiredesk.pipeline import ARTICLES_ENRICHED, PAGES_RAW, PAGES_SKIPPED, STAGES, TERMINAL_TOPICS, TOPICS
from wiredesk.runtime import logs
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.kafka import clients, topics
from wiredesk.runtime.kafka.reading import read
from wiredesk.runtime.printable import one_line
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk_schemas import EnrichedArticle, EntityType, SkippedPage, header
from wiredesk_schemas.dead_letter import DeadLetterHeaders
from wiredesk_schemas.headers import ORIGIN, ORIGIN_TIME, decode_number, last_value

SAMPLES = Path(wiredesk.__file__).parent / "samples"
BASE_URL = "https://samples.wiredesk.example/"
PARTITIONS = 2


@with_settings(settings=BrokerSettings)
def demo(
    *,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds after which the demo gives up.")] = 180,
    settings: BrokerSettings,
) -> None:
    """Show the pipeline at work: a throw-away Kafka, a worker of each stage, a dozen sample pages.

    Nothing is left behind but Kafka's jars in the cache. The last line counts where every page ended.
    """
    logs.quiet()
    folder = Path(tempfile.mkdtemp(prefix="wiredesk-demo-"))
    try:
        summary = asyncio.run(_run(folder, settings, timeout))
    except UnavailableError as error:
        raise UnavailableError(f"{error}; the logs are kept in {folder}") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    console.line(summary)


async def _run(folder: Path, settings: BrokerSettings, seconds: float) -> str:
    raw = list(_samples())
    console.spans("starting Apache Kafka ", ("(embedded, on a free port, in a temporary folder)", "dim"))
    async with embedded_kafka(folder / "kafka", settings, owner="wiredesk demo") as broker:
        kafka = stack.kafka_settings(broker)
        await topics.create(kafka, TOPICS, partitions=PARTITIONS)
        console.line(f"Kafka is at {broker.bootstrap_servers}; starting workers: {', '.join(STAGES)}")
        crew = stack.workers(dict.fromkeys(STAGES.values(), 1), broker.bootstrap_servers, folder / "workers.log")
        async with crew as workers:
            with console.out.status("the workers are loading their models"):
                await stack.wait_until_ready(workers, seconds)
            console.line("workers are ready")
            tally = await _follow(kafka, raw, seconds)
    return tally.summary()


def _samples() -> Iterable[page_files.Raw]:
    """Yield the sample pages in turn in both content modes, and the events that are samples themselves.

    Raises:
        UnavailableError: this installation has no samples.
    """
    found = page_files.files([str(SAMPLES)]) if SAMPLES.is_dir() else []
    if not found:
        raise UnavailableError(f"no sample pages in {SAMPLES}: the demo runs from a checkout of the repository")
    for number, (path, relative) in enumerate(found):
        binary = number % 2 == 0 and path.suffix not in page_files.LINES
        yield from page_files.read(path, relative, page_files.Addresses(base_url=BASE_URL), binary=binary)


class _Tally:
    """Where pages ended; each is counted once, by the origin that its records carry."""

    def __init__(self, origins: set[str]) -> None:
        self.waiting = set(origins)
        self._published = len(origins)
        self._ends: Counter[str] = Counter()

    def count(self, record: Record) -> None:
        """Count a record of one of the topics in which pages end."""
        origin = header(record.headers, ORIGIN) or ""
        if origin in self.waiting:
            self.waiting.discard(origin)
            self._ends[record.topic] += 1

    def summary(self) -> str:
        """Return the demo's last line."""
        enriched, skipped = self._ends[ARTICLES_ENRICHED.name], self._ends[PAGES_SKIPPED.name]
        accounted = self._ends.total()
        dead = accounted - enriched - skipped
        return (
            f"demo: {self._published} pages in, {accounted} accounted for: "
            f"{enriched} enriched, {skipped} skipped, {dead} dead-lettered"
        )


async def _follow(kafka: KafkaSettings, raw: list[page_files.Raw], seconds: float) -> _Tally:
    """Publish the pages and show what becomes of them, until all have ended."""
    began = time.monotonic()
    reading = read(kafka, [topic.name for topic in TERMINAL_TOPICS])
    async with contextlib.aclosing(reading):
        await anext(reading)  # reading has begun: nothing that is published from here on is missed
        tally = _Tally(await _publish(kafka, raw))
        console.line(f"{len(raw)} pages published")
        async for record in reading:
            if record is not None:
                _show(record)
                tally.count(record)
            if not tally.waiting:
                return tally
            if time.monotonic() - began > seconds:
                raise UnavailableError(f"{len(tally.waiting)} of {len(raw)} pages have not ended after {seconds:g} s")
    raise AssertionError("reading without an end has ended")


async def _publish(kafka: KafkaSettings, raw: list[page_files.Raw]) -> set[str]:
    async with clients.started(clients.producer(kafka, "wiredesk-demo"), kafka) as producer:
        deliveries = [await send(producer, PAGES_RAW.name, page) for page in raw]
        written = await asyncio.gather(*deliveries)
    return {f"{PAGES_RAW.name}/{w.partition}/{w.offset}" for w in written}  # type: ignore[attr-defined] # aiokafka's


def _show(record: Record) -> None:
    arrived = decode_number(last_value(record.headers, ORIGIN_TIME))
    spent = "" if arrived is None else f"{record.timestamp - arrived} ms"
    if record.topic == ARTICLES_ENRICHED.name:
        _show_article(EnrichedArticle.from_json(record.value), spent)
    elif record.topic == PAGES_SKIPPED.name:
        page = SkippedPage.from_json(record.value)
        console.spans(("skipped", "yellow"), f" {page.url} ", (f"{page.reason}: {page.detail}", "dim"))
    else:
        letter = DeadLetterHeaders.from_headers(record.headers)
        told = f"{letter.reason}: {letter.message[:150]}"
        console.spans(("dead letter", "red"), f" in {record.topic} ", (told, "dim"))


def _show_article(article: EnrichedArticle, spent: str) -> None:
    def names(kind: EntityType) -> str:
        return ", ".join(e.name for e in article.entities if e.type is kind)

    when = article.published_at.isoformat().replace("T", " ") if article.published_at else None
    lines = [" · ".join(filter(None, (article.source, when, article.language, f"{article.word_count} words")))]
    for label, value in (
        ("topics", ", ".join(f"{topic.name} ({topic.score:.2f})" for topic in article.topics)),
        ("people", names(EntityType.PERSON)),
        ("places", names(EntityType.PLACE)),
    ):
        if value:
            lines.append(f"{label}: {value}")
    if article.enrichment.notes:
        lines.append(f"notes: {', '.join(article.enrichment.notes)}")
    title = article.title or article.url
    if console.out.is_terminal:
        body = Text("\n".join(one_line(line) for line in lines))
        head = Text(one_line(title), style="bold")
        console.show(Panel(body, title=head, title_align="left", subtitle=spent))
    else:
        console.line(f"article: {title} | {' | '.join(lines)} | {spent} in the pipeline")
