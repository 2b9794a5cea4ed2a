"""Roles that a text states directly before or after a person's name (`US Attorney General`, `bank's chairman`)."""

import re

from wiredesk.enrichment.entities.lexicon import lexicon_of
from wiredesk.enrichment.languages import ENGLISH

MAX_WORDS = 9
"""Maximum words of a role before a name."""

MAX_CHARACTERS = 80
"""Number of characters before a name that are searched for a role; after it, twice as many."""

MIN_OFFICE_CHARACTERS = 4
"""Offices of fewer characters (`rep`, `gov`) occur only before a name, so other patterns leave them out."""

LEXICON = lexicon_of(ENGLISH)
"""The English lists: roles are found in English texts only."""

CONNECTING_WORDS = frozenset({"of", "and", "for", "the", "&"})
"""Words within a role that are written in lower case."""

_LONG_OFFICES = [office for office in LEXICON.offices if len(office) >= MIN_OFFICE_CHARACTERS]
_OFFICE = "|".join(sorted(map(re.escape, _LONG_OFFICES), key=len, reverse=True))

# `, the bank's chief executive,` after a name.
_AFTER_NAME = re.compile(
    rf"^,\s+(?:(?:the|a|an|its|his|her|their|who is|then)\s+)?"
    rf"((?:[\w.'’&-]{{1,30}}\s+){{0,5}}?(?:{_OFFICE})\b"
    rf"(?:\s+(?:of|for|at|in)\s+(?:the\s+)?[A-Z][\w.'’&-]{{0,30}}(?:\s+(?:of|for|and|the|[A-Z][\w.'’&-]{{0,30}})){{0,5}})?)"
    rf"\s*(?=[,.;:)]|$|\s(?:said|told|who|has|had|was|is)\b)"
)

# `the transport secretary, ` before a name.
_APPOSITION_BEFORE = re.compile(
    rf"(?:^|[\s(“\"])(?:[Tt]he|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Aa]n?)\s+"
    rf"((?:[\w.'’&-]{{1,30}}\s+){{0,5}}?(?:{_OFFICE})(?:\s+(?:of|for|at)\s+[\w.'’& -]{{2,50}})?),\s$"
)


def find_role(text: str, start: int, end: int, floor: int = 0) -> str | None:
    """Return the role stated beside the name at `text[start:end]`, or None.

    Args:
        floor: end of the person named before. The text before it belongs to that person.
    """
    return role_before(text, start, floor) or role_after(text, end)


def role_before(text: str, start: int, floor: int = 0) -> str | None:
    """Return the role directly before a name, or None."""
    before = text[max(floor, start - MAX_CHARACTERS) : start]
    if (apposition := _APPOSITION_BEFORE.search(before)) is not None:
        return apposition[1]
    words = before.split(" ")
    if len(words) < 2 or words[-1]:  # noqa: PLR2004 - a word, and the space before the name
        return None
    run = _role_words(words[-1 - MAX_WORDS : -1])
    offices = [_as_office(word) for word in run]
    if not any(word in LEXICON.offices for word in offices):
        return None
    last = max(i for i, word in enumerate(offices) if word in LEXICON.offices)
    if last < len(run) - 1 and not (offices[last + 1] in ("of", "for") and len(run) > last + 2):
        return None  # `Chancellor`, then words of something else
    while len(run) > 1 and offices[0] in LEXICON.sentence_beginnings:  # `On`, `But`
        run, offices = run[1:], offices[1:]
    return " ".join(run).strip()


def _role_words(words: list[str]) -> list[str]:
    """Return the last words of a list that can be part of a role: names, offices, connecting words."""
    run: list[str] = []
    for word in reversed(words):
        plain = word.lower().strip("(\"“'‘")
        ends_sentence = word[-1:] in ",;:!?)" or (
            word.endswith(".") and plain not in LEXICON.offices and "." not in word[:-1]
        )
        is_name = word[:1].isupper() and word[:1].isalpha()
        is_lower_part = plain in LEXICON.offices or plain in LEXICON.office_parts or plain in CONNECTING_WORDS
        if not word or ends_sentence or not (is_name or is_lower_part):
            break
        run.append(word.strip('("“‘'))
    run.reverse()
    while run and run[0].lower() in CONNECTING_WORDS:
        run.pop(0)
    return run


def role_after(text: str, end: int) -> str | None:
    """Return the role that follows a name and a comma, or None."""
    role = _AFTER_NAME.match(text[end : end + MAX_CHARACTERS * 2])
    return role[1].strip() if role else None


def _as_office(word: str) -> str:
    """Return a word as the list of offices has it: in lower case, `gov.` with its full stop, others without."""
    lowered = word.lower()
    return lowered if lowered in LEXICON.offices else lowered.strip(".,")
