"""Blocks of a page that may hold a date: short, on one line, in the order of their distance from the headline."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from wiredesk.extractor.document import Element
from wiredesk.extractor.words import clean

MAX_BLOCK = 240
"""Maximum characters of a block; longer ones are prose, and their pieces are read one by one."""

MAX_STEPS = 60
"""Maximum starts and ends of elements in a block."""

MAX_BRANCH = 120
"""Maximum elements of one branch before the headline."""

UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "head", "title", "meta", "link", "option", "select"}
)
"""Elements that readers do not see, or that list choices."""

_ISO_DAY = re.compile(r"\s*(?!0000|0001|1970-01-01)\d{4}-(?!00)\d\d-(?!00)\d\d")
"""How an attribute for machines begins that states a date. Programs write the first day of their calendar for none."""


_WITH_YEAR = re.compile(r"(?=.{0,40}(?:19|20)\d\d(?!\d)).{8,60}", re.DOTALL)
"""A short text with a year."""

_DATA = ("data-timestamp", "data-time", "data-datetime", "data-date", "data-unix-time", "data-epoch", "data-utime")
"""Attributes in which pages keep a date for scripts that show it."""

_SECONDS_DIGITS, _MILLISECONDS_DIGITS = 10, 13
"""Digits of a time since 1970."""


def shown_text(block: Element) -> str | None:
    """Return the text of a block on one line, with `datetime` for what `<time>` shows; None if it is too long."""
    pieces: list[str] = []
    size = steps = 0
    stack = [(block, True)]
    while stack:
        if size > MAX_BLOCK or steps > MAX_STEPS:
            return None
        element, is_start = stack.pop()
        is_seen = isinstance(element.tag, str) and element.tag not in UNSEEN
        if is_start and element is not block:
            stack.append((element, False))
        if is_start and not is_seen:
            continue
        steps += 1
        piece = _own_text(element, stack) if is_start else element.tail
        if piece and not piece.isspace():
            pieces.append(piece[: MAX_BLOCK + 1])
            size += len(piece)
    text = clean(" ".join(pieces))
    return text if len(text) <= MAX_BLOCK else None


def _own_text(element: Element, stack: list[tuple[Element, bool]]) -> str | None:
    """Return the text at the start of an element, or what it states for machines; without it, its children are next."""
    stated = element.get("datetime")
    if stated and _is_better(stated, element):
        return stated
    if len(element):
        stack.extend((child, True) for child in reversed(list(islice(element, MAX_STEPS + 1))))
    machine = stated or element.get("content") or _title_of_date(element)
    if not machine and _WITH_YEAR.fullmatch(element.text or "") is None:
        machine = stated_in_data(element)
    return machine if machine and _is_better(machine, element) else element.text


def _is_better(machine: str, element: Element) -> bool:
    """Return whether an attribute states a date more precisely than the text does."""
    if _ISO_DAY.match(machine) is None:
        return _WITH_YEAR.fullmatch(machine) is not None and _WITH_YEAR.fullmatch(element.text or "") is None
    return ":" in machine or ":" not in (element.text or "")


def _title_of_date(element: Element) -> str | None:
    """Return what an `<abbr>` or a `<time>` stands for: a date, beside a text such as `3 hours ago`."""
    return element.get("title") if element.tag in ("abbr", "time") else None


def stated_in_data(element: Element) -> str | None:
    """Return the date that an attribute for scripts states, which show it: seconds since 1970, or ISO 8601."""
    stated = next((value for name in _DATA if (value := element.get(name))), "") if len(element.attrib) > 1 else ""
    if stated.isascii() and stated.isdecimal() and len(stated) in (_SECONDS_DIGITS, _MILLISECONDS_DIGITS):
        return datetime.fromtimestamp(int(stated[:_SECONDS_DIGITS]), UTC).isoformat()
    return stated if _ISO_DAY.match(stated) else None


def following(element: Element) -> Iterator[Element]:
    """Yield the elements after an element, in document order. The first is itself, for the text after it."""
    yield from element.iter()
    while (parent := element.getparent()) is not None:
        for sibling in element.itersiblings():
            yield from sibling.iter()
        element = parent


def preceding(element: Element) -> Iterator[Element]:
    """Yield the elements before an element, the nearest ones first by branch."""
    while (parent := element.getparent()) is not None:
        for sibling in element.itersiblings(preceding=True):
            yield from islice(sibling.iter(), MAX_BRANCH)
        element = parent
