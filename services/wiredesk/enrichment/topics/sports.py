"""Sports: an article is about one only if it says which.

The definitions of sports are near each other, so a match of football is near to cricket and hurling, too. But who
writes of a sport names it: of sixteen sports that were near to a labelled article and not named in it, none was right.
"""

import re
from collections.abc import Sequence

from wiredesk.enrichment.topics.candidate import Candidate
from wiredesk.enrichment.topics.taxonomy import TaxonomyTerm, taxonomy
from wiredesk.enrichment.topics.topic_names import NAMED_LANGUAGES

DISCIPLINES = "medtop:20000822"
"""Code of the topic above all sports."""

MAX_CHARACTERS = 20_000
"""Characters of a text in which names are looked up."""

_QUALIFIER = re.compile(r"\s*[(（].*")


def without_unnamed_sports(candidates: Sequence[Candidate], text: str, language: str) -> list[Candidate]:
    """Return the candidates without sports that the text does not name, in any of IPTC's languages.

    A sport above or below a named one stays (`athletics`, where there is a `shot put`), and one whose name contains
    that of a named one and that is nearer (`American football`). In a language in which IPTC has no names, the nearest
    sport stays where none is named: `calcio` is football.

    Args:
        candidates: of an article.
        text: the article.
        language: ISO 639-1 code of its language.
    """
    lowered = text[:MAX_CHARACTERS].lower()
    sports = sorted((one for one in candidates if _is_sport(one)), key=lambda one: (one.rank, -one.similarity))
    named = [one for one in sports if one.times_named or one.in_title or _is_named(taxonomy()[one.code], lowered)]
    if not named and language not in NAMED_LANGUAGES:
        named = sports[:1]
    excluded = {one.code for one in sports if not any(_may_stay(one, other) for other in named)}
    return [candidate for candidate in candidates if candidate.code not in excluded]


def _is_sport(candidate: Candidate) -> bool:
    return DISCIPLINES in taxonomy()[candidate.code].path[:-1]


def _is_named(term: TaxonomyTerm, text: str) -> bool:
    """Return whether a text has a name of a topic, also within a word: `Fußballverband`, `golfer`."""
    return any(_base_name(name) in text for name in term.names.values() if name)


def _may_stay(one: Candidate, named: Candidate) -> bool:
    """Return whether a sport may be right beside one that is named, or is that one."""
    term, other = taxonomy()[one.code], taxonomy()[named.code]
    is_in_line = one.code in other.path or named.code in term.path
    return is_in_line or (one.rank < named.rank and _base_name(other.name()) in term.name().lower())


def _base_name(name: str) -> str:
    return _QUALIFIER.sub("", name).lower()
