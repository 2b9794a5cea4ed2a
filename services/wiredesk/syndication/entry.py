"""An article in the window: what is known of it, and the values that keep it in the changelog."""

import struct
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from wiredesk.syndication.facts import FACT_BYTES
from wiredesk.syndication.overlap import Signature

ID_BYTES = 16
"""Bytes of a page id or a group id."""

_MEMBERSHIP = struct.Struct("<QB")
"""Family, and number of groups that it quotes; the ids of its group and of these follow."""

_ARTICLE = struct.Struct("<B?BHB")
"""Format, whether it is withdrawn, thinning, numbers of fingerprints and of facts; these follow, then the membership,
and what events say of the article."""

_FORMAT = 1
"""The format of a value."""


class Membership(NamedTuple):
    """Where an article belongs.

    Attributes:
        group: id of its group; an article without copies has one of its own.
        family: number that near copies share: they count as one where the frequency of fingerprints is counted.
        related: ids of other groups with whose articles it shares a passage.
    """

    group: bytes
    family: int
    related: tuple[bytes, ...] = ()

    @property
    def groups(self) -> tuple[bytes, ...]:
        """All of these groups."""
        return (self.group, *self.related)

    def value(self) -> bytes:
        """Return the value that keeps it in the changelog."""
        return _MEMBERSHIP.pack(self.family, len(self.related)) + b"".join(self.groups)

    @classmethod
    def read(cls, value: bytes, place: int = 0) -> "tuple[Membership, int]":
        """Return the membership at a place of a value, and the place after it."""
        family, number = _MEMBERSHIP.unpack_from(value, place)
        place += _MEMBERSHIP.size
        end = place + ID_BYTES * (number + 1)
        group, *related = (value[at : at + ID_BYTES] for at in range(place, end, ID_BYTES))
        return cls(group, family, tuple(related)), end


class Entry(NamedTuple):
    """An article in the window.

    Attributes:
        page: id of its page.
        membership: where it belongs.
        signature: its fingerprints.
        about: what events say of it, by field; without what is absent.
        order: a number that is larger for later articles.
        is_withdrawn: it is gone, and stays listed in its group as such.
        facts: hashes of the numbers and names of its text.
    """

    page: bytes
    membership: Membership
    signature: Signature
    about: dict[str, Any]
    order: int = 0
    is_withdrawn: bool = False
    facts: bytes = b""

    @property
    def group(self) -> bytes:
        """The id of its group."""
        return self.membership.group

    @property
    def host(self) -> str:
        """The host of its page."""
        return str(self.about["canonical_url"]).partition("://")[2].partition("/")[0]

    def value(self) -> bytes:
        """Return the value that keeps it in the changelog."""
        hashes = self.signature.hashes
        head = _ARTICLE.pack(
            _FORMAT, self.is_withdrawn, self.signature.thinning, len(hashes), len(self.facts) // FACT_BYTES
        )
        packed = struct.pack(f"<{len(hashes)}Q", *hashes)
        return b"".join((head, packed, self.facts, self.membership.value(), orjson.dumps(self.about)))


class Unpacked(NamedTuple):
    """The parts of an article's value, of which only some are read at once."""

    is_withdrawn: bool
    thinning: int
    hashes: NDArray[np.uint64]
    facts: bytes
    membership: Membership
    about: bytes


def unpack(value: bytes) -> Unpacked:
    """Return the parts of an article's value."""
    _, is_withdrawn, thinning, count, fact_count = _ARTICLE.unpack_from(value)
    hashes = np.frombuffer(value, "<u8", count, _ARTICLE.size)
    place = _ARTICLE.size + 8 * count
    end = place + FACT_BYTES * fact_count
    facts = value[place:end]
    membership, end = Membership.read(value, end)
    return Unpacked(is_withdrawn, thinning, hashes, facts, membership, value[end:])
