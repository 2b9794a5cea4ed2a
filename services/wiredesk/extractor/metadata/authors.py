"""Authors: the people of the byline, and the agencies and newsrooms that are named instead of people."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wiredesk.extractor.document import find, text_of
from wiredesk.extractor.metadata.dates import is_dated
from wiredesk.extractor.metadata.json_ld import as_text, node_types
from wiredesk.extractor.metadata.publication import names_publication
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.metadata.text_sources import TextSources
from wiredesk.extractor.words import clean, fold
from wiredesk_schemas import Evidence

MAX_NAME = 80
"""Maximum characters of a name; longer texts are not names."""

MAX_NAMES = 20
"""Maximum number of names that are read from one byline."""

MAX_BYLINE = 200
"""Maximum characters of a byline; longer texts are not bylines."""

MAX_NAME_WORDS = 5
"""Maximum words of a name; longer texts are a role or a sentence."""

BY = re.compile(
    r"^\s*(?:by|von|par|por|di|от|door|av|af|autor(?:in|en)?|text|tekst|skrevet av|(?:written|story|reported) by)\b"
    r"\s*:?\s*",
    re.IGNORECASE,
)
"""How a byline begins; add a language here."""

_AND = re.compile(r"\s*(?:,|;|\||\band\b|\bund\b|\bet\b|\bog\b|\boch\b|\ben\b|\by\b|&|、)\s*", re.IGNORECASE)
"""Words that join names; add a language here."""

_SLASH = re.compile(r"\s+/\s+")
"""A slash between names; a name may have one without spaces."""

_ADDRESS = re.compile(r"://|www\.|@|\.html?\b|\bfacebook\b", re.IGNORECASE)
"""What shows that a text is a web address and not a byline."""

_NO_NAME = re.compile(r"\d|^\W*$|\.\w{2,3}$|^(?:admin|editor|staff|redaktion|authors?)$", re.IGNORECASE)
"""Texts that are not names: with digits, without letters, with a file's suffix, or with the name of an account."""

_AGENCIES = frozenset(
    {
        "dpa", "afp", "ap", "reuters", "apa", "sda", "efe", "ansa", "tass", "xinhua", "bloomberg", "belga", "ritzau",
        "tt", "ntb", "lusa", "pti", "ani", "kna", "epd", "sid", "ukrinform", "interfax", "kyodo", "jiji", "yonhap",
        "associated press", "the associated press", "press association", "agence france presse", "pa media",
        "deutsche presse agentur", "the canadian press",
    }
)  # fmt: skip
"""News agencies, folded as names are when they are compared."""

_NEWSROOM = re.compile(
    r"\b(?:redaktion|redaction|rédaction|redacción|staff|newsroom|desk|news|agency|agentur|agencia|agencias|zeitung|"
    r"media|team|online|magazin|magazine|editors?|newsdesk|service)\b|オンライン|新聞|新闻|通信",
    re.IGNORECASE,
)
"""Words that name a newsroom or an agency, not a person."""

_META = ("author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl", "article:author")
"""`<meta>` names of the author, the most trusted first."""


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote a story.

    Attributes:
        people: in the order of the byline.
        agencies: news agencies and newsrooms in the byline.
    """

    people: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.people or self.agencies)


def bylines(sources: MetadataSources, source: str | None) -> Iterator[tuple[Evidence, Byline]]:
    """Yield the bylines that a page states, the most trusted place first.

    A byline that names nobody but the publication itself is used only if no other one names somebody.

    Args:
        sources: the places of the page.
        source: name of the publication.
    """
    stated = [
        (Evidence.JSON_LD, _byline(_json_ld_authors(sources, sources.article.get("author")))),
        *((Evidence.META, parse_byline([text])) for text in _meta_authors(sources)),
        *((Evidence.DOM, parse_byline([text])) for text in _dom_bylines(sources)),
    ]
    own = {fold(source)} if source else set()
    yield from ((place, b) for place, b in stated if b.people and not _is_publication(b.people, own))
    yield from ((place, b) for place, b in stated if b.agencies and not _is_publication(b.agencies, own))
    yield from ((place, b) for place, b in stated if b)


def byline_in_text(sources: TextSources) -> Byline:
    """Return the byline above the body that is nearest to it."""
    named = (parse_names(line.text) for line in reversed(sources.header) if is_byline(line.text))
    return Byline(next(named, ()))


def is_byline(line: str) -> bool:
    """Return whether a line of text is a byline: it begins like one, and names somebody."""
    return BY.match(line) is not None and not (is_dated(line) or names_publication(line)) and bool(parse_names(line))


def parse_byline(texts: Iterable[str]) -> Byline:
    """Return the people and the agencies that texts name."""
    return _byline((text, False) for text in texts)


def parse_names(text: str) -> tuple[str, ...]:
    """Return the names in a byline, without introducing words, roles and places."""
    text = BY.sub("", clean(text)[:MAX_BYLINE])
    if not text or _ADDRESS.search(text):
        return ()
    parts = [part.strip(" .,-–|()") for whole in _SLASH.split(text) for part in _AND.split(whole)]
    # Roles and places follow names: `Jane Doe, chief editor`.
    names = [name for name in (BY.sub("", part) for part in parts if part) if _is_name(name)]
    return tuple(dict.fromkeys(names))[:MAX_NAMES]


def _is_name(text: str) -> bool:
    if not 1 < len(text) <= MAX_NAME:
        return False
    if _is_agency(text):
        return True
    if _NO_NAME.search(text):
        return False
    name_words = text.split()
    lower = sum(word[0].islower() for word in name_words)
    return len(name_words) <= MAX_NAME_WORDS and lower <= len(name_words) / 2


def _byline(stated: Iterable[tuple[str, bool]]) -> Byline:
    """Sort names into people and agencies.

    Args:
        stated: texts, each with whether the page declares it to be an organisation.
    """
    people: dict[str, None] = {}
    agencies: dict[str, None] = {}
    for text, is_organisation in stated:
        for name in (text,) if is_organisation else parse_names(text):
            (agencies if is_organisation or _is_agency(name) else people)[name] = None
    return Byline(tuple(people)[:MAX_NAMES], tuple(agencies)[:MAX_NAMES])


def _is_agency(name: str) -> bool:
    return fold(name) in _AGENCIES or _NEWSROOM.search(name) is not None


def _is_publication(names: tuple[str, ...], own: set[str]) -> bool:
    return {fold(name) for name in names} <= own


def _json_ld_authors(sources: MetadataSources, value: Any) -> Iterator[tuple[str, bool]]:
    for item in value if isinstance(value, list) else [value]:
        author = _resolved(sources, item)
        text = as_text(author)
        if isinstance(author, dict):
            given, family = (as_text(author.get(name)) for name in ("givenName", "familyName"))
            text = as_text(author.get("name")) or " ".join(filter(None, (given, family)))
        if text:
            yield text, isinstance(author, dict) and any("Organization" in kind for kind in node_types(author))


def _resolved(sources: MetadataSources, item: Any) -> Any:
    """Return the object that an author refers to by its `@id`."""
    if isinstance(item, dict) and "name" not in item and "@id" in item:
        return next((node for node in sources.nodes if node.get("@id") == item["@id"] and "name" in node), item)
    return item


def _meta_authors(sources: MetadataSources) -> Iterator[str]:
    for name in _META:
        if name in sources.meta:
            yield sources.meta[name]
    for name, value in sources.meta.items():
        if name.endswith(("author", "authors")) and name not in _META and not name.startswith(("twitter", "og:")):
            yield value


def _dom_bylines(sources: MetadataSources) -> Iterator[str]:
    path = "//*[@rel='author' or @itemprop='author' or contains(@class, 'byline') or contains(@class, 'author-name')]"
    for element in find(sources.root, path):
        text = text_of(element)
        if text and len(text) <= MAX_BYLINE:
            yield text
