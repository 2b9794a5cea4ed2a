"""Explanations: for each text of a page, why it was kept or dropped."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.features import Feature, FeatureMatrix
from wiredesk.extractor.body.segments import SegmentedPage
from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.models import BodyModel, Models

MAX_CLASS_NAMES = 4
"""Class names that an explanation gives for a text."""

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
"""Groups of features, by how the names of their features begin. The longest beginning counts."""

_FORM = "form"
"""The group of all other features."""

_NEIGHBOURS = "neighbours"
"""The group of the features of neighbours, whose names end with an offset."""

_REASONS = {
    "links": "how much of it, and of what is around it, is links",
    "mark-up": "its mark-up and that around it",
    "summary": "what title, description and JSON-LD say about the page",
    "words": "its words: what they say about a text, over many sites",
    "subject": "its subject: words that it has in common with the other prose",
    "place": "its place among the prose of the page",
    _FORM: "its length and form",
    _NEIGHBOURS: "the texts before and after it",
}
"""Reasons for people, by group."""


RULE_REASON = "the site's rule selects it"
"""Why a text was kept that the selectors of a site's rule match."""


@dataclass(frozen=True, slots=True)
class ExplainedText:
    """A text, and why it was kept or dropped.

    Attributes:
        text: of the page.
        reason: what contributed most, for people.
        within: class names around it that contributed most, the innermost first; only of HTML.
    """

    text: ScoredText
    reason: str
    within: tuple[str, ...] = ()


def explain(page: ExtractedPage, models: Models) -> tuple[ExplainedText, ...]:
    """Explain for each text of a page why it was kept or dropped; in the order of the page.

    The effect of a group of features is how far the log-odds move when all its features are set to the values that are
    usual on the other side, kept or dropped. The group with the largest effect is the reason.

    Args:
        page: as `Extractor.extract` returns it.
        models: those that it was extracted with.
    """
    if not page.features:
        return ()
    model = models.text if page.segments is None else models.html
    reasons = _reasons(model, page.features, np.array([text.kept for text in page.texts]))
    if page.segments is None:
        within: list[tuple[str, ...]] = [()] * len(page.texts)
    else:
        within = _class_names(page.segments, model.lexicon.class_names)
    return tuple(
        ExplainedText(text, text.excluded_because or (RULE_REASON if page.rule.body else _REASONS[reason]), names)
        for text, reason, names in zip(page.texts, reasons, within, strict=True)
    )


def _reasons(model: BodyModel, features: FeatureMatrix, kept: NDArray[np.bool_]) -> list[str]:
    """Return for each text the group of features with the largest effect on whether it is kept."""
    log_odds = model.log_odds(features)
    groups: dict[str, list[str]] = {}
    for name in model.trees.names:
        groups.setdefault(_group(name), []).append(name)
    moved = np.zeros((len(groups), len(kept)))
    for row, names in enumerate(groups.values()):
        changed = dict(features)
        for name in names:
            changed[name] = np.where(kept, _usual(features[name], ~kept), _usual(features[name], kept))
        moved[row] = model.log_odds(changed) - log_odds
    moved = np.where(kept, -moved, moved)
    named = list(groups)
    return [named[row] for row in moved.argmax(axis=0)]


def _group(name: str) -> str:
    if name[-2:-1] in "+-" and name[-1:].isdigit():
        return _NEIGHBOURS
    beginnings = {start: group for group, starts in _GROUPS.items() for start in starts if name.startswith(start)}
    return beginnings[max(beginnings, key=len)] if beginnings else _FORM


def _usual(feature: Feature, of: NDArray[np.bool_]) -> float:
    return float(np.median(feature[of])) if of.any() else float(np.median(feature))


def _class_names(page: SegmentedPage, class_odds: Mapping[str, float]) -> list[tuple[str, ...]]:
    """Return for each segment the class names around it with the strongest log-odds, one for each container."""
    all_names = []
    for segment in page.segments:
        names = []
        index = segment.container
        while index >= 0:
            container = page.containers[index]
            strongest = max(container.tokens, key=lambda token: abs(class_odds.get(token, 0.0)), default=None)
            if strongest is not None and class_odds.get(strongest):
                names.append(strongest)
            index = container.parent
        all_names.append(tuple(names[:MAX_CLASS_NAMES]))
    return all_names
