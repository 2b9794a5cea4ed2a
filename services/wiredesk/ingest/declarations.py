"""What a page declares to machines: its `<link>`, `<meta>` and `<base>` elements, and its blocks of JSON-LD.

One scan in linear time, without a tree: comments, scripts, styles and titles are passed over, since they may contain
text that looks like tags. Attributes are parsed only of the elements that are asked for.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from typing import NamedTuple

from wiredesk.json_ld.scripts import is_json_ld

MAX_TAG_CHARACTERS = 64 * 1024
"""Longest tag, in characters. A longer one has data in an attribute, or a quotation mark that is never closed."""

MAX_BROKEN_TAGS = 50
"""Number of tags without an end within `MAX_TAG_CHARACTERS` after which quotation marks are not regarded: to find that
there is none takes the longest."""

MAX_TAGS = 2000
"""Number of `<link>` elements of a page that are kept, and of `<meta>` elements. Real pages have up to 400."""

MAX_ATTRIBUTES = 40
"""Number of attributes of an element that are read. Real ones have up to ten."""

MAX_JSON_LD_BLOCKS = 100
"""Number of JSON-LD blocks of a page that are kept. Real pages have up to 20."""

MAX_JSON_LD_CHARACTERS = 2 * 1024 * 1024
"""Size of all JSON-LD blocks that are kept, in characters: some hold the whole story, several times."""

MAX_CONTEXT = 500
"""Characters of a script in which JSON-LD begins, if its type does not say what it is."""

MAX_RSL_BLOCKS = 4
"""Number of blocks of Really Simple Licensing that are kept."""

MAX_RSL_CHARACTERS = 64 * 1024
"""Size of such a block that is kept, in characters."""

MIN_PASSED_OVER = 1000
"""Characters of a comment, a script or the like from which it takes less time to leave it out than to search it."""

MAX_BODY_TAGS_IN_HEAD = 200
"""Number of tags that do not belong into a head after which a page without `</head>` and `<body>` is in its body."""

_NAME = r"[a-zA-Z][^\s/>]{0,40}+"
_VALUE = r"""(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+"""

_TAG_OF_HEAD = re.compile(rf"<(?:(?P<comment>!--)|(?P<name>/[hH][eE][aA][dD](?=[\s>])|{_NAME}))")
"""The start of a tag, or the end of the head."""

_DECLARING_TAG = re.compile(
    r"<(?=[!lmstxLMSTX])(?:(?P<comment>!--)|(?P<name>link|meta|script|style|template|textarea|title|xmp)(?=[\s/>]))",
    re.IGNORECASE,
)
"""The start of what matters in the body: what declares something, and what may contain text that looks like it."""

_ATTRIBUTES = re.compile(rf"(?:[\s/]++|[^\s>/=][^\s>/=]*+(?:\s*+=\s*+{_VALUE})?+|=)*+>")
"""The attributes of a tag, up to its end."""

_ATTRIBUTE = re.compile(
    r"""([^\s>/=][^\s>/=]*+)(?:\s*+=\s*+(?:"([^"]*+)(?:"|\Z)|'([^']*+)(?:'|\Z)|([^\s>"'][^\s>]*+)?+))?+"""
)
_NEVER_CLOSED = re.compile(r"""(["'])[^"'<>]*+(>)\s*+<(?:meta|link|/head)\b[^"'<>]*+\1(?![\s/>])""", re.IGNORECASE)
"""A value whose quotation mark is closed by the first one of the next element: the word there follows it at once."""

_COMMENT_END = re.compile(r"--!?>")
_RAW_TEXT_END = {
    name: re.compile(rf"<(?=/)/{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "template", "textarea", "title", "xmp")
}
"""The ends of elements whose content is no markup, or is not part of the page. A search for `<` alone takes less
time than one for `</`."""

_SELF_CLOSED = ('"/', "'/", " /")
"""The end of a tag of XHTML that has no content. An address without quotation marks may end in a slash, too."""

_OF_HEAD = frozenset(
    {"html", "head", "/head", "base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", *_RAW_TEXT_END}
) - {"textarea", "xmp"}
"""Elements that a head may contain, by the HTML standard, and those around it."""


_NAME_OF_META = re.compile(
    r"""(?<![\w-])(?:name|property|http-equiv|itemprop)\s*+=\s*+["']?\s*+([^"',\s>]++)""", re.IGNORECASE
)
_NAME_SEPARATORS = re.compile(r"[\s,]{1,100}")
_NAMES_OF_META = ("name", "property", "http-equiv", "itemprop")
"""Attributes of which one says what a `<meta>` states."""


@dataclass(frozen=True, slots=True)
class Link:
    """A `<link>` element.

    Attributes:
        rel: the relations, in lower case.
        href: as it is written, without surrounding spaces.
        is_in_head: the element is in the head, where only the page's publisher writes.
        attributes: all attributes, names in lower case.
        position: of the element's attributes in the page.
    """

    rel: tuple[str, ...]
    href: str
    is_in_head: bool
    attributes: dict[str, str]
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Meta:
    """A `<meta>` element.

    Attributes:
        name: of what it states, in lower case: its `name`, `property`, `http-equiv` or `itemprop`.
        content: without surrounding spaces.
        is_in_head: the element is in the head, where only the page's publisher writes.
        position: of the element's attributes in the page.
    """

    name: str
    content: str
    is_in_head: bool
    position: int = field(default=0, compare=False)


class _Tag(NamedTuple):
    """The tag of a `<link>` or `<meta>`, whose attributes are parsed only if somebody may ask for them."""

    attributes: str
    lower: str
    is_in_head: bool
    position: int

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Whether one of some words may be among the attributes: parsing all of them takes longer."""
        return any(word in self.lower for word in words)


def _parsed(attributes: str) -> dict[str, str]:
    """Return attributes: names in lower case, character references of values replaced; of two, the first."""
    values: dict[str, str] = {}
    for match in islice(_ATTRIBUTE.finditer(attributes), MAX_ATTRIBUTES):
        name, double, single, bare = match.groups()
        value = double or single or bare or ""
        values.setdefault(name.lower(), unescape(value).strip() if "&" in value else value.strip())
    return values


@dataclass(frozen=True, slots=True)
class Declarations:
    """What a page declares.

    Attributes:
        json_ld: the texts of the blocks of JSON-LD, wherever they are.
        rsl: those of the blocks of Really Simple Licensing.
        is_amp: the page says that it is AMP.
        base: the address from which relative ones start, as it is written; empty if there is none.
        body_start: position in the text before which nothing of the body stands.
        markup: parts of the body, each from a position to another, without long comments, scripts and the like: they
            are a good part of most pages, and have no elements in them.
    """

    _links: tuple[_Tag, ...] = ()
    _metas: tuple[_Tag, ...] = ()
    json_ld: tuple[str, ...] = ()
    rsl: tuple[str, ...] = ()
    is_amp: bool = False
    base: str = ""
    body_start: int = 0
    markup: tuple[tuple[int, int], ...] = ()

    def links(self, *relations: str) -> Iterator[Link]:
        """Return the links of some relations, in the order of the page.

        Args:
            relations: in lower case.
        """
        return (link for link in self.links_mentioning(*relations) if not set(relations).isdisjoint(link.rel))

    def links_mentioning(self, *words: str) -> Iterator[Link]:
        """Return the links among whose attributes one of some words is, in the order of the page.

        Args:
            words: in lower case.
        """
        for tag in self._links:
            if tag.mentions(words):
                attributes = _parsed(tag.attributes)
                rel = tuple(attributes.get("rel", "").lower().split())
                yield Link(rel, attributes.get("href", ""), tag.is_in_head, attributes, tag.position)

    def metas(self, *names: str) -> Iterator[Meta]:
        """Return the `<meta>` elements of some names, in the order of the page.

        Args:
            names: in lower case.
        """
        for tag in self._metas:
            if tag.mentions(names):
                yield from _metas_of(tag, names.__contains__)

    def metas_where(self, is_wanted: Callable[[str], bool]) -> Iterator[Meta]:
        """Return the `<meta>` elements whose name is wanted, in the order of the page.

        Args:
            is_wanted: of a name, in lower case.
        """
        for tag in self._metas:
            # Values may contain what looks like a name, so that the attributes decide.
            if any(map(is_wanted, _possible_names(tag.lower))):
                yield from _metas_of(tag, is_wanted)


def _possible_names(attributes: str) -> Iterator[str]:
    """Yield what may be the name of a `<meta>`. Most have one, which is found faster than all that there may be."""
    first = _NAME_OF_META.search(attributes)
    if first is not None:
        yield first[1]
        if attributes.find("name", first.end()) >= 0 or attributes.find("prop", first.end()) >= 0:
            yield from _NAME_OF_META.findall(attributes, first.end())


def _metas_of(tag: _Tag, is_wanted: Callable[[str], bool]) -> Iterator[Meta]:
    attributes = _parsed(tag.attributes)
    for key in _NAMES_OF_META:
        stated = attributes.get(key, "").lower()
        if not stated:
            continue
        # Some name several robots in one element.
        names = [stated] if is_wanted(stated) else [name for name in _NAME_SEPARATORS.split(stated) if is_wanted(name)]
        yield from (Meta(name, attributes.get("content", ""), tag.is_in_head, tag.position) for name in names)
        if names:
            return


def find_declarations(text: str) -> Declarations:
    """Return what a page of HTML or XHTML declares."""
    return _Scan(text).run()


class _Scan:
    """One pass over a page."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._body_start = len(text)
        self._kept: dict[str, list[_Tag]] = {"link": [], "meta": []}
        # Tags after the first one that belongs into a body are in the head only if that is closed later.
        self._doubtful: dict[str, list[_Tag]] = {"link": [], "meta": []}
        self._json_ld: list[str] = []
        self._rsl: list[str] = []
        self._json_ld_characters = 0
        self._is_amp = False
        self._base = ""
        self._has_head = False
        self._body_tags = 0
        self._broken_tags = 0
        self._passed_over: list[tuple[int, int]] = []

    def run(self) -> Declarations:
        position = self._in_head()
        self._take_doubtful(is_in_head=False)
        while match := _DECLARING_TAG.search(self._text, position):
            name = match["name"]
            position = self._pass(name.lower(), match.end(), is_in_head=False) if name else self._comment(match.end())
        links, metas = (tuple(self._kept[name]) for name in ("link", "meta"))
        return Declarations(
            links,
            metas,
            tuple(self._json_ld),
            tuple(self._rsl),
            self._is_amp,
            self._base,
            self._body_start,
            tuple(self._markup()),
        )

    def _markup(self) -> Iterator[tuple[int, int]]:
        """Yield the parts of the body between those that were passed over."""
        begin = self._body_start
        for start, end in self._passed_over:
            if start > begin:
                yield begin, start
            begin = max(begin, end)
        if begin < len(self._text):
            yield begin, len(self._text)

    def _in_head(self) -> int:
        """Scan the head; return where it ends."""
        position, is_closed = 0, False
        while match := _TAG_OF_HEAD.search(self._text, position):
            name = match["name"]
            if not name:
                position = self._comment(match.end())
                continue
            name = name.lower()
            if name in ("/head", "body"):
                is_closed = True
                if self._has_head:
                    self._take_doubtful(is_in_head=True)
            if name == "body":
                self._body_start = min(self._body_start, match.end())
                return match.end()
            if name not in _OF_HEAD:
                self._body_tags += 1
                self._body_start = min(self._body_start, match.start())
                if is_closed or self._body_tags > MAX_BODY_TAGS_IN_HEAD:
                    return match.start()
            position = self._pass(name, match.end(), is_in_head=True)
        return len(self._text)

    def _take_doubtful(self, *, is_in_head: bool) -> None:
        """Keep the doubtful tags. They are of the head if that is opened, and ends only after them."""
        for name, tags in self._doubtful.items():
            self._kept[name] += (tag._replace(is_in_head=is_in_head) for tag in tags)
            tags.clear()
        if is_in_head:
            self._body_tags = 0

    def _comment(self, start: int) -> int:
        """Return where a comment ends; `<!-->` is a whole one."""
        return self._pass_over(_COMMENT_END, start - len("--"))[1]

    def _pass_over(self, pattern: re.Pattern[str], start: int) -> tuple[int, int]:
        """Return where what is no markup ends, and where the scan continues after that."""
        match = pattern.search(self._text, start)
        end, after = match.span() if match else (len(self._text), len(self._text))
        if end - start >= MIN_PASSED_OVER:
            self._passed_over.append((start, end))
        return end, after

    def _pass(self, name: str, start: int, *, is_in_head: bool) -> int:
        """Keep what is at a tag, if it declares something; return where the scan continues."""
        if name in _RAW_TEXT_END and name != "script":
            return self._raw_text_end(name, start)
        attributes, position = self._attributes(start)
        if name == "script":
            return self._script(attributes, position)
        if name in self._kept:
            tag = _Tag(attributes, attributes.lower(), is_in_head, start)
            self._keep(self._doubtful[name] if is_in_head and self._body_tags else self._kept[name], tag)
        elif name == "base":
            self._base = self._base or _parsed(attributes).get("href", "")
        elif name == "html":
            self._is_amp = self._is_amp or not {"amp", "⚡"}.isdisjoint(_parsed(attributes))
        elif name == "head":
            self._has_head = True
        return position

    def _attributes(self, start: int) -> tuple[str, int]:
        """Return the attributes of a tag, and where it ends."""
        limit = start + MAX_TAG_CHARACTERS
        end = self._text.find(">", start, limit)
        attributes = self._text[start:end] if end >= 0 else ""
        # In most tags the first `>` is outside of all quotation marks.
        if end >= 0 and "'" not in attributes and attributes.count('"') % 2 == 0:
            return attributes, end + 1
        match = _ATTRIBUTES.match(self._text, start, limit) if self._broken_tags < MAX_BROKEN_TAGS else None
        if match is None:
            self._broken_tags += 1
            return (attributes, end + 1) if end >= 0 else ("", min(limit, len(self._text)))
        attributes = match[0][:-1]
        if "<" in attributes and (open_value := _NEVER_CLOSED.search(attributes)):
            end = open_value.start(2)
            return attributes[:end], start + end + 1
        return attributes, match.end()

    def _keep(self, tags: list[_Tag], tag: _Tag) -> None:
        if len(tags) < MAX_TAGS:
            tags.append(tag)

    def _raw_text_end(self, name: str, start: int) -> int:
        """Return where an element ends whose content is no markup."""
        if self._text.startswith(("/>", " />"), start):
            return start
        return self._pass_over(_RAW_TEXT_END[name], start)[1]

    def _script(self, attributes: str, start: int) -> int:
        """Pass over a script, and keep it if it holds data; return where it ends."""
        if attributes.endswith(_SELF_CLOSED):
            return start
        end, after = self._pass_over(_RAW_TEXT_END["script"], start)
        kind = attributes.lower()
        if ("json" in kind or "rsl" in kind) and end < after:  # it is closed
            media_type = _parsed(attributes).get("type", "").lower().partition(";")[0].strip()
            self._keep_block(media_type, start, end)
        return after

    def _keep_block(self, media_type: str, start: int, end: int) -> None:
        characters = self._json_ld_characters + end - start
        if media_type == "application/rsl+xml" and len(self._rsl) < MAX_RSL_BLOCKS:
            self._rsl.append(self._text[start : min(end, start + MAX_RSL_CHARACTERS)])
        if (
            len(self._json_ld) < MAX_JSON_LD_BLOCKS
            and characters <= MAX_JSON_LD_CHARACTERS
            and is_json_ld(media_type, self._text[start : min(end, start + MAX_CONTEXT)])
        ):
            self._json_ld.append(self._text[start:end])
            self._json_ld_characters = characters
