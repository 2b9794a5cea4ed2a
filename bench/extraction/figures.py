"""Figures of a set of pages, with intervals of 95 % by bootstrap over the pages."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean

from training.extraction.pages import GoldPage
from training.extraction.scores import fold, score, summary
from wiredesk_schemas import PageType

from .methods import Prediction

RESAMPLES = 500
"""Resamples of the bootstrap."""

PARAGRAPH = 60
"""Characters from which a line of the gold story is a paragraph whose presence is counted."""

type Row = tuple[GoldPage, Prediction]
"""A page, and what a method extracted from it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and the bounds of its interval, all of them shares between 0 and 1."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def of[T](items: Sequence[T], statistic: Callable[[Sequence[T]], float]) -> Figure | None:
    """Return a statistic of items with its interval; None if there are no items."""
    if not items:
        return None
    generator = random.Random(7)
    resampled = sorted(statistic(generator.choices(items, k=len(items))) for _ in range(RESAMPLES))
    return Figure(statistic(items), resampled[int(0.025 * RESAMPLES)], resampled[int(0.975 * RESAMPLES)])


def body(rows: Sequence[Row]) -> Figure | None:
    """Return F1 of the bodies: the metric of the article-extraction-benchmark."""
    scores = [score(page.body, prediction.get("body")) for page, prediction in rows]
    return of(scores, lambda sample: summary(sample).f1)


def share_of_field(rows: Sequence[Row], field: str) -> Figure | None:
    """Return on how many of the pages that have a field in their gold a method found it exactly.

    Args:
        rows: pages and predictions.
        field: `title`, `published_at` (the day), or `authors` (people and agencies together, in any order).
    """
    labelled = [(page, prediction) for page, prediction in rows if page.fields.get(field)]
    return of([float(_CHECKS[field](prediction, page)) for page, prediction in labelled], mean)


def set_aside(rows: Sequence[Row]) -> Figure | None:
    """Return the share of pages that a method publishes nothing of."""
    return of([float("body" not in prediction) for _, prediction in rows], mean)


def recognised(rows: Sequence[Row]) -> Figure | None:
    """Return the share of pages that are set aside, or published as something else than an article."""
    return of([float(not is_article(prediction)) for _, prediction in rows], mean)


def kept_paragraphs(rows: Sequence[Row]) -> Figure | None:
    """Return the share of the gold's paragraphs that are in the extracted bodies; the mean over the pages."""
    return of([_kept(page, prediction) for page, prediction in rows], mean)


def is_article(prediction: Prediction) -> bool:
    """Return whether a page is published as an article."""
    return "body" in prediction and prediction.get("page_type") in (None, PageType.ARTICLE, PageType.LIVE_BLOG)


def _kept(page: GoldPage, prediction: Prediction) -> float:
    extracted = f" {fold(prediction.get('body'))} "
    paragraphs = [line for line in page.body.splitlines() if len(line) >= PARAGRAPH]
    return mean(f" {fold(line)} " in extracted for line in paragraphs) if paragraphs else 1.0


def _same_title(prediction: Prediction, page: GoldPage) -> bool:
    return fold(page.fields["title"]) == fold(prediction.get("title"))


def _same_day(prediction: Prediction, page: GoldPage) -> bool:
    return str(page.fields["published_at"])[:10] == (prediction.get("published_at") or "")[:10]


def _same_authors(prediction: Prediction, page: GoldPage) -> bool:
    return {*map(fold, page.fields["authors"])} == {*map(fold, prediction.get("authors") or ())}


_CHECKS: dict[str, Callable[[Prediction, GoldPage], bool]] = {
    "title": _same_title,
    "published_at": _same_day,
    "authors": _same_authors,
}
"""Whether a prediction has the gold's value of a field, by the field's name."""
