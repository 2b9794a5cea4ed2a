"""The windows of an article: runs of words that the encoder reads at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wiredesk.enrichment.encoder.word_pieces import PiecedText

WINDOW_PIECES = 96
"""Maximum word pieces in a window, as in training. The time of the attention grows with the window."""

SENTENCE_ENDS = frozenset(".!?…。！？｡؟۔।")
"""Signs at which a long text is cut."""

type Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """A run of words, of one text or of several ones in a row.

    Attributes:
        pieces: ids of its word pieces (n).
        first: for each word, the index in `pieces` of its first piece (m).
        words: for each word, its text and its number in it.
    """

    pieces: Integers
    first: Integers
    words: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of an article, with the pieces from its first one up to the next word's."""

    text: int
    number: int
    pieces: Sequence[int]
    ends_sentence: bool


def cut_windows(texts: Sequence[str], pieced: Sequence[PiecedText]) -> Iterator[Window]:
    """Yield the windows of an article's texts, in their order.

    Short texts share a window, so that a headline is read together with the lead. A window ends where a text or a
    sentence ends, if it is half full there.

    Args:
        texts: of the article.
        pieced: their pieces and words.
    """
    run: list[_Word] = []
    size = 0
    for word in _words(texts, pieced):
        while run and size + len(word.pieces) > WINDOW_PIECES:
            cut = _last_cut(run)
            yield _window(run[:cut])
            run = run[cut:]
            size = sum(len(rest.pieces) for rest in run)
        run.append(word)
        size += len(word.pieces)
    if run:
        yield _window(run)


def _words(texts: Sequence[str], pieced: Sequence[PiecedText]) -> Iterator[_Word]:
    for number, (text, words) in enumerate(zip(texts, pieced, strict=True)):
        bounds = [*words.first, len(words.pieces)]
        last = len(words.first) - 1
        for index, start in enumerate(words.starts):
            ends = index == last or text[start] in SENTENCE_ENDS
            yield _Word(number, index, words.pieces[bounds[index] : bounds[index + 1]][:WINDOW_PIECES], ends)


def _last_cut(run: Sequence[_Word]) -> int:
    """Return the number of words after which a full run is cut."""
    size, cut = 0, len(run)
    for count, word in enumerate(run, start=1):
        size += len(word.pieces)
        if word.ends_sentence and size >= WINDOW_PIECES // 2:
            cut = count
    return cut


def _window(run: Sequence[_Word]) -> Window:
    lengths = np.array([len(word.pieces) for word in run], dtype=np.int64)
    pieces = np.array([piece for word in run for piece in word.pieces], dtype=np.int64)
    return Window(pieces, np.cumsum(lengths) - lengths, [(word.text, word.number) for word in run])
