"""The windows of an article: runs of words that the encoder reads at once."""

from bisect import bisect_left, bisect_right
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
        words: numbers of the words, among those of all texts in a row.
    """

    pieces: Integers
    first: Integers
    words: range


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
    while begin < words.count:
        end = words.cut_after(begin)
        yield words.window(begin, end)
        begin = end


class _Words:
    """The words of an article, each with the pieces from its first one up to the next word's.

    Args:
        texts: of the article.
        pieced: their pieces and words.

    Attributes:
        count: how many words there are.
    """

    def __init__(self, texts: Sequence[str], pieced: Sequence[PiecedText]) -> None:
        sizes: list[int] = []
        pieces: list[int] = []
        self._ends: list[int] = []  # words that end a sentence or a text
        for text, words in zip(texts, pieced, strict=True):
            before = len(sizes)
            for begin, end in pairwise((*words.first, len(words.pieces))):
                if end - begin > WINDOW_PIECES:
                    pieces += words.pieces[begin : begin + WINDOW_PIECES]
                    sizes.append(WINDOW_PIECES)
                else:
                    pieces += words.pieces[begin:end]
                    sizes.append(end - begin)
            self._ends += [before + index for index, start in enumerate(words.starts) if text[start] in SENTENCE_ENDS]
            last = len(sizes) - 1
            if words.first and (not self._ends or self._ends[-1] != last):
                self._ends.append(last)
        self.count = len(sizes)
        self._pieces: Integers = np.array(pieces, dtype=np.int64)
        self._sizes_before = list(accumulate(sizes, initial=0))
        self._first: Integers = np.array(self._sizes_before[:-1], dtype=np.int64)

    def cut_after(self, begin: int) -> int:
        """Return the word before which a window ends that begins with another one."""
        before = self._sizes_before
        end = bisect_right(before, before[begin] + WINDOW_PIECES) - 1  # all words before it fit
        if end == self.count:
            return end
        number = bisect_left(self._ends, end) - 1
        if number < 0 or self._ends[number] < begin:
            return end
        cut = self._ends[number] + 1
        return cut if before[cut] - before[begin] >= WINDOW_PIECES // 2 else end

    def window(self, begin: int, end: int) -> Window:
        """Return a run of words as a window."""
        start, stop = self._sizes_before[begin], self._sizes_before[end]
        return Window(self._pieces[start:stop], self._first[begin:end] - start, range(begin, end))
