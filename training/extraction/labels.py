"""Labels: which texts of a page belong to its story, by comparison with the gold story."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

_WORD = re.compile(r"\w+")
SHINGLE = 4


def shares(texts: Sequence[str], story: str) -> NDArray[np.float64]:
    """Return the share of each text's words that are in the story, in order.

    A word counts if it is on the longest common subsequence of page and story. A text of six words or more whose
    shingles are not in the story does not belong to it, even if many of its words are on the subsequence.
    """
    split = [_WORD.findall(text.lower()) for text in texts]
    target = _WORD.findall(story.lower())
    numbers: dict[str, int] = {}
    owner = [index for index, words in enumerate(split) for _ in words]
    page = [numbers.setdefault(word, len(numbers)) for words in split for word in words]
    gold = [numbers.setdefault(word, len(numbers)) for word in target]
    hits = np.zeros(len(texts))
    for operation in LCSseq.opcodes(page, gold):
        if operation.tag == "equal":
            np.add.at(hits, owner[operation.src_start : operation.src_end], 1)
    found: NDArray[np.float64] = hits / np.array([max(1, len(words)) for words in split])
    shingles = set(_shingles(target))
    for index, words in enumerate(split):
        own = list(_shingles(words))
        if len(own) > 2:  # noqa: PLR2004 - six words
            shared = sum(shingle in shingles for shingle in own) / len(own)
            if shared < 0.5:  # noqa: PLR2004 - most of it is elsewhere
                found[index] = min(found[index], shared)
    return found


def _shingles(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[n:] for n in range(SHINGLE)), strict=False))
