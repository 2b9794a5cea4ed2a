"""A text as word pieces of multilingual-e5 (SentencePiece, Kudo & Richardson 2018), and the words that they form."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from importlib.resources import files

from sentencepiece import SentencePieceProcessor

# Scripts that are written without spaces, and Korean, whose particles are glued to names: each piece is a word.
_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)

ARABIC_PREFIXES = frozenset("وفبلك")
"""Conjunctions and prepositions of one letter, which Arabic writes as a part of the next word."""

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PiecedText:
    """A text as word pieces and words.

    Attributes:
        pieces: ids of the word pieces.
        first: for each word, the index of its first piece.
        starts: for each word, the offset of its first character, in Unicode code points.
        ends: for each word, the offset after its last character.
    """

    pieces: Sequence[int]
    first: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]


class WordPieces:
    """Cuts texts into word pieces, by the vocabulary that ships.

    Raises:
        OSError: the vocabulary is missing.
    """

    def __init__(self) -> None:
        self._processor = SentencePieceProcessor()
        self._processor.LoadFromSerializedProto(
            files("wiredesk.enrichment").joinpath("trained", "pieces.model").read_bytes()
        )

    def read(self, text: str) -> PiecedText:
        """Return the pieces and words of a text."""
        text = _SURROGATE.sub("?", text)
        pieced = self._processor.encode(text, return_type="offset_mapping")
        return form_words(text, pieced["ids"], pieced["offsets"])


@cache
def shared_word_pieces() -> WordPieces:
    """Return the vocabulary, which takes 31 MiB and which all encoders of this process share."""
    return WordPieces()


def form_words(text: str, ids: Sequence[int], offsets: Iterable[tuple[int, int]]) -> PiecedText:
    """Return the words that pieces form: runs of letters and digits, and single signs.

    Args:
        text: that was cut into pieces.
        ids: of the pieces.
        offsets: of each piece, which may begin or end with spaces.
    """
    first: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    previous_end, goes_on = -1, False
    letter, sign, glued = _Kind.LETTER, _Kind.SIGN, _Kind.GLUED
    for index, (begin, end) in enumerate(offsets):
        surface = text[begin:end].strip()
        if not surface:
            continue
        start = begin if len(surface) == end - begin else text.index(surface, begin)
        last = start + len(surface)
        opens = _kind_of(surface[0])
        if goes_on and start == previous_end and opens is letter and text[starts[-1] : start] not in ARABIC_PREFIXES:
            ends[-1] = last
        else:
            first.append(index)
            starts.append(start)
            ends.append(last)
        previous_end, goes_on = last, opens is not glued and _kind_of(surface[-1]) is not sign
    return PiecedText(ids, first, starts, ends)


class _Kind(Enum):
    """What a character does in a word."""

    LETTER = 1
    """It goes on with the word before it."""

    SIGN = 2
    """It is a word of its own."""

    GLUED = 3
    """It is of a script without spaces: its piece is a word."""


@lru_cache(maxsize=20_000)
def _kind_of(character: str) -> _Kind:
    if _WITHOUT_SPACES.match(character):
        return _Kind.GLUED
    return _Kind.LETTER if character.isalnum() or unicodedata.category(character)[0] == "M" else _Kind.SIGN
