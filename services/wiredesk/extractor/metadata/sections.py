"""The section of a publication that a story is in."""

import html
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from urllib.parse import urlsplit

from wiredesk.extractor import words
from wiredesk.extractor.document import text_of
from wiredesk.extractor.metadata.json_ld import Node, as_items, as_text, node_types
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.words import fold
from wiredesk_schemas import Evidence

MAX_NAME = 100
"""Maximum characters of a name."""

MAX_URL = 2000
"""Characters of an address that are read."""

MAX_SECTION_WORDS = 5
"""Maximum words of a breadcrumb that is a section; longer ones are headlines."""

MAX_CRUMBS = 20
"""Maximum number of breadcrumbs that are read."""

MAX_LINKS = 200
"""Maximum number of links that are searched for the section of the page's address."""

_SECTION_META = (
    "article:section",
    "section",
    "og:article:section",
    "parsely-section",
    "articlesection",
    "og:section",
    "category",
)
"""`<meta>` names of the section, the most trusted first."""

_MARK = "readcrumb"
"""What class names of breadcrumbs contain, in both spellings: `breadcrumbs` and `ArticleBreadcrumbs`."""

_ADDRESS = re.compile(r"^(?:https?:)?//|^www\.|^@|\.(?:html?|php)\b", re.IGNORECASE)
"""How an address begins; it is no name."""

_DOMAIN = re.compile(r"(?:[\w-]{1,60}\.){1,4}[a-z]{2,24}", re.IGNORECASE)
"""The name of a host, which names a publication only if nothing else does."""

_NO_SECTION = re.compile(r"\{\{|uncategori[sz]ed|^(?:articles?|posts?|null|undefined|none)$", re.IGNORECASE)
"""What programs put in the place of a section."""

_HOME = frozenset(
    {
        "home", "homepage", "home page", "front page", "start", "startseite", "startside", "startsida",
        "accueil", "inicio", "início", "portada", "hjem", "hem", "etusivu", "forside", "strona główna", "úvod",
        "domů", "domov", "naslovna", "početna", "acasă", "главная", "головна", "начало", "αρχική", "anasayfa",
        "ana sayfa", "beranda", "kezdőlap", "főoldal", "avaleht", "trang chủ", "الرئيسية", "خانه", "בית", "首页",
        "首頁", "ホーム", "トップ", "홈", "होम", "หน้าแรก",
    }
)  # fmt: skip
"""Names of the front page in breadcrumbs, folded. Crumbs that link to it are recognised without them."""


def sections(sources: MetadataSources, url: str, names: Sequence[str | None]) -> Iterator[tuple[Evidence, str | None]]:
    """Yield the sections that a page states, the most trusted place first.

    Args:
        sources: the places of the page.
        url: of the page.
        names: of the story and of the publication, which are breadcrumbs, too.
    """
    known = _HOME | {fold(name) for name in names if name}
    yield Evidence.JSON_LD, _section_name(sources.json_ld("articleSection"))
    yield Evidence.META, _section_name(sources.meta_content(*_SECTION_META))
    yield Evidence.DOM, _section_name(as_text(sources.microdata.get("articleSection")))
    yield Evidence.JSON_LD, _section_of(_json_ld_crumbs(sources), url, known)
    yield Evidence.DOM, _section_of(_linked_crumbs(sources), url, known)
    yield Evidence.URL, _section_of_url(sources, url)


def _section_name(text: str | None) -> str | None:
    text = html.unescape(text) if text and "&" in text else text
    return None if not text or len(text) > MAX_NAME or _ADDRESS.search(text) or _NO_SECTION.search(text) else text


def _json_ld_crumbs(sources: MetadataSources) -> list[tuple[str, str]]:
    """Return the names and addresses of the breadcrumbs that JSON-LD has."""
    crumbs = next((node for node in sources.nodes if "BreadcrumbList" in node_types(node)), {})
    items = [item for item in map(sources.resolve, as_items(crumbs.get("itemListElement"))) if isinstance(item, dict)]
    return [_crumb(item) for item in sorted(items[:MAX_CRUMBS], key=_position)]


def _crumb(item: Node) -> tuple[str, str]:
    inner = item.get("item")
    page: Node = inner if isinstance(inner, dict) else {"@id": inner}
    address = page.get("@id") or page.get("url")
    return as_text(item.get("name")) or as_text(page.get("name")) or "", address if isinstance(address, str) else ""


def _position(item: Node) -> int:
    position = as_text(item.get("position")) or ""
    return int(position) if position.isdecimal() and len(position) < 4 else 0  # noqa: PLR2004 - digits


def _linked_crumbs(sources: MetadataSources) -> list[tuple[str, str]]:
    """Return the texts and addresses of the links that are marked as breadcrumbs."""
    is_marked_somewhere = _MARK in sources.elements.class_names or sources.elements.has("aria-label", _is_marked)
    for element in sources.root.iter("nav", "ol", "ul", "div") if is_marked_somewhere else ():
        is_marked = _MARK in (element.get("class") or "") or (
            element.tag == "nav" and _MARK in (element.get("aria-label") or "").lower()
        )
        links = list(islice(element.iter("a"), MAX_CRUMBS)) if is_marked else []
        if links:
            return [(text_of(link)[: MAX_NAME + 1], link.get("href") or "") for link in links]
    return []


def _is_marked(names: str) -> bool:
    return _MARK in names.lower()


def _section_of(crumbs: list[tuple[str, str]], url: str, known: Collection[str]) -> str | None:
    """Return the first breadcrumb between the front page and the story.

    Args:
        crumbs: names and addresses.
        url: of the page.
        known: names of the publication, of its front page, and of the story, folded.
    """
    for name, address in crumbs:
        if not name or fold(name) in known or _DOMAIN.fullmatch(name) or (address and not _path(address)):
            continue
        if len(words.split(name)) > MAX_SECTION_WORDS or (address and _path(address) == _path(url)):
            return None
        return _section_name(name)
    return None


def _path(address: str) -> str:
    try:
        return urlsplit(address[:MAX_URL]).path.strip("/")
    except ValueError:
        return ""


def _section_of_url(sources: MetadataSources, url: str) -> str | None:
    """Return the name that the page's navigation has for the first part of the address."""
    folder, _, rest = _path(url).partition("/")
    if not rest or any(map(str.isdigit, folder)):
        return None
    host = _host(url)
    for link in islice(sources.root.iter("a"), MAX_LINKS):
        href = link.get("href") or ""
        if folder in href and _path(href) == folder and _host(href) in ("", host):
            text = text_of(link)
            is_same = fold(text).replace(" ", "") == fold(folder).replace(" ", "")
            if 1 < len(text) <= MAX_NAME and (is_same or any(True for _ in link.iterancestors("nav", "header"))):
                return text
    return None


def _host(url: str) -> str:
    try:
        return urlsplit(url[:MAX_URL]).hostname or ""
    except ValueError:
        return ""
