"""Which articles carry a fingerprint: an inverted index in flat memory, of 20 bytes for each fingerprint of an article.

A dictionary would take ten times as much. Memory that is not used yet takes none, and a forked child shares it.

Every article has a block of postings, one for each fingerprint, in the order of its text. The postings of one
fingerprint are a list from the newest to the oldest article. The newest one of each list is in a chain of a hash table.
"""

import mmap
from collections.abc import Mapping, Sequence
from typing import Literal

GRANULE = 8
"""Postings of a block come in multiples of this many: freed blocks are of few sizes, and are used again."""

MEAN_FINGERPRINTS = 96
"""Fingerprints of an article for which memory is reserved, on average; more memory is taken when it is needed."""

NONE = -1
"""No posting."""

_BUCKET_SHIFT = 16
"""Lowest bit of a fingerprint that chooses its bucket: the lowest ones are zero in long texts, and winnowing prefers
small numbers."""


class Postings:
    """The articles that carry each fingerprint.

    Args:
        articles: for how many memory is reserved.
    """

    def __init__(self, articles: int) -> None:
        self._mask = (1 << (articles * MEAN_FINGERPRINTS).bit_length()) - 1
        self._heads = _reserved(self._mask + 1, "i")
        self._capacity = GRANULE * (articles * MEAN_FINGERPRINTS // GRANULE + 1)
        self._fingerprints = _reserved(self._capacity, "Q")
        self._older = _reserved(self._capacity, "i")
        self._newer = _reserved(self._capacity, "i")
        self._chain = _reserved(self._capacity, "i")
        self._owners = _reserved(self._capacity // GRANULE, "i")
        self._used = 0
        self._free: dict[int, list[int]] = {}
        self.count = 0

    def fingerprints(self, block: int, count: int) -> Sequence[int]:
        """Return the fingerprints of a block."""
        return self._fingerprints[block : block + count].tolist()

    def add(self, owner: int, fingerprints: Sequence[int]) -> int:
        """Add an article as the newest carrier of its fingerprints, and return its block."""
        block = self._allocated(len(fingerprints))
        for granule in range(block // GRANULE, (block + len(fingerprints) + GRANULE - 1) // GRANULE):
            self._owners[granule] = owner
        stored, heads, older, newer, chain, mask = (
            self._fingerprints, self._heads, self._older, self._newer, self._chain, self._mask
        )  # fmt: skip
        for posting, fingerprint in enumerate(fingerprints, block):
            stored[posting] = fingerprint
            bucket = (fingerprint >> _BUCKET_SHIFT) & mask
            previous, newest = NONE, heads[bucket] - 1
            while newest != NONE and stored[newest] != fingerprint:
                previous, newest = newest, chain[newest]
            older[posting], newer[posting] = newest, NONE
            if newest == NONE:
                chain[posting] = heads[bucket] - 1
                heads[bucket] = posting + 1
                continue
            newer[newest] = posting
            chain[posting] = chain[newest]
            if previous == NONE:
                heads[bucket] = posting + 1
            else:
                chain[previous] = posting
        self.count += len(fingerprints)
        return block

    def remove(self, block: int, count: int) -> None:
        """Remove an article's block of postings."""
        older, newer = self._older, self._newer
        for posting in range(block, block + count):
            before, after = older[posting], newer[posting]
            if before != NONE:
                newer[before] = after
            if after != NONE:
                older[after] = before
            else:
                self._replace_newest(posting, before)
        if count:
            self._free.setdefault(_granules(count), []).append(block)
        self.count -= count

    def _replace_newest(self, posting: int, before: int) -> None:
        """Put the posting before the newest one of a list in its place in the chain, or nothing."""
        chain, heads = self._chain, self._heads
        bucket = (self._fingerprints[posting] >> _BUCKET_SHIFT) & self._mask
        following = chain[posting]
        if before != NONE:
            chain[before] = following
            following = before
        current = heads[bucket] - 1
        if current == posting:
            heads[bucket] = following + 1
            return
        while chain[current] != posting:
            current = chain[current]
        chain[current] = following

    def carriers(self, fingerprints: Sequence[int], limit: int) -> Mapping[tuple[int, ...], list[int]]:
        """Return fingerprints by the articles that carry them: the newest first, so many at most.

        Fingerprints that no article carries are left out.
        """
        stored, heads, older, chain, owners, mask = (
            self._fingerprints, self._heads, self._older, self._chain, self._owners, self._mask
        )  # fmt: skip
        by_carriers: dict[tuple[int, ...], list[int]] = {}
        for fingerprint in fingerprints:
            posting = heads[(fingerprint >> _BUCKET_SHIFT) & mask] - 1
            while posting != NONE and stored[posting] != fingerprint:
                posting = chain[posting]
            if posting == NONE:
                continue
            carriers: list[int] = []
            while posting != NONE and len(carriers) < limit:
                carriers.append(owners[posting // GRANULE])
                posting = older[posting]
            by_carriers.setdefault(tuple(carriers), []).append(fingerprint)
        return by_carriers

    def _allocated(self, count: int) -> int:
        """Return a block for so many postings."""
        granules = _granules(count)
        if free := self._free.get(granules):
            return free.pop()
        block = self._used
        self._used += granules * GRANULE
        while self._used > self._capacity:
            self._grow()
        return block

    def _grow(self) -> None:
        """Take half as much memory again."""
        self._capacity = GRANULE * (self._capacity * 3 // (2 * GRANULE) + 1)
        self._fingerprints = _enlarged(self._fingerprints, self._capacity)
        self._older, self._newer, self._chain = (
            _enlarged(one, self._capacity) for one in (self._older, self._newer, self._chain)
        )
        self._owners = _enlarged(self._owners, self._capacity // GRANULE)

    @property
    def size(self) -> int:
        """Bytes that are in use, about."""
        return 4 * len(self._heads) + 20 * self._used + 4 * self._used // GRANULE


def _granules(count: int) -> int:
    return (count + GRANULE - 1) // GRANULE


def _reserved(count: int, kind: Literal["i", "Q"]) -> "memoryview[int]":
    """Return zeros that take memory only where something is written."""
    size = 8 if kind == "Q" else 4
    memory = mmap.mmap(-1, max(1, count) * size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return memoryview(memory).cast(kind)


def _enlarged(old: "memoryview[int]", count: int) -> "memoryview[int]":
    new = _reserved(count, "Q" if old.format == "Q" else "i")
    new[: len(old)] = old
    return new
