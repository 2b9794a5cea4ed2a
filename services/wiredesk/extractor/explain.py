"""Explanations: for each text of a page, why it was kept or dropped."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor import quirks
from wiredesk.extractor.body import lines, markup
from wiredesk.extractor.body.columns import Columns
from wiredesk.extractor.body.model import BodyModel
from wiredesk.extractor.body.segments import Segmented
from wiredesk.extractor.body.story import Judged
from wiredesk.extractor.document import parse
from wiredesk.extractor.extract import READERS
from wiredesk.extractor.html import looked_at
from wiredesk.extractor.models import Models, shipped
from wiredesk.extractor.reading import Reading
from wiredesk_schemas import AcceptedPage

_GROUPS: Mapping[str, tuple[str, ...]] = {
    "links": ("linked", "links", "alike_linked", "siblings_linked", "around"),
    "mark-up": ("tag", "in_<", "names", "core_", "bold", "hidden", "depth", "alike", "siblings", "in_"),
    "summary": ("in_title", "of_title", "in_description", "in_article_body", "article_body_words", "from_h"),
    "words": ("phrases", "says_", "opens_", "common_words"),
    "subject": ("shared_", "stems"),
    "place": (
        "share_before", "text_before", "index", "from_span", "in_span", "good_", "next_good", "last_good", "span_share",
    ),
}  # fmt: skip
"""Columns by what they tell, by how their names begin; the longest begin counts, and all others are form."""

_FORM = "form"
_NEIGHBOURS = "neighbours"

_TOLD = {
    "links": "how much of it, and of what is around it, is links",
    "mark-up": "its mark-up and that around it",
    "summary": "what title, description and JSON-LD say of the page",
    "words": "its words: what they say of a text, over many sites",
    "subject": "its subject: words that it has in common with the rest",
    "place": "its place among the prose of the page",
    _FORM: "its length and form",
    _NEIGHBOURS: "the texts before and behind it",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """A text, and why it was kept or dropped.

    Attributes:
        reason: what weighed most, for a reader.
        within: class names around it that weighed most, outermost last; of HTML only.
    """

    text: Judged
    reason: str
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A page's reading, and an explanation for each of its texts."""

    reading: Reading
    texts: tuple[Explained, ...]


def explain(page: AcceptedPage) -> Explanation:
    """Read a page and explain what was kept and what was dropped.

    A group of columns is a reason as far as the verdict would change with it: all its columns are set to what is usual
    on the other side, kept or dropped, and the group whose change moves the text farthest is named.
    """
    models = shipped()
    reading = READERS[page.media_type](page, models)
    columns, cut = _columns(page, models)
    if not reading.judged or not columns:
        return Explanation(reading, ())
    model = models.text if cut is None else models.html
    reasons = _reasons(model, columns, np.array([text.kept for text in reading.judged]))
    within = [()] * len(reading.judged) if cut is None else _class_names(cut, model.wording.class_names)
    texts = (
        Explained(text, text.aside or _TOLD[reason], names)
        for text, reason, names in zip(reading.judged, reasons, within, strict=True)
    )
    return Explanation(reading, tuple(texts))


def _columns(page: AcceptedPage, models: Models) -> tuple[Columns, Segmented | None]:
    if page.media_type == "text/plain":
        found = lines.lines(page.body)
        return (lines.describe(found, models.text.wording) if found else {}), None
    root = parse(page.body)
    if root is None:
        return {}, None
    quirks.apply(page.canonical_url, root)
    cut, hints = looked_at(root)
    return (markup.describe(cut, hints, models.html.wording) if cut.segments else {}), cut


def _reasons(model: BodyModel, columns: Columns, kept: NDArray[np.bool_]) -> list[str]:
    """Return for each text the group of columns that its verdict hangs on most."""
    told = model.odds(columns)
    groups: dict[str, list[str]] = {}
    for name in model.trees.names:
        groups.setdefault(_group(name), []).append(name)
    moved = np.zeros((len(groups), len(kept)))
    for row, names in enumerate(groups.values()):
        changed = dict(columns)
        for name in names:
            changed[name] = np.where(kept, _usual(columns[name], ~kept), _usual(columns[name], kept))
        moved[row] = model.odds(changed) - told
    moved = np.where(kept, -moved, moved)
    named = list(groups)
    return [named[row] for row in moved.argmax(axis=0)]


def _group(name: str) -> str:
    if name[-2:-1] in "+-" and name[-1:].isdigit():
        return _NEIGHBOURS
    begins = {begin: group for group, names in _GROUPS.items() for begin in names if name.startswith(begin)}
    return begins[max(begins, key=len)] if begins else _FORM


def _usual(column: NDArray[np.float64], of: NDArray[np.bool_]) -> float:
    return float(np.median(column[of])) if of.any() else float(np.median(column))


def _class_names(cut: Segmented, odds: Mapping[str, float]) -> list[tuple[str, ...]]:
    """Return for each segment the class names around it that say most, one for a container."""
    found = []
    for segment in cut.segments:
        names = []
        index = segment.container
        while index >= 0:
            container = cut.containers[index]
            strongest = max(container.tokens, key=lambda token: abs(odds.get(token, 0.0)), default=None)
            if strongest is not None and odds.get(strongest):
                names.append(strongest)
            index = container.parent
        found.append(tuple(names[:4]))
    return found
