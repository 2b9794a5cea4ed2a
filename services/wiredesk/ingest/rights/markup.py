"""Statements in the page: `<meta>`, `<link>`, links of the body, JSON-LD, and licences of RSL."""

import re
from collections.abc import Callable

from wiredesk.ingest.declarations import Declarations, Meta
from wiredesk.ingest.rights import rsl
from wiredesk.ingest.rights.body import of_page, read_body_links
from wiredesk.ingest.rights.json_ld import read_json_ld, read_property
from wiredesk.ingest.rights.links import read_link, relations_of
from wiredesk.ingest.rights.microdata import read_microdata
from wiredesk.ingest.rights.robots import ROBOTS, read_directives, read_robots_header
from wiredesk.ingest.rights.statements import Statements
from wiredesk.ingest.rights.tdm import POLICY, RESERVATION, read_policy, read_reservation
from wiredesk.ingest.rights.usage import read_data_mining, read_usage
from wiredesk_schemas import RightsKind

AGENTS = frozenset(
    {
        "googlebot", "googlebot-news", "google-extended", "storebot-google", "bingbot", "msnbot", "slurp",
        "duckduckbot",
        "duckassistbot", "baiduspider", "yandex", "yandexbot", "applebot", "applebot-extended", "petalbot", "seznambot",
        "naverbot", "yeti", "teoma", "sogou", "qwantbot", "mojeekbot", "gptbot", "chatgpt-user", "oai-searchbot",
        "ccbot",
        "anthropic-ai", "claudebot", "claude-web", "perplexitybot", "bytespider", "amazonbot", "meta-externalagent",
        "facebookbot", "facebookexternalhit", "cohere-ai", "diffbot", "omgilibot", "imagesiftbot", "ai2bot", "timpibot",
        "mistralai-user", "youbot", "ia_archiver", "archive.org_bot", "twitterbot", "linkedinbot", "pinterestbot",
    }
)  # fmt: skip
"""Names of robots to which pages address directives: those that search engines, archives and makers of models document.
Statements to a robot that is not listed are not found in `<meta>`, unless the settings name it."""

TEXTS: dict[str, tuple[RightsKind, str]] = {
    "copyright": (RightsKind.COPYRIGHT_NOTICE, "copyright_notice"),
    "copyrightnotice": (RightsKind.COPYRIGHT_NOTICE, "copyright_notice"),
    "copyrightholder": (RightsKind.COPYRIGHT_HOLDER, "copyright_holders"),
    "copyright-holder": (RightsKind.COPYRIGHT_HOLDER, "copyright_holders"),
    "rightsholder": (RightsKind.COPYRIGHT_HOLDER, "copyright_holders"),
    "copyrightyear": (RightsKind.COPYRIGHT_YEAR, "copyright_year"),
    "datecopyrighted": (RightsKind.COPYRIGHT_YEAR, "copyright_year"),
    "rights": (RightsKind.USAGE_TERMS, "usage_terms"),
    "rights.license": (RightsKind.LICENSE, "licenses"),
    "rights.accessrights": (RightsKind.USAGE_TERMS, "usage_terms"),
    "accessrights": (RightsKind.USAGE_TERMS, "usage_terms"),
    "usageinfo": (RightsKind.USAGE_TERMS, "usage_terms"),
    "usageterms": (RightsKind.USAGE_TERMS, "usage_terms"),
    "webstatement": (RightsKind.USAGE_TERMS, "usage_terms"),
    "license": (RightsKind.LICENSE, "licenses"),
    "licence": (RightsKind.LICENSE, "licenses"),
    "licenseurl": (RightsKind.LICENSE, "licenses"),
    "acquirelicensepage": (RightsKind.ACQUIRE_LICENSE, "acquire_license"),
}
"""Kinds of statements, and fields of `Rights`, by the name of a `<meta>` without its prefix: those of schema.org,
Dublin Core, Creative Commons and XMP, and those that occur."""

_ENDINGS = tuple(TEXTS)

PREFIX = re.compile(r"(?:dc|dcterms|dct|cc|xmprights|xmp|schema|og|article|citation|prism|eprints|iptc|photoshop)[.:_]")
"""Prefixes of these names."""

PAGE_WIDE = ("copyrightholder", "copyrightnotice", "copyrightyear")
"""Names of texts that count in the body, too: there the rights of pictures are stated under others."""


def read_markup(text: str, url: str, declarations: Declarations, statements: Statements) -> None:
    """Read what a page states.

    Args:
        text: the whole page.
        url: of the page.
        declarations: what it declares.
    """
    robots = AGENTS | statements.agents
    of_body: list[Meta] = []
    for meta in declarations.metas_where(lambda name: name in robots or _is_stated(name)):
        if meta.is_in_head or meta.name in _READERS or meta.name in robots:
            _read_meta(meta, statements)
        elif _plain(meta.name) in PAGE_WIDE:
            of_body.append(meta)
    for meta in of_page(of_body, text, declarations.body_start, statements):
        _read_meta(meta, statements)
    links = list(declarations.links_mentioning("licen", "copyright", "rights", "usageinfo"))
    for link in links:
        if link.is_in_head:
            relations = relations_of(link.attributes)
            read_link(link.href, relations, link.attributes.get("type", ""), f"link:{' '.join(relations)}", statements)
    read_body_links(text, declarations, (link for link in links if not link.is_in_head), statements)
    read_microdata(text, declarations, statements)
    for licence in declarations.rsl:
        rsl.read_licence(licence, url, "rsl:inline", statements)
    read_json_ld(declarations.json_ld, statements)


def _plain(name: str) -> str:
    return PREFIX.sub("", name, count=1)


def _read_meta(meta: Meta, statements: Statements) -> None:
    source, name = f"meta:{meta.name}", _plain(meta.name)
    if reader := _READERS.get(meta.name):
        reader(meta.content, source, statements)
    elif name in TEXTS:
        read_property(*TEXTS[name], meta.content, source, statements)
    else:
        read_directives(meta.content, source, statements, agent=meta.name)


def _is_stated(name: str) -> bool:
    return name in _READERS or name in TEXTS or (name.endswith(_ENDINGS) and _plain(name) in TEXTS)


_READERS: dict[str, Callable[[str, str, Statements], None]] = {
    RESERVATION: read_reservation,
    POLICY: read_policy,
    ROBOTS: read_directives,
    "x-robots-tag": read_robots_header,
    "content-usage": read_usage,
    "content-signal": read_usage,
    "plus:datamining": read_data_mining,
    "iptc:datamining": read_data_mining,
    "datamining": read_data_mining,
}
