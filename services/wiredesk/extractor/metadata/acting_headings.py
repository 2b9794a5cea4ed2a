"""What acts as the headline of a page whose headings do not: an element with the text of a title for machines."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from wiredesk.extractor import words
from wiredesk.extractor.document import Element
from wiredesk.extractor.words import fold, length

MAX_ELEMENTS = 2000
"""Number of elements that are searched."""

MAX_SEPARATORS = 6
"""Number of separators in a title that are looked at."""

MAX_TEXT = 500
"""Maximum characters of an element's text; longer ones are no headlines."""

MIN_PART = 15
"""Minimum letters of a part of a title that is looked for."""

MIN_WORDS = 4
"""Minimum words of a whole title that takes precedence over a heading which no title repeats."""

_TAGS = ("h2", "h3", "h4", "div", "p", "span", "strong", "b", "td")
"""Elements whose text may be a headline."""

_SEPARATOR = re.compile(r"\s+[|·•»«—–-]\s+|\s*[|_｜：]\s*|--|\s*[-–—]\s*(?=[\u3040-\u9fff])|:\s")
"""What may separate kicker, headline, section and site, if the page shows the headline by itself, too."""


def acting_as_a_whole(root: Element, titles: Iterable[str]) -> str | None:
    """Return the first whole title that an element of the page shows."""
    whole = {fold(title): title for title in titles if len(words.split(title)) >= MIN_WORDS}
    return next((title for _, title in _shown(root, whole, _TAGS)), None)


def acting_element(root: Element, title: str) -> Element | None:
    """Return the first element whose text is a title."""
    return next((element for element, _ in _shown(root, {fold(title): title}, _TAGS)), None)


def acting_as_a_part(root: Element, title: str) -> str | None:
    """Return the longest part of a title, up to its separators, that an element of the page shows."""
    separators = list(islice(_SEPARATOR.finditer(title), MAX_SEPARATORS))
    starts = [0, *(separator.end() for separator in separators)]
    ends = [*(separator.start() for separator in separators), len(title)]
    parts = {
        fold(part): part
        for start in starts
        for end in ends
        if separators and length(part := title[start:end].strip()) >= MIN_PART
    }
    return max((part for _, part in _shown(root, parts, (*_TAGS, "a"))), key=length, default=None)


def _shown(root: Element, titles: Mapping[str, str], tags: Iterable[str]) -> Iterator[tuple[Element, str]]:
    """Yield the elements whose texts are titles, and these. The titles are given by their folded forms."""
    for element in islice(root.iter(*tags), MAX_ELEMENTS if titles else 0):
        text = element.text
        if text and len(text) <= MAX_TEXT and not text.isspace() and (title := titles.get(fold(text))) is not None:
            yield element, title
