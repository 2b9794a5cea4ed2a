"""Sentence vectors of multilingual-e5-small (Wang et al. 2024), for the languages that the universal encoder lacks."""

from collections.abc import Iterator

import numpy as np

from wiredesk.enrichment.encoder.embeddings import PieceVectors
from wiredesk.enrichment.encoder.graphs import open_graph
from wiredesk.enrichment.encoder.word_pieces import shared_word_pieces
from wiredesk.enrichment.languages import SUPPORT
from wiredesk.enrichment.topics.sentence_model import SentenceVector
from wiredesk.enrichment.topics.universal_encoder import UniversalEncoder

WINDOW_PIECES = 56
"""Word pieces that are read, those around the text included: the headline and the beginning of the lead. A piece takes
a third of a millisecond, and more of them change little where there is a headline."""

PREFIX = "query: "
"""Text before every text, as in the training of this model."""

BEGIN, END = 0, 2
"""Ids of the pieces that enclose a text."""

MAX_CHARACTERS = 1000
"""Characters of a text that are cut into pieces: more than a window has."""


class MeaningEncoder:
    """Computes sentence vectors.

    Raises:
        OSError: a file of the encoder is missing.
    """

    name = "meaning"
    languages = frozenset(SUPPORT) - UniversalEncoder.languages
    has_language_bias = True

    def __init__(self) -> None:
        self._session = open_graph("meaning.onnx")
        self._pieces = shared_word_pieces()
        self._vectors = PieceVectors()

    def vectors(self, text: str) -> Iterator[SentenceVector]:
        """Yield the vector of the beginning (384 numbers)."""
        pieces = self._pieces.read(f"{PREFIX}{text[:MAX_CHARACTERS]}").pieces[: WINDOW_PIECES - 2]
        (vector,) = self._session.run(None, {"pieces": self._vectors.of(np.array([BEGIN, *pieces, END]))})
        yield SentenceVector(np.asarray(vector), len(pieces))
