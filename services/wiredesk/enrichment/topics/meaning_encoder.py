"""Sentence vectors of multilingual-e5-small (Wang et al. 2024), in all languages but English."""

from collections.abc import Iterator, Sequence

import numpy as np

from wiredesk.enrichment.encoder.embeddings import PieceVectors
from wiredesk.enrichment.encoder.graphs import open_graph
from wiredesk.enrichment.encoder.word_pieces import shared_word_pieces
from wiredesk.enrichment.languages import ENGLISH, SUPPORT
from wiredesk.enrichment.topics.model_arrays import Floats, unit
from wiredesk.enrichment.topics.sentence_model import SentenceVector

WINDOW_PIECES = 56
"""Word pieces of a window, those around the text included: in the first one the headline and the beginning of the
lead. A piece takes a third of a millisecond."""

MIN_FURTHER_PIECES = 20
"""Minimum word pieces of the text in a second window."""

BRIEF_PIECES = 24
"""Word pieces of the only window where time is short."""

FREQUENT_PIECES = 3000
"""Number of the most frequent word pieces, which are left out of that window: signs, endings and words such as `and`.
With them it held less of what the text is about: 0.66 of SIB-200's sentences were right, for 0.70."""

PREFIX = "query: "
"""Text before every text, as in the training of this model."""

BEGIN, END = 0, 2
"""Ids of the pieces that enclose a text."""

MAX_CHARACTERS = 1000
"""Characters of a text that are cut into pieces: more than a window has."""


class MeaningEncoder:
    """Computes sentence vectors.

    Args:
        brief: read one window of the rarer words only, in half of the time.

    Raises:
        OSError: a file of the encoder is missing.
    """

    name = "meaning"
    languages = frozenset(SUPPORT) - {ENGLISH}
    has_language_bias = True

    def __init__(self, *, brief: bool = False) -> None:
        self._brief = brief
        self._session = open_graph("meaning.onnx")
        self._pieces = shared_word_pieces()
        self._vectors = PieceVectors()
        self._prefix = self._pieces.read(PREFIX).pieces

    def vectors(self, text: str) -> Iterator[SentenceVector]:
        """Yield the vector of the first window (384 numbers), then the mean of both; only the former if brief."""
        if self._brief:
            yield self._brief_vector(text)
            return
        pieces = self._pieces.read(f"{PREFIX}{text[:MAX_CHARACTERS]}").pieces
        size = WINDOW_PIECES - 2
        first = self._window_vector(pieces[:size])
        yield SentenceVector(first, min(len(pieces), size))
        more = pieces[size : 2 * size - len(self._prefix)]
        if len(more) >= MIN_FURTHER_PIECES:
            second = self._window_vector([*self._prefix, *more])
            yield SentenceVector(unit(first + second), size + len(more))

    def _brief_vector(self, text: str) -> SentenceVector:
        """Return the vector of the first words that are not among the most frequent ones.

        The vocabulary is in the order of how frequent its pieces are. The prefix, which is one of these, is left out.
        """
        rare = [piece for piece in self._pieces.read(text[:MAX_CHARACTERS]).pieces if piece >= FREQUENT_PIECES]
        first = rare[: BRIEF_PIECES - 2]
        return SentenceVector(self._window_vector(first), len(first))

    def _window_vector(self, pieces: Sequence[int]) -> Floats:
        """Return the vector of a window, of length 1."""
        (vector,) = self._session.run(None, {"pieces": self._vectors.of(np.array([BEGIN, *pieces, END]))})
        return np.asarray(vector, dtype=np.float32)
