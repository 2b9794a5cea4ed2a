"""The TDM Reservation Protocol of the W3C: a reservation, a policy, and the file `/.well-known/tdmrep.json`."""

import re
from typing import Any
from urllib.parse import urlsplit

import orjson

from wiredesk.ingest.rights.statements import Statements
from wiredesk_schemas import RightsKind

RESERVATION = "tdm-reservation"
"""Name of a reservation, in headers, `<meta>` and the file: `1` or `0`."""

POLICY = "tdm-policy"
"""Name of the address of a policy, in the same places."""

WELL_KNOWN = "well_known:tdmrep.json"
"""The source of statements in the file."""

MAX_RULES = 1000
"""Rules of a file that are read."""

MAX_FILE_CHARACTERS = 256 * 1024
"""Size of a file that is read, in characters. Real ones have up to a few thousand."""

MAX_PATTERN_CHARACTERS = 2000
"""Longest pattern of a location."""

MAX_WILDCARDS = 16
"""Wildcards of a location that are matched."""

RESERVED = frozenset({"1", "true", "yes"})
"""Values of a reservation."""

NOT_RESERVED = frozenset({"0", "false", "no"})
"""Values that state that there is none."""

_WILDCARDS = re.compile(r"\*+")


def read_reservation(value: Any, source: str, statements: Statements) -> None:
    """Read a reservation. Of several values, as two headers are joined, the most restrictive one counts."""
    text = str(value).strip()
    answers = {answer.strip(" \"'").lower() for answer in text[:100].replace(";", ",").split(",")} - {""}
    if answers & RESERVED:
        statements.add(RightsKind.TDM_RESERVATION, text, source, {"tdm_reserved": True})
    elif answers and answers <= NOT_RESERVED:
        statements.add(RightsKind.TDM_RESERVATION, text, source, {"tdm_reserved": False})
    elif answers:
        statements.add_unreadable(source, text)
        statements.add(RightsKind.TDM_RESERVATION, text, source)


def read_policy(value: str, source: str, statements: Statements) -> None:
    """Read the address of a policy."""
    address = statements.address(value)
    statements.add(RightsKind.TDM_POLICY, value, source, {"tdm_policy": address} if address else {})


def read_well_known(content: Any, url: str, statements: Statements) -> None:
    """Read a site's file: of the rules whose location matches the page's address, the first one.

    Args:
        content: the file, as text or parsed.
        url: of the page.
    """
    if isinstance(content, str):
        try:
            content = orjson.loads(content[:MAX_FILE_CHARACTERS].removeprefix("\ufeff"))
        except orjson.JSONDecodeError:
            statements.add_unreadable(WELL_KNOWN, content)
            return
    rules = content if isinstance(content, list) else [content]
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    for rule in rules[:MAX_RULES]:
        if not isinstance(rule, dict):
            statements.add_unreadable(WELL_KNOWN, str(rule)[:MAX_PATTERN_CHARACTERS])
        elif matches(str(rule.get("location") or "/"), path):
            if RESERVATION in rule:
                read_reservation(rule[RESERVATION], WELL_KNOWN, statements)
            if isinstance(rule.get(POLICY), str):
                read_policy(rule[POLICY], WELL_KNOWN, statements)
            return


def matches(pattern: str, path: str) -> bool:
    """Return whether a path begins as a pattern says: `*` stands for any characters, `$` for the end (RFC 9309)."""
    pattern = pattern[:MAX_PATTERN_CHARACTERS]
    if not pattern.startswith(("/", "*")):
        pattern = f"/{pattern}"
    is_whole = pattern.endswith("$")
    first, *others = _WILDCARDS.split(pattern.removesuffix("$"))
    if len(others) > MAX_WILDCARDS:  # what comes after them is taken to match
        others, is_whole = [*others[:MAX_WILDCARDS], ""], False
    if not path.startswith(first):
        return False
    position = len(first)
    for part in others[:-1]:
        start = path.find(part, position)
        if start < 0:
            return False
        position = start + len(part)
    if not others:
        return not is_whole or position == len(path)
    last = others[-1]
    if is_whole:
        return path.endswith(last) and len(path) - len(last) >= position
    return path.find(last, position) >= 0
