"""What a page says of itself where its address and a declared one do not show whether they are of one page.

A template may declare one address for all its pages. What the page says of its own id, time and language in other
places is that of the page, unless all of them are the template's, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from wiredesk.ingest.declarations import Declarations
from wiredesk.ingest.urls.address import Address
from wiredesk.ingest.urls.canonical import canonical_url, parse_url
from wiredesk.ingest.urls.link_header import links_of
from wiredesk.languages.tags import language_tag
from wiredesk.runtime.errors import RejectedError

MAX_LANGUAGES = 200
"""Links to versions in other languages that are read. Sites of the European Union have 24."""

MAX_KEYS = 20
"""Names of ids in scripts and attributes that are looked at: the page's own comes before those of related stories."""

FIRST_TAG_CHARACTERS = 4000
"""Characters of the tags of the body and of the first article that are read."""

OWN_LINKS = frozenset({"shortlink", "amphtml"})
"""Relations of links to the page itself."""

_BODY_OR_ARTICLE = (re.compile(r"<body\b", re.IGNORECASE), re.compile(r"<article\b", re.IGNORECASE))
_OWN_ID = re.compile(
    r"(?<![a-z])(?:article|post|page|content|node|story|entity|document|doc|news|item|asset)[-_]?i?d[\"']?\s{0,3}[:=]"
    r"\s{0,3}[\"']?(?P<id>[\w-]{1,60})",
    re.IGNORECASE,
)
"""An id under its name, in a script or an attribute: `"articleId": "88999"`, `data-post-id="88999"`."""

_IDENTIFIER = re.compile(r"\"(?:identifier|articleId|productID)\"\s{0,5}:\s{0,5}\"?(?P<id>[\w-]{1,60})")
_META_OF_ID = re.compile(
    r"(?:^|[-_.:])(?:article|post|page|content|node|story|document|doc|news|item)?[-_.:]?id(?:entifier)?$"
)
_PUBLISHED = re.compile(r"\"datePublished\"\s{0,5}:\s{0,5}\"(?P<day>\d{4}-\d\d-\d\d)")
_META_OF_TIME = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

MONTH_PARTS = 2
"""Parts of a date that name at least a month: a recurring headline is that of one month."""


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """What a page says of itself.

    Attributes:
        url: from which it was fetched.
        declared: what it declares; None if it is not HTML.
        text: the whole page.
        link_header: of the response.
    """

    url: str
    declared: Declarations | None
    text: str
    link_header: str | None = None

    def names_id(self, address: Address) -> bool:
        """Return whether the page has the id of an address as its own in another place than the declared address."""
        ids = address.story_ids | {address.last}
        return any(not ids.isdisjoint(named) for named in self._own_ids())

    def is_of_date(self, address: Address) -> bool:
        """Return whether the page was published on the date of an address, which names at least a month."""
        days = (tuple(part.lstrip("0") for part in day.split("-")) for day in self._days())
        return len(address.dates) >= MONTH_PARTS and any(day[: len(address.dates)] == address.dates for day in days)

    def is_translation(self, own: str, other: str) -> bool:
        """Return whether the page lists two addresses as its versions in different languages."""
        languages: dict[str, set[str]] = {}
        for url, language in self._versions():
            languages.setdefault(url, set()).add(language)
        return bool(languages.get(own)) and bool(languages.get(other)) and languages[own].isdisjoint(languages[other])

    def _own_ids(self) -> Iterator[frozenset[str]]:
        for url in self._links():
            yield _tokens(url)
        if self.declared is not None:
            yield frozenset(meta.content.lower() for meta in self.declared.metas_where(_is_of_id))
            for block in self.declared.json_ld:
                yield frozenset(match["id"].lower() for match in islice(_IDENTIFIER.finditer(block), 1))
        for tag in _BODY_OR_ARTICLE:
            if (match := tag.search(self.text)) is not None:
                end = self.text.find(">", match.end(), match.end() + FIRST_TAG_CHARACTERS)
                yield _tokens(self.text[match.end() : max(end, match.end())])
        first = _OWN_ID.search(self.text)
        yield frozenset({first["id"].lower()} if first is not None else ())

    def _links(self) -> Iterator[str]:
        """Yield the links to the page itself under other addresses than the declared ones."""
        yield from (link.url for link in links_of(self.link_header) if not OWN_LINKS.isdisjoint(link.relations))
        if self.declared is not None:
            yield from (link.href for link in self.declared.links(*OWN_LINKS) if link.is_in_head)

    def _days(self) -> Iterator[str]:
        if self.declared is None:
            return
        for meta in self.declared.metas(*_META_OF_TIME):
            if meta.is_in_head and (day := _DAY.match(meta.content)) is not None:
                yield day[0]
        for block in self.declared.json_ld:
            if (published := _PUBLISHED.search(block)) is not None:
                yield published["day"]

    def _versions(self) -> Iterator[tuple[str, str]]:
        links = self.declared.links("alternate") if self.declared is not None else iter(())
        stated = ((link.href, link.attributes.get("hreflang", "")) for link in links if link.is_in_head)
        for href, code in islice(((href, code) for href, code in stated if code), MAX_LANGUAGES):
            language = (language_tag(code) or "").partition("-")[0]
            try:
                url = canonical_url(str(parse_url(href, self.url).href)) if language else ""
            except RejectedError:
                continue
            if url:
                yield url, language


def _is_of_id(name: str) -> bool:
    return _META_OF_ID.search(name) is not None


def _tokens(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", text.lower()))
