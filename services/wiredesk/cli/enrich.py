"""`wiredesk enrich`: enrichment of one page, article or text, without Kafka."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from wiredesk.cli import console
from wiredesk.cli.options import load, with_settings
from wiredesk.enrichment.settings import EnrichmentSettings
from wiredesk.extractor.settings import ExtractorSettings
from wiredesk.ingest.settings import IngestSettings
from wiredesk.runtime.errors import DamagedInputError, UsageError

if TYPE_CHECKING:
    from wiredesk.pages.source import Source
    from wiredesk_schemas import EnrichedArticle, Mention

MAX_BYTES = 16 << 20
"""Maximum size of an input."""

SKIPPED = 1
"""Exit code if a page has no article."""

STYLES: dict[str, str] = {
    "person": "bold magenta",
    "organisation": "bold cyan",
    "place": "bold green",
    "event": "yellow",
    "work": "italic yellow",
    "nationality": "green",
    "date": "dim",
    "amount": "dim",
}
"""Style of each type of entity, on a terminal."""


@with_settings(settings=EnrichmentSettings)
def enrich(
    path: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-",
            help="A page (HTML) or a web archive with one, each also compressed, what 'wiredesk extract' "
            "prints, an article's event as JSON, or a text with its headline on the first line; - is stdin.",
        ),
    ],
    *,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="URL of the page, for HTML; it names the publisher.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the event that enrichment publishes.")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="Print an HTML page to show to an editor.")] = False,
    settings: EnrichmentSettings,
) -> None:
    """Find topics and entities of one article or page, without Kafka.

    Examples:
      wiredesk enrich page.html
      wiredesk extract page.html | wiredesk enrich -

    On a terminal the text is shown with its entities highlighted, then topics and entities as tables. For a page
    without an article the reason goes to stderr, and the exit code is 1.
    """
    import orjson

    from wiredesk.operations import enriched_page
    from wiredesk.operations.enrich_one import enrich_one
    from wiredesk.runtime import logs
    from wiredesk_schemas import SkippedPage

    if as_json and as_html:
        raise UsageError("--json and --html: choose one")
    content = _read(path, url)
    for group in (IngestSettings, ExtractorSettings):
        load(group)  # the stages read them again: errors are reported here
    logs.quiet()
    result = enrich_one(content, settings, name=path, url=url)
    if isinstance(result, SkippedPage):
        if as_json:
            console.json(orjson.Fragment(result.to_json()))
        console.note(f"no article: {result.reason} ({result.detail})", style="")
        raise typer.Exit(SKIPPED)
    if as_json:
        console.json(orjson.Fragment(result.to_json()))
    elif as_html:
        console.html(enriched_page.page(result))
    else:
        _show(result)


def _read(path: str, url: str | None) -> bytes:
    """Return the content of a file or of stdin; of a web archive, its first page as a raw page's event.

    Raises:
        UsageError: it cannot be read, is too large, or is an archive and a URL is given.
        DamagedInputError: it is damaged.
    """
    from wiredesk.operations.first_page import first_archived_page
    from wiredesk.pages.content import content_of, suffixes_of
    from wiredesk.pages.files import opened
    from wiredesk.pages.source import chunks_of

    try:
        with opened(Path(path)) as file:
            content = content_of(chunks_of(file), suffixes_of(path))
            if not content.is_archive:
                return _plain(path, content.source)
            if url is not None:
                raise UsageError(f"--url: {path} is an archive, which contains the URL of each page")
            (value, _), notes = first_archived_page(content, file, path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    for note in notes:
        console.note(note)
    return value


def _plain(path: str, source: "Source") -> bytes:
    content = source.take(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise UsageError(f"{path}: larger than {MAX_BYTES >> 20} MB; an article is not")
    if source.damage is not None:
        raise DamagedInputError(f"{path}: {source.damage.detail}")
    return content


def _show(article: "EnrichedArticle") -> None:
    from wiredesk.operations import enriched_page
    from wiredesk.operations.rights_text import rights_line

    mentions = [(entity.type, mention) for entity in article.entities for mention in entity.mentions]
    fields = [("/title", article.title or ""), ("/subtitle", article.subtitle or "")]
    fields += [(f"/paragraphs/{n}/text", block.text) for n, block in enumerate(article.paragraphs)]
    fields += [(f"/captions/{n}/text", caption.text) for n, caption in enumerate(article.captions)]
    for pointer, text in fields:
        if text:
            console.show(_highlighted(text, [(t, m) for t, m in mentions if m.field == pointer]))
            console.plain("")
    detected = article.detected_language
    language = f"{detected.code} ({detected.confidence:.2f})" if detected else "unknown"
    console.line(f"language: {language}")
    if line := rights_line(article.rights):
        console.line(f"rights: {line}")
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


def _highlighted(text: str, mentions: "list[tuple[str, Mention]]") -> Text:
    # Offsets refer to the original text; harmful characters are replaced one by one.
    shown = Text("".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text))
    for kind, mention in mentions:
        shown.stylize(STYLES[kind], mention.start, mention.end)
    return shown
