"""The newest articles, in memory: bounded in number and in bytes, whatever their readers do.

Readers hold no articles. Each has a number, that of the next item, and asks for a few items at a time; one that is so
slow that its next item is gone is disconnected, and comes back with its position.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from wiredesk.web.wire.brief import WITHDRAWN, Brief
from wiredesk.web.wire.filters import Filters
from wiredesk.web.wire.position import TOPIC_CHARACTERS, Position


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the ring.

    Attributes:
        number: of the item in this process, in the order of the ring.
        brief: None: its page is to be forgotten.
        value: the event, as it is in the topic.
    """

    number: int
    partition: int
    offset: int
    page_id: str
    brief: Brief | None
    value: bytes


class TooSlowError(Exception):
    """A reader's next item is not in the ring any more."""


class Ring:
    """The newest items, the oldest first.

    Args:
        max_items: maximum number of items.
        max_bytes: maximum bytes of their events.
    """

    def __init__(self, max_items: int, max_bytes: int) -> None:
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._newest: dict[str, Brief] = {}
        self._starts: dict[int, int] = {}
        self._stops: dict[int, int] = {}
        self._evicted = 0
        self._changed = asyncio.Event()
        self.topic = ""
        self.next_number = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def size(self) -> int:
        """Bytes of the events that are held."""
        return self._bytes

    @property
    def starts(self) -> Mapping[int, int]:
        """By partition, the offset from which nothing is missing."""
        return self._starts

    @property
    def position(self) -> Position:
        """The position after the newest item."""
        return Position(self.topic, dict(self._stops))

    def begin(self, topic_id: str, starts: Mapping[int, int]) -> None:
        """Begin with a topic: what was held of another one is dropped."""
        self._items.clear()
        self._newest.clear()
        self._bytes, self._evicted = 0, self.next_number
        self.topic = topic_id[:TOPIC_CHARACTERS] or "0"
        self._starts, self._stops = dict(starts), dict(starts)
        self._notify()

    def add_partition(self, partition: int, start: int) -> None:
        """Begin with a partition that the topic has got."""
        self._starts.setdefault(partition, start)
        self._stops.setdefault(partition, start)

    def newest_of(self, page_id: str) -> Brief | None:
        """Return the newest line of a page; None if the ring has none."""
        return self._newest.get(page_id)

    def newest_item(self, page_id: str) -> Item | None:
        """Return the newest article of a page; None if the ring has none, or it was withdrawn."""
        newest = next((item for item in reversed(self._items) if item.page_id == page_id), None)
        return newest if newest is not None and newest.brief is not None and newest.brief.kind != WITHDRAWN else None

    def add(self, partition: int, offset: int, page_id: str, brief: Brief | None, value: bytes) -> None:
        """Add an item; older ones give way to it. With no brief, all items of its page are dropped."""
        self.pass_over(partition, offset)
        if brief is None:
            self._forget(page_id)
        else:
            self._newest[page_id] = brief
        self._items.append(Item(self.next_number, partition, offset, page_id, brief, value))
        self.next_number += 1
        self._bytes += len(value)
        while len(self._items) > self._max_items or (self._bytes > self._max_bytes and len(self._items) > 1):
            self._drop(self._items.popleft())
        self._notify()

    def pass_over(self, partition: int, offset: int) -> None:
        """Note that a record was read, whether it is shown or not."""
        self._stops[partition] = max(self._stops.get(partition, 0), offset + 1)

    def first_number(self) -> int:
        """Return the number of the oldest item that is held."""
        return self._evicted

    def from_number(self, number: int, limit: int) -> list[Item]:
        """Return the items from a number on, at most so many.

        Raises:
            TooSlowError: the item of this number has given way to newer ones.
        """
        if number < self._evicted:
            raise TooSlowError
        newer = [item for item in islice(reversed(self._items), self.next_number - number) if item.number >= number]
        return newer[::-1][:limit]

    def newest(self, filters: Filters, limit: int) -> list[Item]:
        """Return the newest items that match, the newest first."""
        return list(islice(self._matching(filters), limit))

    async def wait(self, number: int, seconds: float) -> None:
        """Wait until there is an item of this number or later, or for some seconds."""
        if self.next_number > number:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    def values(self, names: Iterable[str]) -> dict[str, list[str]]:
        """Return, for filters with few values, which there are."""
        there: dict[str, set[str]] = {name: set() for name in names}
        for item in self._items:
            if item.brief is not None:
                for name, values in there.items():
                    value = {"language": item.brief.language, "source": item.brief.source, "type": item.brief.page_type}
                    values.add(value.get(name, ""))
        return {name: sorted(values - {""}) for name, values in there.items()}

    def _matching(self, filters: Filters) -> Iterator[Item]:
        return (one for one in reversed(self._items) if one.brief is not None and filters.accept(one.brief))

    def _forget(self, page_id: str) -> None:
        self._newest.pop(page_id, None)
        kept = [item for item in self._items if item.page_id != page_id]
        self._bytes -= sum(len(item.value) for item in self._items) - sum(len(item.value) for item in kept)
        self._items = deque(kept)

    def _drop(self, item: Item) -> None:
        self._bytes -= len(item.value)
        self._evicted = item.number + 1
        self._starts[item.partition] = max(self._starts.get(item.partition, 0), item.offset + 1)
        if self._newest.get(item.page_id) is item.brief:
            self._newest.pop(item.page_id, None)

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
