"""A measured row: its value, a 95 % interval by bootstrap over articles, and the value that the project requires."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
"""Resamples of the bootstrap."""

SEED = 18
"""Seed of the resamples: a repeated run prints the same intervals."""

WIDTH = 80
"""Columns of a printed table."""

type Floats = npt.NDArray[np.float64]

type Ratio = Callable[[Floats], Floats]
"""Computes a measure from sums of statistics; their last axis holds the statistics."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """A measure of a set.

    Attributes:
        value: of the whole set.
        samples: the same of each resample of the set.
        count: number of articles, or of sentences, in the set.
    """

    value: float
    samples: Floats
    count: int

    @property
    def interval(self) -> tuple[float, float]:
        """The interval that holds 95 % of the resamples."""
        low, high = np.quantile(self.samples, (0.025, 0.975))
        return float(low), float(high)


def estimate(statistics: Sequence[Sequence[float]] | Floats, ratio: Ratio) -> Estimate:
    """Return a measure with its resamples.

    Args:
        statistics: one line per article, the same number of columns in each.
        ratio: the measure, from the sums of the columns.
    """
    table = np.asarray(statistics, dtype=np.float64)
    if not table.size:
        return Estimate(0.0, np.zeros(RESAMPLES), 0)
    rng = np.random.default_rng(SEED)
    weights = rng.multinomial(len(table), np.full(len(table), 1 / len(table)), size=RESAMPLES)
    return Estimate(float(ratio(table.sum(axis=0))), np.asarray(ratio(weights @ table)), len(table))


def mean_estimate(parts: Sequence[Estimate]) -> Estimate:
    """Return the mean of several measures, each resampled independently."""
    if not parts:
        return Estimate(0.0, np.zeros(RESAMPLES), 0)
    rng = np.random.default_rng(SEED)
    samples = np.mean([rng.permutation(part.samples) for part in parts], axis=0)
    return Estimate(float(np.mean([part.value for part in parts])), samples, sum(part.count for part in parts))


def share(sums: Floats) -> Floats:
    """Return the first column's sum divided by the second's."""
    return np.asarray(sums[..., 0] / np.maximum(1, sums[..., 1]))


def f1(sums: Floats) -> Floats:
    """Return F1 from the numbers of right, wrong and missing names."""
    right, wrong, missing = sums[..., 0], sums[..., 1], sums[..., 2]
    return np.asarray(2 * right / np.maximum(1, 2 * right + wrong + missing))


def harmonic_f1(sums: Floats) -> Floats:
    """Return F1 from sums of precision and of recall of mentions, and the number of mentions."""
    precision, recall = (sums[..., column] / np.maximum(1, sums[..., 2]) for column in (0, 1))
    return np.asarray(2 * precision * recall / np.maximum(1e-9, precision + recall))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Attributes:
        group: name of the group of rows, the value of `--only`.
        measure: what was measured, in at most 42 characters.
        value: of the whole set.
        low: lower end of the 95 % interval; None where there is none.
        high: its upper end.
        bound: value that the project requires; None where none is required.
        at_most: whether the bound is an upper one.
        count: number of articles, sentences or cases.
        unit: empty for a share from 0 to 1.
        language: ISO 639-1 code, of a figure of one language.
    """

    group: str
    measure: str
    value: float
    low: float | None = None
    high: float | None = None
    bound: float | None = None
    at_most: bool = False
    count: int = 0
    unit: str = ""
    language: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the value, rounded as it is printed, is within the bound; None without a bound."""
        if self.bound is None:
            return None
        within = operator.le if self.at_most else operator.ge
        return bool(within(round(self.value, 3), self.bound))

    def as_object(self) -> Mapping[str, object]:
        """Return the row as an object of JSON."""
        return {**asdict(self), "holds": self.holds}


def row(group: str, measure: str, measured: Estimate, bound: float | None = None, *, language: str = "") -> Row:
    """Return the row of an estimate."""
    low, high = measured.interval
    return Row(group, measure, measured.value, low, high, bound, count=measured.count, language=language)


def table_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of a table of at most `WIDTH` columns."""
    for line in rows:
        digits = 1 if line.unit else 3
        interval = ""
        if line.low is not None and line.high is not None:
            interval = f"({line.low:.{digits}f} to {line.high:.{digits}f})"
        bound, verdict = "", ""
        if line.bound is not None:
            bound = f"{'≤' if line.at_most else '≥'} {line.bound:.{digits}f}"
            verdict = "holds" if line.holds else "FAILS"
        text = f"  {line.measure:<36.36} {line.value:>6.{digits}f} {interval:<18} {bound:<7} {verdict}"
        yield text.rstrip()[:WIDTH]
