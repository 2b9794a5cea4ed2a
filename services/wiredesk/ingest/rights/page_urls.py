"""The URLs of a page: which references are to it, and which to another one."""

from collections.abc import Iterable
from functools import cached_property

from wiredesk.ingest.urls.address import Address
from wiredesk.ingest.urls.canonical import canonical_url
from wiredesk.ingest.urls.names import names_story
from wiredesk.ingest.urls.parameters import PAGE_PARAMETERS
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
        return any(_is_same(own, address) for own in self._addresses)

    def is_of_site(self, url: str) -> bool:
        """Return whether a URL is one of the site of the page."""
        try:
            site = Address.of(canonical_url(url)).site
        except RejectedError:
            return False
        return any(own.site == site for own in self._addresses)


def _is_same(own: Address, other: Address) -> bool:
    """Whether two addresses of a site are of one story: in another presentation, part or section.

    A page that declares an address as its own has more trust than an object among several on it: two stories may differ
    by one word.
    """
    if own.site != other.site:
        return False
    last = own.segments[-1:]
    is_same_name = last == other.segments[-1:] and bool(last) and names_story(last[0])
    if own.segments != other.segments:
        return is_same_name or not own.story_ids.isdisjoint(other.story_ids)
    return _without_part(own.content) == _without_part(other.content)


def _without_part(parameters: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if name not in PAGE_PARAMETERS}
