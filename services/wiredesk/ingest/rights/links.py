"""Licences in the header `Link` (RFC 8288)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wiredesk.ingest.rights import rsl
from wiredesk.ingest.rights.statements import Meaning, Statements
from wiredesk_schemas import RightsKind

MAX_LINK_CHARACTERS = 64 * 1024
"""Characters of the header that are read."""

LICENSES = frozenset(
    {"license", "licence", "cc:license", "dct:license", "dcterms:license", "schema:license", "xhv:license"}
)
"""Relations of a licence: the registered one, and spellings that occur."""

RIGHTS = frozenset({"copyright", "dc:rights", "dcterms:rights", "dct:rights", "usageinfo", "schema:usageinfo"})
"""Relations of a page about rights: that of HTML 4, those of Dublin Core, and the property of schema.org."""

RELATIONS = ("rel", "itemprop", "property")
"""Attributes that say what a link is to its page: of HTML, of microdata, and of RDFa."""

_LINK = re.compile(r"<([^<>]{0,2000})>((?:[^,\"<>]|\"[^\"]{0,2000}\"){0,2000})")
_PARAMETER = re.compile(r";\s{0,10}([A-Za-z*-]{1,40})\s{0,10}=\s{0,10}(?:\"([^\"]{0,2000})\"|([^\s;,\"]{0,2000}))")


@dataclass(frozen=True, slots=True)
class HeaderLink:
    """A link of a header: names of parameters are in lower case, and of two the first one counts."""

    target: str
    parameters: dict[str, str]


def header_links(value: str) -> Iterator[HeaderLink]:
    """Yield the links of a header."""
    for target, parameters in _LINK.findall(value[:MAX_LINK_CHARACTERS]):
        stated: dict[str, str] = {}
        for name, quoted, bare in _PARAMETER.findall(parameters):
            stated.setdefault(name.lower(), quoted or bare)
        yield HeaderLink(target.strip(), stated)


def read_link_header(value: str, statements: Statements) -> None:
    """Read the licences of a `Link` header."""
    for link in header_links(value):
        if statements.is_of_page(link.parameters.get("anchor", "")):
            relations = tuple(link.parameters.get("rel", "").lower().split())
            read_link(link.target, relations, link.parameters.get("type", ""), "header:link", statements)


def relations_of(attributes: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a link of the page is to it, in lower case."""
    stated = (attributes.get(name, "") for name in RELATIONS)
    return tuple(dict.fromkeys(" ".join(stated).lower().split()))


def read_link(target: str, relations: tuple[str, ...], media_type: str, source: str, statements: Statements) -> None:
    """Read a link of a header or of the page, if it is about rights."""
    address = statements.address(target)
    if not target or (LICENSES.isdisjoint(relations) and RIGHTS.isdisjoint(relations)):
        return
    kind, field = RightsKind.LICENSE, "licenses"
    if media_type.partition(";")[0].strip().lower() == rsl.MEDIA_TYPE:
        kind, field = RightsKind.RSL, "rsl"
    elif LICENSES.isdisjoint(relations):
        kind, field = RightsKind.USAGE_TERMS, "usage_terms"
    meaning: Meaning = {field: address} if address else {}
    statements.add(kind, target, source, meaning)
