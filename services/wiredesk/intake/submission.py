"""One request with pages: reads them, passes them on, and waits until the brokers have acknowledged them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import Executor
from contextlib import aclosing
from dataclasses import dataclass

from aiokafka.structs import RecordMetadata

from wiredesk.intake import metrics
from wiredesk.intake.admission import InFlight, Share
from wiredesk.intake.attributes import Attributes
from wiredesk.intake.body import Body
from wiredesk.intake.delivery import Publisher, UndeliveredError, is_too_large
from wiredesk.intake.kinds import BodyKind, separator_of
from wiredesk.intake.pages import Page, archived, events, fetched_page, lines
from wiredesk.intake.problems import ProblemError, ProblemKind
from wiredesk.intake.receipt import REPEAT_SECONDS, Failure, Receipt
from wiredesk.intake.settings import IntakeSettings
from wiredesk.pages.record import RawRecord
from wiredesk.pages.report import ReadReport

PAGE_OVERHEAD = 1024
"""Memory of a page in flight beside its bytes: its headers, its delivery, its place in the receipt."""


@dataclass(frozen=True, slots=True)
class Deps:
    """What all requests share.

    Attributes:
        archives: runs the readers of archives.
    """

    settings: IntakeSettings
    publisher: Publisher
    in_flight: InFlight
    archives: Executor


class Submission:
    """The pages of one request.

    Args:
        content_type: of the body.
    """

    def __init__(
        self, deps: Deps, kind: BodyKind, body: Body, content_type: str | None, attributes: Attributes
    ) -> None:
        self._deps = deps
        self._kind = kind
        self._body = body
        self._content_type = content_type
        self._attributes = attributes
        self._report = ReadReport()
        self._receipt = Receipt()
        self._sent: list[tuple[int, Page, asyncio.Future[RecordMetadata]]] = []
        self._share = Share(deps.in_flight)

    def reserve(self, content_length: int | None) -> None:
        """Hold room for what is read before its first page is passed on.

        Raises:
            ProblemError: the body is too large, or there is too little room now.
        """
        settings = self._deps.settings
        limit = settings.intake_body_bytes if self._kind.is_stream else settings.intake_page_bytes
        if content_length is not None and content_length > limit:
            raise ProblemError(ProblemKind.TOO_LARGE, f"the body has {content_length} bytes, more than {limit}")
        if self._kind is BodyKind.ARCHIVE:
            self._share.hold_now(settings.intake_page_bytes)
        else:
            self._share.hold_now(1 if self._kind is BodyKind.LINES else max(content_length or 0, 1))

    async def run(self) -> Receipt:
        """Publish the pages, and return the receipt when all are acknowledged, or will not be.

        Raises:
            ProblemError: there was no page in what could be read.
            DisconnectedError: the client has gone.
        """
        try:
            await self._publish()
        except ProblemError as error:
            if not self._receipt.pages:
                raise
            self._receipt.ended = error
        finally:
            self._share.hold_now(0)
        await self._settle()
        self._receipt.passed_over = self._report.passed_over
        self._receipt.failures += [Failure(None, ProblemKind.INVALID_PAGE, line) for line in self._report.problems]
        return self._receipt

    async def _publish(self) -> None:
        limit = self._deps.settings.intake_body_pages
        async with aclosing(self._pages()) as pages:
            async for page in pages:
                index = self._receipt.pages
                if index == limit:
                    raise ProblemError(ProblemKind.TOO_LARGE, f"the body has more than {limit} pages")
                self._receipt.origins.append(None)
                if page.record is not None:
                    await self._send(index, page, page.record)
                elif page.refusal is not None:
                    self._fail(index, page, page.refusal.kind, page.refusal.detail)

    async def _pages(self) -> AsyncGenerator[Page]:
        settings, attributes = self._deps.settings, self._attributes
        pieces = self._body.pieces()
        async with aclosing(pieces):
            if self._kind is BodyKind.LINES:
                separator = separator_of(self._content_type)
                source = lines(pieces, attributes, settings.intake_page_bytes, self._share.hold, separator)
            elif self._kind is BodyKind.ARCHIVE:
                source = archived(pieces, self._report, self._deps.archives, attributes, settings.intake_page_bytes)
            else:
                source = self._whole(pieces)
            async with aclosing(source):
                async for page in source:
                    yield page

    async def _whole(self, pieces: AsyncIterator[bytes]) -> AsyncGenerator[Page]:
        parts, size = [], 0
        async for piece in pieces:
            parts.append(piece)
            size += len(piece)
            await self._share.hold(max(size, 1))
        body = b"".join(parts)
        parts.clear()
        if self._kind is BodyKind.PAGE:
            pages = iter([fetched_page(body, self._content_type, self._attributes)])
        else:
            pages = events(body, self._attributes)
        for page in pages:
            # The bytes of a page are counted with the page from here on, and no longer with the body.
            size -= len(page.record[0]) if page.record is not None else 0
            self._share.hold_now(max(size, 0))
            yield page

    async def _send(self, index: int, page: Page, record: RawRecord) -> None:
        """Pass a page on.

        Raises:
            ProblemError: no further page can be passed on now.
        """
        size = len(record[0]) + PAGE_OVERHEAD
        await self._deps.in_flight.take(size)
        try:
            async with asyncio.timeout(self._deps.settings.intake_ack_timeout):
                delivery = await self._deps.publisher.send(record, page.key)
        except BaseException as error:
            self._deps.in_flight.give_back(size)
            if not isinstance(error, UndeliveredError | TimeoutError):
                raise
            reason = str(error) or "no broker takes pages"
            self._fail(index, page, ProblemKind.UNAVAILABLE, reason)
            raise ProblemError(ProblemKind.UNAVAILABLE, reason, retry_after=REPEAT_SECONDS) from error
        delivery.add_done_callback(lambda _: self._deps.in_flight.give_back(size))
        self._sent.append((index, page, delivery))

    async def _settle(self) -> None:
        """Wait for the acknowledgement of every page that was passed on.

        A delivery that is not waited for any longer is not cancelled: it holds its bytes until it is done.
        """
        deliveries = [delivery for _, _, delivery in self._sent]
        if deliveries:
            await asyncio.wait(deliveries, timeout=self._deps.settings.intake_ack_timeout)
        for index, page, delivery in self._sent:
            if not delivery.done():
                seconds = self._deps.settings.intake_ack_timeout
                reason = f"not acknowledged within {seconds:g} s; it may be written later: send it again"
                self._fail(index, page, ProblemKind.UNAVAILABLE, reason)
            elif (error := delivery.exception()) is None:
                self._acknowledge(index, delivery.result())
            elif is_too_large(error):
                self._fail(index, page, ProblemKind.TOO_LARGE, f"larger than the topic allows: {error}")
            else:
                reason = f"not acknowledged; it may be written: send it again ({type(error).__name__}: {error})"
                self._fail(index, page, ProblemKind.UNAVAILABLE, reason)
        self._receipt.failures.sort(key=lambda failure: -1 if failure.index is None else failure.index)

    def _acknowledge(self, index: int, written: RecordMetadata) -> None:
        self._receipt.acknowledged += 1
        metrics.PAGES.labels("acknowledged").inc()
        if written.offset >= 0:  # otherwise a broker had it from an earlier attempt, and does not say where
            self._receipt.origins[index] = f"{written.topic}/{written.partition}/{written.offset}"

    def _fail(self, index: int, page: Page, kind: ProblemKind, detail: str) -> None:
        metrics.PAGES.labels("unacknowledged" if kind is ProblemKind.UNAVAILABLE else "refused").inc()
        self._receipt.failures.append(Failure(index, kind, detail, page.line, page.url))
