"""Whom a story credits within its own text: agencies in datelines and at the end, reporters in brackets, signatures."""

import re
from collections.abc import Sequence

from wiredesk.extractor.metadata.authors.agencies import agencies_credited
from wiredesk.extractor.metadata.authors.grammar import SPACELESS, Byline, parse_byline
from wiredesk.extractor.metadata.authors.names import Trust
from wiredesk.extractor.words import fold

MAX_SIGNATURE = 50
"""Maximum characters of a line that is the signature of a story."""

MAX_OPENING = 200
"""Characters at the beginning of a text in which a reporter may be named."""

_BRACKETS = re.compile(r"[(（]([^()（）]{2,60})[)）]")
"""Brackets, in which Chinese papers name their reporters."""

_REPORTING = re.compile(r"^[(（\s]{0,3}(?:reporting|writing|additional reporting) by .{3,200}$", re.IGNORECASE)
"""The last line of a wire story: (Reporting by Jane Doe; editing by John Roe)."""

_KOREAN = re.compile(r"(?:^|[\])）]\s?)((?:[\uac00-\ud7af]{2,4}[\s·,]{1,2}){1,3}(?:특파원|기자))\s?=")
"""A Korean dateline: (서울=연합뉴스) 홍길동 기자 =."""


def credits_in(texts: Sequence[str], after: Sequence[str] = ()) -> Byline:
    """Return the people and the agencies that a story credits in its own text.

    Args:
        texts: of the story, in their order.
        after: short texts that follow the story on the page.
    """
    return Byline(_people(texts, after), agencies_credited(texts, after))


def _people(texts: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    for text in (*texts[:1], *texts[-2:], *after[:1]):
        korean = _KOREAN.search(text[:MAX_OPENING])
        ends = text if len(text) <= 2 * MAX_OPENING else f"{text[:MAX_OPENING]} {text[-MAX_OPENING:]}"
        named = [korean[1]] if korean else []
        named += [inner for inner in _BRACKETS.findall(ends) if _names_reporter(inner)]
        named += [text] if _REPORTING.match(text) else []
        people = parse_byline(named).people
        if people:
            return people
    return next(filter(None, map(_signature, (*texts[-1:], *after[:1]))), ())


def _signature(text: str) -> tuple[str, ...]:
    """Return the name that a line is; a publication may stand before it: The Paper / Jane Doe."""
    if len(text) > MAX_SIGNATURE:
        return ()
    people = parse_byline([text], Trust.BARE).people
    if len(people) == 1 and fold(people[0]) == fold(text.rpartition(" / ")[2]):
        return people
    return ()


def _names_reporter(text: str) -> bool:
    return not text.isascii() and SPACELESS.search(text) is not None
