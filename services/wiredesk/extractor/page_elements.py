"""The elements of a page, and which of them have an attribute of a certain kind.

One walk reads all attributes that anybody asks for. Many elements share a value: each value is looked at once.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import islice
from typing import cast

from wiredesk.extractor.document import Element

MAX_ELEMENTS = 50_000
"""Elements of a page that are read; real pages have a tenth of it."""

_READ = ("class", "data-testid", "href", "id", "itemprop", "property", "pubdate", "rel")
"""Attributes that are read."""

type _Places = defaultdict[str, list[int]]
"""Places of elements in document order, by the value of an attribute."""


class PageElements:
    """The elements of a page and their attributes, as they are when they are first asked for.

    Args:
        root: of the page.
    """

    def __init__(self, root: Element) -> None:
        self.root = root

    @cached_property
    def in_order(self) -> list[Element]:
        """The first elements, in document order."""
        return list(islice(self.root.iter(), MAX_ELEMENTS))

    @cached_property
    def _places(self) -> Mapping[str, _Places]:
        places: dict[str, _Places] = {name: defaultdict(list) for name in _READ}
        for place, element in enumerate(self.in_order):
            for name, value in cast("list[tuple[str, str]]", element.items()):
                if name in places:
                    places[name][value].append(place)
        return places

    def places_with(self, attribute: str, test: Callable[[str], object]) -> list[int]:
        """Return the places of the elements that have an attribute whose value passes a test, in any order.

        Args:
            attribute: its name, one of those that are read.
            test: called once for each value, however many elements have it.
        """
        return [place for value, places in self._places[attribute].items() if test(value) for place in places]

    def having(self, attribute: str, test: Callable[[str], object]) -> list[Element]:
        """Return the elements that have an attribute whose value passes a test, in document order."""
        return [self.in_order[place] for place in sorted(self.places_with(attribute, test))]
