"""A tagger of names in many languages: our own, on the shared encoder."""

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from wiredesk.enrichment.encoder import PiecedText, cut_windows, shared_encoder
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.enrichment.languages import SUPPORT, NamesFrom
from wiredesk.enrichment.settings import MANY_LANGUAGES
from wiredesk_schemas import EntityType, Model

TYPES = (EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE)
"""Types in the order of the labels: 0 is no name; 1 the first word of a person, 2 a further one; and so on."""

MODEL_VERSION = "1"
"""Version of the encoder's weights and of the code between them and the spans."""

type Labels = NDArray[np.int64]


class MultilingualTagger:
    """Tags people, organisations and places (docs/models/encoder.md).

    Raises:
        OSError: a file of the encoder is missing.
    """

    languages = frozenset(code for code, support in SUPPORT.items() if support.names is NamesFrom.TAGGER)
    model = Model(task="entities", name=MANY_LANGUAGES, version=MODEL_VERSION)

    def __init__(self) -> None:
        self._encoder = shared_encoder()

    def tag(self, texts: Sequence[str]) -> list[list[TaggedSpan]]:
        """Return the names in each text. Texts of one call are read together, as an article."""
        pieced = [self._encoder.pieces.read(text) for text in texts]
        labels: list[int] = []
        for scores in self._encoder.labels(cut_windows(texts, pieced)):
            labels += best_labels(scores).tolist()
        ends = list(accumulate((len(words.first) for words in pieced), initial=0))
        return [
            list(spans_of(words, labels[begin:end])) for words, (begin, end) in zip(pieced, pairwise(ends), strict=True)
        ]


def best_labels(scores: NDArray[np.float32]) -> Labels:
    """Return the best sequence of labels in which a further word follows only a word of the same type (Viterbi 1967).

    Args:
        scores: of each word's labels (m by 7).
    """
    labels: Labels = scores.argmax(axis=1)
    before = np.concatenate([[0], labels[:-1]])
    further = (labels > 0) & (labels % 2 == 0)
    if np.any(further & (before != labels) & (before != labels - 1)):
        return _viterbi(scores)
    return labels


def _viterbi(scores: NDArray[np.float32]) -> Labels:
    rows: list[list[float]] = scores.tolist()  # lists: an array of seven numbers takes longer than a loop
    further = range(2, len(rows[0]), 2)
    best = rows[0].copy()
    for label in further:
        best[label] = -math.inf
    came_from: list[list[int]] = []
    for row in rows[1:]:
        most = max(best)
        before, after = [best.index(most)] * len(row), [most + score for score in row]
        for label in further:
            before[label] = label - 1 if best[label - 1] >= best[label] else label
            after[label] = best[before[label]] + row[label]
        came_from.append(before)
        best = after
    labels = [best.index(max(best))]
    for before in reversed(came_from):
        labels.append(before[labels[-1]])
    return np.array(labels[::-1], dtype=np.int64)


def spans_of(text: PiecedText, labels: Sequence[int]) -> Iterator[TaggedSpan]:
    """Yield the names of a text.

    Args:
        text: its words.
        labels: of its words.
    """
    begin = 0
    for index, label in enumerate(labels):
        if label == 0:
            continue
        if label % 2 == 1:
            begin = index
        following = labels[index + 1] if index + 1 < len(labels) else 0
        if following != 0 and following % 2 == 0:
            continue
        yield TaggedSpan(text.starts[begin], text.ends[index], TYPES[(label - 1) // 2])
