"""The elements of a page, and which of them have an attribute of a certain kind.

An attribute of all elements is read at once, in libxml2, when it is first asked for. Many elements share a value: each
value is looked at once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import cast

from lxml import etree

from wiredesk.extractor.document import Element

MAX_ELEMENTS = 50_000
"""Elements of a page that are read; real pages have a tenth of it."""

_FEW = ("h1", "h2", "h3", "link", "meta", "script", "time", "title")
"""Names of elements of which pages have few; one walk finds them."""


class PageElements:
    """The elements of a page and their attributes, as they are when they are first asked for.

    Args:
        root: of the page.
    """

    def __init__(self, root: Element) -> None:
        self.root = root
        self._values: dict[str, Sequence[str]] = {}

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
    def _places(self) -> Mapping[Element | None, int]:
        return {element: place for place, element in enumerate(self.in_order)}

    def places_with(self, attribute: str, test: Callable[[str], object]) -> list[int]:
        """Return the places of the elements that have an attribute whose value passes a test, in any order.

        Args:
            attribute: its name.
            test: called once for each value, however many elements have it.
        """
        passing = {value for value in self._values_of(attribute) if test(value)}
        if not passing:
            return []
        return [place for place, element in enumerate(self.in_order) if element.get(attribute) in passing]

    def places_of(self, elements: Iterable[Element | None]) -> list[int]:
        """Return the places of elements, without those that are beyond the first ones."""
        places = self._places
        return [places[element] for element in elements if element in places]

    def has(self, attribute: str, test: Callable[[str], object]) -> bool:
        """Return whether any element has an attribute whose value passes a test. It costs less than the places do.

        Args:
            attribute: its name.
            test: called once for each value, until one passes.
        """
        return any(map(test, self._values_of(attribute)))

    @cached_property
    def class_names(self) -> str:
        """All class names of the page, in lower case: one search says whether any element may have some."""
        return "\n".join(self._values_of("class")).lower()

    def _values_of(self, attribute: str) -> Sequence[str]:
        """Return the values of an attribute, each once."""
        if attribute not in self._values:
            values = cast("list[str]", _all_values(attribute)(self.root))
            self._values[attribute] = tuple(dict.fromkeys(values))
        return self._values[attribute]


@lru_cache(maxsize=64)
def _all_values(attribute: str) -> etree.XPath:
    """Return what reads an attribute of all elements at once. There are as many as the code has names."""
    return etree.XPath(f"/descendant::*/@{attribute}", smart_strings=False)
