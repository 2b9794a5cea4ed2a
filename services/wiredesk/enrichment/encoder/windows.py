"""The windows of an article: runs of words that the encoder reads at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

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


def cut_windows(texts: Sequence[str], pieced: Sequence[PiecedText]) -> Iterator[Window]:
    """Yield the windows of an article's texts, in their order.

    Short texts share a window, so that a headline is read together with the lead. A window ends where a text or a
    sentence ends, if it is half full there.

    Args:
        texts: of the article.
        pieced: their pieces and words.
    """
    words = _Words(texts, pieced)
    begin = 0
    for end, size in enumerate(words.sizes):
        while words.sizes_before[end] - words.sizes_before[begin] + size > WINDOW_PIECES and begin < end:
            cut = words.last_cut(begin, end)
            yield words.window(begin, cut)
            begin = cut
    if begin < len(words.sizes):
        yield words.window(begin, len(words.sizes))


class _Words:
    """The words of an article, each with the pieces from its first one up to the next word's.

    Args:
        texts: of the article.
        pieced: their pieces and words.

    Attributes:
        sizes: how many pieces each word has, at most `WINDOW_PIECES`.
        sizes_before: for each word, and for the end, how many pieces the words before it have.
    """

    def __init__(self, texts: Sequence[str], pieced: Sequence[PiecedText]) -> None:
        self.sizes: list[int] = []
        self._pieces: list[int] = []
        self._words: list[tuple[int, int]] = []
        self._ends_sentence: list[bool] = []
        for number, (text, words) in enumerate(zip(texts, pieced, strict=True)):
            for begin, end in pairwise((*words.first, len(words.pieces))):
                taken = words.pieces[begin : min(end, begin + WINDOW_PIECES)]
                self.sizes.append(len(taken))
                self._pieces += taken
            self._words += ((number, index) for index in range(len(words.first)))
            self._ends_sentence += [text[start] in SENTENCE_ENDS for start in words.starts]
            if words.first:
                self._ends_sentence[-1] = True
        self.sizes_before = list(accumulate(self.sizes, initial=0))

    def last_cut(self, begin: int, end: int) -> int:
        """Return the word before which a full run of words is cut."""
        least = self.sizes_before[begin] + WINDOW_PIECES // 2
        for last in range(end - 1, begin - 1, -1):
            if self.sizes_before[last + 1] < least:
                break
            if self._ends_sentence[last]:
                return last + 1
        return end

    def window(self, begin: int, end: int) -> Window:
        """Return a run of words as a window."""
        before = np.array(self.sizes_before[begin:end], dtype=np.int64)
        pieces = np.array(self._pieces[self.sizes_before[begin] : self.sizes_before[end]], dtype=np.int64)
        return Window(pieces, before - self.sizes_before[begin], self._words[begin:end])
