"""The URL that identifies a page: that of the fetch, or one that the page declares as its own, if the two agree."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from wiredesk.ingest.declarations import Declarations
from wiredesk.ingest.urls.address import Address
from wiredesk.ingest.urls.agreement import disagreement
from wiredesk.ingest.urls.canonical import canonical_url, parse_url
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import CanonicalEvidence

MAX_LINK_HEADER = 64 * 1024
"""Characters of a `Link` header that are read. Real ones have up to 10,000, with what browsers are to fetch first."""

MAX_STATEMENTS = 10
"""Declared URLs of one kind that are considered. Real pages have one, and up to four by mistake."""

CONFLICT = "several different ones"
"""Why none of the `<link>` elements of a page is believed."""

_WEB_URL = re.compile(r"\s*https?:[/\\]{1,4}", re.IGNORECASE)
_LINK_VALUE = re.compile(
    r"""<([^<>]{1,4096})>((?:\s*+;\s*+[\w*!#$&+.^`|~-]++(?:\s*+=\s*+(?:"[^"]*+"|[^\s",;]*+))?+)*+)"""
)
"""A link of a `Link` header (RFC 8288), and its parameters."""

_PARAMETER = re.compile(r""";\s*+([\w*]++)\s*+=\s*+(?:"([^"]*+)"|([^\s",;]*+))""")


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
    """

    url: str
    canonical: str
    declared: Declarations | None = None
    link_header: str | None = None
    subject: str | None = None


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
            reason = disagreement(fetched, Address.of(url))
            if not reason:
                return Identity(url, evidence, tuple(not_believed.items()))
            not_believed.setdefault(url, reason)
    return Identity(own, CanonicalEvidence.URL, tuple(not_believed.items()))


def _by_evidence(stated: StatedUrls) -> Iterator[tuple[CanonicalEvidence, list[str]]]:
    """Return the canonical forms of the declared URLs, each once, by where they stand, the most trusted first."""
    declared = stated.declared
    if declared is not None:
        links = (link.href for link in declared.links("canonical") if link.is_in_head)
        yield CanonicalEvidence.LINK, _canonical_forms(stated, links, _base(stated.url, declared.base))
    if stated.link_header:
        yield CanonicalEvidence.HTTP_LINK, _canonical_forms(stated, _of_header(stated.link_header), stated.url)
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


def _of_header(value: str) -> Iterator[str]:
    """Return the canonical links of a `Link` header."""
    for link in _LINK_VALUE.finditer(value[:MAX_LINK_HEADER]):
        parameters = {name.lower(): quoted or bare for name, quoted, bare in reversed(_PARAMETER.findall(link[2]))}
        if "canonical" in parameters.get("rel", "").lower().split() and "anchor" not in parameters:
            yield link[1]
