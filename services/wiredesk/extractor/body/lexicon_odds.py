"""Learned log-odds, by the words of a text, that the text belongs to a story."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from wiredesk.extractor.body.features import Feature, edge_words


@dataclass(frozen=True, slots=True)
class LexiconOdds:
    """Log-odds of words, learned by `training.extraction.lexicon`.

    Attributes:
        class_names: log-odds of a text in a container that has such a word in its class, id or role.
        phrases: what a word, a pair of words (`sign up`), or a first word (`^photo`) adds to the log-odds of a text.
    """

    class_names: Mapping[str, float] = field(default_factory=dict)
    phrases: Mapping[str, float] = field(default_factory=dict)

    def score(self, split: Sequence[Sequence[str]]) -> Feature:
        """Return the log-odds of each text by its phrases: the sum of theirs over the square root of their number.

        Only known phrases count, so a text in a language that the model does not know has log-odds of 0.

        Args:
            split: the words of each text.
        """
        scores = np.zeros(len(split))
        for row, text in enumerate(split):
            known = [self.phrases[phrase] for phrase in phrases(text) if phrase in self.phrases]
            if known:
                scores[row] = math.fsum(known) / len(known) ** 0.5
        return scores


def phrases(text: Sequence[str]) -> frozenset[str]:
    """Return the words, the pairs of words, and the marked first word of a text's edges."""
    return frozenset(_phrases(edge_words(text)))


def _phrases(text: Sequence[str]) -> Iterator[str]:
    if text:
        yield f"^{text[0]}"
    yield from text
    for one, next_one in pairwise(text):
        yield f"{one} {next_one}"
