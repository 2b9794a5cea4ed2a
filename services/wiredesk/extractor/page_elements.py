"""The elements of a page, and which of them have an attribute of a certain kind.

One walk reads all attributes that anybody asks for. Many elements share a value: each value is looked at once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import islice
from typing import cast

from lxml import etree

from wiredesk.extractor.document import Element

MAX_ELEMENTS = 50_000
"""Elements of a page that are read; real pages have a tenth of it."""

_READ = ("class", "data-testid", "href", "id", "itemprop", "property", "pubdate", "rel")
"""Attributes that are read."""

_FEW = ("h1", "h2", "h3", "link", "meta", "script", "time", "title")
"""Names of elements of which pages have few; one walk finds them."""

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
    def _few(self) -> list[tuple[str, Element]]:
        return [(str(element.tag), element) for element in self.root.iter(*_FEW)]

    def named(self, *names: str) -> Iterator[Element]:
        """Yield the elements with one of some names, in document order.

        Args:
            names: of which pages have few elements.
        """
        return (element for name, element in self._few if name in names)

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

    def has(self, attribute: str, test: Callable[[str], object]) -> bool:
        """Return whether any element has an attribute whose value passes a test. It costs less than the places do.

        Args:
            attribute: its name, any.
            test: called once for each value, until one passes.
        """
        if "_places" in self.__dict__ and attribute in self._places:
            return any(map(test, self._places[attribute]))
        values = cast("list[str]", _all_values(attribute)(self.root))
        return any(map(test, dict.fromkeys(values)))


@lru_cache(maxsize=64)
def _all_values(attribute: str) -> etree.XPath:
    """Return what reads an attribute of all elements at once. There are as many as the code has names."""
    return etree.XPath(f"/descendant::*/@{attribute}", smart_strings=False)
