"""The articles of the last hours, by page, by group and by fingerprint: the state of the stage.

It is what its changes make of it, in their order, and holds nothing else; so a changelog that was compacted gives the
same window: the same articles in the same order, the same groups, the same frequencies of fingerprints.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import orjson

from wiredesk.runtime.state import Change
from wiredesk.syndication.entry import Entry, Membership, unpack
from wiredesk.syndication.overlap import Signature, is_dense
from wiredesk.syndication.postings import Block, Postings
from wiredesk.syndication.recent import Recent

ARTICLE, MEMBER = b"a", b"m"
"""First byte of a key, before the page id: an article; or where it belongs since, as long as it is not replaced."""

INDEXED_TOGETHER = 512
"""Articles whose fingerprints are indexed at once, at most: a restore, which reads none, takes a third of the time."""

CHANGED_TOGETHER = 64
"""The same while articles are looked up, and articles that are taken out of the index at once."""

ENTRY_BYTES = 420
"""Bytes of memory that an article takes in addition to its fingerprints and texts, as measured."""


class _Held:
    """An article as it is kept in memory."""

    __slots__ = (
        "about",
        "block",
        "facts",
        "is_dense",
        "is_withdrawn",
        "membership",
        "order",
        "page",
        "thinning",
        "time_ms",
    )

    def __init__(self, page: bytes, order: int, time_ms: int) -> None:
        self.page = page
        self.order = order
        self.time_ms = time_ms
        self.membership = Membership(b"", 0)
        self.about = self.facts = b""
        self.block = Block(0, 0)
        self.thinning = 0
        self.is_dense = self.is_withdrawn = False


class Window:
    """The articles of the last hours.

    Args:
        articles: how many memory is reserved for.
        retention_ms: how long an article stays after its last change, by the time of the input.

    Attributes:
        time_ms: the time that the input has reached.
    """

    def __init__(self, articles: int, retention_ms: int) -> None:
        self.time_ms = 0
        self._retention_ms = retention_ms
        self._numbers: OrderedDict[bytes, int] = OrderedDict()  # by page, in the order of their last changes
        self._held: list[_Held | None] = []
        self._free: list[int] = []
        self._groups: dict[bytes, tuple[int, ...]] = {}
        self._postings = Postings(articles)
        self._recent = Recent()
        self._gone: dict[int, Block] = {}  # the oldest articles, which the index still has
        self._order = 0
        self._text_bytes = 0

    def __len__(self) -> int:
        """Return the number of articles."""
        return len(self._numbers)

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, about."""
        return self._postings.size + ENTRY_BYTES * len(self._numbers) + self._text_bytes

    def apply(self, change: Change, time_ms: int) -> None:
        """Apply a change: an article comes, returns with another text or goes, or belongs to another group."""
        self.advance(time_ms)
        kind, page = change.key[:1], change.key[1:]
        if kind == ARTICLE:
            self._remove(page)
            if change.value is not None:
                self._add(page, change.value)
        elif kind == MEMBER and change.value is not None and page in self._numbers:
            number = self._numbers[page]
            self._leave(number)
            self._join(number, Membership.read(change.value)[0])

    def advance(self, time_ms: int) -> None:
        """Take note of the time of the input, and forget the articles that came before the retention."""
        if time_ms <= self.time_ms:
            return
        self.time_ms = time_ms
        while self._numbers:
            page, number = next(iter(self._numbers.items()))
            if self._entry(number).time_ms >= time_ms - self._retention_ms:
                return
            self._remove(page)

    def _add(self, page: bytes, value: bytes) -> None:
        self._order += 1
        if not self._free:
            self._held.append(None)
            self._free.append(len(self._held) - 1)
        number = self._free.pop()
        held = _Held(page, self._order, self.time_ms)
        held.is_withdrawn, held.thinning, hashes, held.facts, membership, held.about = unpack(value)
        held.is_dense = is_dense(hashes)
        self._recent.add(number, hashes)
        self._held[number] = held
        self._numbers[page] = number
        self._text_bytes += len(held.about) + len(held.facts)
        self._join(number, membership)
        if len(self._recent) >= INDEXED_TOGETHER:
            self._index()

    def _index(self) -> None:
        """Index the fingerprints of articles that came since the last time."""
        articles = self._recent.take()
        for number, block in zip(articles, self._postings.add(articles), strict=True):
            self._entry(number).block = block

    def _remove(self, page: bytes) -> None:
        is_oldest = page == self.oldest()
        number = self._numbers.pop(page, None)
        if number is None:
            return
        held = self._entry(number)
        self._leave(number)
        self._text_bytes -= len(held.about) + len(held.facts)
        self._held[number] = None
        if is_oldest and number not in self._recent:
            self._gone[number] = held.block
            if len(self._gone) >= CHANGED_TOGETHER:
                self._remove_gone()
            return
        if number in self._recent:
            self._recent.remove(number)
        else:
            self._postings.remove(held.block)
        self._free.append(number)

    def _remove_gone(self) -> None:
        """Take the oldest articles, which are not there any more, out of the index; their numbers are free then."""
        self._postings.remove_oldest(list(self._gone.values()))
        self._free.extend(self._gone)
        self._gone.clear()

    def _join(self, number: int, membership: Membership) -> None:
        self._entry(number).membership = membership
        for group in membership.groups:
            self._groups[group] = (*self._groups.get(group, ()), number)

    def _leave(self, number: int) -> None:
        for group in self._entry(number).membership.groups:
            rest = tuple(one for one in self._groups[group] if one != number)
            if rest:
                self._groups[group] = rest
            else:
                del self._groups[group]

    def _entry(self, number: int) -> _Held:
        held = self._held[number]
        if held is None:
            raise KeyError(number)
        return held

    # What handlers read. Articles have numbers, which are used again when an article is gone.

    def number(self, page: bytes) -> int | None:
        """Return the number of a page's article; None where the window has none."""
        return self._numbers.get(page)

    def entry(self, number: int) -> Entry:
        """Return the article of a number."""
        held = self._entry(number)
        is_recent = number in self._recent
        hashes = self._recent.hashes(number) if is_recent else self._postings.fingerprints(held.block)
        return Entry(
            held.page,
            held.membership,
            Signature(hashes.tolist(), held.thinning, held.is_dense),
            orjson.loads(held.about),
            held.order,
            held.is_withdrawn,
            held.facts,
        )

    def page(self, number: int) -> bytes:
        """Return the page of an article."""
        return self._entry(number).page

    def membership(self, number: int) -> Membership:
        """Return where an article belongs."""
        return self._entry(number).membership

    def family(self, number: int) -> int:
        """Return the family of an article."""
        return self._entry(number).membership.family

    def families(self, numbers: Iterable[int]) -> set[int]:
        """Return the families of articles."""
        return {self._entry(number).membership.family for number in numbers}

    def order(self, number: int) -> int:
        """Return a number that is larger for articles that came later."""
        return self._entry(number).order

    def oldest(self) -> bytes | None:
        """Return the page of the article that came first; None where there is none."""
        return next(iter(self._numbers), None)

    def of_group(self, group: bytes) -> Sequence[int]:
        """Return what is listed in a group, the oldest first: its articles, and those that share a passage with one.

        Those that were withdrawn are among them.
        """
        return sorted(self._groups.get(group, ()), key=self.order)

    def is_withdrawn(self, number: int) -> bool:
        """Return whether an article is gone, and only listed as such."""
        return self._entry(number).is_withdrawn

    def has_several(self, group: bytes) -> bool:
        """Return whether more than one article is listed in a group."""
        return len(self._groups.get(group, ())) > 1

    def members(self, group: bytes) -> Sequence[int]:
        """Return the articles of a group that are there, the oldest first."""
        held = ((number, self._entry(number)) for number in self.of_group(group))
        return [number for number, one in held if one.membership.group == group and not one.is_withdrawn]

    def carriers(self, hashes: Sequence[int], limit: int) -> Mapping[tuple[int, ...], Sequence[int]]:
        """Return fingerprints by the articles that carry them, the newest first, so many at most."""
        if len(self._recent) >= CHANGED_TOGETHER:
            self._index()
        indexed = self._postings.carriers(np.fromiter(hashes, np.uint64, len(hashes)), limit)
        recent = self._recent.carriers(hashes)
        together: dict[tuple[tuple[int, ...], tuple[int, ...]], list[int]] = {}
        for fingerprint in hashes if recent else indexed:
            newer, older = recent.get(fingerprint, ()), indexed.get(fingerprint, ())
            if newer or older:
                together.setdefault((newer, older), []).append(fingerprint)
        by_carriers: dict[tuple[int, ...], list[int]] = {}
        for (newer, older), fingerprints in together.items():
            carriers = (*newer, *(number for number in older if number not in self._gone))[:limit]
            if carriers:
                by_carriers.setdefault(carriers, []).extend(fingerprints)
        return by_carriers
