"""Headers of the response that are passed on to later stages."""

from wiredesk.ingest.rights.robots import is_addressed
from wiredesk_schemas import RawPage
from wiredesk_schemas.header_lines import ADDRESSED, SEPARATOR, lines_of
from wiredesk_schemas.headers import attribute_text

PASSED_ON = (
    "age",
    "cache-control",
    "content-disposition",
    "content-language",
    "content-location",
    "content-signal",
    "content-usage",
    "date",
    "etag",
    "expires",
    "last-modified",
    "link",
    "location",
    "memento-datetime",
    "pragma",
    "tdm-policy",
    "tdm-reservation",
    "vary",
    "x-robots-tag",
)
"""Names of headers that say how old a page is, where else it is, in which language, and how it may be used. Cookies,
tokens and the server's own names are not passed on."""

MAX_VALUE_CHARACTERS = 2000
"""Characters of one value. A longer one is left out: half of it may mean something else."""

MAX_CHARACTERS = 8192
"""Characters of all names and values. What does not fit is left out."""


def by_name(page: RawPage) -> dict[str, str]:
    """Return the headers of a response by name in lower case; lines of one name are separated by line feeds."""
    headers: dict[str, str] = {}
    for name, value in (page.http_headers or {}).items():
        plain = name.lower()
        headers[plain] = f"{headers[plain]}{SEPARATOR}{value}" if plain in headers else value
    return headers


def passed_on(page: RawPage) -> dict[str, str]:
    """Return the headers that are passed on, by name in lower case; several lines are joined by commas."""
    stated = by_name(page)
    kept: dict[str, str] = {}
    size = 0
    for name in PASSED_ON:
        if name not in stated:
            continue
        value = attribute_text(_joined(name, stated[name])).encode("utf-8", "replace").decode().strip()
        if value and len(value) <= MAX_VALUE_CHARACTERS and size + len(name) + len(value) <= MAX_CHARACTERS:
            size += len(name) + len(value)
            kept[name] = value
    return kept


def _joined(name: str, value: str) -> str:
    """Return lines as one; those without a name of a robot come first, as a name counts for all that follows it."""
    lines = lines_of(value)
    return ", ".join(sorted(lines, key=is_addressed) if name == ADDRESSED and len(lines) > 1 else lines)
