"""The URL that identifies a page: that of the fetch, or one that the page declares as its own, if the two agree."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from wiredesk.ingest.declarations import Declarations
from wiredesk.ingest.urls.address import Address
from wiredesk.ingest.urls.agreement import ID_ALONE, IN_ANOTHER_LANGUAGE, OTHER_DATE, disagreement
from wiredesk.ingest.urls.canonical import canonical_url, parse_url
from wiredesk.ingest.urls.evidence import PageEvidence
from wiredesk.ingest.urls.link_header import links_of
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import CanonicalEvidence

MAX_STATEMENTS = 10
"""Declared URLs of one kind that are considered. Real pages have one, and up to four by mistake."""

CONFLICT = "several different ones"
"""Why none of the `<link>` elements of a page is believed."""

_WEB_URL = re.compile(r"\s*https?:[/\\]{1,4}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Identity:
    """The URL that identifies a page.

    Attributes:
        url: in its canonical form.
        evidence: where it was read from.
        not_believed: declared URLs that were not believed, each with the reason.
    """

    url: str
    evidence: CanonicalEvidence
    not_believed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StatedUrls:
    """What is said of a page's own URL, as it is written.

    Attributes:
        url: from which the page was fetched.
        canonical: its canonical form.
        declared: by the page itself; None if it is not HTML.
        link_header: of the response.
        subject: of the event in which the page came.
        text: of the page.
    """

    url: str
    canonical: str
    declared: Declarations | None = None
    link_header: str | None = None
    subject: str | None = None
    text: str = ""


def identify(stated: StatedUrls) -> Identity:
    """Return the URL that identifies a page.

    A declared URL is believed if it agrees with the one from which the page was fetched. `<link rel="canonical">` comes
    first, and counts only in the head, where nobody but the publisher writes; then the `Link` header, `og:url` and the
    subject.
    """
    own = stated.canonical
    fetched: Address | None = None
    not_believed: dict[str, str] = {}
    for evidence, urls in _by_evidence(stated):
        if len(urls) > 1 and evidence is not CanonicalEvidence.SUBJECT:
            not_believed.update((url, CONFLICT) for url in urls if url != own)
            continue
        for url in urls:
            if url == own:
                return Identity(own, evidence, tuple(not_believed.items()))
            fetched = fetched or Address.of(own)
            reason = _disagreement(stated, fetched, url)
            if not reason:
                return Identity(url, evidence, tuple(not_believed.items()))
            not_believed.setdefault(url, reason)
    return Identity(own, CanonicalEvidence.URL, tuple(not_believed.items()))


def _disagreement(stated: StatedUrls, fetched: Address, url: str) -> str:
    """Return why a declared URL is not believed, as the two addresses and the page itself show it; empty if it is."""
    address = Address.of(url)
    reason = disagreement(fetched, address)
    page = PageEvidence(stated.url, stated.declared, stated.text, stated.link_header)
    if not reason:
        return IN_ANOTHER_LANGUAGE if page.is_translation(stated.canonical, url) else ""
    is_shown = (reason == ID_ALONE and page.names_id(address)) or (reason == OTHER_DATE and page.is_of_date(address))
    return "" if is_shown else reason


def _by_evidence(stated: StatedUrls) -> Iterator[tuple[CanonicalEvidence, list[str]]]:
    """Return the canonical forms of the declared URLs, each once, by where they stand, the most trusted first."""
    declared = stated.declared
    if declared is not None:
        links = (link.href for link in declared.links("canonical") if link.is_in_head)
        yield CanonicalEvidence.LINK, _canonical_forms(stated, links, _base(stated.url, declared.base))
    if stated.link_header:
        links = (link.url for link in links_of(stated.link_header) if "canonical" in link.relations)
        yield CanonicalEvidence.HTTP_LINK, _canonical_forms(stated, links, stated.url)
    if declared is not None:
        metas = (meta.content for meta in declared.metas("og:url") if meta.is_in_head)
        yield CanonicalEvidence.OG_URL, _canonical_forms(stated, metas, stated.url)
    if stated.subject and _WEB_URL.match(stated.subject):
        yield CanonicalEvidence.SUBJECT, _canonical_forms(stated, iter([stated.subject]), None)


def _canonical_forms(stated: StatedUrls, urls: Iterator[str], base: str | None) -> list[str]:
    forms: dict[str, None] = {}
    for url in islice((url.strip() for url in urls), MAX_STATEMENTS):
        if not url or url.startswith("#"):
            continue
        if url == stated.url:  # as on most pages
            forms[stated.canonical] = None
            continue
        try:
            resolved = url if _WEB_URL.match(url) else str(parse_url(url, base).href)
            forms[canonical_url(resolved)] = None
        except RejectedError:
            continue
    return list(forms)


def _base(url: str, declared: str) -> str:
    """Return the URL from which a page's relative URLs start."""
    try:
        return str(parse_url(declared, url).href) if declared else url
    except RejectedError:
        return url
