"""The chunked transfer coding (RFC 9112), which crawlers and archives leave in a body."""

import re
from dataclasses import dataclass, field

from wiredesk.encodings.outcome import End, Outcome
from wiredesk.encodings.text import is_text

MAX_CHUNKS = 100_000
"""The most chunks of a body. Servers write one for each flush of some kilobytes; each costs some microseconds."""

MAX_EXTENSION_BYTES = 4096
"""The longest extension of a chunk, and the longest line of a trailer. Signatures of S3 have a hundred bytes."""

MAX_TRAILER_LINES = 100
"""The most lines of a trailer after the last chunk."""

MAX_BOUNDARIES = 64
"""Places that may be the end of a chunk whose size is wrong and that are tried, in a whole body."""

MAX_SIZE_RATIO = 4
"""A wrong size differs from the right one by this factor at most: that of characters from bytes in UTF-8."""

MIN_CERTAIN_BYTES = 16
"""Size of the first chunk from which a body can be chunked though no header states it. Servers send larger ones; a text
may begin with short lines of digits."""

PAGE_START_BYTES = 256
"""Bytes in which a page begins: a mark, white space, and a tag."""

_SIZE = re.compile(
    rb"[ \t]{0,16}(?:0x)?(?P<size>0{0,48}[0-9a-f]{1,16})[ \t]{0,16}(?:;[^\r\n]{0,%d})?(?P<line_end>\r\n?|\n)"
    % MAX_EXTENSION_BYTES,
    re.IGNORECASE,
)
_BEFORE = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]{0,16}")
"""What crawlers leave before the first chunk: the end of the head, or a byte order mark."""

_BLANK_LINES = re.compile(rb"(?:[ \t]{0,16}(?:\r\n?|\n)){1,4}")
_LAST_WITHOUT_LINE_END = re.compile(rb"[ \t]{0,16}0{1,64}[ \t]{0,16}\r?\Z")
_CUT_SIZE = re.compile(
    rb"[ \t]{0,16}[0-9a-f]{0,16}[ \t]{0,16}(?:;[^\r\n]{0,%d})?[\r\n]{0,4}" % MAX_EXTENSION_BYTES, re.IGNORECASE
)
_LINE_END = re.compile(rb"\r\n?|\n")
_BOUNDARY = re.compile(rb"(?:\r\n?|\n)(?=(?:0x)?[0-9a-f]{1,16}[ \t]{0,16}(?:;[^\r\n]{0,256})?[\r\n])", re.IGNORECASE)
_TRAILER_LINE = re.compile(rb"[!-9;-~]{1,256}:[^\r\n]{0,%d}(?:\r\n?|\n)" % MAX_EXTENSION_BYTES)
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?[ \t\r\n]{0,64}<[!?a-z]|\x1f\x8b\x08|\x28\xb5\x2f\xfd|BZh[1-9]|\xfd7zXZ\0", re.IGNORECASE
)
"""The beginning of a page, or of a compressed one."""


_MISSING = "line ends after chunks are missing"


@dataclass(slots=True)
class _Chunks:
    """The chunks of a body, as they are read.

    Attributes:
        first: where the first one begins.
        faults: what was mended.
    """

    content: bytes
    first: int = 0
    at: int = 0
    data: list[bytes] = field(default_factory=list)
    is_strict: bool = True
    faults: dict[str, None] = field(default_factory=dict)
    boundaries: int = MAX_BOUNDARIES

    @property
    def is_mended(self) -> bool:
        """Whether sizes or line ends are wrong."""
        return bool(self.faults)

    def read(self) -> End:
        """Read chunk after chunk, up to the last one or as far as they go."""
        self.at = self.first
        for _ in range(MAX_CHUNKS):
            match = _SIZE.match(self.content, self.at) or self._size_after_blank_lines()
            if match is None:
                return self._end_without_size()
            self.is_strict &= match["line_end"] == b"\r\n"
            size, start = int(match["size"], 16), match.end()
            if not size:
                self.at = _trailer_end(self.content, start)
                return End.WHOLE
            end = self._data_end(start, size)
            self.data.append(self.content[start:end])
            self.at = end
            line_end = _LINE_END.match(self.content, end)
            if line_end is not None:
                self.at = line_end.end()
            elif not self._continues(end):
                return End.CUT
        return End.DAMAGED

    def _size_after_blank_lines(self) -> re.Match[bytes] | None:
        blank = _BLANK_LINES.match(self.content, self.at)
        match = _SIZE.match(self.content, blank.end()) if blank is not None else None
        if match is not None:
            self.faults.setdefault("blank lines between chunks")
        return match

    def _data_end(self, start: int, size: int) -> int:
        """Return where the data of a chunk end: by its size, or before the next chunk if that is wrong."""
        end = start + size
        if end <= len(self.content) and (_LINE_END.match(self.content, end) or self.content[end:] in (b"", b"\r")):
            return end
        if end < len(self.content) and self._continues(end):
            self.faults.setdefault(_MISSING)
            return end
        boundary = self._next_boundary(start, size)
        if boundary is not None or end < len(self.content):
            self.faults.setdefault("sizes of chunks are wrong")
        return len(self.content) if boundary is None else boundary

    def _next_boundary(self, start: int, size: int) -> int | None:
        """Return where the next chunk begins: before one whose own size is right, or near the stated size."""
        for match in _BOUNDARY.finditer(self.content, start):
            if not self.boundaries:
                break
            self.boundaries -= 1
            is_near = size <= MAX_SIZE_RATIO * (match.start() - start) <= MAX_SIZE_RATIO**2 * size
            if self._continues(match.end()) or (is_near and match[0] == b"\r\n"):
                return match.start()
        return None

    def _continues(self, at: int) -> bool:
        """Return whether a chunk begins at a position: the last one, or one that ends where it says."""
        match = _SIZE.match(self.content, at)
        if match is None:
            return False
        size, start = int(match["size"], 16), match.end()
        if not size:
            return _trailer_end(self.content, start) == len(self.content)
        end = start + size
        return _LINE_END.match(self.content, end) is not None or _SIZE.match(self.content, end) is not None

    def _end_without_size(self) -> End:
        """Return how a body ends where a size should stand; what stands there is data if it is not blank."""
        if _LAST_WITHOUT_LINE_END.match(self.content, self.at):
            self.at = len(self.content)
            return End.WHOLE
        rest = self.content[self.at :]
        self.at = len(self.content)
        if _CUT_SIZE.fullmatch(rest) is None:
            self.data.append(rest)
            self.faults.setdefault("sizes of chunks are wrong")
        return End.CUT


def remove_chunks(content: bytes, *, is_stated: bool) -> Outcome | None:
    """Return the data of chunks; None if a body has none, or if that is not certain enough.

    Args:
        is_stated: whether a header states the coding. It often stays when a crawler has undone it.
    """
    before = _BEFORE.match(content)
    chunks = _Chunks(content, first=before.end() if before is not None else 0)
    if _SIZE.match(content, chunks.first) is None:
        return None
    end = chunks.read()
    if not (_is_chunked if is_stated and not chunks.first else _is_certain)(chunks, end):
        return None
    if end is End.DAMAGED:
        return Outcome(b"", end, fault=f"it has more than {MAX_CHUNKS} chunks")
    if _MISSING in chunks.faults and all(data.endswith(b"\r\n") for data in chunks.data):
        chunks.data = [data[:-2] for data in chunks.data]  # sizes that count the line end
    if chunks.first:
        chunks.faults.setdefault(f"{chunks.first} bytes before the first chunk")
    return Outcome(b"".join(chunks.data), end, trailing=len(content) - chunks.at, fault="; ".join(chunks.faults))


def _is_chunked(chunks: _Chunks, end: End) -> bool:
    """Return whether what was read are chunks, as stated, and not a text that begins with a number."""
    if end is not End.CUT:
        return bool(chunks.data) or chunks.at == len(chunks.content)
    if len(chunks.data) > 1:
        return True
    is_data = _is_first_whole(chunks) or _begins_as_page(chunks) or not is_text(b"".join(chunks.data))
    return is_data and not chunks.is_mended


def _is_certain(chunks: _Chunks, end: End) -> bool:
    """Return whether what was read can only be chunks."""
    if sum(map(len, chunks.data)) < MIN_CERTAIN_BYTES:
        return False
    has_several = len(chunks.data) > 2  # noqa: PLR2004 - two that end where they say, and perhaps a rest
    if not chunks.is_strict:
        is_sure = has_several or (end is End.WHOLE and not chunks.is_mended)
        return (
            end is not End.DAMAGED
            and _begins_as_page(chunks)
            and is_sure
            and (end is End.WHOLE or not chunks.is_mended)
        )
    if chunks.is_mended:
        return _begins_as_page(chunks) and (has_several or end is End.WHOLE)
    return has_several or end is not End.CUT or _begins_as_page(chunks)


def _is_first_whole(chunks: _Chunks) -> bool:
    match = _SIZE.match(chunks.content, chunks.first)
    return match is not None and bool(chunks.data) and len(chunks.data[0]) == int(match["size"], 16)


def _begins_as_page(chunks: _Chunks) -> bool:
    return _PAGE.match(b"".join(chunks.data[:2])[:PAGE_START_BYTES]) is not None


def _trailer_end(content: bytes, at: int) -> int:
    """Return the position after the trailer and the empty line that ends it."""
    for _ in range(MAX_TRAILER_LINES):
        line = _TRAILER_LINE.match(content, at)
        if line is None:
            break
        at = line.end()
    line_end = _LINE_END.match(content, at)
    return line_end.end() if line_end else at
