"""What a page declares to machines: its `<link>`, `<meta>` and `<base>` elements, and its blocks of JSON-LD.

One scan in linear time, without a tree: comments, scripts, styles and titles are passed over, since they may contain
text that looks like tags. Attributes are parsed only of the elements that are asked for.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice

MAX_TAG_CHARACTERS = 64 * 1024
"""Longest tag, in characters. A longer one has data in an attribute, or a quotation mark that is never closed."""

MAX_BROKEN_TAGS = 50
"""Number of tags without an end within `MAX_TAG_CHARACTERS` after which quotation marks are not regarded: to find that
there is none takes the longest."""

MAX_TAGS = 2000
"""Number of `<link>` and `<meta>` elements of a page that are kept. Real pages have up to 400."""

MAX_ATTRIBUTES = 40
"""Number of attributes of an element that are read. Real ones have up to ten."""

MAX_JSON_LD_BLOCKS = 100
"""Number of JSON-LD blocks of a page that are kept. Real pages have up to 20."""

MAX_JSON_LD_CHARACTERS = 2 * 1024 * 1024
"""Size of all JSON-LD blocks that are kept, in characters: some hold the whole story, several times."""

MAX_RSL_BLOCKS = 4
"""Number of blocks of Really Simple Licensing that are kept."""

MAX_RSL_CHARACTERS = 64 * 1024
"""Size of such a block that is kept, in characters."""

MAX_BODY_TAGS_IN_HEAD = 200
"""Number of tags that do not belong into a head after which a page without `</head>` and `<body>` is in its body."""

_NAME = r"[a-zA-Z][^\s/>]{0,40}+"
_VALUE = r"""(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+"""

_ANY_TAG = re.compile(rf"<(?:(?P<comment>!--)|(?P<name>/?{_NAME}))")
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
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "template", "textarea", "title", "xmp")
}
"""The ends of elements whose content is no markup, or is not part of the page."""

_OF_HEAD = frozenset(
    {"html", "head", "base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", *_RAW_TEXT_END}
) - {"textarea", "xmp"}
"""Elements that a head may contain, by the HTML standard, and those around it."""


_NAME_OF_META = re.compile(
    r"""(?<![\w-])(?:name|property|http-equiv|itemprop)\s*+=\s*+["']?\s*+([^"'\s>]++)""", re.IGNORECASE
)
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
    """

    rel: tuple[str, ...]
    href: str
    is_in_head: bool
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Meta:
    """A `<meta>` element.

    Attributes:
        name: of what it states, in lower case: its `name`, `property`, `http-equiv` or `itemprop`.
        content: without surrounding spaces.
        is_in_head: the element is in the head, where only the page's publisher writes.
    """

    name: str
    content: str
    is_in_head: bool


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    attributes: str
    is_in_head: bool

    def parsed(self) -> dict[str, str]:
        """Return the attributes: names in lower case, character references replaced; of two, the first."""
        values: dict[str, str] = {}
        for match in islice(_ATTRIBUTE.finditer(self.attributes), MAX_ATTRIBUTES):
            name, double, single, bare = match.groups()
            value = double or single or bare or ""
            values.setdefault(name.lower(), unescape(value).strip() if "&" in value else value.strip())
        return values

    def has(self, words: tuple[str, ...]) -> bool:
        """Whether one of some words is among the attributes, as they are written."""
        text = self.attributes.lower()
        return any(word in text for word in words)

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Whether one of some words may be among the attributes: parsing all of them takes longer."""
        text = self.attributes.lower()
        return "&" in text or any(word in text for word in words)


@dataclass(frozen=True, slots=True)
class Declarations:
    """What a page declares.

    Attributes:
        json_ld: the texts of the blocks of JSON-LD, wherever they are.
        rsl: those of the blocks of Really Simple Licensing.
        is_amp: the page says that it is AMP.
        base: the address from which relative ones start, as it is written; empty if there is none.
    """

    _tags: tuple[_Tag, ...] = ()
    json_ld: tuple[str, ...] = ()
    rsl: tuple[str, ...] = ()
    is_amp: bool = False
    base: str = ""

    def links(self, *relations: str) -> Iterator[Link]:
        """Return the links of some relations, in the order of the page.

        Args:
            relations: in lower case.
        """
        for tag in self._tags:
            if tag.name != "link" or not tag.mentions(relations):
                continue
            attributes = tag.parsed()
            rel = tuple(attributes.get("rel", "").lower().split())
            if any(relation in rel for relation in relations):
                yield Link(rel, attributes.get("href", ""), tag.is_in_head, attributes)

    def metas(self, *names: str) -> Iterator[Meta]:
        """Return the `<meta>` elements of some names, in the order of the page.

        Args:
            names: in lower case.
        """
        for tag in self._tags:
            if tag.name != "meta" or not tag.mentions(names):
                continue
            attributes = tag.parsed()
            for key in _NAMES_OF_META:
                name = attributes.get(key, "").lower()
                if name in names:
                    yield Meta(name, attributes.get("content", ""), tag.is_in_head)
                    break

    def links_mentioning(self, *words: str) -> Iterator[Link]:
        """Return the links among whose attributes one of some words is, in the order of the page.

        Args:
            words: in lower case.
        """
        for tag in self._tags:
            if tag.name == "link" and tag.has(words):
                attributes = tag.parsed()
                rel = tuple(attributes.get("rel", "").lower().split())
                yield Link(rel, attributes.get("href", ""), tag.is_in_head, attributes)

    def metas_where(self, is_wanted: Callable[[str], bool]) -> Iterator[Meta]:
        """Return the `<meta>` elements whose name is wanted, in the order of the page.

        Args:
            is_wanted: of a name, in lower case. It is asked about the first name of an element.
        """
        for tag in self._tags:
            if tag.name != "meta":
                continue
            match = _NAME_OF_META.search(tag.attributes)
            if match and is_wanted(name := match[1].lower()):
                yield Meta(name, tag.parsed().get("content", ""), tag.is_in_head)


def find_declarations(text: str) -> Declarations:
    """Return what a page of HTML or XHTML declares."""
    return _Scan(text).run()


class _Scan:
    """One pass over a page."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tags: list[_Tag] = []
        self._json_ld: list[str] = []
        self._rsl: list[str] = []
        self._json_ld_characters = 0
        self._is_amp = False
        self._base = ""
        self._body_tags = 0
        self._broken_tags = 0
        self._has_head = False
        # Tags after the first one that belongs into a body are in the head only if that is closed later.
        self._doubtful: list[_Tag] = []

    def run(self) -> Declarations:
        position = self._in_head()
        self._tags += (_Tag(tag.name, tag.attributes, is_in_head=False) for tag in self._doubtful)
        while match := _DECLARING_TAG.search(self._text, position):
            position = self._pass(match, is_in_head=False)
        return Declarations(tuple(self._tags), tuple(self._json_ld), tuple(self._rsl), self._is_amp, self._base)

    def _in_head(self) -> int:
        """Scan the head; return where it ends."""
        position, is_closed = 0, False
        while match := _ANY_TAG.search(self._text, position):
            name = (match["name"] or "").lower()
            if name in ("/head", "body"):
                is_closed = True
                self._confirm()
            if name == "body":
                return match.end()
            if name and name.removeprefix("/") not in _OF_HEAD:
                self._body_tags += 1
                if is_closed or self._body_tags > MAX_BODY_TAGS_IN_HEAD:
                    return match.start()
            position = self._pass(match, is_in_head=True)
        return len(self._text)

    def _confirm(self) -> None:
        """Take doubtful tags as of the head: a head that is opened has ended only here."""
        if self._has_head:
            self._tags += self._doubtful
            self._doubtful.clear()
            self._body_tags = 0

    def _pass(self, match: re.Match[str], *, is_in_head: bool) -> int:
        """Keep what is at a match, if it declares something; return where the scan continues."""
        if match["comment"]:
            end = _COMMENT_END.search(self._text, match.end() - len("--"))  # `<!-->` is a whole comment
            return end.end() if end else len(self._text)
        name = match["name"].lower()
        attributes, position = self._attributes(match.end())
        if name in ("link", "meta"):
            self._keep(_Tag(name, attributes, is_in_head))
        elif name == "base":
            self._base = self._base or _Tag(name, attributes, is_in_head).parsed().get("href", "")
        elif name == "html":
            self._is_amp = self._is_amp or not {"amp", "⚡"}.isdisjoint(_Tag(name, attributes, is_in_head).parsed())
        elif name == "head":
            self._has_head = True
        elif name in _RAW_TEXT_END and not attributes.endswith("/"):
            return self._raw_text(name, attributes, position)
        return position

    def _attributes(self, start: int) -> tuple[str, int]:
        """Return the attributes of a tag, and where it ends."""
        limit = start + MAX_TAG_CHARACTERS
        match = _ATTRIBUTES.match(self._text, start, limit) if self._broken_tags < MAX_BROKEN_TAGS else None
        if match is None:
            self._broken_tags += 1
            end = self._text.find(">", start, limit)
            return (self._text[start:end], end + 1) if end >= 0 else ("", min(limit, len(self._text)))
        attributes = match[0][:-1]
        if "<" in attributes and (open_value := _NEVER_CLOSED.search(attributes)):
            end = open_value.start(2)
            return attributes[:end], start + end + 1
        return attributes, match.end()

    def _keep(self, tag: _Tag) -> None:
        if len(self._tags) + len(self._doubtful) < MAX_TAGS:
            (self._doubtful if tag.is_in_head and self._body_tags else self._tags).append(tag)

    def _raw_text(self, name: str, attributes: str, start: int) -> int:
        """Pass over an element whose content is no markup, and keep it if it is JSON-LD; return where it ends."""
        end = _RAW_TEXT_END[name].search(self._text, start)
        if end is None:
            return len(self._text)
        if name == "script" and "rsl+xml" in attributes.lower():
            if len(self._rsl) < MAX_RSL_BLOCKS:
                self._rsl.append(self._text[start : min(end.start(), start + MAX_RSL_CHARACTERS)])
        elif name == "script" and "json" in attributes.lower():
            media_type = _Tag(name, attributes, is_in_head=False).parsed().get("type", "")
            characters = self._json_ld_characters + end.start() - start
            if (
                media_type.lower().partition(";")[0].strip() == "application/ld+json"
                and len(self._json_ld) < MAX_JSON_LD_BLOCKS
                and characters <= MAX_JSON_LD_CHARACTERS
            ):
                self._json_ld.append(self._text[start : end.start()])
                self._json_ld_characters = characters
        return end.end()
