"""What is kept of a page between two fetches: a few hundred bytes, from which the next event follows.

Hashes of headline and text say whether something changed, the pieces of the text how much, the keys of its corrections
which one is new, and the time of the newest fetch which fetches come too late.
"""

import struct
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from wiredesk.revisions.difference import Pieces

FORMAT = 1
"""The first byte of a stored value. A value of another format is read as nothing: the next fetch begins again."""

MAX_CORRECTIONS = 32
"""Corrections of an article that are remembered; of more, those that come first on the page."""

NO_PIECES = Pieces(0, ())
"""The pieces of no text."""

_HEAD = struct.Struct(">BBIqq16s8s8s8sBBB")
_PIECE = struct.Struct(">IH")
_KEY = struct.Struct(">I")

_WITHDRAWN, _TRUNCATED = 1, 2
"""Bits of the flags."""


@dataclass(frozen=True, slots=True)
class PageState:
    """What is kept of a page.

    Attributes:
        number: of the newest revision; 0: there was none, and the page is gone.
        fetched_ms: when the page was fetched that counts now, in milliseconds since 1970.
        first_seen_ms: when the story was fetched for the first time.
        event_id: of the newest revision.
        is_withdrawn: whether that is a withdrawal.
        is_truncated: whether the newest text is not whole.
        headline_hash: of the newest revision that was no withdrawal; so are the hashes and pieces that follow.
        corrections: keys of the corrections that it states.
    """

    number: int
    fetched_ms: int
    first_seen_ms: int
    event_id: UUID
    is_withdrawn: bool = False
    is_truncated: bool = False
    headline_hash: bytes = bytes(8)
    text_hash: bytes = bytes(8)
    times_hash: bytes = bytes(8)
    pieces: Pieces = NO_PIECES
    corrections: frozenset[int] = field(default_factory=frozenset)

    def to_bytes(self) -> bytes:
        """Return the value that is stored."""
        keys = sorted(self.corrections)[:MAX_CORRECTIONS]
        flags = _WITHDRAWN * self.is_withdrawn | _TRUNCATED * self.is_truncated
        head = _HEAD.pack(
            FORMAT, flags, self.number, self.fetched_ms, self.first_seen_ms, self.event_id.bytes,
            self.headline_hash, self.text_hash, self.times_hash, self.pieces.shift, len(self.pieces.items), len(keys),
        )  # fmt: skip
        return head + b"".join(_PIECE.pack(*item) for item in self.pieces.items) + b"".join(map(_KEY.pack, keys))

    @classmethod
    def from_bytes(cls, value: bytes | None) -> Self | None:
        """Return the state of a stored value; None where there is none, or it is of another format."""
        if value is None or len(value) < _HEAD.size or value[0] != FORMAT:
            return None
        _, flags, number, fetched, first_seen, event_id, headline, text, times, shift, pieces, keys = _HEAD.unpack_from(
            value
        )
        middle = _HEAD.size + pieces * _PIECE.size
        if len(value) != middle + keys * _KEY.size:
            return None
        return cls(
            number=number,
            fetched_ms=fetched,
            first_seen_ms=first_seen,
            event_id=UUID(bytes=event_id),
            is_withdrawn=bool(flags & _WITHDRAWN),
            is_truncated=bool(flags & _TRUNCATED),
            headline_hash=headline,
            text_hash=text,
            times_hash=times,
            pieces=Pieces(shift, tuple(_PIECE.iter_unpack(value[_HEAD.size : middle]))),
            corrections=frozenset(key for (key,) in _KEY.iter_unpack(value[middle:])),
        )
