"""The TDM Reservation Protocol of the W3C: a reservation, a policy, and the file `/.well-known/tdmrep.json`."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from wiredesk.ingest.rights.locations import most_specific
from wiredesk.ingest.rights.statements import Statements
from wiredesk.json_ld.scripts import Script, ScriptReader
from wiredesk_schemas import RightsKind

RESERVATION = "tdm-reservation"
"""Name of a reservation, in headers, `<meta>` and the file: `1` or `0`."""

POLICY = "tdm-policy"
"""Name of the address of a policy, in the same places."""

WELL_KNOWN = "well_known:tdmrep.json"
"""The source of statements in the file."""

WELL_KNOWN_PATH = "/.well-known/tdmrep.json"
"""Where the file is, from which relative addresses in it start."""

MAX_DEPTH = 4
"""Depth of a rule in the file. By the protocol it is in a list."""

MAX_RULES = 1000
"""Rules of a file that are read, and their locations."""

MAX_FILE_CHARACTERS = 256 * 1024
"""Size of a file that is read, in characters. Real ones have up to a few thousand."""

MAX_VALUE_CHARACTERS = 4096
"""Characters of a reservation that are read. Real ones have one."""

RESERVED = frozenset({"1", "?1", "true", "yes"})
"""Values of a reservation."""

NOT_RESERVED = frozenset({"0", "?0", "false", "no"})
"""Values that state that there is none."""

_SEPARATORS = re.compile(r"[^a-z]{1,20}")
_ANSWER_SEPARATORS = re.compile(r"[,;\s]{1,100}")
_NEXT_ADDRESS = re.compile(r",\s{1,20}(?=https?:|/)", re.IGNORECASE)
"""What is between two addresses that were joined."""


def read_reservation(value: Any, source: str, statements: Statements) -> None:
    """Read a reservation. Of several values, as two headers are joined, the most restrictive one counts."""
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
    parts = _ANSWER_SEPARATORS.split(text[:MAX_VALUE_CHARACTERS])
    answers = {answer.strip("\"'").lower() for answer in parts} - {""}
    if answers & RESERVED:
        statements.add(RightsKind.TDM_RESERVATION, text, source, {"tdm_reserved": True})
    elif answers and answers <= NOT_RESERVED and len(text) <= MAX_VALUE_CHARACTERS:
        statements.add(RightsKind.TDM_RESERVATION, text, source, {"tdm_reserved": False})
    elif answers:
        statements.add_unreadable(source, text)
        statements.add(RightsKind.TDM_RESERVATION, text, source)


def read_policy(value: str, source: str, statements: Statements, *, base: str | None = None) -> None:
    """Read the address of a policy; also several, as headers are joined.

    Args:
        base: address from which a relative one starts, if it is not the page's.
    """
    for stated in _NEXT_ADDRESS.split(value[:MAX_VALUE_CHARACTERS]):
        address = statements.address(stated, base)
        if address is None and stated.strip():
            statements.add_unreadable(source, stated)
        statements.add(RightsKind.TDM_POLICY, stated, source, {"tdm_policy": address} if address else {})


def read_well_known(content: Any, url: str, statements: Statements) -> None:
    """Read a site's file: of the rules whose location matches the page's address, the most specific one.

    Args:
        content: the file, as text or parsed.
        url: of the page.
    """
    file = Script(content)
    if isinstance(content, str):
        file = ScriptReader().read_json(content[:MAX_FILE_CHARACTERS])
        if not file.is_whole or (file.is_mended and not file.value) or len(content) > MAX_FILE_CHARACTERS:
            statements.add_unreadable(WELL_KNOWN, content)
    rules = list(islice(_rules(file.value, statements), MAX_RULES))
    if rules and file.is_mended:
        statements.add_mended(WELL_KNOWN)
    locations = ((location, rule) for rule in rules for location in _locations(rule))
    for group in most_specific(islice(locations, MAX_RULES), url):
        for rule in group:
            _read_rule(rule, url, statements)
        if any(_is_readable(rule.get("tdmreservation")) for rule in group):
            return


def _rules(content: Any, statements: Statements, depth: int = MAX_DEPTH) -> Iterator[dict[str, Any]]:
    """Yield the rules of a file, by names without separators; the list may stand within an object or a list."""
    if isinstance(content, list) and depth:
        for item in content[:MAX_RULES]:
            yield from _rules(item, statements, depth - 1)
    elif isinstance(content, dict) and depth:
        rule = {_SEPARATORS.sub("", str(name).lower()): value for name, value in content.items()}
        if {"location", "tdmreservation", "tdmpolicy"} & rule.keys():
            yield rule
        elif lists := [value for value in rule.values() if isinstance(value, list)]:
            yield from _rules(lists, statements, depth - 1)
        else:
            statements.add_unreadable(WELL_KNOWN, "an object that is no rule")
    else:
        statements.add_unreadable(WELL_KNOWN, str(content)[:MAX_VALUE_CHARACTERS])


def _locations(rule: dict[str, Any]) -> list[str]:
    stated = rule.get("location")
    locations = stated[:MAX_RULES] if isinstance(stated, list) else [stated or "/"]
    return [location for location in locations if isinstance(location, str)]


def _read_rule(rule: dict[str, Any], url: str, statements: Statements) -> None:
    if "tdmreservation" in rule:
        read_reservation(rule["tdmreservation"], WELL_KNOWN, statements)
    policy = rule.get("tdmpolicy")
    if isinstance(policy, str):
        read_policy(policy, WELL_KNOWN, statements, base=urljoin(url, WELL_KNOWN_PATH))
    elif policy is not None:
        statements.add_unreadable(WELL_KNOWN, f"{POLICY}: {type(policy).__name__}")


def _is_readable(reservation: Any) -> bool:
    return str(reservation).strip().lower().removesuffix(".0") in RESERVED | NOT_RESERVED
