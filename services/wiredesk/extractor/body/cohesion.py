"""Columns that tell what a page's texts have in common: a story keeps to its subject, boxes of other stories do not.

Words are compared by their beginnings, which inflection leaves alone, so that the same columns serve any language.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.columns import NONE, Columns

STEM = 6
MIN_WORD = 4
"""Letters of a word's beginning that are compared, and of a word that counts: shorter ones are grammar."""

COMMON_SHARE = 0.5
MIN_PROSE = 4
"""A word in more than this share of a page's prose is its language's, or the site's; told where there is so much."""

MOST = 5
"""How often a word counts at most."""


def stems(split: Sequence[str]) -> set[str]:
    """Return the beginnings of a text's words; of scripts without spaces, pairs of neighbouring characters."""
    found = {word[:STEM] for word in split if len(word) >= MIN_WORD}
    found.update(a + b for a, b in pairwise(split) if len(a) == len(b) == 1 and not (a + b).isascii())
    return found


def describe(split: Sequence[Sequence[str]], prose: NDArray[np.bool_], core: NDArray[np.bool_]) -> Columns:
    """Describe each text by the words that it shares with the page's prose, itself left out.

    Args:
        split: the words of each text.
        prose: which texts are prose.
        core: which of these stand in the middle of the page's story, as far as rules can tell.
    """
    found = [stems(text) for text in split]
    anywhere = Counter(stem for text, is_prose in zip(found, prose, strict=True) if is_prose for stem in text)
    central = Counter(stem for text, is_core in zip(found, core, strict=True) if is_core for stem in text)
    count = int(prose.sum())
    common = {s for s, times in anywhere.items() if count > MIN_PROSE and times > COMMON_SHARE * count}
    described = np.full((len(found), 4), NONE)
    for row, text in enumerate(found):
        own = text - common
        if own:
            elsewhere = [central[stem] - int(core[row]) for stem in own]
            alone = sum(anywhere[stem] == int(prose[row]) for stem in own)
            described[row] = (
                sum(times > 0 for times in elsewhere) / len(own),
                sum(min(MOST, times) for times in elsewhere) / len(own),
                alone / len(own),
                len(own),
            )
    names = ("shared_stems", "shared_weight", "stems_alone", "stems")
    return dict(zip(names, described.T, strict=True))
