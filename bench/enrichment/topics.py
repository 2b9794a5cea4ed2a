"""Topics against labelled articles: is the first one right, are the sets, and do scores mean what they say?"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from wiredesk.enrichment.topics import ModelWeights, NewsClassifier
from wiredesk_schemas import CleanedArticle

BINS = 5

PARTS = {
    "all": ModelWeights(),
    "the beginning alone": ModelWeights(doubt=0.0),
    "without how common topics are": ModelWeights(prior=0.0),
    "nearest leads alone": ModelWeights(words=0.0, prior=0.0),
}
"""What is left when a part is taken away; `fast` is the words model alone."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An article's top-level topics as told, with scores, the likeliest first; and those that are right."""

    told: tuple[tuple[str, float], ...]
    gold: tuple[str, ...]

    @property
    def first(self) -> str:
        """The first topic told."""
        return self.told[0][0] if self.told else ""


def judged(classifier: NewsClassifier, labelled: Sequence[tuple[CleanedArticle, list[str]]]) -> list[Judged]:
    """Classify articles."""
    return [
        Judged(tuple((t.code, t.score) for t in classifier.topics(article, "en") if len(t.path) == 1), tuple(gold))
        for article, gold in labelled
    ]


def firsts(classifier: NewsClassifier, labelled: Sequence[tuple[CleanedArticle, list[str]]]) -> list[Judged]:
    """Tell the likeliest topic of each article, however unlikely it is, and no other."""
    rows = []
    for article, gold in labelled:
        top = classifier.score(article.title or "", " ".join(block.text for block in article.paragraphs)).top
        rows.append(Judged(((classifier.roots[int(top.argmax())], 1.0),), tuple(gold)))
    return rows


def first_is_main(rows: Sequence[Judged]) -> float:
    """Return the share of articles whose first topic is the main one."""
    return mean(row.first == row.gold[0] for row in rows)


def first_in_gold(rows: Sequence[Judged]) -> float:
    """Return the share of articles whose first topic is one of the right ones."""
    return mean(row.first in row.gold for row in rows)


def any_in_gold(rows: Sequence[Judged]) -> float:
    """Return the share of articles of which some topic told is right."""
    return mean(any(code in row.gold for code, _ in row.told) for row in rows)


def micro_f1(rows: Sequence[Judged]) -> float:
    """Return the micro-averaged F1 of the sets."""
    told = [{code for code, _ in row.told} for row in rows]
    right = sum(len(codes & set(row.gold)) for codes, row in zip(told, rows, strict=True))
    return 2 * right / (sum(map(len, told)) + sum(len(row.gold) for row in rows))


def calibration(rows: Sequence[Judged]) -> list[tuple[float, float, int]]:
    """Return, for bins of scores that hold as many topics each: mean score, share that is right, topics."""
    scored = sorted((score, code in row.gold) for row in rows for code, score in row.told)
    size = max(1, len(scored) // BINS)
    bins = [scored[i * size : (i + 1) * size if i < BINS - 1 else None] for i in range(BINS)]
    return [(mean(s for s, _ in one), mean(right for _, right in one), len(one)) for one in bins if one]


def precision_against_coverage(rows: Sequence[Judged]) -> list[tuple[float, float]]:
    """Return coverage (share of articles whose first topic is told) and precision there, as the bound on it falls."""
    ranked = sorted((row for row in rows if row.told), key=lambda row: -row.told[0][1])
    right, points = 0, []
    for number, row in enumerate(ranked, 1):
        right += row.first in row.gold
        if number >= len(rows) // 20:
            points.append((number / len(rows), right / number))
    return points
