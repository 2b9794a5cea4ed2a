"""English, known by its small words in a text that is too short for the detector: `He sold the yacht`."""

import re
from functools import cache

from wiredesk.enrichment.entities.lexicon import lexicon_of
from wiredesk.enrichment.languages import ENGLISH

MAX_CHARACTERS = 300
"""Characters of a text up to which it is short. Of a longer one in a language that is known, the detector is sure."""

MIN_CHARACTERS = 3
"""Minimum characters of a word that shows a language: shorter ones are words of many."""

SHARED_WORDS = frozenset({"all", "are", "can", "for", "had", "her", "his", "not", "our", "was", "will"})
"""Small words of English that are words of other languages too."""

_WORD = re.compile(r"(?<![\w'’])[^\W\d_]+(?![\w'’])")


def is_english_by_small_words(text: str) -> bool:
    """Whether a short text has small words of English that no other language has, and none of others."""
    if len(text) > MAX_CHARACTERS:
        return False
    words = {word for word in _WORD.findall(text.lower()) if len(word) >= MIN_CHARACTERS}
    return not words.isdisjoint(_english_words()) and words.isdisjoint(lexicon_of(ENGLISH).foreign_small_words)


@cache
def _english_words() -> frozenset[str]:
    words = lexicon_of(ENGLISH).sentence_words - SHARED_WORDS
    return frozenset(word for word in words if len(word) >= MIN_CHARACTERS)
