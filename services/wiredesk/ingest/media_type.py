"""The media type of a page: as it is stated, also badly, or as the page begins."""

import re
from typing import Literal

type MediaType = Literal["text/html", "application/xhtml+xml", "text/plain"]

MARKUP_CHARACTERS = 4096
"""Number of characters at the beginning of a page that are searched for markup, if the media type does not help."""

MAX_STATED_CHARACTERS = 2000
"""Characters of a stated media type that are read."""

UNSPECIFIC_TYPES = ("text/xml", "text/*")
"""Types of text that may be HTML, and do not say it."""

_STATED = re.compile(r"[\s\"']{0,10}([a-z0-9!#$&^_.+*-]{1,100}/[a-z0-9!#$&^_.+*-]{1,100})(?![^\s;:\"'])")
"""A media type, before parameters that servers also separate from it by a space or a colon."""

_MARKUP = re.compile(r"<(?:!doctype|html|head|body|meta|title|article|div|p|h[1-6]|table|script)\b|<!--", re.IGNORECASE)

_DOCUMENT = re.compile(
    r"\s{0,1000}(?:<\?xml[^>]{0,200}>\s{0,100})?(?:<!--[^>]{0,500}-->\s{0,100}){0,2}"
    r"<(?:!doctype\s{1,10}html|html|head|body)\b",
    re.IGNORECASE,
)
"""How an HTML document begins."""


def stated_media_type(content_type: str | None) -> str:
    """Return the stated media type in lower case; empty if none is. Of several, joined by commas, the last counts."""
    parts = (content_type or "")[:MAX_STATED_CHARACTERS].lower().split(",")
    types = [match[1] for part in parts if (match := _STATED.match(part)) is not None and match[1] != "*/*"]
    return types[-1] if types else ""


def media_type_of(stated: str, text: str) -> MediaType:
    """Return the media type of a page.

    Misspelled types of HTML (`text/htm`) are HTML, and so is an HTML document that is stated to be another text. If the
    stated type does not help, the page is HTML if there is markup near its beginning.

    Args:
        stated: the media type, in lower case.
    """
    if stated == "application/xhtml+xml":
        return "application/xhtml+xml"
    if stated.startswith("text/") and stated not in UNSPECIFIC_TYPES:
        return "text/html" if "htm" in stated or _DOCUMENT.match(text) else "text/plain"
    return "text/html" if _MARKUP.search(text[:MARKUP_CHARACTERS]) else "text/plain"
