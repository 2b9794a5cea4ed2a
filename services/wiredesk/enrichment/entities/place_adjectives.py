"""Adjectives of places, which taggers mark as names in other languages than English: `Brüsseler`, `Hrvatski`."""

import re
from collections.abc import Iterator

from wiredesk.enrichment.entities.gazetteer import lookup
from wiredesk.enrichment.entities.lexicon import CAPITALS, SMALL_LETTERS, Lexicon
from wiredesk.enrichment.entities.name_span import NAME_TYPES
from wiredesk_schemas import EntityType

MIN_STEM = 3
"""Minimum letters of an adjective before its ending."""

MAX_BEFORE = 4
"""Number of characters before a word that are searched for the end of a sentence."""

_SENTENCE_ENDS = re.compile(r"(?:^|[.!?:;…\n]\s{0,2}|[„«»“\"–—-]\s?)$")
_SMALL_WORD_AFTER = re.compile(rf" [{SMALL_LETTERS}]{{2}}")
# A noun, or an adjective and a noun: ` Behörde`, ` mittelständischen Unternehmen`.
_NOUN_AFTER = re.compile(rf" (?:[{SMALL_LETTERS}]{{2,30}}e[nrsm]? )?[{CAPITALS}][{SMALL_LETTERS}]")


def is_place_adjective(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether `text[start:end]`, which was marked as an organisation or a place, is an adjective of a place.

    It is one word with the ending of such adjectives, where a sentence begins and a word in small letters follows. In
    German a city's adjective has a capital anywhere. What the gazetteer has in this form is none: `Hrvatska`.
    """
    word = text[start:end]
    if not word.isalpha() or not (_is_at_beginning(text, start, end, lexicon) or _is_of_city(text, end, word, lexicon)):
        return False
    return all(lookup(word, kind, lexicon.language) is None for kind in NAME_TYPES)


def _is_at_beginning(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    word = text[start:end]
    if not any(word.endswith(ending, MIN_STEM) for ending in lexicon.place_adjective_endings):
        return False
    begins = _SENTENCE_ENDS.search(text[max(0, start - MAX_BEFORE) : start]) is not None
    after = _NOUN_AFTER if lexicon.demonym_endings else _SMALL_WORD_AFTER
    return begins and after.match(text, end) is not None


def _is_of_city(text: str, end: int, word: str, lexicon: Lexicon) -> bool:
    """Whether a word is a place's name with an ending, before a noun: `Thüringer`, `Münchner`, `Brüsseler`."""
    if not any(word.endswith(ending, MIN_STEM) for ending in lexicon.demonym_endings) or not _NOUN_AFTER.match(
        text, end
    ):
        return False
    return any(lookup(place, EntityType.PLACE, lexicon.language) is not None for place in _places_of(word))


def _places_of(word: str) -> Iterator[str]:
    stem = word.removesuffix("er")
    yield from (stem, f"{stem}en", f"{stem.removesuffix('n')}en", f"{stem}e")
