"""`wiredesk enrich`: enrichment alone, on one text or cleaned article."""

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.text import Text

from wiredesk.cli import console, enriched_page
from wiredesk.cli.options import with_settings
from wiredesk.enrichment.settings import EnrichmentSettings
from wiredesk.runtime import logs
from wiredesk.runtime.errors import UsageError
from wiredesk_schemas import Block, CleanedArticle, EnrichedArticle, EntityType, Extraction, InvalidEventError, Mention

MAX_BYTES = 16 << 20
MAX_TITLE = 200

STYLES = {
    EntityType.PERSON: "bold magenta",
    EntityType.ORGANISATION: "bold cyan",
    EntityType.PLACE: "bold green",
    EntityType.EVENT: "yellow",
    EntityType.WORK: "italic yellow",
    EntityType.NATIONALITY: "green",
    EntityType.DATE: "dim",
    EntityType.AMOUNT: "dim",
}


@with_settings(settings=EnrichmentSettings)
def enrich(
    path: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-", help="A text, its headline on the first line, or a cleaned article as JSON; - is stdin."
        ),
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The event that enrichment publishes.")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="A page to show an editor, on stdout.")] = False,
    settings: EnrichmentSettings,
) -> None:
    """Find topics and entities of one article, without Kafka.

    On a terminal the text is shown with its entities highlighted, then topics and entities as tables.
    """
    if as_json and as_html:
        raise UsageError("--json and --html: one of them")
    article = _article(path)
    logs.quiet()
    # Imported here: another command must not load the models.
    from wiredesk.enrichment.enrich import Enricher

    enriched = Enricher(settings)(article)
    if as_json:
        console.json(orjson.Fragment(enriched.to_json()))
    elif as_html:
        console.html(enriched_page.page(enriched))
    else:
        _show(enriched)


def _article(path: str) -> CleanedArticle:
    """Return the article of a file.

    Raises:
        UsageError: there is none that can be read.
    """
    try:
        with sys.stdin.buffer if path == "-" else Path(path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    if len(content) > MAX_BYTES:
        raise UsageError(f"{path}: larger than {MAX_BYTES >> 20} MB; an article is not")
    if content.lstrip()[:1] == b"{":
        lines = content.strip().splitlines()
        try:
            return CleanedArticle.from_json(lines[0] if path.endswith((".jsonl", ".ndjson")) else content)
        except InvalidEventError as error:
            raise UsageError(f"{path}: {error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 at byte {error.start}; neither a text nor JSON") from error
    return _from_text(path, text)


def _from_text(path: str, text: str) -> CleanedArticle:
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if not lines:
        raise UsageError(f"{path}: there is no text in it")
    # A first line that is no sentence is the headline.
    has_title = len(lines) > 1 and len(lines[0]) <= MAX_TITLE and lines[0][-1] not in '.!"”'
    return CleanedArticle(
        event_id="00000000-0000-5000-8000-000000000000",
        page_id="00000000-0000-5000-8000-000000000000",
        revision="0",
        url="https://page.invalid/",
        canonical_url="https://page.invalid/",
        title=lines[0] if has_title else None,
        paragraphs=tuple(Block(text=line) for line in lines[has_title:]),
        word_count=sum(len(line.split()) for line in lines),
        extraction=Extraction(method="text", version="none", confidence=1),
    )


def _show(article: EnrichedArticle) -> None:
    mentions = [(entity.type, mention) for entity in article.entities for mention in entity.mentions]
    fields = [("/title", article.title or ""), ("/subtitle", article.subtitle or "")]
    fields += [(f"/paragraphs/{n}/text", block.text) for n, block in enumerate(article.paragraphs)]
    fields += [(f"/captions/{n}/text", caption.text) for n, caption in enumerate(article.captions)]
    for pointer, text in fields:
        if text:
            console.show(_highlighted(text, [(t, m) for t, m in mentions if m.field == pointer]))
            console.plain("")
    detected = article.detected_language
    told = f"{detected.code} ({detected.confidence:.2f})" if detected else "unknown"
    console.line(f"language: {told}")
    for note in article.enrichment.notes:
        console.line(f"note: {note}")
    taxonomy = enriched_page.topic_names()
    console.table(
        "topics",
        ("score", "topic", "code", "below"),
        [(f"{t.score:.2f}", t.name, t.code, " > ".join(taxonomy[c] for c in t.path[:-1])) for t in article.topics],
    )
    console.table(
        "entities",
        ("salience", "name", "type", "mentions", "role", "wikidata"),
        [
            (f"{e.salience:.2f}", e.name, e.type, len(e.mentions), e.role or "", e.wikidata or "")
            for e in article.entities
        ],
    )


def _highlighted(text: str, mentions: list[tuple[EntityType, Mention]]) -> Text:
    # Offsets hold for the text as it is; what could harm a terminal is replaced one for one.
    shown = Text("".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text))
    for kind, mention in mentions:
        shown.stylize(STYLES[kind], mention.start, mention.end)
    return shown
