"""The metric of the article-extraction-benchmark: shingles of four words, as sets with counts."""

import re
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
SHINGLE = 4


@dataclass(frozen=True, slots=True)
class Score:
    """Score of a page: shares of shingles that are right, wrong, and missing."""

    true_positive: float
    false_positive: float
    false_negative: float

    @property
    def f1(self) -> float:
        """F1 of this page."""
        wrong = self.false_positive + self.false_negative
        return 2 * self.true_positive / (2 * self.true_positive + wrong) if self.true_positive + wrong else 1.0


@dataclass(frozen=True, slots=True)
class Summary:
    """Score of a set: means over its pages of precision and recall, and F1 of these means."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(gold: str | None, predicted: str | None) -> Score:
    """Score one page."""
    expected, actual = _shingles(gold), _shingles(predicted)
    shared = sum((expected & actual).values())
    extra, lacking = sum(actual.values()) - shared, sum(expected.values()) - shared
    total = shared + extra + lacking
    return Score(shared / total, extra / total, lacking / total) if total else Score(0.0, 0.0, 0.0)


def summary(scores: Iterable[Score]) -> Summary:
    """Return the score of a set. A page on which nothing was found has no precision, and a recall of 0."""
    pages = list(scores)
    precisions = [p.true_positive / s for p in pages if (s := p.true_positive + p.false_positive)]
    recalls = [p.true_positive / s for p in pages if (s := p.true_positive + p.false_negative)]
    return Summary(statistics.mean(precisions or [0.0]), statistics.mean(recalls or [0.0]))


def fold(text: str | None) -> str:
    """Return a text in the form in which texts are compared: words only, in lower case."""
    return " ".join(_WORD.findall((text or "").lower()))


def _shingles(text: str | None) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text or "")
    if words and len(words) < SHINGLE:
        return Counter([tuple(words)])
    return Counter(tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))
