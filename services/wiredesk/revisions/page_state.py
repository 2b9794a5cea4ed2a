"""What is kept of a page between two fetches: a few hundred bytes, from which the next event follows.

Hashes of headline and text say whether something changed, the pieces of the text how much, the keys of its corrections
which one is new, and the time of the newest fetch which fetches come too late.
"""

import struct
from collections.abc import Collection, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple, Self

from wiredesk.revisions.corrections import Correction
from wiredesk.revisions.difference import Pieces

FORMAT = 1
"""The first byte of a stored value. A value of another format is read as nothing: the next fetch begins again."""

MAX_CORRECTIONS = 32
"""Corrections of an article that are remembered; of more, those that come first on the page."""

_HEAD = struct.Struct(">BBIqq16s8s8s8sBBB")
_PIECE = struct.Struct(">IH")
_KEY = struct.Struct(">I")

_EXACT_BYTES = 8
"""Bytes of the exact hash. They are counted as two keys of corrections, which is what earlier releases take them
for: so they read these values, too."""

_WITHDRAWN, _TRUNCATED, _EXACT, _COMPARABLE = 1, 2, 4, 8
"""Bits of the flags."""


class PageState(NamedTuple):
    """What is kept of a page.

    Pieces and corrections are unpacked where they are asked for: for most fetches they are not.

    Attributes:
        number: of the newest revision; 0: there was none, and the page is gone.
        fetched_ms: when the page was fetched that counts now, in milliseconds since 1970.
        first_seen_ms: when the story was fetched for the first time.
        event_id: of the newest revision, as 16 bytes.
        is_withdrawn: whether that is a withdrawal.
        is_truncated: whether the newest text is not whole.
        headline_hash: of the newest revision that was no withdrawal; so are the hashes and pieces that follow.
        shift: of the pieces; see `Pieces`.
        packed_pieces: of the text.
        packed_corrections: the keys of the corrections that it states.
        exact_hash: of the newest text that says what that revision says, as it was fetched; empty if it is not known.
        is_comparable: whether the pieces have the hashes of today; those of a value of an earlier version have not.
    """

    number: int
    fetched_ms: int
    first_seen_ms: int
    event_id: bytes
    is_withdrawn: bool = False
    is_truncated: bool = False
    headline_hash: bytes = bytes(8)
    text_hash: bytes = bytes(8)
    times_hash: bytes = bytes(8)
    shift: int = 0
    packed_pieces: bytes = b""
    packed_corrections: bytes = b""
    exact_hash: bytes = b""
    is_comparable: bool = True

    @property
    def pieces(self) -> Pieces:
        """The pieces of the text."""
        return Pieces(self.shift, tuple(_PIECE.iter_unpack(self.packed_pieces)))

    @property
    def corrections(self) -> frozenset[int]:
        """The keys of the corrections."""
        return frozenset(key for (key,) in _KEY.iter_unpack(self.packed_corrections))

    def to_bytes(self) -> bytes:
        """Return the value that is stored."""
        flags = (
            _WITHDRAWN * self.is_withdrawn | _TRUNCATED * self.is_truncated | _EXACT * bool(self.exact_hash)
            | _COMPARABLE * self.is_comparable
        )  # fmt: skip
        rest = self.packed_corrections + self.exact_hash
        head = _HEAD.pack(
            FORMAT, flags, self.number, self.fetched_ms, self.first_seen_ms, self.event_id, self.headline_hash,
            self.text_hash, self.times_hash, self.shift, len(self.packed_pieces) // _PIECE.size, len(rest) // _KEY.size,
        )  # fmt: skip
        return head + self.packed_pieces + rest

    @classmethod
    def from_bytes(cls, value: bytes | None) -> Self | None:
        """Return the state of a stored value; None where there is none, or it is of another format."""
        if value is None or len(value) < _HEAD.size or value[0] != FORMAT:
            return None
        _, flags, number, fetched, first_seen, event_id, headline, text, times, shift, pieces, keys = _HEAD.unpack_from(
            value
        )
        corrections = _HEAD.size + pieces * _PIECE.size
        end = corrections + keys * _KEY.size
        exact = end - _EXACT_BYTES if flags & _EXACT else end
        if len(value) != end or exact < corrections:
            return None
        return cls(
            number, fetched, first_seen, event_id, bool(flags & _WITHDRAWN), bool(flags & _TRUNCATED),
            headline, text, times, shift, value[_HEAD.size : corrections], value[corrections:exact], value[exact:],
            bool(flags & _COMPARABLE),
        )  # fmt: skip


def packed_pieces(pieces: Pieces) -> bytes:
    """Return pieces as they are stored."""
    return _layout(len(pieces.items)).pack(*chain.from_iterable(pieces.items))


def remembered(corrections: Sequence[Correction]) -> Sequence[Correction]:
    """Return the corrections that are remembered: the first ones of an article whose keys fit."""
    keys = 0
    for number, correction in enumerate(corrections):
        keys += len(correction.keys)
        if keys > MAX_CORRECTIONS:
            return corrections[:number]
    return corrections


def packed_corrections(keys: Collection[int]) -> bytes:
    """Return the keys of corrections as they are stored."""
    return b"".join(map(_KEY.pack, sorted(keys)[:MAX_CORRECTIONS]))


@cache
def _layout(pieces: int) -> struct.Struct:
    return struct.Struct(">" + "IH" * pieces)
