"""The layers of the encoder: for each word of a window a score for each label."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import batched

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

WINDOWS_AT_ONCE = 16
"""Windows that are read together: those of most articles. Their vectors take 3 MB."""

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

    def labels(self, windows: Iterable[Window]) -> Iterator[Floats]:
        """Yield for each window a score for each label of each word (m by 7).

        More than half of the words are no part of a name. The upper layers read the others, and those beside them.

        Windows go through each step together: its code and its weights then stay in the processor's cache.
        """
        for some in batched(windows, WINDOWS_AT_ONCE):
            lower = self._read_lower(some)
            kept = [_with_neighbours(names > MIN_LOG_ODDS) for _, names in lower]
            upper = [
                self._upper.run(["labels"], {"words": words[rows]})[0] if rows[1:].any() else None
                for (words, _), rows in zip(lower, kept, strict=True)
            ]
            for rows, labels in zip(kept, upper, strict=True):
                scores = np.full((len(rows), LABELS), IMPOSSIBLE, dtype=np.float32)
                scores[:, 0] = 0
                if labels is not None:
                    scores[rows] = np.asarray(labels)
                yield scores[1:]

    def _read_lower(self, windows: Sequence[Window]) -> list[tuple[Floats, Floats]]:
        """Return the words of each window, after `BEGIN`, as the lower layers leave them, and their log odds of a name.

        The odds are those that a word is a part of a name.
        """
        begin = np.array([BEGIN])
        pieces = [np.concatenate([begin, window.pieces]) for window in windows]
        distinct, rows = np.unique(np.concatenate(pieces), return_inverse=True)
        vectors = self._vectors.of(distinct)
        inputs = [
            {"pieces": vectors[own], "first": np.concatenate([begin, window.first + 1])}
            for own, window in zip(np.split(rows, np.cumsum([len(own) for own in pieces])[:-1]), windows, strict=True)
        ]
        outputs = [self._lower.run(["words", "names"], one) for one in inputs]
        return [(np.asarray(words), np.asarray(names)) for words, names in outputs]


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
