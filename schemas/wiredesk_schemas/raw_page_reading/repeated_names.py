"""Objects of JSON that have a name several times, as serialisers of repeated headers write them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any


class RepeatedNames(dict[str, Any]):
    """An object with a name that is given several times. As a mapping, it has the last value of each.

    Args:
        pairs: names and values, in their order.
    """

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        self.pairs = list(pairs)
        super().__init__(self.pairs)

    def values_of(self, name: str) -> list[Any]:
        """Return all values of a name, in their order."""
        return [value for key, value in self.pairs if key == name]

    def repeated(self) -> list[str]:
        """Return the names that are given several times, in the order of the object."""
        counts = Counter(name for name, _ in self.pairs)
        return [name for name, count in counts.items() if count > 1]


def all_items(fields: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield names and values of an object, also those of names that are given several times."""
    yield from fields.pairs if isinstance(fields, RepeatedNames) else fields.items()
