"""Segments: the pieces of text that a page's mark-up separates, in reading order, and the containers around them."""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain, islice
from typing import Any, NamedTuple

from lxml import etree

from wiredesk.extractor.body import drop_caps
from wiredesk.extractor.body.drop_caps import DROP_CAP_NAMES, MAX_DROP_CAP, MIN_AFTER, is_capital, is_drop_cap
from wiredesk.extractor.body.page_words import PageWords
from wiredesk.extractor.document import Element
from wiredesk.extractor.words import clean, count, length, split

MAX_SEGMENTS = 5000
"""Segments of a page that are read. The longest pages of the public sets have 3,000."""

MAX_SEGMENT = 100_000
"""Characters of a segment that are read. The longest ones of the public sets have 20,000."""

MAX_CHARACTERS = 1_000_000
"""Characters of all segments from which no more are read: a novel has half of it."""

MAX_TOKENS = 40
"""Words that are read from the naming attributes of an element."""

MAX_TOKEN = 25
"""Characters from which a word of an attribute is a hash, and not a word."""

MAX_ATTRIBUTE = 200
"""Characters that are read from an attribute; generated ones have thousands."""

PROSE = 80
"""Letters from which a segment is prose."""

MAX_LINKED_PROSE = 0.4
"""Share of a segment's text in links from which it is not prose."""

UNSEEN = frozenset(
    {
        "script", "style", "noscript", "template", "svg", "iframe", "head", "select", "option", "textarea", "input",
        "object", "embed", "video", "audio", "canvas", "map", "datalist", "math", "dialog", "button",
    }
)  # fmt: skip
"""Elements whose text readers do not see on a page."""

CONTAINERS = frozenset(
    {
        "html", "body", "div", "p", "section", "article", "main", "aside", "nav", "header", "footer", "form",
        "fieldset", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "td", "th",
        "caption", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "figure", "figcaption", "address", "hr",
        "details", "summary", "center", "menu", "hgroup", "picture", "amp-img", "label", "legend",
    }
)  # fmt: skip
"""Elements that begin a line of their own. All others belong to the text around them."""

NAMING_ATTRIBUTES = ("class", "id", "role", "itemprop", "data-testid", "data-component", "aria-label")
"""Attributes whose words tell what an element is for."""

_NAMING = frozenset(NAMING_ATTRIBUTES)

HIDING_ATTRIBUTES = frozenset({"style", "hidden", "aria-hidden"})
"""Attributes that may hide an element."""

BOLD = frozenset({"b", "strong"})
"""Elements whose text is bold."""

_MAX_BUTTON_ELEMENTS = 12
"""Elements inside a `<button>` from which it is regarded as not closed: libxml2 has put the rest of the page into
it."""

_PARAGRAPHS = frozenset({"p", "li", "blockquote", "pre", "dd"})
"""Elements whose text is counted as one, where segments are no longer read."""

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "th"})
"""Elements in which a single letter is a heading: of an index, or of a list of questions."""

_TOKEN_BORDER = re.compile(r"[\s_\-:.,/]+|(?<=[a-z])(?=[A-Z])")
"""The boundary between two words of a name."""

_BORDERS = str.maketrans(dict.fromkeys("_-:.,/", " "))
"""The signs among these boundaries, as spaces."""

_HIDING = re.compile(r"(?:display:\s{0,5}none|visibility:\s{0,5}hidden)", re.IGNORECASE)
"""Styles that hide an element."""


@dataclass(slots=True, eq=False)
class Container:
    """An element that begins a line of its own.

    Attributes:
        tag: name of the element.
        index: position among the page's containers, in document order.
        parent: index of the container around it; -1 for the outermost.
        depth: number of containers around it.
        tokens: words of its naming attributes, in lower case.
        hidden: whether a style or an attribute hides it or a container around it.
        last: index of the last container in it; its own if there is none.
        letters: length of the text in it, at any depth, as `words.length` measures it.
        linked: letters of that text in links.
        prose: letters of that text in segments that are prose.
        segments: number of segments in it, at any depth.
    """

    tag: str
    index: int
    parent: int
    depth: int
    tokens: tuple[str, ...]
    hidden: bool
    last: int = -1
    letters: float = 0.0
    linked: float = 0.0
    prose: float = 0.0
    segments: int = 0


class Segment(NamedTuple):
    """A piece of text.

    Attributes:
        size: length of the text, as `words.length` measures it.
        tag: name of the innermost container's element.
        container: index of the innermost container.
        linked: share of the text in links, 0 to 1.
        bold: share of the text in bold, 0 to 1.
        links: number of links in it.
        is_selected: whether it is in an element that the caller selected.
    """

    text: str
    size: float
    tag: str
    container: int
    linked: float
    bold: float
    links: int
    is_selected: bool = False


@dataclass(frozen=True)
class SegmentedPage:
    """A page as segments and containers, both in document order.

    Attributes:
        segments: at most `MAX_SEGMENTS`.
        containers: around the segments.
        unread_words: words of prose after the last segment that is read.
    """

    segments: list[Segment] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    unread_words: int = 0

    @cached_property
    def words(self) -> list[list[str]]:
        """The words of each segment."""
        return [split(segment.text) for segment in self.segments]

    @cached_property
    def tokens(self) -> frozenset[str]:
        """The words of the naming attributes of all containers."""
        return frozenset(chain.from_iterable({container.tokens for container in self.containers}))

    @cached_property
    def numbered_words(self) -> PageWords:
        """The words of each segment as numbers."""
        return PageWords.of_words(self.words)


def segment_page(root: Element, selected: AbstractSet[Element] = frozenset()) -> SegmentedPage:
    """Split a page into segments, in one walk over its tree.

    Args:
        root: the document.
        selected: elements whose segments are marked. Their borders are borders of segments.
    """
    walk = _Walk()
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        tag = element.tag
        if "-" in tag and _is_custom_paragraph(element):
            tag = "p"
        if event == "start":
            if tag not in CONTAINERS and _is_unseen(element, tag):
                events.skip_subtree()
                continue
            if selected and element in selected:
                walk.enter_selected()
            walk.enter(element, tag)
            text = element.text
            if text and len(text) <= MAX_DROP_CAP and not text.isspace() and is_drop_cap(element):
                walk.add_drop_cap(text)
                continue
        else:
            walk.leave(tag)
            if selected and element in selected and not _is_unseen(element, tag):
                walk.leave_selected()
            text = element.tail if element is not root else None
        if text:
            walk.add(text)
        if walk.is_full:
            break
    walk.finish()
    return replace(walk.page, unread_words=_prose_words(events)) if walk.is_full else walk.page


def _is_custom_paragraph(element: etree._Element) -> bool:
    """Return whether an element of a publisher's own, such as `<site-p>`, is a paragraph: prose, beside another one."""
    if len((element.text or "").strip()) < PROSE:
        return False
    return any(
        beside is not None and beside.tag == element.tag for beside in (element.getprevious(), element.getnext())
    )


class _Walk:
    """State of the walk: the containers around the current element, and the text since the last border."""

    def __init__(self) -> None:
        self.page = SegmentedPage()
        self.is_full = False
        self._inside: list[Container] = []
        self._pieces: list[str] = []
        self._in_links = self._in_bold = 0
        self._linked = self._bold = 0
        self._links = self._breaks = self._all_breaks = 0
        self._in_selected = 0
        self._characters = 0
        self._drop_cap = ""

    def enter_selected(self) -> None:
        self._close_segment()
        self._in_selected += 1

    def leave_selected(self) -> None:
        self._close_segment()
        self._in_selected -= 1

    def enter(self, element: etree._Element, tag: str) -> None:
        if tag in CONTAINERS:
            self._close_segment()
            self._open_container(element, tag)
        elif tag == "a":
            self._in_links += 1
            self._links += 1
        elif tag == "br":
            self._breaks += 1
            if self._breaks > 1:
                self._close_segment()
            else:
                self._pieces.append("\n")
                self._all_breaks += 1
        elif tag in BOLD:
            self._in_bold += 1
        elif tag == "img":
            # An image of a capital, which the text after it continues.
            letter = element.get("alt")
            if letter and is_capital(letter) and (element.tail or "")[:1].islower():
                self.add(letter.strip())

    def leave(self, tag: str) -> None:
        if tag in CONTAINERS:
            self._close_segment()
            self._close_container()
        elif tag == "a":
            self._in_links -= 1
        elif tag in BOLD:
            self._in_bold -= 1

    def add_drop_cap(self, text: str) -> None:
        """Add a capital, which belongs to the word after it."""
        self.add(text)
        self._drop_cap = text

    def add(self, text: str) -> None:
        if self._drop_cap and self._pieces:
            text, self._drop_cap = drop_caps.after(self._drop_cap, text), ""
        if self._in_links:
            self._linked += len(text)
        if self._in_bold:
            self._bold += len(text)
        if self._breaks and not text.isspace():
            self._breaks = 0
        self._pieces.append(text)

    def finish(self) -> None:
        self._close_segment()
        while self._inside:
            self._close_container()

    def _open_container(self, element: etree._Element, tag: str) -> None:
        tokens, hidden = _read_attributes(element.items())
        containers = self.page.containers
        if self._inside:
            outer = self._inside[-1]
            container = Container(tag, len(containers), outer.index, outer.depth + 1, tokens, hidden or outer.hidden)
        else:
            container = Container(tag, len(containers), -1, 0, tokens, hidden)
        containers.append(container)
        self._inside.append(container)

    def _close_container(self) -> None:
        inner = self._inside.pop()
        inner.last = len(self.page.containers) - 1
        if inner.segments and self._inside:
            outer = self._inside[-1]
            outer.letters += inner.letters
            outer.linked += inner.linked
            outer.prose += inner.prose
            outer.segments += inner.segments

    def _close_segment(self) -> None:
        if self._pieces:
            text = "".join(self._pieces)
            if not text.isspace() and self._inside:
                self._add_segment(text)
            self._pieces.clear()
            self._drop_cap = ""
            self._linked = self._bold = self._all_breaks = 0
        self._links = self._breaks = 0

    def _add_segment(self, raw: str) -> None:
        text = clean(raw)[:MAX_SEGMENT]
        if not text:
            return
        segments = self.page.segments
        if segments and len(segments[-1].text) <= MAX_DROP_CAP and len(text) >= MIN_AFTER:
            text = self._with_capital(raw, text)
        container = self._inside[-1]
        shown = max(1, len(raw) - self._all_breaks)
        linked = min(1.0, self._linked / shown)
        size = length(text)
        segments.append(
            Segment(
                text,
                size,
                container.tag,
                container.index,
                linked,
                min(1.0, self._bold / shown),
                self._links,
                self._in_selected > 0,
            )
        )
        self._characters += len(text)
        self.is_full = len(segments) >= MAX_SEGMENTS or self._characters >= MAX_CHARACTERS
        container.letters += size
        container.linked += linked * size
        container.prose += size if size >= PROSE and linked < MAX_LINKED_PROSE else 0
        container.segments += 1

    def _with_capital(self, raw: str, text: str) -> str:
        """Return a text together with the capital in a block before it, whose segment is taken back."""
        last = self.page.segments[-1]
        named = DROP_CAP_NAMES.intersection(self.page.containers[last.container].tokens)
        if not is_capital(last.text) or last.tag in _HEADINGS or not (named or text[0].islower()):
            return text
        self.page.segments.pop()
        return clean(last.text + drop_caps.after(last.text, raw))


def _prose_words(events: etree.iterwalk) -> int:
    """Return the words of prose in the rest of a walk."""
    words = 0
    for event, element in events:
        text = element.tail or "" if event == "end" else ""
        if event == "start" and (element.tag in _PARAGRAPHS or _is_unseen(element, element.tag)):
            text = "" if _is_unseen(element, element.tag) else "".join(map(str, element.itertext()))
            events.skip_subtree()
        words += count(text) if length(clean(text)) >= PROSE else 0
        if words >= MAX_CHARACTERS:
            break
    return words


def _is_unseen(element: etree._Element, tag: object) -> bool:
    if tag == "button":
        return next(islice(element.iter(), _MAX_BUTTON_ELEMENTS, None), None) is None
    if tag == "rt":
        # The reading of a word, in small letters above it. With brackets around it, it can be read in the line.
        before = element.getprevious()
        return before is None or before.tag != "rp"
    return tag in UNSEEN or not isinstance(tag, str)


def _read_attributes(attributes: Iterable[tuple[Any, Any]]) -> tuple[tuple[str, ...], bool]:
    """Return the words of an element's naming attributes, and whether an attribute hides it."""
    names: dict[str, str] = {}
    hidden = False
    for name, value in attributes:
        if name in _NAMING:
            names[name] = value[:MAX_ATTRIBUTE]
        elif name in HIDING_ATTRIBUTES:
            hidden = hidden or _hides(name, value)
    if not names:
        return (), hidden
    if len(names) == 1:
        return _words_of_name(*names.values())[:MAX_TOKENS], hidden
    of_names = [_words_of_name(names[name]) for name in NAMING_ATTRIBUTES if name in names]
    return tuple(dict.fromkeys(chain.from_iterable(of_names)))[:MAX_TOKENS], hidden


@lru_cache(maxsize=8192)
def _words_of_name(value: str) -> tuple[str, ...]:
    """Return the words of an attribute, each once. Cached, because the elements of a site share some hundred values."""
    lowered = value.lower()
    # Without capitals, the boundaries are spaces and signs, for which no pattern is needed.
    words = value.translate(_BORDERS).split() if lowered == value else _TOKEN_BORDER.split(value)
    named = [word for word in words if 1 < len(word) < MAX_TOKEN and not word.isdigit()]
    return tuple(dict.fromkeys(named if lowered == value else map(str.lower, named)))


def _hides(attribute: str, value: str) -> bool:
    match attribute:
        case "style":
            return _HIDING.search(value[:MAX_ATTRIBUTE]) is not None
        case "aria-hidden":
            return value == "true"
    return True
