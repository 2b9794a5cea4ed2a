"""Revisions and copies of a story as commands show them: what changed, and who else has it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wiredesk.cli import console

if TYPE_CHECKING:
    from wiredesk.operations.story import Revision
    from wiredesk.revisions.wording import Passage, Run
    from wiredesk_schemas import ArticleCopies, GroupedArticle

CONTEXT_WORDS = 12
"""Words that are shown before and after a change, where the passage has more."""

PASSAGES_SHOWN = 40
"""Changed passages of a revision that are shown, at most."""

MARKS = {"removed": ("[-", "-]", "red"), "added": ("{+", "+}", "green")}
"""How changed words are marked, and their colour on a terminal: not by the colour alone."""

COPY_COLUMNS = ("text", "of the other", "of its own", "where")
"""The columns of a group of copies."""


def revision_object(revision: "Revision") -> dict[str, object]:
    """Return a revision as a JSON object, with the passages that changed."""
    event = revision.event.model_dump(
        mode="json",
        include={
            "revision_number", "event_id", "title", "returned", "changed", "change", "correction", "reason", "detail",
            "http_status",
        },
    )  # fmt: skip
    return {
        "kind": revision.kind,
        "fetched_at": iso_text(revision.fetched_at),
        **event,
        "compared_with": revision.compared_with,
        "headline": [run._asdict() for run in revision.headline],
        "passages": [[run._asdict() for run in passage.runs] for passage in revision.passages if passage.is_changed],
    }


def group_object(group: "ArticleCopies", page: str) -> dict[str, object]:
    """Return a group of copies as a JSON object; it says whether a page is its likely original."""
    included = {"group_id", "original", "original_evidence", "credited_agency", "copies", "copy_count"}
    return {**group.model_dump(mode="json", include=included), "is_original": group.original.page_id == page}


def show_revision(revision: "Revision") -> None:
    """Print a revision: what it is, and what changed."""
    from wiredesk_schemas import ArticleWithdrawn

    event = revision.event
    colour = {"withdrawn": "red", "corrected": "yellow"}.get(revision.kind, "green")
    head = (f"{event.revision_number or '?'} {revision.kind}", colour)
    if isinstance(event, ArticleWithdrawn):
        console.spans(head, f" {time_text(revision.fetched_at)}: {event.reason}: {event.detail}")
        return
    measure = f", {event.change:.0%} of the words" if event.change else ""
    changed = ", ".join(event.changed)
    returned = " (it is there again)" if event.returned else ""
    what = f": {changed}{measure}" if changed else ""
    console.spans(head, f" {time_text(revision.fetched_at)}{returned}{what}")
    if event.title and revision.compared_with is None:
        console.indented(f"headline: {event.title}")
    show_changes(revision)


def show_changes(revision: "Revision") -> None:
    """Print the words that a revision removes and adds, and the correction that it states."""
    from wiredesk_schemas import CleanedArticle

    event = revision.event
    if not isinstance(event, CleanedArticle):
        return
    if event.correction:
        console.indented_spans(("states: ", "yellow"), event.correction)
    if revision.compared_with is None or revision.compared_with + 1 != event.revision_number:
        _show_comparison_with(revision)
    if any(run.act != "same" for run in revision.headline):
        console.indented_spans("headline: ", *_marked(revision.headline))
    changed = [passage for passage in revision.passages if passage.is_changed]
    for passage in changed[:PASSAGES_SHOWN]:
        console.indented_spans(*_marked(_shortened(passage)))
    if len(changed) > PASSAGES_SHOWN:
        console.indented_spans((f"and {len(changed) - PASSAGES_SHOWN} more passages; --json has them", "dim"))


def _show_comparison_with(revision: "Revision") -> None:
    """Print what a revision is compared with, if that is not the one before."""
    number = revision.event.revision_number or 0
    if revision.compared_with is not None:
        console.indented_spans((f"compared with revision {revision.compared_with}", "dim"))
    elif number > 1:
        console.indented_spans(("the revision before is not kept any more", "dim"))


def _marked(runs: "Iterable[Run]") -> Iterator[str | tuple[str, str]]:
    """Yield the parts of a line, with changed words in their marks; spaces stay outside."""
    for run in runs:
        if run.act not in MARKS:
            yield run.text
            continue
        begin, end, colour = MARKS[run.act]
        text = run.text.strip()
        yield run.text[: len(run.text) - len(run.text.lstrip())]
        yield (f"{begin}{text}{end}", colour)
        yield run.text[len(run.text.rstrip()) :]


def _shortened(passage: "Passage") -> Iterator["Run"]:
    """Yield the runs of a passage, without most of the words that are far from a change."""
    from wiredesk.revisions.wording import Act, shortened

    runs = passage.runs
    for number, run in enumerate(runs):
        if run.act is not Act.SAME:
            yield run
            continue
        before = CONTEXT_WORDS if number > 0 else 0
        after = CONTEXT_WORDS if number + 1 < len(runs) else 0
        yield run._replace(text=shortened(run.text, before, after))


def show_group(group: "ArticleCopies", page: str) -> None:
    """Print the articles of a group of copies."""
    from wiredesk.operations.copy_groups import members

    others = "article has" if group.copy_count == 1 else "articles have"
    evidence = ", ".join(group.original_evidence).replace("_", " ")
    by = f" ({evidence})" if evidence else ""
    credit = f"; they credit {group.credited_agency}" if group.credited_agency else ""
    console.spans((f"copies: {group.copy_count} {others} text of the likely original{by}{credit}", "bold"))
    rows = [_copy_row(article, page) for article in members(group)]
    console.table("", COPY_COLUMNS, rows)
    if group.copy_count >= len(rows):
        console.line(f"and {group.copy_count - len(rows) + 1} more")


def _copy_row(article: "GroupedArticle", page: str) -> tuple[str, str, str, str]:
    from wiredesk_schemas import Copy

    where = f"{article.url}{' (this story)' if article.page_id == page else ''}"
    if not isinstance(article, Copy):
        return "original", "", "", where
    return article.kind, f"{article.share_of_other:.0%}", f"{article.share_of_own:.0%}", where


def iso_text(time: Any) -> str | None:
    """Return a time as JSON has it."""
    return None if time is None else time.isoformat()


def time_text(time: Any) -> str:
    """Return a time for people, to the minute; a day without a time is one."""
    if time is None:
        return "an unknown time"
    if not isinstance(time, datetime):
        return str(time.isoformat())
    return time.isoformat(sep=" ", timespec="minutes").replace("+00:00", " UTC")
