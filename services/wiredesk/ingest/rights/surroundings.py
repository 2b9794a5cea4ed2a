"""What stands around places of the body: a figure, comments, another story.

It is one scan in linear time, without a tree, up to the last place. Only pages that state rights in their body are
scanned, which are few.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple

from wiredesk.ingest.rights.page_nodes import NOT_THE_STORY
from wiredesk.ingest.rights.statements import Statements
from wiredesk.json_ld.scripts import plain_name

MAX_DEPTH = 500
"""Elements within each other that are followed."""

MAX_TAGS = 50_000
"""Tags that are looked at. Real pages have up to 10,000; what stands after more of them is not found."""

MAX_SUBJECTS = 200
"""References of elements to what they are about that are compared with the page; further ones are to others."""

MAX_BROKEN_TAGS = 50
"""Tags without an end after which quotation marks are not regarded: to find that there is none takes the longest."""

MAX_TAG_CHARACTERS = 8000
"""Longest tag, in characters, whose quotation marks are regarded."""

MAX_NEARBY = 2000
"""Characters of the same block that are looked at, on either side of a place."""

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
"""Elements without content (HTML standard)."""

_CLOSES_ITSELF = frozenset({"dd", "dt", "li", "option", "p", "td", "th", "tr"})
"""Elements that a next one of the same name ends."""

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
        "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
    }
)  # fmt: skip
"""Elements that separate texts."""

_PICTURES = frozenset({"audio", "embed", "iframe", "img", "object", "picture", "svg", "video"})
"""Elements that show a picture, or play something."""

_OF_PICTURES = frozenset({"figcaption", "figure", "picture"})
"""Elements that belong to a picture."""

_PICTURE_WORDS = frozenset(
    {
        "caption", "captions", "carousel", "foto", "fotos", "galerie", "gallery", "image", "images", "img", "lightbox",
        "photo", "photos", "picture", "pictures", "slideshow", "thumb", "thumbnail",
    }
)  # fmt: skip
"""Words of classes and ids of what belongs to a picture."""

_OTHER_WORDS = frozenset({"recommendations", "recommended", "related", "teaser", "teasers"})
"""Words of classes and ids of what is about other stories."""

_COMMENT_WORDS = frozenset({"comment", "comments", "commentlist", "disqus", "replies", "respond"})
"""Words of classes and ids of readers' comments."""

_FOOTER_WORDS = frozenset({"colophon", "footer", "siteinfo"})
"""Words of classes and ids of the foot of a page."""

_STATES = frozenset({"has", "is", "no", "not", "with", "without"})
"""Words of classes that say what an element has: `has-post-thumbnail`."""

_WHOLE = frozenset({"body", "html", "main"})
"""Elements whose classes say what is on the page."""

_TAG = re.compile(r"<(?:(?P<comment>!--)|(?P<end>/)?(?P<name>[a-zA-Z][a-zA-Z0-9:-]{0,40}+))")
_ATTRIBUTES = re.compile(r"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(class|id|about|resource|itemtype|typeof|role)\s{0,5}=\s{0,5}(?:"([^"]{0,1000})"|'([^']{0,1000})'|([^\s>"']{1,500}))""",
    re.IGNORECASE,
)
_RAW_TEXT = {
    name: re.compile(rf"<(?=/)/{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "template", "textarea", "title", "xmp")
}
"""The ends of elements whose content is no markup, or is not part of the page. A search for `<` alone takes less
time than one for `</`."""

_COMMENT_END = re.compile(r"--!?>")
_WORD = re.compile(r"[A-Z]?[a-z]{1,40}|[A-Z]{1,40}")
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS))})(?=[\s/>])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a place.

    Attributes:
        is_of_another: the place belongs to a picture, to comments or to another story.
        is_in_footer: it is at the foot of the page.
        before: the markup before it, in the same block.
        after: the markup after its beginning, in the same block.
        follows_picture: there is no text between the picture before it and its block.
    """

    is_of_another: bool
    is_in_footer: bool
    before: str
    after: str
    follows_picture: bool


class _Element(NamedTuple):
    """An element, as its tag has it.

    Attributes:
        name: in lower case.
        attributes: as they are written.
        is_article: it is an article, or within one.
        is_other_article: it is an article within another one, or after the first one of the page.
    """

    name: str
    attributes: str
    is_article: bool = False
    is_other_article: bool = False


class _Standing(NamedTuple):
    """What an element and those around it say of what is in it."""

    is_of_another: bool = False
    is_in_footer: bool = False


def surroundings(text: str, start: int, places: Iterable[int], statements: Statements) -> dict[int, Surroundings]:
    """Return the surroundings of places; those in comments, scripts and templates have none.

    Args:
        start: of the body.
        places: positions within tags.
    """
    return _Scan(text, sorted(places), statements).run(start)


class _Scan:
    def __init__(self, text: str, places: list[int], statements: Statements) -> None:
        self._text = text
        self._places = places
        self._statements = statements
        self._open: list[_Element] = []
        # Of the open elements from the outermost one: attributes are parsed only of elements around a place.
        self._standings: list[_Standing] = []
        self._found: dict[int, Surroundings] = {}
        self._names: Counter[str] = Counter()
        self._broken_tags = 0
        self._articles = 0
        self._subjects = 0
        self._block, self._picture = 0, -1

    def run(self, position: int) -> dict[int, Surroundings]:
        self._block = position
        for _ in range(MAX_TAGS):
            match = _TAG.search(self._text, position, self._places[-1] + 1) if self._places else None
            if match is None:
                break
            position = self._tag(match)
        else:
            if self._places:
                self._statements.add_unreadable("body", f"rights after {MAX_TAGS} tags")
        return self._found

    def _tag(self, match: re.Match[str]) -> int:
        """Read a tag; return where the scan continues."""
        if match["comment"]:
            return self._end(_COMMENT_END, match.end() - len("--"))
        name = match["name"].lower()
        if name in _RAW_TEXT and not match["end"]:
            return self._end(_RAW_TEXT[name], match.end())
        position = self._attributes_end(match.end())
        if match["end"]:
            self._close(name, position)
        else:
            self._start(name, self._text[match.end() : position - 1], match.start(), position)
        return position

    def _end(self, pattern: re.Pattern[str], start: int) -> int:
        match = pattern.search(self._text, start)
        return match.end() if match else len(self._text)

    def _attributes_end(self, start: int) -> int:
        """Return where a tag ends."""
        if self._broken_tags < MAX_BROKEN_TAGS:
            match = _ATTRIBUTES.match(self._text, start, start + MAX_TAG_CHARACTERS)
            if match is not None:
                return match.end()
            self._broken_tags += 1
        end = self._text.find(">", start)
        return end + 1 if end >= 0 else len(self._text)

    def _close(self, name: str, position: int) -> None:
        if name in _BLOCKS:
            self._block = position
        if name in _PICTURES:
            self._picture = position
        while self._names[name] and self._pop() != name:
            pass

    def _pop(self) -> str:
        name = self._open.pop().name
        del self._standings[len(self._open) :]
        self._names[name] -= 1
        return name

    def _start(self, name: str, attributes: str, start: int, position: int) -> None:
        if name in _BLOCKS:
            self._block = position
        if name in _CLOSES_ITSELF and self._open and self._open[-1].name == name:
            self._pop()
        element = self._element(name, attributes)
        while self._places and self._places[0] < position:
            if self._places[0] >= start:
                self._found[self._places[0]] = self._around(self._standing(element), start)
            del self._places[0]
        if name in _PICTURES and "licen" not in attributes.lower() and "creativecommons" not in attributes.lower():
            self._picture = position
        if name not in _VOID and not attributes.endswith("/") and len(self._open) < MAX_DEPTH:
            self._open.append(element)
            self._names[name] += 1

    def _element(self, name: str, attributes: str) -> _Element:
        is_within = bool(self._open) and self._open[-1].is_article
        if name != "article":
            return _Element(name, attributes, is_within)
        self._articles += not is_within
        return _Element(name, attributes, is_article=True, is_other_article=is_within or self._articles > 1)

    def _standing(self, element: _Element) -> _Standing:
        """Return that of an element within the open ones."""
        for number in range(len(self._standings), len(self._open)):
            self._standings.append(self._standing_within(self._open[number], self._standings[-1:]))
        return self._standing_within(element, self._standings[-1:])

    def _standing_within(self, element: _Element, around: list[_Standing]) -> _Standing:
        """Return that of an element within the one around it, if there is one."""
        outer = around[0] if around else _Standing()
        name, attributes = element.name, element.attributes
        values = {key.lower(): unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(attributes)}
        words = _words(f"{values.get('class', '')} {values.get('id', '')}") if name not in _WHOLE else set()
        is_of_another = outer.is_of_another or name in _OF_PICTURES or not _COMMENT_WORDS.isdisjoint(words)
        is_of_another |= element.is_other_article
        is_of_another |= name != "article" and not (_PICTURE_WORDS | _OTHER_WORDS).isdisjoint(words)
        is_of_another |= not all(self._is_of_page(values[key]) for key in ("about", "resource") if key in values)
        types = f"{values.get('itemtype', '')} {values.get('typeof', '')}".split()
        # The type of a holder is not that of the work.
        is_of_another |= "opyrightHolder" not in attributes and not NOT_THE_STORY.isdisjoint(map(plain_name, types))
        is_footer = name == "footer" or values.get("role") == "contentinfo" or not _FOOTER_WORDS.isdisjoint(words)
        return _Standing(is_of_another, outer.is_in_footer or is_footer)

    def _is_of_page(self, subject: str) -> bool:
        self._subjects += 1
        return self._subjects <= MAX_SUBJECTS and self._statements.is_of_page(subject)

    def _around(self, standing: _Standing, start: int) -> Surroundings:
        after = self._text[start : start + MAX_NEARBY]
        is_near = start - MAX_NEARBY <= self._picture >= 0
        end = _BLOCK_TAG.search(after, 1)
        return Surroundings(
            standing.is_of_another,
            standing.is_in_footer,
            self._text[max(self._block, start - MAX_NEARBY) : start],
            after[: end.start()] if end else after,
            follows_picture=is_near and not _has_text(self._text[self._picture : start]),
        )


def _has_text(markup: str) -> bool:
    return bool(re.sub(r"<[^<>]{0,2000}>|&nbsp;", "", markup).strip())


def _words(text: str) -> set[str]:
    """Return the words of classes and ids, but for those that say what an element has."""
    words: set[str] = set()
    for token in text[:2000].split():
        parts = {part.lower() for part in _WORD.findall(token)}
        if parts.isdisjoint(_STATES):
            words |= parts
    return words
