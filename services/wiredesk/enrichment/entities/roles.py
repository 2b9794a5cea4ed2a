"""Roles: what a text calls a person right before or behind the name (`US Attorney General`, `the bank's chairman`)."""

import re

from wiredesk.enrichment.entities import names
from wiredesk.enrichment.entities.lexicon import words as lexicon

MAX_WORDS = 9
MAX_ROLE = 80
"""Characters that are looked at on either side of a name."""

_BEGINNINGS = lexicon("beginnings")
_CONNECTING = frozenset({"of", "and", "for", "the", "&"})
_OFFICE = "|".join(sorted((re.escape(office) for office in names.OFFICES if len(office) > 3), key=len, reverse=True))  # noqa: PLR2004 - `rep` and `gov` stand before names only
_BEHIND = re.compile(
    rf"^,\s+(?:(?:the|a|an|its|his|her|their|who is|then)\s+)?"
    rf"((?:[\w.'’&-]{{1,30}}\s+){{0,5}}?(?:{_OFFICE})\b"
    rf"(?:\s+(?:of|for|at|in)\s+(?:the\s+)?[A-Z][\w.'’&-]{{0,30}}(?:\s+(?:of|for|and|the|[A-Z][\w.'’&-]{{0,30}})){{0,5}})?)"
    rf"\s*(?=[,.;:)]|$|\s(?:said|told|who|has|had|was|is)\b)"
)

_AHEAD = re.compile(
    rf"(?:^|[\s(“\"])(?:[Tt]he|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Aa]n?)\s+"
    rf"((?:[\w.'’&-]{{1,30}}\s+){{0,5}}?(?:{_OFFICE})(?:\s+(?:of|for|at)\s+[\w.'’& -]{{2,50}})?),\s$"
)
"""`the transport secretary, ` before a name."""


def role(text: str, start: int, end: int, floor: int = 0) -> str | None:
    """Return the role stated next to the name at `text[start:end]`, or None; nothing before `floor` belongs to it."""
    return before(text, start, floor) or behind(text, end)


def before(text: str, start: int, floor: int = 0) -> str | None:
    """Return the role that ends where a name starts."""
    ahead = text[max(floor, start - MAX_ROLE) : start]
    if (in_apposition := _AHEAD.search(ahead)) is not None:
        return in_apposition[1]
    words = ahead.split(" ")
    if len(words) < 2 or words[-1]:  # noqa: PLR2004 - something, and the space before the name
        return None
    run: list[str] = []
    for word in reversed(words[-1 - MAX_WORDS : -1]):
        plain = word.lower().strip("(\"“'‘")
        ends_sentence = word[-1:] in ",;:!?)" or (
            word.endswith(".") and plain not in names.OFFICES and "." not in word[:-1]
        )
        is_name = word[:1].isupper() and word[:1].isalpha()
        if (
            not word
            or ends_sentence
            or not (is_name or plain in names.OFFICES or plain in names.OFFICE_PARTS or plain in _CONNECTING)
        ):
            break
        run.append(word.strip('("“‘'))
    run.reverse()
    while run and run[0].lower() in _CONNECTING:
        run.pop(0)
    lowered = [_office(word) for word in run]
    if not any(word in names.OFFICES for word in lowered):
        return None
    last = max(i for i, word in enumerate(lowered) if word in names.OFFICES)
    if last < len(run) - 1 and not (lowered[last + 1] in ("of", "for") and len(run) > last + 2):
        return None  # `Chancellor`, then words that belong to something else
    return _closed(run, lowered)


def _closed(run: list[str], lowered: list[str]) -> str:
    """Return the run without a first word that begins a sentence and no role: `On`, `But`."""
    while len(run) > 1 and lowered[0] in _BEGINNINGS:
        run, lowered = run[1:], lowered[1:]
    return " ".join(run).strip()


def behind(text: str, end: int) -> str | None:
    """Return the role that follows a name behind a comma."""
    found = _BEHIND.match(text[end : end + MAX_ROLE * 2])
    return found[1].strip() if found else None


def _office(word: str) -> str:
    plain = word.lower()
    return plain if plain in names.OFFICES else plain.strip(".,")
