"""Segments: the pieces of text that a page's mark-up sets apart, in reading order, and the containers around them."""

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice

from lxml import etree

from wiredesk.extractor.document import Element
from wiredesk.extractor.words import clean, length, split

MAX_SEGMENTS = 5000
"""What stands behind is not read. The longest pages of the public sets have 3,000."""

MAX_TOKENS = 40
MAX_ATTRIBUTE = 200
"""Of names in the attributes of an element, and of characters in one attribute: generated ones run to thousands."""

PROSE = 80
MAX_LINKED_PROSE = 0.4
"""Letters from which a segment is prose, and the share of it that may be links."""

UNSEEN = frozenset(
    {
        "script", "style", "noscript", "template", "svg", "iframe", "head", "select", "option", "textarea", "input",
        "object", "embed", "video", "audio", "canvas", "map", "datalist", "math", "dialog", "button",
    }
)  # fmt: skip
"""Elements of which a reader of the story sees nothing."""

CONTAINERS = frozenset(
    {
        "html", "body", "div", "p", "section", "article", "main", "aside", "nav", "header", "footer", "form",
        "fieldset", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "td", "th",
        "caption", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "figure", "figcaption", "address", "hr",
        "details", "summary", "center", "menu", "hgroup", "picture", "amp-img", "label", "legend",
    }
)  # fmt: skip
"""Elements that begin a line of their own. All others are part of the text around them."""

NAMING_ATTRIBUTES = ("class", "id", "role", "itemprop", "data-testid", "data-component", "aria-label")

_BUTTON_ELEMENTS = 12
"""A button that holds as many was never closed: libxml2 has put the rest of the page into it."""

_SPLIT = re.compile(r"[\s_\-:.,/]+|(?<=[a-z])(?=[A-Z])")
_HIDING = re.compile(r"(?:display:\s{0,5}none|visibility:\s{0,5}hidden)", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Container:
    """An element that stands on lines of its own.

    Attributes:
        index: in order of the page.
        parent: index of the container around it; -1 for the outermost.
        depth: containers around it.
        tokens: the words of its class, id and role, lower-cased.
        hidden: a style or an attribute says so, here or further out.
        letters, linked, prose, segments: of the text within, at any depth: all of it, in links, in segments that are
            long and hardly linked, and the number of segments. Letters are Latin ones' worth, see `words.length`.
    """

    tag: str
    index: int
    parent: int
    depth: int
    tokens: tuple[str, ...]
    hidden: bool
    letters: float = 0.0
    linked: float = 0.0
    prose: float = 0.0
    segments: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text.

    Attributes:
        size: letters of the text, Latin ones' worth.
        container: index of the innermost one.
        linked, bold: shares of the text, 0 to 1.
        links: number of links in it.
    """

    text: str
    size: float
    tag: str
    container: int
    linked: float
    bold: float
    links: int


@dataclass(frozen=True)
class Segmented:
    """A page as segments."""

    segments: list[Segment] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)

    @cached_property
    def words(self) -> list[list[str]]:
        """The words of each segment."""
        return [split(segment.text) for segment in self.segments]


def segmented(root: Element) -> Segmented:
    """Cut a page into segments, in one walk over its tree."""
    walk = _Walk()
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        tag = element.tag
        if event == "start":
            if not isinstance(tag, str) or _is_unseen(element, tag):
                events.skip_subtree()
                continue
            walk.enter(element, tag)
        else:
            if isinstance(tag, str) and not _is_unseen(element, tag):
                walk.leave(tag)
            if element is not root and element.tail:
                walk.add(element.tail)
        if len(walk.page.segments) >= MAX_SEGMENTS:
            break
    walk.finish()
    return walk.page


class _Walk:
    """Where the walk stands: the container, and the text that was read since its last border."""

    def __init__(self) -> None:
        self.page = Segmented()
        self._inside: list[Container] = []
        self._pieces: list[str] = []
        self._in_links = self._in_bold = 0
        self._linked = self._bold = self._size = 0
        self._links = self._breaks = 0

    def enter(self, element: etree._Element, tag: str) -> None:
        if tag in CONTAINERS:
            self._close_segment()
            self._open_container(element, tag)
        elif tag == "br":
            self._breaks += 1
            if self._breaks > 1:
                self._close_segment()
            else:
                self._pieces.append("\n")
        elif tag == "a":
            self._in_links += 1
            self._links += 1
        elif tag in ("b", "strong"):
            self._in_bold += 1
        if element.text:
            self.add(element.text)

    def leave(self, tag: str) -> None:
        if tag in CONTAINERS:
            self._close_segment()
            self._close_container()
        elif tag == "a":
            self._in_links -= 1
        elif tag in ("b", "strong"):
            self._in_bold -= 1

    def add(self, text: str) -> None:
        size = len(text)
        self._size += size
        if self._in_links:
            self._linked += size
        if self._in_bold:
            self._bold += size
        if self._breaks and not text.isspace():
            self._breaks = 0
        self._pieces.append(text)

    def finish(self) -> None:
        self._close_segment()
        while self._inside:
            self._close_container()

    def _open_container(self, element: etree._Element, tag: str) -> None:
        outer = self._inside[-1] if self._inside else None
        container = Container(
            tag=tag,
            index=len(self.page.containers),
            parent=outer.index if outer else -1,
            depth=outer.depth + 1 if outer else 0,
            tokens=_tokens(element),
            hidden=(outer is not None and outer.hidden) or _is_hidden(element),
        )
        self.page.containers.append(container)
        self._inside.append(container)

    def _close_container(self) -> None:
        inner = self._inside.pop()
        if self._inside:
            outer = self._inside[-1]
            outer.letters += inner.letters
            outer.linked += inner.linked
            outer.prose += inner.prose
            outer.segments += inner.segments

    def _close_segment(self) -> None:
        text = clean("".join(self._pieces)) if self._pieces else ""
        if text and self._inside:
            container = self._inside[-1]
            linked = min(1.0, self._linked / max(1, self._size))
            bold = min(1.0, self._bold / max(1, self._size))
            size = length(text)
            self.page.segments.append(Segment(text, size, container.tag, container.index, linked, bold, self._links))
            container.letters += size
            container.linked += linked * size
            container.prose += size if size >= PROSE and linked < MAX_LINKED_PROSE else 0
            container.segments += 1
        self._pieces.clear()
        self._linked = self._bold = self._size = 0
        self._links = self._breaks = 0


def _is_unseen(element: etree._Element, tag: str) -> bool:
    if tag == "button":
        return next(islice(element.iter(), _BUTTON_ELEMENTS, None), None) is None
    return tag in UNSEEN


def _tokens(element: etree._Element) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in NAMING_ATTRIBUTES:
        value = element.get(name)
        if value:
            found |= dict.fromkeys(_words_of_names(value[:MAX_ATTRIBUTE]))
    return tuple(islice(found, MAX_TOKENS))


@lru_cache(maxsize=2048)
def _words_of_names(value: str) -> tuple[str, ...]:
    """Return the words of an attribute; a page's elements have a few dozen different ones."""
    found = (token for token in _SPLIT.split(value) if 1 < len(token) < 25 and not token.isdigit())  # noqa: PLR2004 - longer ones are hashes
    return tuple(token.lower() for token in found)


def _is_hidden(element: etree._Element) -> bool:
    style = element.get("style")
    return bool(
        (style and _HIDING.search(style[:MAX_ATTRIBUTE]))
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
    )
