"""The fingerprints of a text: hashes of short runs of words, chosen so that a copy of a part keeps those of the part.

Every run of five words is hashed, and of each window of sixteen such runs the smallest hash is kept (winnowing, after
Schleimer, Wilkerson and Aiken 2003): texts that share a passage of twenty words share a fingerprint, wherever it is. In
scripts without spaces, runs and windows are measured in characters.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wiredesk.syndication.letters import MAX_CHARACTERS, Kind, letters
from wiredesk.syndication.overlap import DENSITY

RUN_WEIGHT = 20
"""Weight of a run: five words, ten characters of Han or kana, twenty of Thai."""

WINDOW_WEIGHT = 64
"""Weight of the runs of which one is kept: sixteen words. A text of 750 words has about 90 fingerprints."""

WEIGHTS = {Kind.SEPARATOR: 0, Kind.WORD: 4, Kind.HAN_OR_KANA: 2, Kind.SPACELESS: 1}
"""Weight of a token: a word between spaces, or one character of a script without them."""

MAX_FINGERPRINTS = 400
"""Fingerprints of a text, at most: those of 3,400 words. Of a longer one a half, a quarter and so on is kept, chosen by
its own bits alone, so that its parts can still be found."""

SHORT_WORDS = 250
"""Words of a short text: it has more fingerprints, so that enough of them are left that are no formula."""

type Hashes = NDArray[np.uint64]
"""Hashes, in the order of a text."""

_ODD = np.uint64(1)

_MULTIPLIER = 0x9E3779B97F4A7C15
"""The golden ratio in 64 bits: odd, so that it has an inverse."""

_MIXING = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
"""Constants of SplitMix64, whose output has no regularity that its input has."""


class Fingerprints(NamedTuple):
    """The fingerprints of a text.

    Attributes:
        hashes: each once, in the order in which the text has them. Of a short text, those that a long one would not
            have are odd.
        thinning: how often they were halved: the number of bits, after the lowest one, that are zero in all of them.
    """

    hashes: Hashes
    thinning: int


def fingerprints(text: str) -> Fingerprints:
    """Return the fingerprints of a text."""
    runs, window, words = _runs(text)
    places = _winnowed(runs, window)
    hashes = runs[places] & ~_ODD
    if words <= SHORT_WORDS:
        dense = np.union1d(_winnowed(runs, max(1, window // DENSITY)), places)
        hashes = runs[dense] & ~_ODD | np.where(np.isin(dense, places), np.uint64(0), _ODD)
    hashes = hashes[np.sort(np.unique(hashes, return_index=True)[1])]
    thinning = 0
    while hashes.size > MAX_FINGERPRINTS:
        thinning += 1
        hashes = hashes[hashes & np.uint64((1 << thinning) - 1 << 1) == 0]
    return Fingerprints(hashes, thinning)


def _runs(text: str) -> tuple[Hashes, int, int]:
    """Return the hash of each run of a text, of how many runs one is kept, and the number of words."""
    points, kinds = letters(text)
    starts, ends = _tokens(kinds)
    weights = np.array([WEIGHTS[kind] for kind in sorted(WEIGHTS)])[kinds[starts]]
    reached = np.cumsum(weights)
    last = np.searchsorted(reached, reached - weights + RUN_WEIGHT)
    count = int(np.searchsorted(last, starts.size))  # runs that end within the text
    if not count:  # a text shorter than a run is one itself
        count = min(1, starts.size)
        last = np.full(count, starts.size - 1)
    weight = int(reached[-1]) if count else WINDOW_WEIGHT
    window = round(WINDOW_WEIGHT * starts.size / weight)
    hashes = _hashes(points, kinds, starts[:count], ends[last[:count]])
    return hashes, window, weight // WEIGHTS[Kind.WORD]


def _tokens(kinds: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each token begins, and where it ends: a word, or a character of a script without spaces."""
    word = np.concatenate(([False], kinds == Kind.WORD, [False]))
    single = kinds > Kind.WORD
    begins = single | (word[1:-1] & ~word[:-2])
    finishes = single | (word[1:-1] & ~word[2:])
    return np.flatnonzero(begins), np.flatnonzero(finishes) + 1


def _hashes(
    points: NDArray[np.uint32], kinds: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> Hashes:
    """Return the hash of each run: of its letters and digits only, so that `week-end` and `week end` have the same.

    The hash is a polynomial of the characters, modulo 2 to the 64: that of a run is the difference of two sums over the
    text, divided by the power at which it begins.
    """
    is_kept = kinds != Kind.SEPARATOR
    before = np.concatenate(([0], np.cumsum(is_kept)))
    values = _mixed(points[is_kept].astype(np.uint64))
    powers, inverses = _powers()
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(values * powers[: values.size], dtype=np.uint64)))
    first, last = before[starts], before[ends]
    return _mixed((sums[last] - sums[first]) * inverses[first])


@cache
def _powers() -> tuple[Hashes, Hashes]:
    """Return the powers of the multiplier and of its inverse, up to that of the longest text."""

    def powers(base: int) -> Hashes:
        factors = np.full(MAX_CHARACTERS + 1, base, np.uint64)
        factors[0] = 1
        return np.cumprod(factors, dtype=np.uint64)

    return powers(_MULTIPLIER), powers(pow(_MULTIPLIER, -1, 1 << 64))


def _mixed(values: Hashes) -> Hashes:
    """Return values in which each bit depends on all bits (SplitMix64)."""
    values = values + np.uint64(_MULTIPLIER)
    values = (values ^ (values >> _SHIFTS[0])) * _MIXING[0]
    values = (values ^ (values >> _SHIFTS[1])) * _MIXING[1]
    mixed: Hashes = values ^ (values >> _SHIFTS[2])
    return mixed


def _winnowed(hashes: Hashes, window: int) -> NDArray[np.int64]:
    """Return the places of the smallest hash of each window, each once."""
    if hashes.size <= 1:
        return np.arange(hashes.size)
    windows = np.lib.stride_tricks.sliding_window_view(hashes, min(max(window, 1), hashes.size))
    places = windows.argmin(axis=1) + np.arange(len(windows))
    return np.unique(places)
