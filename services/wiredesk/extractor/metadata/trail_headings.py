"""Headings of pages whose `<h1>` ends the trail of sections above it: `News > Politics > A headline`.

Newspapers that do so have two headlines: one for search engines, in the trail, and an `<h2>` above the story.
"""

from collections.abc import Iterator
from itertools import islice

from wiredesk.extractor import words
from wiredesk.extractor.document import Element, find, text_of
from wiredesk.extractor.metadata.address_words import AddressWords
from wiredesk.extractor.words import fold

MAX_LEVELS = 5
"""Number of elements around a heading that may mark it as the end of a trail."""

MAX_HEADINGS = 5
"""Number of headings after a trail that are read."""

MIN_HEADLINE_WORDS = 4
"""Minimum words of a headline; headings of fewer words are names of sections."""

_MARK = "crumb"
"""What names of classes and attributes of trails contain: `breadcrumb`, `ArticleBreadcrumbs`, `header__crumb`."""


def headline_after_trail(heading: Element, text: str, address: AddressWords) -> str | None:
    """Return the headline above the story instead of the heading in the trail; None if that one is the headline.

    The address has the newsroom's: the headline whose words it repeats better. Of two that it repeats as well, the one
    without further words is it.

    Args:
        heading: an `<h1>`.
        text: of it.
        address: the words of the page's address.
    """
    if not _ends_trail(heading):
        return None
    below = next(_headlines_below(heading), None)
    if below is None:
        return None
    headline = text_of(below)
    if below.get("itemprop") == "headline":
        return headline
    in_address, of_trail = address.share_in(headline), address.share_in(text)
    is_part = f" {fold(headline)} " in f" {fold(text)} " or fold(text).endswith(fold(headline))
    is_headline = in_address > of_trail or (in_address == of_trail > 0 and is_part)
    return headline if is_headline and fold(headline) != fold(text) else None


def _ends_trail(heading: Element) -> bool:
    """Return whether a heading is part of a trail: by the names of the elements around it, or in a list of links."""
    around = (heading, *islice(heading.iterancestors(), MAX_LEVELS))
    if {"nav", "li"} <= {element.tag for element in around}:
        return True
    return any(_MARK in str(name).lower() or _MARK in str(value).lower() for e in around for name, value in e.items())


def _headlines_below(heading: Element) -> Iterator[Element]:
    """Yield the headings after the trail that may be headlines."""
    below = islice(find(heading, "following::h2"), MAX_HEADINGS)
    return (element for element in below if len(words.split(text_of(element))) >= MIN_HEADLINE_WORDS)
