"""`wiredesk extract`: the extractor alone, on one page."""

from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import load, with_settings
from wiredesk.extractor.settings import ExtractorSettings
from wiredesk.ingest.settings import IngestSettings

if TYPE_CHECKING:
    from wiredesk.extractor.explain import ExplainedText
    from wiredesk.extractor.extracted_page import ExtractedPage
    from wiredesk_schemas import CleanedArticle

SKIPPED = 1
"""Exit code if a page is not an article."""


@with_settings(settings=ExtractorSettings)
def extract(
    path: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-",
            help="An .html or .txt page, an event with its URL (.jsonl) or a web archive (.warc, .wet, .arc, .wacz), "
            "each also compressed (.gz, .zst, .br, .bz2, .xz); - is stdin. Of several pages the first is read.",
        ),
    ],
    *,
    url: Annotated[str | None, typer.Option(metavar="URL", help="URL of the page; it names the publisher.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the event that the extractor publishes.")] = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Print each text of the page, kept ones first, with confidence and reason."),
    ] = False,
    settings: ExtractorSettings,
) -> None:
    """Read the article from one page, without Kafka: as text, as the event, or with an explanation.

    The article goes to stdout. If the page is not an article, the reason goes to stderr.

    Examples:
      wiredesk extract page.html --url https://news.example/a
      wiredesk extract page.html | wiredesk enrich -

    Exit codes: 0 an article, 1 no article, 2 wrong usage, or a file that is not a page.
    """
    import orjson

    from wiredesk.extractor.extract import Extractor
    from wiredesk.operations.first_page import accept_file
    from wiredesk.runtime import logs
    from wiredesk_schemas import AcceptedPage, CleanedArticle, SkippedPage, WithdrawnPage

    load(IngestSettings)  # ingest reads them again: errors are reported here
    logs.quiet()
    page, notes = accept_file(path, url)
    for note in notes:
        console.note(note)
    result: CleanedArticle | SkippedPage
    if isinstance(page, AcceptedPage):
        extractor = Extractor(settings=settings)
        extracted = extractor.extract(page)
        published = extractor.publish(page, extracted)
        result = published.skipped_page() if isinstance(published, WithdrawnPage) else published
    else:
        result = page
    if explain and isinstance(page, AcceptedPage):
        # Uses the extraction above: the page is not parsed again.
        from wiredesk.extractor.explain import explain as explained

        _show_explanation(extracted, explained(extracted, extractor.models), as_json=as_json)
    elif as_json:
        console.json(orjson.Fragment(result.to_json()))
    elif isinstance(result, CleanedArticle):
        _show(result)
    if isinstance(result, SkippedPage):
        console.note(f"no article: {result.reason} ({result.detail})", style="")
        raise typer.Exit(SKIPPED)


def _show(article: "CleanedArticle") -> None:
    from wiredesk.operations.article_text import blocks_of, head_of

    for name, value in head_of(article):
        console.spans((f"{name}:", "bold"), f" {value}")
    for block in blocks_of(article):
        console.line("")
        console.paragraph(block)


def _show_explanation(page: "ExtractedPage", texts: "tuple[ExplainedText, ...]", *, as_json: bool) -> None:
    evidence = {name: str(place) for name, place in page.evidence().items()}
    if as_json:
        rows = [
            {
                "kept": one.text.kept,
                "probability": round(one.text.probability, 3),
                "kind": one.text.kind,
                "reason": one.reason,
                "within": one.within,
                "text": one.text.text,
            }
            for one in texts
        ]
        rule = {"digest": page.rule.digest, "fields": page.rule.matched, "unmatched": page.rule.unmatched}
        console.json({"evidence": evidence, "site_rule": rule if page.rule.is_used else None, "texts": rows})
        return
    for kept in (True, False):
        chosen = [one for one in texts if one.text.kept is kept]
        console.spans((f"{len(chosen)} texts {'kept' if kept else 'dropped'}", "bold green" if kept else "bold red"))
        for one in chosen:
            _show_text(one)
    console.spans(("evidence", "bold"))
    for name, place in evidence.items():
        console.line(f"  {name}: from {place}")
    if page.rule.is_used:
        rule_fields = ", ".join(page.rule.matched) or "no field"
        missing = f"; no match for {', '.join(page.rule.unmatched)}" if page.rule.unmatched else ""
        origin = f"rule {page.rule.digest}" if page.rule.digest else "built-in rule"
        console.line(f"  {origin} of the site gave {rule_fields}{missing}")


def _show_text(one: "ExplainedText") -> None:
    mark, colour = ("kept   ", "green") if one.text.kept else ("dropped", "red")
    within = f"; in {' < '.join(one.within)}" if one.within else ""
    console.spans((mark, colour), f" {one.text.probability:.2f} {one.text.kind}  ", (one.reason + within, "dim"))
    console.indented(one.text.text)
