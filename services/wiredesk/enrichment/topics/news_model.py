"""Whether a text is anything that has a topic: not a cookie notice, a recipe, a horoscope or a job advert."""

import re
from collections.abc import Iterable

import numpy as np

from wiredesk.enrichment.topics.model_arrays import Arrays, Floats

MIN_LETTERS = 12
"""Minimum letters of a text that has a topic."""

MIN_UNSPACED_LETTERS = 6
"""The same in scripts where a character is a syllable or a word."""

MIN_DIFFERENT = 5
"""Minimum different letters: `aaa bbb` is no text."""

MAX_LOG_ODDS = 0.25
"""Natural logarithm of the odds that a text is no news, from which it has no topic. With it no article of the
measured sets is refused, and of 680 single sentences of SIB-200 four are."""

BEGINNING = 200
"""Characters of a text that are examined first."""

_LETTER = re.compile(r"[^\W\d_]")
_UNSPACED_LETTER = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def has_words(text: str) -> bool:
    """Return whether a text has enough letters to be about anything: punctuation, digits and emoji have none."""
    beginning = _LETTER.findall(text[:BEGINNING])
    if len(beginning) >= MIN_LETTERS and _count_different(beginning) >= MIN_DIFFERENT:
        return True
    letters = _LETTER.findall(text)
    minimum = MIN_UNSPACED_LETTERS if len(_UNSPACED_LETTER.findall(text)) * 2 > len(letters) else MIN_LETTERS
    return len(letters) >= minimum and _count_different(letters) >= MIN_DIFFERENT


def _count_different(letters: Iterable[str]) -> int:
    return len({letter.lower() for letter in letters})


class NewsModel:
    """Logistic regression on sentence vectors, which learnt from news and from texts that are none.

    Args:
        arrays: of the encoder `name`: `no_news` (dimensions, and the bias last).
        name: of the encoder.
    """

    def __init__(self, arrays: Arrays, name: str) -> None:
        self._weights = arrays[f"{name}_no_news"].astype(np.float32)

    def is_news(self, vector: Floats) -> bool:
        """Return whether the text of a vector has a topic.

        Args:
            vector: of length 1, not centred.
        """
        return float(vector @ self._weights[:-1] + self._weights[-1]) < MAX_LOG_ODDS
