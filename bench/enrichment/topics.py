"""Topics compared with labelled articles: is the first one right, are the sets, and are the scores probabilities?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import mean

from wiredesk.enrichment.topics import NewsClassifier
from wiredesk.enrichment.topics.classifier import ENGLISH_WEIGHTS
from wiredesk_schemas import CleanedArticle

BINS = 5
"""Bins of scores, with the same number of topics each."""

MIN_COVERAGE_SHARE = 20
"""Share of the articles from which precision is shown: of fewer articles it means nothing."""

ABLATIONS = {
    "all": ENGLISH_WEIGHTS,
    "first window only": replace(ENGLISH_WEIGHTS, doubt=0.0),
    "without how common topics are": replace(ENGLISH_WEIGHTS, prior=0.0),
    "nearest leads only": replace(ENGLISH_WEIGHTS, words=0.0, prior=0.0),
}
"""The classifier without one of its parts. Words alone are the profile `fast`."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """The top-level topics of an article.

    Attributes:
        predicted: codes and scores, the most likely first.
        gold: the codes that are right, the main one first.
    """

    predicted: tuple[tuple[str, float], ...]
    gold: tuple[str, ...]

    @property
    def first(self) -> str:
        """Code of the first predicted topic; empty where there is none."""
        return self.predicted[0][0] if self.predicted else ""


def predict(classifier: NewsClassifier, labelled: Sequence[tuple[CleanedArticle, list[str]]]) -> list[Prediction]:
    """Classify articles as the stage does."""
    return [
        Prediction(tuple((t.code, t.score) for t in classifier.topics(article, "en") if len(t.path) == 1), tuple(gold))
        for article, gold in labelled
    ]


def predict_first(classifier: NewsClassifier, labelled: Sequence[tuple[CleanedArticle, list[str]]]) -> list[Prediction]:
    """Return the most likely topic of each article, whatever its score, and no other."""
    rows = []
    for article, gold in labelled:
        top = classifier.score(article.title or "", " ".join(block.text for block in article.paragraphs)).top
        rows.append(Prediction(((classifier.roots[int(top.argmax())], 1.0),), tuple(gold)))
    return rows


def first_is_main(rows: Sequence[Prediction]) -> float:
    """Return the share of articles whose first topic is the main one."""
    return mean(row.first == row.gold[0] for row in rows)


def first_in_gold(rows: Sequence[Prediction]) -> float:
    """Return the share of articles whose first topic is one of the right ones."""
    return mean(row.first in row.gold for row in rows)


def any_in_gold(rows: Sequence[Prediction]) -> float:
    """Return the share of articles of which some predicted topic is right."""
    return mean(any(code in row.gold for code, _ in row.predicted) for row in rows)


def micro_f1(rows: Sequence[Prediction]) -> float:
    """Return the micro-averaged F1 of the sets."""
    predicted = [{code for code, _ in row.predicted} for row in rows]
    right = sum(len(codes & set(row.gold)) for codes, row in zip(predicted, rows, strict=True))
    return 2 * right / (sum(map(len, predicted)) + sum(len(row.gold) for row in rows))


def calibration(rows: Sequence[Prediction]) -> list[tuple[float, float, int]]:
    """Return for each bin of scores: mean score, share of topics that are right, number of topics."""
    scored = sorted((score, code in row.gold) for row in rows for code, score in row.predicted)
    size = max(1, len(scored) // BINS)
    bins = [scored[i * size : (i + 1) * size if i < BINS - 1 else None] for i in range(BINS)]
    return [(mean(s for s, _ in one), mean(right for _, right in one), len(one)) for one in bins if one]


def precision_by_coverage(rows: Sequence[Prediction]) -> list[tuple[float, float]]:
    """Return coverage (share of articles with a first topic above a bound) and precision there, as the bound falls."""
    ranked = sorted((row for row in rows if row.predicted), key=lambda row: -row.predicted[0][1])
    right, points = 0, []
    for number, row in enumerate(ranked, 1):
        right += row.first in row.gold
        if number >= len(rows) // MIN_COVERAGE_SHARE:
            points.append((number / len(rows), right / number))
    return points
