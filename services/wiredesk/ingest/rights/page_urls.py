"""The URLs of a page: which references are to it, and which to another one."""

from collections.abc import Iterable
from functools import cached_property

from wiredesk.ingest.urls.address import Address
from wiredesk.ingest.urls.agreement import ANOTHER_PART, disagreement
from wiredesk.ingest.urls.canonical import canonical_url
from wiredesk.runtime.errors import RejectedError

MAX_URLS = 8
"""URLs of one page that are compared with others."""


class PageUrls:
    """The URLs of a page: from which it was fetched, and which it declares as its own.

    Args:
        urls: in their canonical form, the first one that of the fetch.
    """

    def __init__(self, urls: Iterable[str]) -> None:
        self._urls = tuple(dict.fromkeys(urls))[:MAX_URLS]

    @cached_property
    def _addresses(self) -> tuple[Address, ...]:
        return tuple(Address.of(url) for url in self._urls)

    def is_of_page(self, url: str) -> bool | None:
        """Return whether a URL is one of the page; None where it names no page: it is none, or the home page."""
        try:
            canonical = canonical_url(url)
        except RejectedError:
            return None
        if canonical in self._urls:
            return True
        address = Address.of(canonical)
        if address.is_home and self.is_of_site(url):
            return None
        return any(disagreement(own, address) in ("", ANOTHER_PART) for own in self._addresses)

    def is_of_site(self, url: str) -> bool:
        """Return whether a URL is one of the site of the page."""
        try:
            site = Address.of(canonical_url(url)).site
        except RejectedError:
            return False
        return any(own.site == site for own in self._addresses)
