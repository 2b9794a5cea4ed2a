"""The story's lead image: the one that a page shares or declares, or the first figure of the story."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import unquote, urljoin

import ada_url

from wiredesk.extractor.document import Element
from wiredesk.extractor.metadata.json_ld import as_items
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk_schemas import Evidence

MAX_URL = 4000
"""Maximum characters of an image's address."""

MAX_IMAGES = 20
"""Maximum number of images that are considered at one place."""

MAX_ELEMENTS = 100
"""Maximum number of `<img>` that are considered."""

MIN_SIDE = 100
"""Minimum pixels of a picture's side as the page states it; smaller ones are icons, portraits and tracking pixels."""

MAX_DIGITS = 5
"""Maximum digits of a side in pixels."""

MAX_SRCSET = 5000
"""Characters of a `srcset` that are read."""

_META = (
    "og:image",
    "og:image:secure_url",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
    "thumbnail",
    "image",
    "sailthru.image.full",
)
"""`<meta>` names of the lead image, the most trusted first."""

_PROPERTIES = ("image", "primaryImageOfPage", "thumbnailUrl", "thumbnail")
"""Properties of JSON-LD with the lead image, the most trusted first."""

_NO_PHOTO = re.compile(
    r"(?:(?:site|app|header|footer|brand|default|og|social|share|facebook|twitter|fallback|generic)[-_. ]?)?"
    r"(?:logos?|logotype|placeholder|blank|pixel|spacer|(?:fav|touch|site|app|apple)[-_]?(?:touch[-_]?)?icon|sprites?|gr?avatar|1x1|transparent|"
    r"clear|dummy|fallback|default|no[-_]?(?:image|img|photo|picture|thumb(?:nail)?)|missing|loading|loader)"
    r"(?![a-z]{3}).{0,40}",
    re.IGNORECASE,
)
"""The file of a picture that is not one of the story."""

_LOGO = re.compile(
    r"(?<![a-z])(?:logos?|logotype|placeholder|(?:og|share|social|facebook|twitter)[-_]default)(?![a-z])", re.IGNORECASE
)
"""The file of a picture that may be the site's, or that of what the story is about. It counts if there is no other."""

_DRAWING = re.compile(r"\.(?:svg|ico)$", re.IGNORECASE)
"""The suffix of drawings, which are logos and icons."""

_STORY, _FRAME = frozenset({"article", "main"}), frozenset({"figure", "picture"})
"""Elements around the pictures of a story."""

_BESIDE_STORY = frozenset({"nav", "aside", "footer", "form", "template"})
"""Elements around pictures that are not the story's."""

_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-srcset", "srcset", "src")
"""Attributes with the address of a picture; those of pictures that are loaded later come first."""

_WIDTH = re.compile(r"\s(\d{1,5})w$")
"""The width of a picture in a `srcset`."""


def lead_images(sources: MetadataSources, url: str) -> Iterator[tuple[Evidence, str | None]]:
    """Yield the images that a page states or shows, the most trusted place first.

    Args:
        sources: the places of the page.
        url: of the page, to which addresses are relative.
    """
    later: list[tuple[Evidence, str]] = []
    url = urljoin(url, _base(sources.root))
    for place, addresses in _stated(sources):
        for stated in islice(addresses, MAX_IMAGES):
            address = absolute_url(url, stated)
            if address and not _is_no_photo(address):
                if _LOGO.search(_file(address)):
                    later.append((place, address))
                else:
                    yield place, address
    yield from later


def _base(root: Element) -> str:
    """Return the address to which the page says that its others are relative; empty if it does not say so."""
    base = next(root.iter("base"), None)
    stated = (base.get("href") or "").strip() if base is not None else ""
    return stated if stated.startswith(("http://", "https://", "/")) and absolute_url("http://a/", stated) else ""


def _stated(sources: MetadataSources) -> Iterator[tuple[Evidence, Iterable[str]]]:
    """Yield the places that state or show images."""
    for name in _META:
        yield Evidence.META, sources.meta_list(name)
    for name in _PROPERTIES:
        yield Evidence.JSON_LD, addresses_of(sources, sources.article.get(name))
    page_of_story = sources.resolve(sources.article.get("isPartOf") or sources.article.get("mainEntityOfPage"))
    if isinstance(page_of_story, dict):
        yield Evidence.JSON_LD, addresses_of(sources, page_of_story.get("primaryImageOfPage"))
    yield Evidence.META, [sources.links.get("image_src", "")]
    yield Evidence.DOM, addresses_of(sources, sources.microdata.get("image"))
    yield Evidence.DOM, _pictures(sources.root)


def addresses_of(sources: MetadataSources, value: Any) -> Iterator[str]:
    """Yield the addresses of images in JSON-LD: texts, or objects that have one."""
    for item in map(sources.resolve, as_items(value)):
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            stated = (item.get(name) for name in ("url", "contentUrl", "@value", "thumbnailUrl"))
            texts = [text for one in stated for text in as_items(one) if isinstance(text, str)]
            yield from texts or (name for name in [item.get("@id")] if isinstance(name, str) and "#" not in name)


def absolute_url(base: str, url: str | None) -> str | None:
    """Return an absolute http or https URL without credentials, or None.

    A URL with control characters, spaces or invisible characters is written by the rules of the WHATWG, which remove or
    percent-encode them.
    """
    if not url or len(url) > MAX_URL:
        return None
    try:
        joined = urljoin(base, url.strip().replace("&amp;", "&"))  # escaped twice on some pages
        parsed = ada_url.URL(joined)
    except ValueError:
        return None
    if not joined.startswith(("http://", "https://")):
        return None
    if joined.isprintable() and " " not in joined and not (parsed.username or parsed.password):
        return joined
    parsed.username = parsed.password = ""
    return str(parsed.href)


def _is_no_photo(address: str) -> bool:
    path = address.partition("?")[0].rstrip("/")
    name = _file(address)
    is_host = path.count("/") == len(("http:", ""))
    return is_host or _DRAWING.search(name) is not None or _NO_PHOTO.fullmatch(name) is not None


def _file(address: str) -> str:
    return unquote(address.partition("?")[0].rstrip("/").rsplit("/", 1)[-1])


def _pictures(root: Element) -> Iterator[str]:
    """Yield the addresses of the pictures that the story shows."""
    for image in islice(root.iter("img", "amp-img"), MAX_ELEMENTS):
        around = {element.tag for element in image.iterancestors()} | ({"figure"} if image.tag == "amp-img" else set())
        if not (around & _STORY and around & _FRAME) or around & _BESIDE_STORY:
            continue
        stated_sides = (image.get(name) or "" for name in ("width", "height"))
        sides = [int(side) for side in stated_sides if side.isdecimal() and len(side) <= MAX_DIGITS]
        if any(side < MIN_SIDE for side in sides):
            continue
        stated = (_largest(image.get(name) or "") if "srcset" in name else image.get(name) or "" for name in _SOURCES)
        yield next((address for address in stated if address and not address.startswith("data:")), "")


def _largest(srcset: str) -> str:
    """Return the address of the largest picture in a `srcset`."""
    stated = [part.strip() for part in srcset[:MAX_SRCSET].split(", ") if part.strip()]
    widths = [int(match[1]) if (match := _WIDTH.search(part)) else 0 for part in stated]
    return stated[widths.index(max(widths))].split()[0].rstrip(",") if stated else ""
