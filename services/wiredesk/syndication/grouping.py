"""Groups of copies while an article is processed: those of the window, with what the article changes."""

from collections.abc import Sequence

from wiredesk.syndication.entry import Entry, Membership
from wiredesk.syndication.window import Window

LAST = 2**63
"""Order of an article that the window does not have yet."""


class Grouping:
    """The groups of a window, and where articles belong that move.

    Args:
        window: as it was before; it is not changed.

    Attributes:
        moved: where articles of the window belong now, by page; without the article that is processed.
        merged: the group that each group has become part of.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self.moved: dict[bytes, Membership] = {}
        self.merged: dict[bytes, bytes] = {}
        self._page = b""
        self._entry: Entry | None = None
        self._touched: dict[bytes, None] = {}

    @property
    def touched(self) -> Sequence[bytes]:
        """The groups that have other articles than before, or other ones that share a passage."""
        return list(self._touched)

    @property
    def changed(self) -> Membership:
        """Where the article that is processed belongs."""
        if self._entry is None:
            raise ValueError("no article was put")
        return self._entry.membership

    def put(self, entry: Entry) -> None:
        """Put the article that is processed where it belongs, in place of its earlier revision."""
        self.remove(entry.page)
        self._entry = entry
        self._touch(entry.membership)

    def remove(self, page: bytes) -> None:
        """Remove the earlier revision of the article that is processed."""
        self._page = page
        own = self.window.number(page)
        if own is not None:
            self._touch(self.window.membership(own))

    def move(self, page: bytes, membership: Membership) -> None:
        """Put an article of the window where it belongs now."""
        if page == self._page:
            if self._entry is not None:
                self._entry = self._entry._replace(membership=membership)
        else:
            self._touch(self.membership(page))
            self.moved[page] = membership
        self._touch(membership)

    def merge(self, gone: bytes, stays: bytes) -> None:
        """Put the articles of a group into another one, and those that share a passage with one of them."""
        self.merged[gone] = stays
        for number in self.listed(gone):
            page = self.window.page(number)
            before = self.membership(page)
            group = stays if before.group == gone else before.group
            related = dict.fromkeys(stays if one == gone else one for one in before.related)
            related.pop(group, None)
            self.move(page, Membership(group, before.family, tuple(related)))

    def follow(self, page: bytes) -> None:
        """Put the article that is processed into the group in which another one is now, if they were in the same."""
        number = self.window.number(page)
        if self._entry is None or number is None:
            return
        before, now = self.window.membership(number).group, self.membership(page).group
        mine = self._entry.membership
        if now != mine.group and self.merged.get(before, before) == mine.group:
            related = tuple(one for one in mine.related if one != now)
            self.move(self._page, Membership(now, mine.family, related))

    def membership(self, page: bytes) -> Membership:
        """Return where an article of the window belongs now."""
        if page in self.moved:
            return self.moved[page]
        number = self.window.number(page)
        if number is None:
            raise KeyError(page)
        return self.window.membership(number)

    def listed(self, group: bytes) -> Sequence[int]:
        """Return the articles of the window that a group has now, or that share a passage with one of them.

        The oldest is first; the article that is processed is not among them.
        """
        there = self.window.of_group(group)
        if not self.moved:
            own = self.window.number(self._page)
            return [number for number in there if number != own]
        came = [number for page in self.moved if (number := self.window.number(page)) is not None]
        pages = {number: self.window.page(number) for number in (*there, *came)}
        listed = [
            number for number, page in pages.items() if page != self._page and group in self.membership(page).groups
        ]
        return sorted(listed, key=self.window.order)

    def has_several(self, group: bytes) -> bool:
        """Return whether more than one article is listed in a group now."""
        return len(self.listed(group)) + (self.processed(group) is not None) > 1

    def entry(self, number: int) -> Entry:
        """Return an article of the window, as a member of the groups to which it belongs now."""
        entry = self.window.entry(number)
        moved = self.moved.get(entry.page)
        return entry if moved is None else entry._replace(membership=moved)

    def processed(self, group: bytes) -> Entry | None:
        """Return the article that is processed, if it is listed in a group now."""
        return self._entry if self._entry is not None and group in self._entry.membership.groups else None

    def _touch(self, membership: Membership) -> None:
        self._touched.update(dict.fromkeys(membership.groups))
