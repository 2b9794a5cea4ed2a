"""The figures that are required of extraction."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .figures import Figure

type Figures = Mapping[tuple[str, str, str], Figure | None]
"""Figures by set, method and measure."""


@dataclass(frozen=True, slots=True)
class Required:
    """A bound of a figure.

    Attributes:
        set: name of the set, or of its variant.
        measure: name of the figure.
        bound: that it must reach.
        at_most: whether it is an upper bound.
        beats: a method whose figure it must exceed, too; None if there is none.
    """

    set: str
    measure: str
    bound: float
    at_most: bool = False
    beats: str | None = None

    def holds(self, figures: Figures) -> bool | None:
        """Return whether the figure holds; None if it was not measured."""
        own = figures.get((self.set, "wiredesk", self.measure))
        other = figures.get((self.set, self.beats, self.measure)) if self.beats else None
        if own is None:
            return None
        within = own.value <= self.bound if self.at_most else own.value >= self.bound
        return within and (other is None or own.value > other.value)


REQUIRED = (
    Required("publisher-pages", "body F1", 0.970),
    Required("publisher-pages", "title", 0.90),
    Required("publisher-pages", "day", 0.99),
    Required("publisher-pages", "authors", 0.91),
    Required("publisher-pages, flattened", "body F1", 0.950),
    Required("publisher-pages, flattened", "day", 0.65),
    Required("publisher-pages, flattened", "authors", 0.60),
    Required("publisher-pages, flattened", "title", 0.75),
    Required("publisher-pages, undeclared", "day", 0.80, beats="trafilatura"),
    Required("publisher-pages, undeclared", "authors", 0.65, beats="trafilatura"),
    Required("publisher-pages, undeclared", "title", 0.85, beats="trafilatura"),
    Required("web-pages", "body F1", 0.960),
    Required("web-pages", "set aside", 0.005, at_most=True),
    Required("web-pages", "day", 0.88),
    Required("web-pages", "authors", 0.68),
    Required("web-pages, no articles", "recognised", 0.90),
    Required("article-extraction-benchmark", "body F1", 0.968),
    Required("publisher-pages, made long", "kept", 0.99),
    Required("publisher-pages, made long, flattened", "kept", 0.99),
)
"""What is required, in the order of the table."""


def table(figures: Figures) -> Iterator[str]:
    """Yield the lines of the table of what is required and measured."""
    yield f"{'set':<38}{'measure':<12}{'reached':<24}wanted"
    for row in REQUIRED:
        own = figures.get((row.set, "wiredesk", row.measure))
        if own is None:
            continue
        sign = "<=" if row.at_most else ">="
        verdict = "" if row.holds(figures) else "  no"
        yield f"{row.set:<38}{row.measure:<12}{own!s:<24}{sign}{row.bound:.3g}{verdict}"
        other = figures.get((row.set, row.beats, row.measure)) if row.beats else None
        if other is not None:
            yield f"{'':<38}{row.beats:<12}{other!s}"
