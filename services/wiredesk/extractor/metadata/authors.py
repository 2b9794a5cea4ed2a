"""Authors: the people of the byline, and the agencies and newsrooms that are named in their place."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wiredesk.extractor import structured
from wiredesk.extractor.document import find, text_of
from wiredesk.extractor.metadata.sources import Sources
from wiredesk.extractor.words import clean, fold
from wiredesk_schemas import Evidence

MAX_NAME = 80
MAX_NAMES = 20
MAX_BYLINE = 200
MAX_NAME_WORDS = 5

BY = re.compile(
    r"^\s*(?:by|von|par|por|di|от|door|av|af|autor(?:in|en)?|text|tekst|skrevet av|(?:written|story|reported) by)\b"
    r"\s*:?\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:,|;|\||\band\b|\bund\b|\bet\b|\bog\b|\boch\b|\ben\b|\by\b|&|、)\s*", re.IGNORECASE)
"""Words that join names; the place to add a language to."""

_SLASH = re.compile(r"\s+/\s+")
_ADDRESS = re.compile(r"://|www\.|@|\.html?\b|\bfacebook\b", re.IGNORECASE)
_NO_NAME = re.compile(r"\d|^\W*$|\.\w{2,3}$|^(?:admin|editor|staff|redaktion|authors?)$", re.IGNORECASE)
_AGENCIES = frozenset(
    {
        "dpa", "afp", "ap", "reuters", "apa", "sda", "efe", "ansa", "tass", "xinhua", "bloomberg", "belga", "ritzau",
        "tt", "ntb", "lusa", "pti", "ani", "kna", "epd", "sid", "ukrinform", "interfax", "kyodo", "jiji", "yonhap",
        "associated press", "the associated press", "press association", "agence france presse", "pa media",
        "deutsche presse agentur", "the canadian press",
    }
)  # fmt: skip
"""News agencies, folded as names are compared."""

_NEWSROOM = re.compile(
    r"\b(?:redaktion|redaction|rédaction|redacción|staff|newsroom|desk|news|agency|agentur|agencia|agencias|zeitung|"
    r"media|team|online|magazin|magazine|editors?|newsdesk|service)\b|オンライン|新聞|新闻|通信",
    re.IGNORECASE,
)
_META = ("author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl", "article:author")


@dataclass(frozen=True, slots=True)
class Authors:
    """Who wrote a story.

    Attributes:
        people: in the order of the byline.
        agencies: news agencies and newsrooms that the byline names.
    """

    people: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.people or self.agencies)


def authors(sources: Sources, source: str | None) -> Iterator[tuple[Evidence, Authors]]:
    """Yield what each place says, the most trusted first.

    A place that names nobody but the publication itself says nothing as long as another one names somebody.
    """
    candidates = [
        (Evidence.JSON_LD, _told(_of_json_ld(sources, sources.article.get("author")))),
        *((Evidence.META, _told([(text, False)])) for text in _of_meta(sources)),
        *((Evidence.DOM, _told([(text, False)])) for text in _bylines(sources)),
    ]
    own = {fold(source)} if source else set()
    yield from ((e, found) for e, found in candidates if found.people and not _is_site(found.people, own))
    yield from ((e, found) for e, found in candidates if found.agencies and not _is_site(found.agencies, own))
    yield from candidates


def names(text: str) -> tuple[str, ...]:
    """Return the names in a byline, without what introduces them, roles, and places."""
    text = BY.sub("", clean(text)[:MAX_BYLINE])
    if not text or _ADDRESS.search(text):
        return ()
    parts = [part.strip(" .,-–|()") for whole in _SLASH.split(text) for part in _AND.split(whole)]
    found = [BY.sub("", part) for part in parts if part]
    people = [part for part in found if _is_name(part)]
    # After a name come roles and places: `Jane Doe, chief editor`. Before any name there is none of that.
    return tuple(dict.fromkeys(people))[:MAX_NAMES]


def _is_name(text: str) -> bool:
    if not 1 < len(text) <= MAX_NAME:
        return False
    if _is_agency(text):
        return True
    if _NO_NAME.search(text):
        return False
    found = text.split()
    lower = sum(word[0].islower() for word in found)
    return len(found) <= MAX_NAME_WORDS and lower <= len(found) / 2


def _told(stated: Iterable[tuple[str, bool]]) -> Authors:
    """Sort names into people and agencies; for each text it is known whether the page calls it an organisation."""
    people: dict[str, None] = {}
    agencies: dict[str, None] = {}
    for text, organisation in stated:
        for name in (text,) if organisation else names(text):
            (agencies if organisation or _is_agency(name) else people)[name] = None
    return Authors(tuple(people)[:MAX_NAMES], tuple(agencies)[:MAX_NAMES])


def _is_agency(name: str) -> bool:
    return fold(name) in _AGENCIES or _NEWSROOM.search(name) is not None


def _is_site(found: tuple[str, ...], own: set[str]) -> bool:
    return {fold(name) for name in found} <= own


def _of_json_ld(sources: Sources, value: Any) -> Iterator[tuple[str, bool]]:
    for item in value if isinstance(value, list) else [value]:
        author = _resolved(sources, item)
        text = structured.string(author)
        if isinstance(author, dict):
            given, family = (structured.string(author.get(name)) for name in ("givenName", "familyName"))
            text = structured.string(author.get("name")) or " ".join(filter(None, (given, family)))
        if text:
            yield text, isinstance(author, dict) and any("Organization" in kind for kind in structured.types(author))


def _resolved(sources: Sources, item: Any) -> Any:
    """Return the object that an author refers to by its `@id`."""
    if isinstance(item, dict) and "name" not in item and "@id" in item:
        return next((node for node in sources.nodes if node.get("@id") == item["@id"] and "name" in node), item)
    return item


def _of_meta(sources: Sources) -> Iterator[str]:
    for name in _META:
        if name in sources.meta:
            yield sources.meta[name]
    for name, value in sources.meta.items():
        if name.endswith(("author", "authors")) and name not in _META and not name.startswith(("twitter", "og:")):
            yield value


def _bylines(sources: Sources) -> Iterator[str]:
    path = "//*[@rel='author' or @itemprop='author' or contains(@class, 'byline') or contains(@class, 'author-name')]"
    for element in find(sources.root, path):
        text = text_of(element)
        if text and len(text) <= MAX_BYLINE:
            yield text
