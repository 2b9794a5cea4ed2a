"""Wording: what words say of the text that they stand in, learnt as log-odds of its belonging to a story."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from wiredesk.extractor.body.columns import Column, edge


@dataclass(frozen=True, slots=True)
class Wording:
    """What was learnt of words.

    Attributes:
        class_names: log-odds of a text within a container that has such a word in its class, id or role.
        phrases: what a word, a pair of words (`sign up`), or a first word (`^photo`) adds to the log-odds of a text.
    """

    class_names: Mapping[str, float] = field(default_factory=dict)
    phrases: Mapping[str, float] = field(default_factory=dict)

    def said(self, split: Sequence[Sequence[str]]) -> Column:
        """Return the log-odds that each text, as words, has by its phrases: their sum over the root of their number.

        The number is of phrases that are known: a text in a language that the model has not met says nothing.
        """
        told = np.zeros(len(split))
        for row, text in enumerate(split):
            known = [self.phrases[phrase] for phrase in phrases(text) if phrase in self.phrases]
            if known:
                told[row] = math.fsum(known) / len(known) ** 0.5
        return told


def phrases(text: Sequence[str]) -> frozenset[str]:
    """Return the words, the pairs of words, and the marked first word of a text's edges."""
    return frozenset(_phrases(edge(text)))


def _phrases(text: Sequence[str]) -> Iterator[str]:
    if text:
        yield f"^{text[0]}"
    yield from text
    for one, next_one in pairwise(text):
        yield f"{one} {next_one}"
