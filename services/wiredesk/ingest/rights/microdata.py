"""Properties of schema.org in the body, as microdata or RDFa: `<span itemprop="copyrightHolder">Anna Roe</span>`.

`<meta>` and `<link>` have their value in an attribute, and are read elsewhere; here it is mostly an element's text.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice
from typing import NamedTuple

from wiredesk.ingest.declarations import Declarations
from wiredesk.ingest.rights.json_ld import PROPERTIES, read_property
from wiredesk.ingest.rights.statements import Statements
from wiredesk.ingest.rights.surroundings import surroundings
from wiredesk_schemas import RightsKind

MAX_PROPERTIES = 50
"""Elements with such a property that are looked at."""

MAX_MENTIONS = 1000
"""Mentions of the properties of which those elements are taken."""

MAX_ELEMENT_CHARACTERS = 2000
"""Characters of one element that are read. A notice has up to 300."""

MAX_TAGS = 100
"""Tags within one element that are looked at."""

NAMES = ("copyrightHolder", "copyrightNotice", "copyrightYear", "usageInfo")
"""Properties that are read. Those of credits and licences are of pictures, or read with the links."""

BEGINNINGS = ("copyright", "usageInfo")
"""Beginnings of these names: a page is searched for each, which costs as much as anything else here."""

_NAMES = "|".join(NAMES)
_ELEMENT = re.compile(
    r"<(?P<name>[a-zA-Z][a-zA-Z0-9]{0,15})(?=\s)(?P<attributes>[^<>]{0,1000}?"
    rf"\s(?:itemprop|property)\s{{0,3}}=\s{{0,3}}[\"']?(?:[^\"'<>]{{0,60}}[\s:/])?(?P<property>{_NAMES})(?=[\"'\s>/])[^<>]{{0,1000}})>"
)
_NAME = re.compile(_NAMES)
_NAME_WITHIN = re.compile(
    r"\s(?:itemprop|property)\s{0,3}=\s{0,3}[\"']?(?:[\w.-]{1,20}:)?(?:name|legalName)(?=[\"'\s>/])"
)
_CONTENT = re.compile(r"""(?<![\w-])content\s{0,3}=\s{0,3}(?:"([^"]{0,1000})"|'([^']{0,1000})')""", re.IGNORECASE)
_HREF = re.compile(r"""(?<![\w-])href\s{0,3}=\s{0,3}(?:"([^"]{0,2000})"|'([^']{0,2000})')""", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})((?:[^<>]{0,1000})?)>")
_READ_ELSEWHERE = frozenset({"link", "meta"})


class _Stated(NamedTuple):
    position: int
    name: str
    value: str


def read_microdata(text: str, declarations: Declarations, statements: Statements) -> None:
    """Read the properties of the body, if they are those of the page, and not of a picture on it.

    Args:
        text: the whole page.
        declarations: what it declares.
    """
    stated = list(islice(_stated(text, declarations), MAX_PROPERTIES))
    places = (one.position for one in stated)
    around = surroundings(text, declarations.body_start, places, statements) if stated else {}
    for one in stated:
        if one.position in around and not around[one.position].is_of_another and one.value:
            kind, field = PROPERTIES[one.name]
            read_property(kind, field, one.value, f"microdata:{one.name}", statements)


def _stated(text: str, declarations: Declarations) -> Iterator[_Stated]:
    last = declarations.body_start
    for mentioned in islice(_mentions(text, declarations.markup), MAX_PROPERTIES):
        opened = text.rfind("<", last, mentioned)
        element = _ELEMENT.match(text, opened, opened + MAX_ELEMENT_CHARACTERS) if opened >= 0 else None
        if element is None or element["name"].lower() in _READ_ELSEWHERE:
            continue
        last = element.end()
        yield _Stated(opened + 1, element["property"], _value(text, element))


def _mentions(text: str, parts: Iterable[tuple[int, int]]) -> list[int]:
    """Return where the names are in some parts of a text."""
    positions: list[int] = []
    for start, end in parts:
        for beginning in BEGINNINGS:
            position = text.find(beginning, start, end)
            while position >= 0 and len(positions) < MAX_MENTIONS:
                if _NAME.match(text, position):
                    positions.append(position)
                position = text.find(beginning, position + 1, end)
    return sorted(positions)


def _value(text: str, element: re.Match[str]) -> str:
    """Return the value of an element: an attribute, or its text; of an object with a name, the name."""
    if content := _CONTENT.search(element["attributes"]):
        return _plain(content[1] or content[2] or "")
    is_address = PROPERTIES[element["property"]][0] is RightsKind.USAGE_TERMS
    if is_address and element["name"].lower() == "a" and (href := _HREF.search(element["attributes"])):
        return unescape(href[1] or href[2] or "").strip()
    inner = text[element.end() : element.end() + MAX_ELEMENT_CHARACTERS]
    inner = inner[: _end_of(inner, element["name"].lower())]
    if (name := _NAME_WITHIN.search(inner)) is not None:
        tag = _TAG.match(inner, inner.rfind("<", 0, name.start()))
        if tag is not None and (content := _CONTENT.search(tag[3])):
            return _plain(content[1] or content[2] or "")
        if tag is not None:
            inner = inner[tag.end() : tag.end() + _end_of(inner[tag.end() :], tag[2].lower())]
    return _plain(inner)


def _end_of(inner: str, name: str) -> int:
    """Return where an element ends, by what follows its start."""
    depth = 1
    for tag in islice(_TAG.finditer(inner), MAX_TAGS):
        if tag[2].lower() == name and not tag[3].endswith("/"):
            depth += -1 if tag[1] else 1
            if not depth:
                return tag.start()
    return 0  # an element without its end may hold anything


def _plain(markup: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", markup)).split())
