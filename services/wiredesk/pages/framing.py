"""Records of a web archive one after the other: WARC and ARC state the length of each, sometimes a wrong one.

A record whose length is wrong ends where the next one begins. What is damaged is a problem of the report, by the
address of its page; reading continues with the next record.
"""

import re
from collections.abc import Iterator
from typing import Protocol

from wiredesk.pages.archived_record import RecordHeader, has_digest, is_whole, page_of
from wiredesk.pages.compression import Budget
from wiredesk.pages.held_pages import HeldPage, HeldPages, Named
from wiredesk.pages.record import FetchedPage
from wiredesk.pages.report import ReadReport
from wiredesk.pages.source import PADDING, Damage, Source

MAX_HEADER_BYTES = 1 << 20
"""Maximum size of the header of a record."""

HEAD_BYTES = 1 << 20
"""Bytes of an oversized block that are looked at, to see what it is."""

LOOK_AHEAD_BYTES = 64
"""Bytes after a block that are looked at to see whether it ends there."""

MAX_BOUNDARY_BYTES = 4 << 10
"""Maximum size of what `Format.boundary` matches."""

MAX_URL_CHARACTERS = 200
"""Maximum length of an address in a problem."""

BLANK_LINE = re.compile(rb"\r?\n\r?\n")
"""Two line ends: what follows a block, wherever the next record is."""


MIN_REST_BYTES = 16
"""Bytes from which what follows a block is the rest of its page. Fewer may be the beginning of a header."""

_STATUS_LINE = re.compile(rb"^HTTP/\d", re.IGNORECASE | re.MULTILINE)
_PAGE_END = re.compile(rb"</html\s{0,8}>\s{0,16}\Z", re.IGNORECASE)


class Format(Protocol):
    """How the records of a kind of archives begin.

    Attributes:
        name: of the format, for problems.
        start: how a record begins.
        end: what follows a block.
        boundary: how it begins after the line end of the one before. Stricter than `start`: blocks contain anything.
        restart: how it begins after bytes that are no record.
    """

    name: str
    start: re.Pattern[bytes]
    end: re.Pattern[bytes]
    boundary: re.Pattern[bytes]
    restart: re.Pattern[bytes]

    def parse(self, source: Source) -> RecordHeader | None:
        """Consume the header of a record; None, and nothing is consumed, if there is none."""


class RecordReader:
    """Reads the pages of an archive.

    Args:
        report: is extended.
        name: of the archive, for problems.
        max_bytes: maximum size of a block; a larger one is a problem, or passed over where it is no page.
        budget: how much the archive may unpack to from one record to the next.
    """

    def __init__(
        self,
        source: Source,
        form: Format,
        report: ReadReport,
        *,
        name: str,
        max_bytes: int,
        budget: Budget | None = None,
    ) -> None:
        self._source = source
        self._format = form
        self._report = report
        self._name = name
        self._max_bytes = max_bytes
        self._budget = budget
        self._held = HeldPages()
        self._is_proven = False
        self._number = 0

    def pages(self) -> Iterator[FetchedPage]:
        """Yield the pages."""
        for page in self._good_pages():
            self._report.pages += 1
            self._report.truncated += page.is_truncated
            yield page

    def _good_pages(self) -> Iterator[FetchedPage]:
        """Yield the pages, those of compressed bytes when these are checked."""
        while True:
            self._source.skip_padding()
            if self._source.is_at_end():
                yield from self._held.release(None)
                return
            if not self._source.fill(1):
                self._cross()
                continue
            header = self._format.parse(self._source)
            if header is None:
                self._skip_to_record()
                continue
            self._number += 1
            page = self._read(header)
            if self._budget is not None:
                self._budget.end_record()
            if page is not None:
                end = self._source.offset
                self._held.add(HeldPage(page, end, self._is_proven, self._name_of(header)))
            yield from self._held.release(self._source.checked if self._source.is_checked else None)

    def _read(self, header: RecordHeader) -> FetchedPage | None:
        """Consume the block of a record, and return the page in it."""
        length = header.length
        if length is None:
            return self._read_to_boundary(header)
        if length > self._max_bytes and self._source.fill(self._max_bytes + 1) > self._max_bytes:
            self._skip_oversized(header, length)
            return None
        if self._source.fill(length + LOOK_AHEAD_BYTES) < length or not self._ends_at(length):
            return self._read_to_boundary(header)
        if self._is_doubtful(length) and not has_digest(header, self._source.peek(length)):
            self._problem_at_damage(header, "is damaged")
            return None
        return self._page(header, self._source.take(length))

    def _ends_at(self, length: int) -> bool:
        """Whether a block ends there: line ends follow, or a record, or nothing at all."""
        after = self._source.peek(LOOK_AHEAD_BYTES, length)
        rest = after.lstrip(PADDING)
        if rest and self._format.start.match(rest) is not None:
            return len(rest) < len(after) or not self._is_within_header(length)
        return not rest or BLANK_LINE.match(after) is not None

    def _is_within_header(self, length: int) -> bool:
        """Whether a block ends within the line that the next record begins with: its length is too large by a little.

        The rest of an address (`ttps://...`) looks like one of another scheme.
        """
        start = max(0, length - MAX_BOUNDARY_BYTES)
        around = self._source.peek(2 * MAX_BOUNDARY_BYTES, start)
        line_end = around.rfind(b"\n", 0, length - start - 1)
        return line_end >= 0 and self._format.boundary.match(around, line_end) is not None

    def _is_doubtful(self, length: int) -> bool:
        """Whether a block stands directly before a damage, and may be wrong, too."""
        after = self._source.peek(LOOK_AHEAD_BYTES, length)
        damage = self._source.damage
        return damage is not None and len(after) < LOOK_AHEAD_BYTES and damage.doubtful > len(after)

    def _read_to_boundary(self, header: RecordHeader) -> FetchedPage | None:
        """Consume a block whose length is wrong, up to the next record, and return the page in it."""
        boundary = self._source.find(self._format.boundary, self._max_bytes + MAX_BOUNDARY_BYTES)
        if boundary is not None:
            return self._mended_page(header, boundary)
        available = self._source.fill(self._max_bytes + 1)
        if available > self._max_bytes:
            if header.length is not None and self._has_end_at(header.length):
                return self._page(header, self._source.take(header.length))  # what follows is named as what it is
            self._problem(header, f"has no end within {self._max_bytes} bytes: its length is wrong")
            return None
        if header.length is not None and header.length > available:
            self._problem_at_damage(header, f"is cut off: {available} of {header.length} bytes")
            return None
        return self._last_page(header, available)

    def _last_page(self, header: RecordHeader, available: int) -> FetchedPage | None:
        """Consume the last block before a damage or the end, whose length is wrong or which junk follows."""
        stated = header.length
        damage = self._source.damage
        if stated is not None and self._has_end_at(stated):
            doubtful = 0 if damage is None else damage.doubtful
            if doubtful <= available - stated and not self._is_of_the_page(self._source.peek(available), stated):
                return self._page(header, self._source.take(stated))  # the junk is named as what it is
        if damage is not None:
            self._problem_at_damage(header, "is damaged")
            return None
        return self._mended_page(header, available)

    def _mended_page(self, header: RecordHeader, end: int) -> FetchedPage | None:
        """Consume a block that ends elsewhere than its header states, and return the page in it."""
        stated = header.length
        block = self._source.take(end)
        if is_whole(header, block + self._source.peek(1)):
            block += self._source.take(1)  # the line end before the boundary's own
        if stated is None:
            self._problem(header, f"states no length, and has {end} bytes")
            return self._page(header, block.rstrip(b"\r\n"))
        if stated < end and self._has_stated_length(header, block, stated):
            self._problem(header, f"is followed by {end - stated} bytes that are no record")
            return self._page(header, block[:stated])
        self._problem(header, f"states {stated} bytes, and has {len(block)}")
        return self._page(header, block, is_truncated=len(block) < stated)

    def _has_end_at(self, length: int) -> bool:
        """Whether the end of a block follows there, whatever comes after it."""
        return self._format.end.match(self._source.peek(LOOK_AHEAD_BYTES, length)) is not None

    def _has_stated_length(self, header: RecordHeader, block: bytes, stated: int) -> bool:
        """Whether the stated length is right, and what follows is no record: the header of the next one is damaged.

        The length that the server announced decides; without one, whether an end follows.
        """
        if is_whole(header, block[:stated]):
            return True
        has_end = self._format.end.match(block, stated) is not None and not is_whole(header, block)
        return has_end and not self._is_of_the_page(block, stated)

    def _is_of_the_page(self, block: bytes, stated: int) -> bool:
        """Whether what follows the stated end is the rest of the page, and no record whose header is damaged."""
        rest = block[stated : stated + MAX_HEADER_BYTES].strip()
        is_other = b"\0" in rest or self._format.start.match(rest) is not None or _STATUS_LINE.search(rest) is not None
        return len(rest) >= MIN_REST_BYTES and not is_other and not _PAGE_END.search(block, max(0, stated - 32), stated)

    def _skip_oversized(self, header: RecordHeader, length: int) -> None:
        page = page_of(header, self._source.peek(HEAD_BYTES))
        skipped = self._source.skip(length)
        if skipped < length:
            self._problem_at_damage(header, f"is cut off: {skipped} of {length} bytes")
        elif isinstance(page, str):
            self._report.pass_over(page)
        else:
            self._problem(header, f"is not published: {length} bytes, and a page has at most {self._max_bytes}")

    def _page(self, header: RecordHeader, block: bytes, *, is_truncated: bool = False) -> FetchedPage | None:
        self._is_proven = self._source.checked < self._source.offset and has_digest(header, block)
        page = page_of(header, block, is_truncated=is_truncated)
        if isinstance(page, str):
            self._report.pass_over(page)
        elif not page.url:
            self._problem(header, "has no address")
        else:
            return page
        return None

    def _skip_to_record(self) -> None:
        """Skip what is no record, or has a damaged header."""
        start = self._source.offset
        is_record = self._source.match(self._format.start, LOOK_AHEAD_BYTES)
        size = self._source.skip(1) + self._source.skip_to(self._format.restart, MAX_BOUNDARY_BYTES)
        what = "a record with a damaged header" if is_record else f"no {self._format.name} record"
        self._report.add_problem(f"{self._name}: {size} bytes at byte {start} are {what}")

    def _cross(self) -> None:
        damage = self._cross_damage()
        if damage is not None:
            place = f"after record {self._number}: " if self._number else ""
            self._report.add_problem(f"{self._name}: {place}{damage.detail}")

    def _cross_damage(self) -> Damage | None:
        """Continue after a damage. Pages before it that it may be in are published as incomplete."""
        damage = self._source.cross()
        if damage is not None and not damage.is_cut:
            self._mark(self._held.mark_doubtful(self._source.offset - damage.doubtful), "as incomplete")
            self._mark(self._held.forget_unchecked(), "unchecked")
        return damage

    def _mark(self, records: Named, how: str) -> None:
        if records.number:
            self._report.add_problem(f"{self._name}: {records} may be garbled: published {how}")

    def _problem_at_damage(self, header: RecordHeader, what: str) -> None:
        """Note that the last record before a damage or the end cannot be used, and continue after it."""
        damage = self._cross_damage()
        self._problem(header, f"{what} ({damage.detail})" if damage is not None else what)

    def _problem(self, header: RecordHeader, what: str) -> None:
        self._report.add_problem(f"{self._name}: {self._name_of(header)} {what}")

    def _name_of(self, header: RecordHeader) -> str:
        url = f" ({header.url[:MAX_URL_CHARACTERS]})" if header.url else ""
        return f"record {self._number}{url}"
