"""Kinds of characters in the texts of a page, counted for all texts at once.

All texts are one array of code points. A table gives the kinds of each code point as bits, and the number of characters
of a kind in each text follows from their places. That takes a hundredth of the time of asking each character.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntFlag, auto
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor import words

SAMPLE = 300
"""Characters at the beginning of a text in which digits and capitals are counted."""

_CODE_POINTS = 0x110000
"""Code points of Unicode."""

_WORD = re.compile(r"\w")
"""A character of a word."""


class Kind(IntFlag):
    """Kinds of characters; one character may be of several."""

    KNOWN = auto()
    WORD = auto()
    LETTER = auto()
    DIGIT = auto()
    CAPITAL = auto()
    LOWER = auto()
    WHITESPACE = auto()
    DENSE = auto()
    SENTENCE_END = auto()
    LAST = auto()
    CLOSING = auto()
    OPENING = auto()
    LIST_COMMA = auto()
    SEPARATOR = auto()
    CURRENCY = auto()


_LISTED = {
    Kind.SENTENCE_END: ".!?…。！？।؟",
    Kind.LAST: ".!?…。！？।؟:",
    Kind.CLOSING: words.CLOSING_MARKS,
    Kind.OPENING: "\"'“„«‘–-",
    Kind.LIST_COMMA: ",，、،",
    Kind.SEPARATOR: "|·»›/",
    Kind.CURRENCY: "$€£",
}
"""Kinds whose characters are listed. `LAST` are those that end a text like a sentence, before any of `CLOSING`."""

_CLOSING_READ = 3
"""Closing characters at the end of a text that may follow the end of its last sentence."""


class _Kinds:
    """The kinds of code points, each determined when a text has it for the first time in the process."""

    def __init__(self) -> None:
        self._known = np.zeros(_CODE_POINTS, np.uint16)  # 0 for a code point that no text has had

    def of(self, codes: NDArray[np.uint32]) -> NDArray[np.uint16]:
        """Return the kinds of each code point, as bits."""
        kinds: NDArray[np.uint16] = self._known.take(codes)
        if not kinds.all():
            new = np.unique(codes[kinds == 0])
            self._known[new] = [_kinds(chr(code)) for code in new.tolist()]
            kinds = self._known.take(codes)
        return kinds


@dataclass(frozen=True)
class Characters:
    """The characters of texts.

    Attributes:
        codes: code points of all texts, with a line break after each text.
        starts: of each text in `codes`.
        stops: the end of each text in `codes`.
    """

    codes: NDArray[np.uint32]
    starts: NDArray[np.intp]
    stops: NDArray[np.intp]

    @classmethod
    def of_texts(cls, texts: Sequence[str]) -> "Characters":
        """Return the characters of texts."""
        joined = "\n".join((*texts, ""))
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        ends = np.cumsum(np.fromiter(map(len, texts), np.intp, len(texts)) + 1)
        return cls(codes, np.concatenate((np.zeros(1, np.intp), ends[:-1]))[: len(texts)], ends - 1)

    @cached_property
    def kinds(self) -> NDArray[np.uint16]:
        """The kinds of each character, as bits."""
        return _KINDS.of(self.codes)

    @cached_property
    def sample_stops(self) -> NDArray[np.intp]:
        """The end of each text's sample in `codes`."""
        return np.minimum(self.stops, self.starts + SAMPLE)

    @property
    def sizes(self) -> NDArray[np.intp]:
        """The number of characters of each text."""
        return self.stops - self.starts

    def are(self, kind: Kind) -> NDArray[np.bool_]:
        """Return whether each character is of a kind."""
        of_kind: NDArray[np.bool_] = (self.kinds & np.uint16(kind)).astype(np.bool_)
        return of_kind

    def count(self, are_counted: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the number of counted characters in each text."""
        return _count_between(are_counted, self._bounds)

    def count_in_sample(self, are_counted: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the number of counted characters in each text's sample."""
        return _count_between(are_counted, self._sample_bounds)

    def begin_with(self, kind: Kind) -> NDArray[np.float64]:
        """Return whether each text begins with a character of a kind."""
        begin: NDArray[np.bool_] = (self.kinds[self.starts] & np.uint16(kind)).astype(np.bool_)
        return begin.astype(np.float64)

    def end_with(self, character: str) -> NDArray[np.float64]:
        """Return whether each text ends with a character."""
        end: NDArray[np.bool_] = (self.sizes > 0) & (self.codes[self.stops - 1] == ord(character))
        return end.astype(np.float64)

    def are_sentence_ends(self) -> NDArray[np.bool_]:
        """Return whether each character ends a sentence: no character of a word follows."""
        follows = np.zeros(len(self.codes), np.bool_)
        follows[:-1] = self.are(Kind.WORD)[1:]
        return self.are(Kind.SENTENCE_END) & ~follows

    def are_first_of_words(self) -> NDArray[np.bool_]:
        """Return whether each character begins a word between spaces."""
        space = self.are(Kind.WHITESPACE)
        first = ~space
        first[1:] &= space[:-1]
        return first

    def end_like_sentences(self) -> NDArray[np.float64]:
        """Return whether each text ends like a sentence, as `words.ends_sentence` tells of one text."""
        ends = np.zeros(len(self.starts), np.bool_)
        still = np.ones(len(self.starts), np.bool_)
        for place in range(1, _CLOSING_READ + 2):
            if not still.any():
                break
            at = self.stops - place
            still &= at >= self.starts
            kinds = np.where(still, self.kinds[np.maximum(at, 0)], np.uint16(0))
            ends |= kinds & np.uint16(Kind.LAST) != 0
            still &= kinds & np.uint16(Kind.CLOSING | Kind.WHITESPACE) != 0
        return ends.astype(np.float64)

    def may_be_clocks(self) -> NDArray[np.bool_]:
        """Return whether each character separates digits as in a time of day."""
        may_be: NDArray[np.bool_] = (self.codes == ord(":")) | (self.codes == ord("."))
        digit = self.are(Kind.DIGIT)
        may_be[1:] &= digit[:-1]
        may_be[:-1] &= digit[1:]
        return may_be

    def may_be_years(self) -> NDArray[np.bool_]:
        """Return whether each character is the first one of `19` or `20`."""
        may_be = np.zeros(len(self.codes), np.bool_)
        first, second = self.codes[:-1], self.codes[1:]
        may_be[:-1] = ((first == ord("1")) & (second == ord("9"))) | ((first == ord("2")) & (second == ord("0")))
        return may_be

    def hold_addresses(self) -> NDArray[np.float64]:
        """Return whether each text has an e-mail or web address."""
        marked = self.codes == ord("@")
        if len(marked) > 2:  # noqa: PLR2004 - of `://`
            slash = self.codes == ord("/")
            marked[:-2] |= (self.codes[:-2] == ord(":")) & slash[1:-1] & slash[2:]
        return (self.count(marked) > 0).astype(np.float64)

    @cached_property
    def _bounds(self) -> NDArray[np.intp]:
        return np.stack((self.starts, self.stops))

    @cached_property
    def _sample_bounds(self) -> NDArray[np.intp]:
        return np.stack((self.starts, self.sample_stops))


def _count_between(are_counted: NDArray[np.bool_], bounds: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the number of counted characters of each text, from its start to its stop."""
    places = np.flatnonzero(are_counted)
    if not len(places):
        return np.zeros(bounds.shape[1])
    start, stop = np.searchsorted(places, bounds)
    counts: NDArray[np.float64] = (stop - start).astype(np.float64)
    return counts


def _kinds(character: str) -> int:
    kinds = Kind.KNOWN
    for kind, holds in _tests(character):
        if holds:
            kinds |= kind
    return int(kinds)


def _tests(character: str) -> Iterable[tuple[Kind, bool]]:
    yield Kind.WORD, _WORD.match(character) is not None
    yield Kind.LETTER, bool(words.split(character))
    yield Kind.DIGIT, character.isdigit()
    yield Kind.CAPITAL, character.isupper()
    yield Kind.LOWER, character.islower()
    yield Kind.WHITESPACE, character.isspace()
    yield Kind.DENSE, words.length(character) > 1
    yield from ((kind, character in listed) for kind, listed in _LISTED.items())


_KINDS = _Kinds()
"""The kinds of the code points that texts had until now."""
