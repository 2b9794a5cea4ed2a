"""Really Simple Licensing (RSL 1.0): what a licence permits and prohibits, as far as it is about the use of text."""

import re

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

_USE = re.compile(
    r"<(?:\w{1,20}:)?(?P<rule>permits|prohibits)\b(?P<attributes>[^<>]{0,200})>(?P<uses>[^<>]{0,500})<", re.IGNORECASE
)
_WORD = re.compile(r"[a-z][a-z-]{1,30}")


def read_licence(xml: str, source: str, statements: Statements) -> None:
    """Read a licence that stands in the page."""
    for match in _USE.finditer(xml):
        if "type" in match["attributes"] and "usage" not in match["attributes"].lower():
            continue  # of users and countries
        uses = _WORD.findall(match["uses"].lower())
        rule = match["rule"].lower()
        meanings = [USAGE.get(use, {}) for use in uses] if rule == "prohibits" else []
        statements.add(RightsKind.RSL, f"{rule}: {', '.join(uses)}", source, *meanings)
