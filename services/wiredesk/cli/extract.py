"""`wiredesk extract`: the extractor alone, on one page."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from wiredesk.cli import console
from wiredesk.operations import page_files
from wiredesk.runtime import logs
from wiredesk.runtime.errors import RejectedError, UsageError
from wiredesk_schemas import AcceptedPage, CleanedArticle, InvalidEventError, RawPage, SkippedPage

UNKNOWN = "https://page.invalid/"
"""The address of a page whose address is not told: of no publisher."""

SKIPPED = 1


def extract(
    path: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-",
            help="An .html or .txt page, an event or an archive with its URL (.jsonl, .warc), each also as .gz; - is "
            "stdin.",
        ),
    ],
    *,
    url: Annotated[str | None, typer.Option(help="Address of the page; names its publisher and its links.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The event that the extractor publishes.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Each text of the page: kept or dropped, how surely, and why.")
    ] = False,
) -> None:
    """Read the article from one page, without Kafka: as text, as the event, or with an explanation.

    An article goes to stdout. A page that is no article is told with its reason, and exit code 1.
    """
    # Imported here: another command must not load the models.
    from wiredesk.extractor.extract import Extractor

    logs.quiet()
    page = _accepted(path, url)
    if isinstance(page, SkippedPage):
        result: CleanedArticle | SkippedPage = page
    else:
        result = Extractor()(page)
    if explain and isinstance(page, AcceptedPage):
        _explain(page, as_json=as_json)
    elif as_json:
        console.json(orjson.Fragment(result.to_json()))
    elif isinstance(result, CleanedArticle):
        _show(result)
    if isinstance(result, SkippedPage):
        console.note(f"no article: {result.reason} ({result.detail})", style="")
        raise typer.Exit(SKIPPED)


def _accepted(path: str, url: str | None) -> AcceptedPage | SkippedPage:
    """Return the page of a file as ingest hands it on.

    Raises:
        UsageError: there is none, or ingest refuses it.
    """
    from wiredesk.ingest.accept import Ingest

    ((file, relative), *more) = page_files.find_files([path])
    addresses = page_files.PageUrls(url or (None if _has_addresses(file) else UNKNOWN))
    raw = next(page_files.read_pages(file, relative, addresses, binary=False), None) if not more else None
    if raw is None:
        raise UsageError(f"{path}: one page is wanted" if more else f"{path}: there is no page in it")
    try:
        return Ingest()(RawPage.from_record(*raw))
    except (InvalidEventError, RejectedError) as error:
        raise UsageError(f"{path}: {error}") from error


def _has_addresses(file: Path) -> bool:
    return any(suffix in (*page_files.JSON_LINES, *page_files.ARCHIVES) for suffix in file.suffixes)


def _show(article: CleanedArticle) -> None:
    from wiredesk.operations.article_text import blocks_of, head_of

    for name, value in head_of(article):
        console.spans((f"{name}:", "bold"), f" {value}")
    for block in blocks_of(article):
        console.plain("")
        console.plain(block)


def _explain(page: AcceptedPage, *, as_json: bool) -> None:
    from wiredesk.extractor.explain import explain

    explanation = explain(page)
    if as_json:
        told = [
            {
                "kept": one.text.kept,
                "probability": round(one.text.probability, 3),
                "kind": one.text.kind,
                "reason": one.reason,
                "within": one.within,
                "text": one.text.text,
            }
            for one in explanation.texts
        ]
        evidence = {name: str(place) for name, place in explanation.reading.evidence.items()}
        console.json({"evidence": evidence, "texts": told})
        return
    for name, place in explanation.reading.evidence.items():
        console.line(f"{name}: from {place}")
    for one in explanation.texts:
        mark, colour = ("kept   ", "green") if one.text.kept else ("dropped", "red")
        within = f"; in {' < '.join(one.within)}" if one.within else ""
        console.spans((mark, colour), f" {one.text.probability:.2f} {one.text.kind}  ", (one.reason + within, "dim"))
        console.indented(one.text.text)
