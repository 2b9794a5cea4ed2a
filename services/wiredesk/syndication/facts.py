"""The facts of a text: its numbers and names. Copies have the same ones; two items of one formula do not.

The weather of two days, two draws of a lottery, two obituaries: three quarters of their words may be the same, and what
they say is not. The texts of copies differ in words, and in few facts.
"""

import re
import unicodedata
import zlib
from collections.abc import Collection, Iterator

import numpy as np

from wiredesk.syndication.letters import MAX_CHARACTERS

MAX_FACTS = 64
"""Facts of a text that are kept, those of the smallest hashes: a part of the text keeps the same ones."""

MIN_OWN_FACTS = 4
"""Facts that each of two texts has for itself, at least, where they are items of one formula."""

MAX_CHANGED = 0.25
"""Share of the facts of a copy that may be changed: an edited copy has a tenth of other words."""

MIN_SAME_FACTS = 6
"""Facts that two texts have in common, at least, where facts are evidence that they are copies."""

MIN_SHARE_OF_FACTS = 0.75
"""Share of the facts of one of two texts that the other one has, at least, where facts are evidence."""

FACT_BYTES = 4
"""Bytes of a fact: its hash is compared with some dozens only."""

_DENSE = (
    r"\u0e00-\u0e4f\u0e5a-\u0ecf\u0eda-\u0eff\u1000-\u103f\u104a-\u108f\u109a-\u109f\u1780-\u17df\u17ea-\u17ff"
    r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
"""Scripts without spaces, but for their digits: Thai, Lao, Burmese, Khmer, kana, Han."""

_WORD = re.compile(rf"[{_DENSE}]++|[^\W_{_DENSE}]{{1,64}}+(?:[.,:\u00a0\u202f][0-9]{{1,9}}){{0,9}}+")
"""A word, or a number with its separators. In scripts without spaces a number ends a run of letters: `午前8時12分`."""

_SEPARATORS = str.maketrans("", "", ".,:\u00a0\u202f")

_SENTENCE_ENDS = frozenset(".!?:;…。！？\"'“”„«»‘’([-–—•|")
"""Characters after which a word has a capital letter, whatever it is."""

_BEFORE = 3
"""Characters before a word that are looked at for the end of a sentence."""


def facts(text: str) -> bytes:
    """Return the hashes of the numbers and names of a text, in ascending order."""
    hashed = {zlib.crc32(fact.casefold().encode("utf-8", "replace")) for fact in _named(text[:MAX_CHARACTERS])}
    return np.array(sorted(hashed)[:MAX_FACTS], dtype="<u4").tobytes()


def are_of_one_formula(one: bytes, other: bytes, extent: float, extent_of_other: float) -> bool:
    """Return whether two texts that have most words in common say different things.

    Args:
        one: the facts of a text.
        other: those of another one.
        extent: share of the first text that it has in common with the other; the rest may have facts of its own.
        extent_of_other: the same of the other one.
    """
    ours, theirs = _comparable(one, other), _comparable(other, one)
    return _has_own(ours, theirs, extent) and _has_own(theirs, ours, extent_of_other)


def agree(one: bytes, other: bytes) -> bool:
    """Return whether almost all facts of one of two texts are in the other, and they are not few."""
    ours, theirs = set(_comparable(one, other)), set(_comparable(other, one))
    common = len(ours & theirs)
    return common >= MIN_SAME_FACTS and common >= MIN_SHARE_OF_FACTS * min(len(ours), len(theirs))


def _has_own(ours: Collection[int], theirs: Collection[int], extent: float) -> bool:
    own = len(set(ours).difference(theirs))
    return own >= MIN_OWN_FACTS and own > (1 - extent + MAX_CHANGED) * len(ours)


def _comparable(one: bytes, other: bytes) -> list[int]:
    """Return the facts of a text that another text would have kept, too."""
    ours, theirs = np.frombuffer(one, "<u4"), np.frombuffer(other, "<u4")
    kept = ours[ours <= theirs[-1]] if theirs.size == MAX_FACTS else ours
    return [int(fact) for fact in kept]


def _named(text: str) -> Iterator[str]:
    """Yield the numbers of a text, and its words with a capital letter that do not begin a sentence."""
    for match in _WORD.finditer(text):
        word, start = match[0], match.start()
        if word[0].isdigit():
            yield _plain_digits(word.translate(_SEPARATORS))
        elif word[0].isupper():
            before = text[max(0, start - _BEFORE) : start].rstrip(" ")
            if before and before[-1] not in _SENTENCE_ENDS and not before[-1].isspace():
                yield word


def _plain_digits(number: str) -> str:
    """Return a number in the digits of ASCII: a copy may have them in another width or script."""
    if number.isascii():
        return number
    return "".join(str(unicodedata.decimal(character, character)) for character in number)
