"""Word pieces by a unigram language model (Kudo 2018), as SentencePiece computes them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from sentencepiece import SentencePieceProcessor

UNKNOWN = 0
"""Id of the piece that stands for a character which no piece has."""

WORD_START = "▁"
"""The character with which the first piece of a word begins."""

MAX_WORD = 200
"""Characters of a word that are read. Longer ones are no words; scripts without spaces are cut here."""

LONGEST_PIECE = 16
"""Characters of the longest piece."""

RUN_WORDS = 32
"""Words that are split at once. In a longer run, the sums of scores would be rounded more coarsely than the scores of
nearly equal ways to split a word differ."""

# How a model writes a text before it splits it (a message of Protocol Buffers, field 3). It takes the place of the
# model's own: name `identity`, no table, no space added before a text, none removed from it.
_AS_WRITTEN = b"\x1a\x10\x0a\x08identity\x12\x00\x18\x00\x20\x00"

_SURROGATE = re.compile("[\ud800-\udfff]")

NO_PIECE = "\ufffd"
"""A character that no piece has: it takes the place of halves of surrogate pairs, which the library refuses."""


class UnigramTokenizer:
    """Splits texts into the most likely word pieces.

    Args:
        model: a SentencePiece model. What it does to texts before it splits them is not used: they are normalised to
            NFKC, and words are what spaces separate.
    """

    def __init__(self, model: bytes) -> None:
        self._processor = SentencePieceProcessor()
        self._processor.LoadFromSerializedProto(model + _AS_WRITTEN)

    def encode(self, text: str, limit: int) -> list[int]:
        """Return the ids of the first pieces of a text, at most `limit`."""
        ids: list[int] = []
        # No word has fewer characters than pieces, and none more than a piece times its longest.
        beginning = _SURROGATE.sub(NO_PIECE, text[: limit * LONGEST_PIECE])
        for run in _runs(unicodedata.normalize("NFKC", beginning)):
            if len(ids) >= limit:
                break
            ids += self._pieces(run)
        return ids[:limit]

    def _pieces(self, run: str) -> Sequence[int]:
        ids: Sequence[int] = self._processor.EncodeAsIds(run)
        if UNKNOWN not in ids:
            return ids
        pieced = self._processor.encode(run, return_type="offset_mapping")
        return list(_one_by_one(pieced["ids"], pieced["offsets"]))


def _runs(text: str) -> Iterator[str]:
    """Yield the words of a text in runs, each word after the mark of its start. A long word is cut into runs."""
    run: list[str] = []
    for word in text.split():
        run.append(WORD_START + word[:MAX_WORD])
        if len(run) == RUN_WORDS or len(word) > MAX_WORD:
            yield "".join(run)
            run = []
        yield from (word[start : start + MAX_WORD] for start in range(MAX_WORD, len(word), MAX_WORD))
    if run:
        yield "".join(run)


def _one_by_one(ids: Iterable[int], offsets: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Yield the ids with one `UNKNOWN` for each unknown character. The library has one for a run of them."""
    for number, (start, end) in zip(ids, offsets, strict=True):
        yield from [number] * (end - start if number == UNKNOWN else 1)
