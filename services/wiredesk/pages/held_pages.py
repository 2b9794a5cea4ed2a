"""Pages of a compressed archive that wait for the checksum after them.

A flipped bit in compressed bytes garbles what follows, up to the place where the decoder notices: that is often the
checksum at the end. Until then pages are held back, as many as there is memory for.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from wiredesk.pages.record import FetchedPage

MAX_HELD_BYTES = 32 << 20
"""Bytes of pages that are held back; beyond them the oldest ones are released. An archive that is compressed record by
record has a checksum after each; one that is compressed as a whole has one at its end."""

PAGE_BYTES = 1024
"""What a page takes beside its content."""


@dataclass(frozen=True, slots=True)
class HeldPage:
    """A page that is held back.

    Attributes:
        end: place in the archive where its record ends.
        is_proven: whether a digest says that it is good.
        name: of its record, for problems.
    """

    page: FetchedPage
    end: int
    is_proven: bool
    name: str

    @property
    def size(self) -> int:
        """Bytes of memory that it takes."""
        return len(self.page.content) + PAGE_BYTES


@dataclass(slots=True)
class Named:
    """Records of an archive, by the name of the first one."""

    first: str = ""
    number: int = 0

    def add(self, name: str) -> None:
        """Count a record."""
        self.first = self.first or name
        self.number += 1

    def __str__(self) -> str:
        return f"{self.first} and {self.number - 1} of the records after it" if self.number > 1 else self.first


class HeldPages:
    """Pages in the order of their archive, the oldest first."""

    def __init__(self) -> None:
        self._pages = deque[HeldPage]()
        self._size = 0
        self._unchecked = Named()

    def add(self, held: HeldPage) -> None:
        """Hold a page back."""
        self._pages.append(held)
        self._size += held.size

    def release(self, checked: int | None) -> Iterator[FetchedPage]:
        """Yield pages that need not wait, or cannot.

        Args:
            checked: up to where the archive is proven to be good; None where nothing more will be known of it.
        """
        while self._pages:
            first = self._pages[0]
            is_good = checked is None or first.is_proven or first.end <= checked
            if not is_good and self._size <= MAX_HELD_BYTES:
                return
            held = self._take()
            if not is_good:
                self._unchecked.add(held.name)
            elif checked is None or held.end <= checked:
                self._unchecked = Named()
            yield held.page

    def mark_doubtful(self, begin: int) -> "Named":
        """Mark the pages that may be garbled as incomplete; return their records.

        Args:
            begin: place in the archive from which it may be wrong.
        """
        records = Named()
        for number, held in enumerate(self._pages):
            if held.end > begin and not held.is_proven:
                records.add(held.name)
                self._pages[number] = replace(held, page=replace(held.page, is_truncated=True))
        return records

    def forget_unchecked(self) -> "Named":
        """Return the records whose pages had to be released before their checksum, once."""
        records, self._unchecked = self._unchecked, Named()
        return records

    def _take(self) -> HeldPage:
        held = self._pages.popleft()
        self._size -= held.size
        return held
