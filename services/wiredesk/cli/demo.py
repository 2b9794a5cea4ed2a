"""`wiredesk demo`: the whole pipeline on sample pages, without any setup, in under a minute."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.broker import check_settings, embedded_kafka
from wiredesk.cli.options import with_settings
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime.errors import UnavailableError

if TYPE_CHECKING:
    from wiredesk.runtime.records import Record
    from wiredesk_schemas import ArticleCopies, EnrichedArticle

PARTITIONS = 2
"""Partitions of each topic: enough to show that there are several."""

MAX_MESSAGE = 150
"""Longest message of a dead letter that is shown, in characters."""


@with_settings(settings=BrokerSettings)
def demo(
    *,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=1, help="Seconds after which the demo fails.")] = 180,
    settings: BrokerSettings,
) -> None:
    """Show the pipeline at work: a temporary Kafka, a worker of each stage, 32 sample pages.

    The pages are in 15 languages. It takes about half a minute, and 1.5 GB of memory. The first run also downloads
    Kafka (about 45 MB) into the cache; nothing else stays on this machine. One story is fetched three times: it is
    updated once, with the words that changed, and unchanged once. Another one is gone when it is fetched again: it is
    withdrawn. Two sites have the same text. At the end, a table shows language, topics and names of each article that
    is there, and the last line counts the outcomes of all pages.

    Exit codes: 0 every page is accounted for, 1 something did not start, or took too long.

    Example:
      wiredesk demo --timeout 600
    """
    from wiredesk.pipeline import STAGES

    check_settings(STAGES.values())
    clock = _Clock()
    clock.say("the demo takes about half a minute")
    import asyncio
    import shutil
    import sys
    import tempfile

    from wiredesk.runtime import logs

    logs.quiet()
    folder = Path(tempfile.mkdtemp(prefix="wiredesk-demo-"))
    try:
        summary = asyncio.run(_run(folder, settings, clock, timeout))
    except UnavailableError as error:
        raise UnavailableError(f"{error}; the logs are kept in {folder}") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    clock.say("stopped and cleaned up")
    program = "wiredesk" if shutil.which("wiredesk") else sys.argv[0]
    console.note(f"to see the wire in a browser: '{program} up', and then '{program} web' in another terminal")
    console.line(summary)


class _Clock:
    """Prints steps, each with the seconds since the demo began."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def elapsed(self) -> str:
        return f"{time.monotonic() - self._began:5.1f} s"

    def say(self, step: str) -> None:
        """Print a step."""
        console.spans((self.elapsed, "dim"), f"  {step}")


async def _run(folder: Path, settings: BrokerSettings, clock: _Clock, seconds: float) -> str:
    from wiredesk.local import stack
    from wiredesk.operations.sample_run import overview, run_samples, sample_pages
    from wiredesk.pipeline import STAGES, TOPICS
    from wiredesk.runtime.kafka.cluster import Cluster
    from wiredesk.runtime.topology import changelogs_of

    pages = list(sample_pages())
    articles: dict[str, EnrichedArticle] = {}

    def show(record: "Record") -> None:
        _show(record, articles)

    async with embedded_kafka(folder / "kafka", settings, owner="wiredesk demo", say=clock.say) as broker:
        kafka = stack.kafka_settings(broker)
        async with Cluster(kafka) as cluster:
            await cluster.create_topics((*TOPICS, *changelogs_of(STAGES.values())), partitions=PARTITIONS)
        clock.say(f"{len(TOPICS)} topics created on {broker.bootstrap_servers}; starting workers: {', '.join(STAGES)}")
        counts = dict.fromkeys(STAGES.values(), 1)
        async with stack.workers(counts, broker.bootstrap_servers, folder / "workers.log") as workers:
            with _waiting("the workers are loading their models"):
                await stack.wait_until_ready(workers, seconds)
            clock.say("the workers have loaded their models")
            run = await run_samples(
                kafka,
                pages,
                seconds,
                on_published=lambda: clock.say(f"{len(pages)} pages published"),
                on_record=show,
            )
            clock.say("every page is accounted for; stopping")
    for group in run.copies:
        _show_copies(group)
    console.table("the articles that are there now", ("language", "topics", "names"), overview(articles.values()))
    return (
        f"demo: {run.published} pages in, {run.ended} accounted for: {run.enriched} enriched, "
        f"{run.withdrawn} withdrawn, {run.skipped} skipped, {run.dead_lettered} dead-lettered"
    )


@contextlib.contextmanager
def _waiting(what: str) -> Iterator[None]:
    """Show a spinner for the duration of a block, if the output is animated."""
    if not console.is_animated():
        yield
        return
    with console.out.status(what, spinner="dots" if console.out.encoding.startswith("utf") else "line"):
        yield


def _show(record: "Record", articles: "dict[str, EnrichedArticle]") -> None:
    """Print how a page ended, and note what is there now.

    Args:
        articles: the newest article of each page that is there, by page id.
    """
    from wiredesk.operations.sample_run import is_withdrawal
    from wiredesk.pipeline import ARTICLES_ENRICHED, PAGES_SKIPPED
    from wiredesk_schemas import ArticleWithdrawn, EnrichedArticle, SkippedPage
    from wiredesk_schemas.dead_letter import DeadLetterHeaders
    from wiredesk_schemas.headers import ORIGIN_TIME, decode_number, last_value

    arrived = decode_number(last_value(record.headers, ORIGIN_TIME))
    spent = "" if arrived is None else f"{record.timestamp - arrived} ms"
    if is_withdrawal(record):
        gone = ArticleWithdrawn.from_json(record.value)
        known = articles.pop(gone.page_id, None)
        title = (known.title if known else None) or gone.canonical_url
        detail = f"  its page is gone, and so is the article: {gone.detail}"
        console.spans(("withdrawn", "red"), " ", (title, "bold"), (detail, "dim"))
    elif record.topic == ARTICLES_ENRICHED.name:
        article = EnrichedArticle.from_json(record.value)
        _show_article(article, spent)
        _show_update(article, articles.get(article.page_id))
        articles[article.page_id] = article
    elif record.topic == PAGES_SKIPPED.name:
        page = SkippedPage.from_json(record.value)
        console.spans(("skipped", "yellow"), f" {page.url} ", (f"{page.reason}: {page.detail}", "dim"))
    else:
        letter = DeadLetterHeaders.from_headers(record.headers)
        reason = f"{letter.reason}: {letter.message[:MAX_MESSAGE]}"
        console.spans(("dead letter", "red"), f" in {record.topic} ", (reason, "dim"))


def _show_update(article: "EnrichedArticle", known: "EnrichedArticle | None") -> None:
    """Print what an article changes of the one that was there before; nothing if there was none."""
    from wiredesk.cli.story_view import show_changes
    from wiredesk.operations.story import compared

    if known is not None:
        show_changes(compared(article, known))


def _show_copies(group: "ArticleCopies") -> None:
    """Print who has the same text."""
    names = {"whole": "whole", "reheadlined": "whole, under another headline", "abridged": "a part of it"}
    for copy in group.copies:
        what = names.get(copy.kind, "a passage of it")
        title = copy.title or copy.url
        original = f"  has the text of {group.original.url} ({what}): found among all articles, in articles.copies"
        console.spans(("copy", "magenta"), " ", (title, "bold"), f" {copy.url}", (original, "dim"))


def _show_article(article: "EnrichedArticle", spent: str) -> None:
    from wiredesk_schemas import EntityType

    def names(kind: EntityType) -> str:
        return ", ".join(e.name for e in article.entities if e.type is kind)

    when = article.published_at.isoformat().replace("T", " ") if article.published_at else None
    lines = [" · ".join(filter(None, (article.source, when, article.language, f"{article.word_count} words")))]
    for label, value in (
        ("topics", ", ".join(f"{topic.name} ({topic.score:.2f})" for topic in article.topics)),
        ("people", names(EntityType.PERSON)),
        ("organisations", names(EntityType.ORGANISATION)),
        ("places", names(EntityType.PLACE)),
        ("notes", ", ".join(article.enrichment.notes)),
    ):
        if value:
            lines.append(f"{label}: {value}")
    title = article.title or article.url
    number = article.revision_number or 1
    what = "article" if number == 1 else f"article, {article.revision_kind} (revision {number})"
    if console.out.is_terminal:
        console.spans((what, "green"), " ", (title, "bold"), (f"  {spent} in the pipeline", "dim"))
        console.indented("\n".join(lines))
    else:
        console.line(f"{what}: {title} | {' | '.join(lines)} | {spent} in the pipeline")
