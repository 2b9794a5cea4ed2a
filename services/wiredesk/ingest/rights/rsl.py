"""Really Simple Licensing (RSL 1.0): what a licence permits and prohibits, as far as it is about the use of text."""

import re
from html import unescape
from itertools import islice

from wiredesk.ingest.rights.locations import most_specific
from wiredesk.ingest.rights.statements import EVERYTHING_BY_AI, Meaning, Statements
from wiredesk_schemas import RightsKind

MEDIA_TYPE = "application/rsl+xml"
"""Media type of a licence."""

USAGE: dict[str, Meaning] = {
    "all": {"tdm_reserved": True, **EVERYTHING_BY_AI, "no_index": True},
    "ai-all": EVERYTHING_BY_AI,
    "ai-train": {"no_ai_training": True},
    "train-ai": {"no_ai_training": True},
    "ai-input": {"no_ai_input": True},
    "ai-use": {"no_ai_input": True},
    "search": {"no_index": True},
}
"""What it means that a use is prohibited. A use that is permitted is mostly permitted for a payment: it is quoted, and
counts as not stated."""

MAX_CONTENTS = 200
"""Elements `<content>` of a licence that are read."""

_USE = re.compile(
    r"<(?:\w{1,20}:)?(?P<rule>permits|prohibits)\b(?P<attributes>[^<>]{0,2000})>(?P<uses>[^<>]{0,8000})<", re.IGNORECASE
)
_CONTENT = re.compile(r"<(?P<end>/)?(?:\w{1,20}:)?content\b(?P<attributes>[^<>]{0,8000})>", re.IGNORECASE)
_URL = re.compile(r"(?<![\w-])url\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_NO_MARKUP = re.compile(r"<!--(?:[^-]|-(?!->))*+(?:-->|\Z)|<!\[CDATA\[|\]\]>")
_WORD = re.compile(r"[a-z][a-z-]{1,30}")


def read_licence(xml: str, url: str, source: str, statements: Statements) -> None:
    """Read a licence that stands in the page: what it says of this page, and not of others of the site.

    Args:
        url: of the page.
    """
    contents = _contents(_NO_MARKUP.sub("", xml))
    of_page = [content for location, content in contents if not location]
    of_site = most_specific(((location, content) for location, content in contents if location), url)
    for content in of_page or next(iter(of_site), []):
        _read_uses(content, source, statements)


def _contents(xml: str) -> list[tuple[str, str]]:
    """Return the locations and the contents of `<content>` elements; without a location it is this page."""
    elements = [("", "")]
    position = 0
    for tag in islice(_CONTENT.finditer(xml), 2 * MAX_CONTENTS):
        elements[-1] = (elements[-1][0], elements[-1][1] + xml[position : tag.start()])
        position = tag.end()
        if not tag["end"]:
            stated = _URL.search(tag["attributes"])
            elements.append((unescape(stated[1] or stated[2] or "").strip() if stated else "", ""))
            if tag["attributes"].endswith("/"):
                elements.append(("", ""))
        else:
            elements.append(("", ""))
    elements[-1] = (elements[-1][0], elements[-1][1] + xml[position:])
    return [(location, content) for location, content in elements if _USE.search(content)]


def _read_uses(xml: str, source: str, statements: Statements) -> None:
    for match in _USE.finditer(xml):
        if "type" in match["attributes"] and "usage" not in match["attributes"].lower():
            continue  # of users and countries
        uses = _WORD.findall(match["uses"].lower())
        rule = match["rule"].lower()
        meanings = [USAGE.get(use, {}) for use in uses] if rule == "prohibits" else []
        statements.add(RightsKind.RSL, f"{rule}: {', '.join(uses)}", source, *meanings)
