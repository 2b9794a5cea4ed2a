"""The layers of the encoder: for each word of a window a score for each label."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from wiredesk.enrichment.encoder.embeddings import PieceVectors
from wiredesk.enrichment.encoder.graphs import open_graph
from wiredesk.enrichment.encoder.windows import Window
from wiredesk.enrichment.encoder.word_pieces import shared_word_pieces

BEGIN = 0
"""Id of the piece before every window."""

MIN_LOG_ODDS = -3.5
"""Least log odds, by the lower layers, of a word that may be a part of a name."""

NEIGHBOURS = 1
"""Words on each side of such a word that the upper layers read, too."""

LABELS = 7
"""Labels of a word: no name; first and further word of a person, of an organisation, of a place."""

IMPOSSIBLE = -1000.0
"""Score of the labels of a name, for a word that is surely no part of one."""

type Floats = NDArray[np.float32]


class Encoder:
    """Reads windows of word pieces (docs/models/encoder.md).

    Attributes:
        pieces: cuts texts into the word pieces that it reads.

    Raises:
        OSError: one of its files is missing.
    """

    def __init__(self) -> None:
        self.pieces = shared_word_pieces()
        self._vectors = PieceVectors()
        self._lower, self._upper = open_graph("lower.onnx"), open_graph("upper.onnx")

    def labels(self, window: Window) -> Floats:
        """Return a score for each label of each word (m by 7).

        More than half of the words are no part of a name. The upper layers read the others, and those beside them.
        """
        words, names = self._read_lower(window)
        kept = _with_neighbours(names > MIN_LOG_ODDS)
        scores = np.full((len(kept), LABELS), IMPOSSIBLE, dtype=np.float32)
        scores[:, 0] = 0
        if kept[1:].any():
            (labels,) = self._upper.run(["labels"], {"words": words[kept]})
            scores[kept] = np.asarray(labels)
        return scores[1:]

    def _read_lower(self, window: Window) -> tuple[Floats, Floats]:
        """Return the words, after `BEGIN`, as the lower layers leave them, and the log odds that each is in a name."""
        pieces = np.concatenate([[BEGIN], window.pieces])
        first = np.concatenate([[0], window.first + 1])
        words, names = self._lower.run(None, {"pieces": self._vectors.of(pieces), "first": first})
        return np.asarray(words), np.asarray(names)


def _with_neighbours(chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the chosen words, those beside them, and the first."""
    kept = chosen.copy()
    for distance in range(1, NEIGHBOURS + 1):
        kept[distance:] |= chosen[:-distance]
        kept[:-distance] |= chosen[distance:]
    kept[0] = True
    return kept


@cache
def shared_encoder() -> Encoder:
    """Return the encoder of this process."""
    return Encoder()
