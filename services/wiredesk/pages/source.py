"""Buffered bytes of a stream that may be damaged in places.

A layer of compression yields what it can unpack, and a `Damage` where it cannot go on: the layer above it reads up to
that place, and continues after it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

CHUNK_BYTES = 64 << 10
"""Bytes that are read from a stream at a time."""

PADDING = b"\r\n\0 \t"
"""Bytes that writers leave between records or at the end of a file."""

_PADDING = re.compile(rb"[%s]*" % PADDING)


LINE_END = re.compile(rb"\n")
"""The end of a line."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A place where a stream is damaged.

    Attributes:
        detail: what is wrong, for a person.
        doubtful: how many of the bytes before it may be wrong; the others are good, and only the rest is missing.
        is_cut: the bytes before it are as they were written, as far as they go.
    """

    detail: str
    doubtful: int = 0
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A place in a stream up to which its checksums are right."""


type Chunk = bytes | Damage | Checked
"""Bytes of a stream, or a place where it is damaged, or up to which it is proven to be good."""


class Readable(Protocol):
    """A binary stream."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end."""


def chunks_of(stream: Readable, errors: tuple[type[Exception], ...] = (OSError,)) -> Iterator[Chunk]:
    """Yield a stream in chunks; a stream that cannot be read any further is damaged there.

    Args:
        errors: that the stream raises then.
    """
    while True:
        try:
            chunk = stream.read(CHUNK_BYTES)
        except errors as error:
            yield Damage(f"it cannot be read: {getattr(error, 'strerror', None) or error}")
            return
        if not chunk:
            return
        yield chunk


class Source:
    """Bytes that are read as they are needed, up to the next damage.

    Args:
        chunks: of the stream, in order.

    Attributes:
        offset: how many bytes have been consumed.
        damage: the damage after the bytes that are buffered; None if none has been reached.
        checked: how many bytes of the stream are proven to be good.
        is_checked: whether the stream has checksums, after the bytes that they are of.
    """

    def __init__(self, chunks: Iterator[Chunk], *, is_checked: bool = False) -> None:
        self._chunks = chunks
        self._buffer = bytearray()
        self.is_checked = is_checked
        self.checked = 0
        self.offset = 0
        self.damage: Damage | None = None

    def fill(self, size: int) -> int:
        """Buffer up to `size` bytes; return how many there are: fewer at the end, or before a damage."""
        while len(self._buffer) < size and self._read_chunk():
            pass
        return min(size, len(self._buffer))

    def peek(self, size: int, start: int = 0) -> bytes:
        """Return the next bytes without consuming them: `size`, or fewer at the end or before a damage.

        Args:
            start: how many bytes precede them.
        """
        self.fill(start + size)
        with memoryview(self._buffer) as view:
            return bytes(view[start : start + size])

    def take(self, size: int) -> bytes:
        """Consume and return the next bytes: `size`, or fewer at the end or before a damage."""
        taken = self.peek(size)
        self._drop(len(taken))
        return taken

    def read(self, size: int = CHUNK_BYTES) -> bytes:
        """Consume and return up to `size` bytes, as a binary stream does."""
        return self.take(size)

    def skip(self, size: int) -> int:
        """Consume bytes without keeping them; return how many there were."""
        left = size
        while left and self.fill(1):
            step = min(left, len(self._buffer))
            self._drop(step)
            left -= step
        return size - left

    def take_line(self, limit: int) -> bytes | None:
        """Consume and return the next line, without its end; None if it is longer than `limit`, or cut by a damage."""
        end = self.find(LINE_END, limit)
        if end is not None:
            line = self.take(end)
            self._drop(1)
            return line
        if self.fill(limit) < limit and self.damage is None:
            return self.take(limit)
        self.skip_to(LINE_END, 0)
        self.skip(1)
        return None

    def skip_padding(self) -> None:
        """Consume line ends, spaces and zeros."""
        while self.fill(1):
            match = _PADDING.match(self._buffer)
            padded = match.end() if match is not None else 0
            is_over = padded < len(self._buffer)
            self._drop(padded)
            if is_over:
                return

    def match(self, pattern: re.Pattern[bytes], size: int) -> bool:
        """Whether the next bytes match a pattern that needs at most `size` of them."""
        self.fill(size)
        return pattern.match(self._buffer) is not None

    def find(self, pattern: re.Pattern[bytes], limit: int) -> int | None:
        """Return where a pattern matches first among the next `limit` bytes; None if it does not."""
        searched = 0
        while True:
            size = self.fill(min(limit, max(CHUNK_BYTES, 2 * searched)))
            match = pattern.search(self._buffer, max(0, searched - CHUNK_BYTES), size)
            if match is not None:
                return match.start()
            if size in (limit, searched):
                return None
            searched = size

    def skip_to(self, pattern: re.Pattern[bytes], overlap: int) -> int:
        """Consume bytes up to a match of a pattern, of at most `overlap` bytes; return how many there were.

        At the end, or before a damage, everything is consumed.
        """
        start = self.offset
        while True:
            match = pattern.search(self._buffer)
            if match is not None:
                self._drop(match.start())
                return self.offset - start
            self._drop(max(0, len(self._buffer) - overlap))
            if not self._read_chunk():
                self._drop(len(self._buffer))
                return self.offset - start

    def is_at_end(self) -> bool:
        """Whether everything has been consumed, and there is no damage."""
        return not self.fill(1) and self.damage is None

    def cross(self) -> Damage | None:
        """Drop what is buffered before a damage, and continue after it; return the damage."""
        damage, self.damage = self.damage, None
        self._drop(len(self._buffer))
        return damage

    def _read_chunk(self) -> bool:
        if self.damage is not None:
            return False
        for chunk in self._chunks:
            if isinstance(chunk, Damage):
                self.damage = chunk
                return False
            if isinstance(chunk, Checked):
                self.checked = self.offset + len(self._buffer)
                continue
            if chunk:  # a decoder may have nothing to show yet
                self._buffer += chunk
                return True
        return False

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self.offset += size
