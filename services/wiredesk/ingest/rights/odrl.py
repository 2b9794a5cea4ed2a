"""Policies in ODRL, the W3C's language of rights, as far as they are about text and data mining.

Policies of the TDM Reservation Protocol are written in it, and publishers send them along with their pages.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wiredesk.ingest.rights.statements import Meaning, Statements
from wiredesk_schemas import RightsKind

MAX_RULES = 50
"""Rules of a policy that are read, and actions of a rule."""

MAX_ACTION_CHARACTERS = 200
"""Characters of an action that are read: its address."""

MINING = frozenset({"mine", "tdm", "textanddatamining", "datamining", "use"})
"""Actions that mine text, by the last part of their names: `tdm:mine`, and `use`, which is all of them."""

_RULES = ("prohibition", "permission")
_PREFIX = re.compile(r"^(?:odrl:|https?://www\.w3\.org/ns/odrl/2/)", re.IGNORECASE)
_LAST_PART = re.compile(r"[^:/#]{1,60}$")
_CONDITIONS = ("duty", "constraint", "odrl:duty", "odrl:constraint")


def is_policy(value: Any) -> bool:
    """Return whether an object is a policy: it permits or prohibits something."""
    return isinstance(value, dict) and any(isinstance(item, dict | list) for item in _rules_of(value).values())


def read_policy(policy: Mapping[str, Any], source: str, statements: Statements) -> None:
    """Read a policy: a prohibition to mine reserves, and a permission without conditions does not."""
    identifier = policy.get("uid") or policy.get("@id")
    if isinstance(identifier, str) and (address := statements.address(identifier)) is not None:
        statements.add(RightsKind.TDM_POLICY, identifier, source, {"tdm_policy": address})
    for kind, rules in _rules_of(policy).items():
        for rule in (rules if isinstance(rules, list) else [rules])[:MAX_RULES]:
            if isinstance(rule, dict):
                _read_rule(kind, rule, source, statements)


def _rules_of(policy: Mapping[str, Any]) -> dict[str, Any]:
    names = ((name, _PREFIX.sub("", str(name)).lower()) for name in list(policy)[:MAX_RULES])
    return {plain: policy[name] for name, plain in names if plain in _RULES}


def _read_rule(kind: str, rule: Mapping[str, Any], source: str, statements: Statements) -> None:
    actions = list(_actions(rule.get("action", rule.get("odrl:action"))))
    meaning: Meaning = {}
    if not MINING.isdisjoint(_name(action) for action in actions):
        is_conditional = any(rule.get(name) for name in _CONDITIONS)
        meaning = {"tdm_reserved": True} if kind == "prohibition" else {} if is_conditional else {"tdm_reserved": False}
    statements.add(RightsKind.TDM_RESERVATION, f"{kind}: {', '.join(actions)}", source, meaning)


def _actions(value: Any) -> Iterator[str]:
    """Yield the names of actions: texts, or objects that refine them."""
    for item in (value if isinstance(value, list) else [value])[:MAX_RULES]:
        if isinstance(item, dict):
            item = item.get("rdf:value") or item.get("@id") or item.get("id")  # noqa: PLW2901 - what it refines
            item = item.get("@id") if isinstance(item, dict) else item  # noqa: PLW2901
        if isinstance(item, str):
            yield item[:MAX_ACTION_CHARACTERS]


def _name(action: str) -> str:
    last = _LAST_PART.search(action)
    return last[0].lower().replace("-", "").replace("_", "") if last else ""
