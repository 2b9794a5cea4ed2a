"""A tagger of names in many languages: our own, on the shared encoder."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

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
        labels: dict[int, list[int]] = defaultdict(list)
        for window in cut_windows(texts, pieced):
            best = best_labels(self._encoder.labels(window))
            for (text, _), label in zip(window.words, best, strict=True):
                labels[text].append(int(label))
        return [list(spans_of(words, labels[number])) for number, words in enumerate(pieced)]


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
    words, count = scores.shape
    before = np.zeros((count, count), dtype=np.float32)  # [label before, label]
    for label in range(2, count, 2):
        before[:, label] = -np.inf
        before[label - 1, label] = before[label, label] = 0
    best = scores[0].copy()
    best[2::2] = -np.inf
    came_from = np.zeros((words, count), dtype=np.int64)
    for word in range(1, words):
        paths = best[:, None] + before
        came_from[word] = paths.argmax(axis=0)
        best = paths.max(axis=0) + scores[word]
    labels = np.zeros(words, dtype=np.int64)
    labels[-1] = best.argmax()
    for word in range(words - 1, 0, -1):
        labels[word - 1] = came_from[word, labels[word]]
    return labels


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
