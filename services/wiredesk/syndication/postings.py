"""Which articles carry a fingerprint: an inverted index in flat memory, of 16 bytes for each fingerprint of an article.

A dictionary would take ten times as much. Memory that is not used yet takes none, and a forked child shares it.

Every article has a block of postings, one for each fingerprint, in the order of its text. The postings of one
fingerprint are a list from the newest to the oldest article. The newest one of each list is in a chain of a hash table.
All fingerprints of an article, or of many, are processed at once: each step is a few operations on arrays.
"""

import mmap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

GRANULE = 8
"""Postings of a block come in multiples of this many: freed blocks are of few sizes, and are used again."""

MEAN_FINGERPRINTS = 96
"""Fingerprints of an article for which memory is reserved, on average; more memory is taken when it is needed."""

NONE = 0
"""No posting: that of this number is never used."""

_BUCKET_SHIFT = np.uint64(16)
"""Lowest bit of a fingerprint that chooses its bucket: the lowest ones are zero in long texts, and winnowing prefers
small numbers."""

type Places = NDArray[np.int64]
"""Postings, or buckets."""

type Hashes = NDArray[np.uint64]
"""Fingerprints."""


class Block(NamedTuple):
    """Where the postings of an article are."""

    start: int
    size: int


class Postings:
    """The articles that carry each fingerprint.

    Args:
        articles: for how many memory is reserved.
    """

    def __init__(self, articles: int) -> None:
        self._mask = np.uint64((1 << (articles * MEAN_FINGERPRINTS).bit_length()) - 1)
        self._heads = _reserved(int(self._mask) + 1, np.int32)  # the first posting of each chain
        self._capacity = GRANULE * (articles * MEAN_FINGERPRINTS // GRANULE + 2)
        self._use(_reserved(2 * self._capacity, np.uint64))
        self._owners = _reserved(self._capacity // GRANULE, np.int32)
        self._used = GRANULE
        self._free: dict[int, list[int]] = {}
        self.count = 0

    def _use(self, memory: NDArray[np.uint64]) -> None:
        """Use a memory for postings: what is read of one lies together, since most of it is in no cache."""
        self._memory = memory
        halves = memory.view(np.int32)
        self._hashes, self._older = memory[::2], halves[2::4]
        # The newer posting of the same fingerprint; of the newest one, the next posting of its chain, as a negative.
        self._links = halves[3::4]

    def fingerprints(self, block: Block) -> Hashes:
        """Return the fingerprints of a block, to be read at once: they change when the block is removed."""
        return self._hashes[block.start : block.start + block.size]

    def add(self, articles: Mapping[int, Hashes]) -> Sequence[Block]:
        """Add articles as the newest carriers of their fingerprints, the oldest first, and return their blocks.

        Args:
            articles: the fingerprints of each, each fingerprint once, by the article's number.
        """
        blocks = [Block(self._allocated(hashes.size), hashes.size) for hashes in articles.values()]
        for (owner, hashes), (start, count) in zip(articles.items(), blocks, strict=True):
            self._hashes[start : start + count] = hashes
            self._owners[start // GRANULE : start // GRANULE + _granules(count)] = owner
            self.count += count
        if blocks:
            postings = np.concatenate([np.arange(start, start + count) for start, count in blocks])
            for some, buckets in self._in_rounds(postings):
                self._put_first(some, buckets)
        return blocks

    def remove(self, block: Block) -> None:
        """Remove an article's block of postings."""
        start, count = block
        if not count:
            return
        postings = np.arange(start, start + count)
        is_newest = self._links[start : start + count] <= NONE
        self._unlink(postings[~is_newest])
        for some, buckets in self._in_rounds(postings[is_newest]):
            self._replace_newest(some, buckets)
        self._free.setdefault(_granules(count), []).append(start)
        self.count -= count

    def remove_oldest(self, blocks: Sequence[Block]) -> None:
        """Remove the blocks of articles that are older than all that stay: their postings are the ends of lists."""
        if not blocks:
            return
        postings = np.concatenate([np.arange(start, start + count) for start, count in blocks])
        newer = self._links[postings]
        self._older[newer[newer > NONE]] = NONE
        for some, buckets in self._in_rounds(postings[newer <= NONE]):
            self._replace_newest(some, buckets)
        for start, count in blocks:
            if count:
                self._free.setdefault(_granules(count), []).append(start)
                self.count -= count

    def carriers(self, hashes: Hashes, limit: int) -> Mapping[int, tuple[int, ...]]:
        """Return the articles that carry fingerprints, by fingerprint: the newest first, so many at most.

        Fingerprints that no article carries are left out.
        """
        newest, _ = self._newest(hashes, self._buckets(hashes))
        carried = newest.nonzero()[0]
        if not carried.size:
            return {}
        rows, counts = self._newest_owners(newest[carried], limit)
        owners = zip(hashes[carried].tolist(), rows, counts, strict=True)
        return {fingerprint: row[:count] for fingerprint, row, count in owners}

    def _newest_owners(self, postings: Places, limit: int) -> tuple[Iterable[tuple[int, ...]], Sequence[int]]:
        """Return the owners of postings and of those older than each, so many at most, and how many they are."""
        rounds: list[Places] = []
        while len(rounds) < limit and np.count_nonzero(postings):
            rounds.append(postings)
            postings = self._older[postings].astype(np.int64)
        chains = np.array(rounds).reshape(len(rounds), postings.size)
        owners = self._owners[chains // GRANULE].tolist()
        return zip(*owners, strict=True), np.count_nonzero(chains, axis=0).tolist()

    def _buckets(self, hashes: Hashes) -> Places:
        return ((hashes >> _BUCKET_SHIFT) & self._mask).astype(np.int64)

    def _in_rounds(self, postings: Places) -> Iterator[tuple[Places, Places]]:
        """Yield postings with their buckets, in rounds in which no bucket comes twice; in their order within each."""
        buckets = self._buckets(self._hashes[postings])
        order = buckets.argsort(kind="stable")
        in_order = buckets[order]
        is_other = in_order[1:] != in_order[:-1]
        if is_other.all():
            yield postings, buckets
            return
        starts = np.concatenate(([0], is_other.nonzero()[0] + 1))
        lengths = np.diff(starts, append=order.size)
        for number in range(int(lengths.max())):
            some = order[starts[lengths > number] + number]
            yield postings[some], buckets[some]

    def _newest(self, hashes: Hashes, buckets: Places) -> tuple[Places, Places]:
        """Return the newest posting of each fingerprint, and the posting before it in its chain; `NONE` for none."""
        newest = self._heads[buckets].astype(np.int64)
        before = np.zeros(newest.size, dtype=np.int64)
        others = ((newest != NONE) & (self._hashes[newest] != hashes)).nonzero()[0]
        while others.size:
            current = newest[others]
            before[others] = current
            current = -self._links[current].astype(np.int64)
            newest[others] = current
            others = others[(current != NONE) & (self._hashes[current] != hashes[others])]
        return newest, before

    def _put_first(self, postings: Places, buckets: Places) -> None:
        """Put postings before all others of their fingerprints, and in the chain in the place of these."""
        newest, before = self._newest(self._hashes[postings], buckets)
        before[newest == NONE] = NONE
        self._older[postings] = newest
        known = newest.nonzero()[0]
        links = -self._heads[buckets]
        if known.size:
            of_known, newest = postings[known], newest[known]
            links[known] = self._links[newest]
            self._links[newest] = of_known
        self._links[postings] = links
        self._set_next(before, buckets, postings)

    def _unlink(self, postings: Places) -> None:
        """Take postings that have a newer one out of the lists of their fingerprints."""
        older, newer = self._older[postings], self._links[postings]
        self._older[newer] = older
        has_older = older.nonzero()[0]
        self._links[older[has_older]] = newer[has_older]

    def _replace_newest(self, postings: Places, buckets: Places) -> None:
        """Put the posting before each newest one in its place in the chain, or the next of the chain."""
        _, before = self._newest(self._hashes[postings], buckets)
        older, links = self._older[postings], self._links[postings]
        has_older = older.nonzero()[0]
        following = -links
        following[has_older] = older[has_older]
        self._links[older[has_older]] = links[has_older]
        self._set_next(before, buckets, following)

    def _set_next(self, before: Places, buckets: Places, following: NDArray[np.integer[Any]]) -> None:
        """Let postings follow others in their chains, or be the first where there are none before them."""
        is_first = before == NONE
        self._heads[buckets[is_first]] = following[is_first]
        is_later = ~is_first
        self._links[before[is_later]] = -following[is_later]

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
        """Take a quarter more memory."""
        self._capacity = GRANULE * (self._capacity * 5 // (4 * GRANULE) + 1)
        self._use(_enlarged(self._memory, 2 * self._capacity))
        self._owners = _enlarged(self._owners, self._capacity // GRANULE)

    @property
    def size(self) -> int:
        """Bytes that are in use, about."""
        return self._heads.nbytes + 16 * self._used + 4 * self._used // GRANULE


def _granules(count: int) -> int:
    return (count + GRANULE - 1) // GRANULE


def _reserved[T: np.generic](count: int, kind: type[T]) -> NDArray[T]:
    """Return zeros that take memory only where something is written."""
    size = max(1, count) * np.dtype(kind).itemsize
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return np.frombuffer(memory, dtype=kind)


def _enlarged(old: NDArray[Any], count: int) -> NDArray[Any]:
    new = _reserved(count, old.dtype.type)
    new[: old.size] = old
    return new
