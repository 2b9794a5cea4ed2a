"""The places of a page that state metadata, each read once."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from wiredesk.extractor import structured
from wiredesk.extractor.document import Element, metas, text_of


@dataclass(frozen=True)
class Sources:
    """What a page says of itself.

    Attributes:
        root: of the document.
        nodes: all JSON-LD objects.
        article: the one that describes the article; empty where there is none.
        meta: contents of `<meta>`, by name, property or itemprop.
    """

    root: Element
    nodes: list[structured.Node]
    article: structured.Node
    meta: dict[str, str]

    @classmethod
    def of(cls, root: Element) -> "Sources":
        """Read them from a document."""
        nodes = structured.nodes(root)
        return cls(root, nodes, structured.article(nodes), metas(root))

    def json_ld(self, name: str) -> str | None:
        """Return a property of the article as text."""
        return structured.string(self.article.get(name))

    def named(self, *names: str) -> str | None:
        """Return the content of the first of these `<meta>` that the page has."""
        return next((self.meta[name] for name in names if name in self.meta), None)

    @cached_property
    def window_title(self) -> str | None:
        """The title that the browser's window shows."""
        return next((text_of(title) for title in self.root.iter("title")), None)

    @cached_property
    def headings(self) -> list[str]:
        """The texts of the page's first-level headings."""
        return [text for heading in self.root.iter("h1") if (text := text_of(heading))]

    def dates(self) -> Iterator[str | None]:
        """Yield the times of the page's `<time>` elements, for machines."""
        return (time.get("datetime") for time in self.root.iter("time"))
