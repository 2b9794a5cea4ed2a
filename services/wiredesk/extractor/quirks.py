"""Quirks: what a publisher's pages need that no rule for all pages can know. The one place to add one to."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from wiredesk.extractor.document import Element, drop


@dataclass(frozen=True, slots=True)
class Quirk:
    """What is special about a publisher's pages.

    Attributes:
        drop: XPaths of what is taken out before the page is read: text that looks like the story and is none.
    """

    drop: tuple[str, ...] = ()


QUIRKS: Mapping[str, Quirk] = {
    # A page of several stories marks the ones that follow as a feed; each of them has a page of its own.
    "wiredesk.example": Quirk(drop=("//*[@data-quirk='next-story']",)),
}
"""By host, without `www.`; a quirk holds for the hosts below it, too. The first is an example, and the tests'."""


def apply(url: str, root: Element) -> None:
    """Take out of a page what its publisher's quirk says."""
    labels = (urlsplit(url).hostname or "").removeprefix("www.").split(".")
    for begin in range(len(labels) - 1):
        quirk = QUIRKS.get(".".join(labels[begin:]))
        for path in quirk.drop if quirk else ():
            drop(root, path)
