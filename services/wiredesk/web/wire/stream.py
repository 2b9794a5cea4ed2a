"""Articles as server-sent events: each with a position as its id, so that a reader that comes back misses nothing."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Any

import orjson
import structlog
from aiohttp import web

from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.records import instant
from wiredesk.web.wire.brief import WITHDRAWN, Brief, brief_of
from wiredesk.web.wire.catch_up import MAX_OFFSETS, CatchUp, missed
from wiredesk.web.wire.filters import Filters
from wiredesk.web.wire.position import Position
from wiredesk.web.wire.ring import Item, Ring, TooSlowError

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 15.0
"""Time without an article after which the position is sent alone: proxies close connections on which nothing comes."""

ITEMS_AT_A_TIME = 16
"""Items that a stream holds at a time: what a slow reader keeps in memory."""

RETRY_MS = 2000
"""Milliseconds after which a browser connects again."""

type Frame = Callable[[Brief, bytes], bytes]
"""Returns the data of an event from a line and from the event in the topic: one line of JSON."""


class ArticleStream:
    """One reader's stream.

    Args:
        ring: the newest articles.
        catch_up: reads what the ring does not hold any more.
        filters: what the reader wants.
        frame: the form of the articles.
        stall_timeout: seconds that the reader may take for what was sent.
    """

    def __init__(self, ring: Ring, catch_up: CatchUp, filters: Filters, frame: Frame, stall_timeout: float) -> None:
        self._ring = ring
        self._catch_up = catch_up
        self._filters = filters
        self._frame = frame
        self._stall_timeout = stall_timeout

    async def run(self, response: web.StreamResponse, position: Position | None) -> None:
        """Send articles until the reader leaves, or is too slow.

        Args:
            position: of the reader; None: it begins with the next article.
        """
        try:
            async with contextlib.aclosing(self._events(position)) as events:
                async for event in events:
                    async with asyncio.timeout(self._stall_timeout):
                        await response.write(event)
        except (TimeoutError, TooSlowError):
            log.info("a reader of the stream is too slow")  # it comes back, and names the last event that it has
        except UnavailableError as error:
            log.warning("a reader cannot catch up", reason=str(error))
        except ConnectionError:
            return

    async def _events(self, position: Position | None) -> AsyncGenerator[bytes]:
        at = position or self._ring.position
        # With its position, a reader that loses the connection before the first article misses nothing, either.
        yield f"retry: {RETRY_MS}\nid: {at}\n\n".encode() if at.offsets else f"retry: {RETRY_MS}\n\n".encode()
        if at.topic != self._ring.topic:
            at = Position(self._ring.topic)
            at.skip_to(self._ring.starts)
            yield _event("reload", at, b"{}")
        async with contextlib.aclosing(self._missed(at)) as events:
            async for event in events:
                yield event
        number = self._ring.first_number()
        while True:
            items = self._ring.from_number(number, ITEMS_AT_A_TIME)
            for item in items:
                if not at.has_passed(item.partition, item.offset):
                    at.move(item.partition, item.offset)
                    if (sent := self._of_item(item, at)) is not None:
                        yield sent
                number = item.number + 1
            del items
            if number >= self._ring.next_number:
                before = self._ring.next_number
                await self._ring.wait(number, HEARTBEAT_SECONDS)
                if self._ring.next_number == before:
                    yield f"id: {at}\n\n".encode()

    async def _missed(self, at: Position) -> AsyncGenerator[bytes]:
        """Yield what the reader missed and the ring does not hold; it moves on while that is read."""
        while gap := missed(at, self._ring.starts):
            stops = dict(self._ring.starts)
            if sum(offsets.size for offsets in gap.values()) > MAX_OFFSETS:
                at.skip_to(stops)
                yield _event("reload", at, b"{}")
                continue
            async with contextlib.aclosing(self._catch_up.records(at, stops)) as records:
                async for record in records:
                    at.move(record.partition, record.offset)
                    page_id = (record.key or b"").decode("utf-8", "replace")
                    brief = brief_of(record, instant(record.timestamp), None)
                    item = Item(-1, record.partition, record.offset, page_id, brief, record.value or b"")
                    is_shown = brief is not None or record.value is None
                    if is_shown and (event := self._of_item(item, at)) is not None:
                        yield event
            at.skip_to(stops)

    def _of_item(self, item: Item, at: Position) -> bytes | None:
        if item.brief is None:
            return _event("forgotten", at, orjson.dumps({"page_id": item.page_id}))
        if not self._filters.accept(item.brief):
            return None
        name = WITHDRAWN if item.brief.kind == WITHDRAWN else "article"
        return _event(name, at, self._frame(item.brief, item.value))


def brief_frame(brief: Brief, _: bytes) -> bytes:
    """Return a line of the wire as JSON."""
    return orjson.dumps(brief.as_object())


def event_frame(_: Brief, value: bytes) -> bytes:
    """Return the event as it is in the topic, on one line."""
    whole: Any = orjson.loads(value)
    return orjson.dumps(whole)


def _event(name: str, at: Position, data: bytes) -> bytes:
    return b"".join((b"id: ", str(at).encode(), b"\nevent: ", name.encode(), b"\ndata: ", data, b"\n\n"))
