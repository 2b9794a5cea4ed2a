"""Filters: which articles of the wire a reader wants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wiredesk.web.refusals import Refusal, RefusedError
from wiredesk.web.wire.brief import Brief

NAMES = ("topic", "person", "place", "organisation", "language", "source", "type")
"""The filters: names of query parameters. Each may be repeated."""

MAX_VALUES = 20
"""Maximum number of values of all filters of a request."""

MAX_CHARACTERS = 200
"""Maximum length of a value."""


@dataclass(frozen=True, slots=True)
class Filters:
    """An article must match one value of each filter that has values."""

    wanted: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of_query(cls, query: Iterable[tuple[str, str]]) -> "Filters":
        """Return the filters of a query; empty values and other parameters are passed over.

        Raises:
            RefusedError: there are too many of them, or one is too long.
        """
        values: dict[str, list[str]] = {}
        for name, value in query:
            if name in NAMES and value.strip():
                values.setdefault(name, []).append(value.strip())
        if sum(map(len, values.values())) > MAX_VALUES:
            raise RefusedError(Refusal.INVALID, f"at most {MAX_VALUES} values of filters")
        if any(len(value) > MAX_CHARACTERS for each in values.values() for value in each):
            raise RefusedError(Refusal.INVALID, f"a filter has at most {MAX_CHARACTERS} characters")
        return cls(tuple((name, tuple(values[name])) for name in NAMES if name in values))

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Name and value of each filter, as in a query."""
        return tuple((name, value) for name, values in self.wanted for value in values)

    def first(self, name: str) -> str:
        """Return the first value of a filter; empty if it has none."""
        return next((value for each, value in self.pairs if each == name), "")

    def accept(self, brief: Brief) -> bool:
        """Whether a line matches. A withdrawal whose article the wire has no more matches where nothing is filtered."""
        return all(_matches(brief, name, values) for name, values in self.wanted)


def _matches(brief: Brief, name: str, values: Sequence[str]) -> bool:
    return any(value.casefold() in brief.keys.get(name, ()) for value in values)
