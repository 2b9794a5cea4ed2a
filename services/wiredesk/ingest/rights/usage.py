"""Preferences about use by machines: AIPREF, content signals, and the Data Mining property of PLUS."""

import re

from wiredesk.ingest.rights.statements import EVERYTHING_BY_AI, Meaning, Statements
from wiredesk_schemas import RightsKind

MAX_USAGE_CHARACTERS = 16 * 1024
"""Characters of preferences that are read. Real ones have up to 100."""

CATEGORIES = {
    "bots": ("tdm_reserved", "no_ai", "no_ai_training", "no_ai_input"),
    "all": ("tdm_reserved", "no_ai", "no_ai_training", "no_ai_input"),
    "tdm": ("tdm_reserved",),
    "ai": ("no_ai", "no_ai_training", "no_ai_input"),
    "train-ai": ("no_ai_training",),
    "train-genai": ("no_ai_training",),
    "genai": ("no_ai_training",),
    "ai-train": ("no_ai_training",),
    "ai-use": ("no_ai_input",),
    "ai-input": ("no_ai_input",),
    "ai-output": ("no_ai_input",),
    "search": ("no_index",),
}
"""Fields of `Rights` by the categories of use: those of draft-ietf-aipref-vocab-08 (`train-ai`, `ai-use`, `search`), of
its older drafts, and of content signals (`ai-train`, `ai-input`, `search`). Broad ones come first."""

REFUSED = frozenset({"n", "no", "?0", "0", "false", "deny", "disallow"})
"""Values of a category that is refused: `n` in AIPREF, `no` in content signals, and what is written for them."""

ALLOWED = frozenset({"y", "yes", "?1", "1", "true", "allow"})
"""Values of a category that is allowed."""

_PREFERENCE = re.compile(
    r'(?<![\w.*-])(?P<category>[A-Za-z][A-Za-z0-9_.*-]{0,40})\s{0,5}[=:]\s{0,5}"?(?P<value>\??\w{1,20})'
)
_DATA_MINING = re.compile(r"DMI-[A-Z-]{1,60}", re.IGNORECASE)

DATA_MINING: dict[str, Meaning] = {
    "DMI-PROHIBITED": {"tdm_reserved": True, **EVERYTHING_BY_AI},
    "DMI-PROHIBITED-AIMLTRAINING": {"no_ai_training": True},
    "DMI-PROHIBITED-GENAIMLTRAINING": {"no_ai_training": True},
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": {"tdm_reserved": True, **EVERYTHING_BY_AI, "no_index": False},
    "DMI-PROHIBITED-SEECONSTRAINT": {"tdm_reserved": True},
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": {"tdm_reserved": True},
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": {"tdm_reserved": True},
    "DMI-ALLOWED": {"tdm_reserved": False, "no_ai": False, "no_ai_training": False, "no_ai_input": False},
}
"""What the values of PLUS's controlled vocabulary mean."""


def read_usage(value: str, source: str, statements: Statements, *, agent: str | None = None) -> None:
    """Read preferences, such as `train-ai=n, search=y`. Of a category that is stated twice the stricter one counts."""
    if len(value) > MAX_USAGE_CHARACTERS:
        statements.add_unreadable(source, f"{len(value)} characters, of which {MAX_USAGE_CHARACTERS} are read")
        value = value[:MAX_USAGE_CHARACTERS]
    stated: dict[str, bool] = {}
    for match in _PREFERENCE.finditer(value):
        category, answer = match["category"].lower().replace("_", "-"), match["value"].lower()
        if category in CATEGORIES and answer in REFUSED | ALLOWED:
            stated[category] = stated.get(category, False) or answer in REFUSED
    meaning: dict[str, bool] = {}
    for category, fields in CATEGORIES.items():  # a narrow category is an exception to a broad one
        if category in stated:
            meaning |= dict.fromkeys(fields, stated[category])
    if meaning.get("no_ai") and False in (meaning["no_ai_training"], meaning["no_ai_input"]):
        del meaning["no_ai"]
    statements.add(RightsKind.CONTENT_USAGE, value, source, meaning, agent=agent)


def read_data_mining(value: str, source: str, statements: Statements) -> None:
    """Read the Data Mining property of PLUS and IPTC: a code, or its address."""
    code = _DATA_MINING.search(value[:MAX_USAGE_CHARACTERS])
    meaning = DATA_MINING.get(code[0].upper(), {}) if code else {}
    statements.add(RightsKind.DATA_MINING, value, source, meaning)
