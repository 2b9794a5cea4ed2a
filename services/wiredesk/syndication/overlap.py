"""What two texts have in common, by their fingerprints: how much of each, and in which passages."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FINGERPRINT_BYTES = 8
"""Bytes of a fingerprint."""

DENSITY = 4
"""How many times as many fingerprints a short text has as a part of a long one."""

MAX_GAP = 6
"""Fingerprints between two shared ones of the same passage: about fifty words in which some were changed."""

MIN_IN_PASSAGE = 3
"""Shared fingerprints of a passage, at least: fewer are a phrase that many stories have."""

MARGIN = 2
"""Fingerprints between a passage at the beginning or at the end of a text, and that beginning or end, at most."""

_ODD = np.uint64(1)

MOST = 0.8
"""Share of what two texts have in common that is most of it."""


class Overlap(NamedTuple):
    """What two texts have in common.

    Attributes:
        shared: fingerprints that both have.
        share: of the first text's fingerprints.
        share_of_other: of the second's.
        extent: share of the first text that shared passages take up, with the words that were changed in them.
        extent_of_other: the same of the second.
        amount: length of all that they share, in fingerprints of a long text.
    """

    shared: int
    share: float
    share_of_other: float
    extent: float
    extent_of_other: float
    amount: float


class Signature(NamedTuple):
    """The fingerprints of a text.

    Attributes:
        hashes: in the order of the text.
        thinning: how often they were halved.
        is_dense: some are odd: those that a part of a long text would not have.
    """

    hashes: Sequence[int]
    thinning: int
    is_dense: bool

    @classmethod
    def of(cls, hashes: NDArray[np.uint64], thinning: int = 0) -> "Signature":
        """Return the signature of these fingerprints, of which each counts once."""
        return cls(list(dict.fromkeys(hashes.tolist())), thinning, is_dense(hashes))

    def comparable(self, other: "Signature") -> Sequence[int]:
        """Return the fingerprints that another text would have, too, if it had the same passage."""
        hashes = self.hashes
        if self.thinning < other.thinning:
            mask = (1 << other.thinning) - 1 << 1
            hashes = [one for one in hashes if not one & mask]
        if self.is_dense and not other.is_dense:
            hashes = [one for one in hashes if not one & 1]
        return hashes


def is_dense(hashes: NDArray[np.uint64]) -> bool:
    """Return whether some fingerprints are odd."""
    return bool((hashes & _ODD).any())


def overlap(one: Signature, other: Signature) -> Overlap:
    """Return what two texts have in common."""
    ours, theirs = one.comparable(other), other.comparable(one)
    shared = set(ours).intersection(theirs)
    if not shared:
        return Overlap(0, 0, 0, 0, 0, 0)
    unit = DENSITY if one.is_dense and other.is_dense else 1
    return Overlap(
        len(shared),
        len(shared) / len(ours),
        len(shared) / len(theirs),
        _extent(ours, shared, unit),
        _extent(theirs, shared, unit),
        len(shared) / unit,
    )


def is_margin(one: Signature, other: Signature) -> bool:
    """Return whether most of what two texts share is a passage at the beginning of both, or at the end of both."""
    ours, theirs = one.comparable(other), other.comparable(one)
    shared = set(ours).intersection(theirs)
    places = [[place for place, hash_ in enumerate(hashes) if hash_ in shared] for hashes in (ours, theirs)]
    unit = DENSITY if one.is_dense and other.is_dense else 1
    width, most = len(shared) + MARGIN * unit, MOST * len(shared)
    at_beginning = [sum(place < width for place in each) for each in places]
    ends = (len(ours) - width, len(theirs) - width)
    at_end = [sum(place >= end for place in each) for each, end in zip(places, ends, strict=True)]
    return min(at_beginning) >= most or min(at_end) >= most


def _extent(hashes: Sequence[int], shared: Collection[int], unit: int) -> float:
    """Return the share of a text that its shared passages take up."""
    gap, enough = MAX_GAP * unit, MIN_IN_PASSAGE * unit
    total, start, last, count = 0, 0, -gap - 2, 0
    for position, one in enumerate(hashes):
        if one not in shared:
            continue
        if position - last > gap + 1:
            total += last - start + 1 if count >= enough else 0
            start, count = position, 0
        last, count = position, count + 1
    total += last - start + 1 if count >= enough else 0
    return total / len(hashes)


def longest_passage(one: Signature, other: Signature) -> float:
    """Return the length of the longest passage that is the same in two texts, in fingerprints of a long text."""
    ours, theirs = one.comparable(other), other.comparable(one)
    shared = set(ours).intersection(theirs)
    unit = DENSITY if one.is_dense and other.is_dense else 1
    return min(_longest_row(ours, shared), _longest_row(theirs, shared)) / unit


def _longest_row(hashes: Sequence[int], shared: Collection[int]) -> int:
    """Return the length of the longest row of shared fingerprints in a text."""
    rows = (sum(1 for _ in row) for is_shared, row in groupby(hashes, shared.__contains__) if is_shared)
    return max(rows, default=0)
