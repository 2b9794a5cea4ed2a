"""Kickers: the words before a headline that not every place of a page has, as in `Culture : A headline`."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from wiredesk.extractor import words
from wiredesk.extractor.words import fold, length

MAX_KICKER_WORDS = 5
"""Maximum words of a kicker."""

MIN_HEADLINE_WORDS = 4
"""Minimum words of a headline after a kicker."""

MIN_HEADLINE = 15
"""Minimum letters of a headline after a kicker."""

MAX_SEPARATORS = 6
"""Number of separators in a title that are looked at."""

_SEPARATOR = re.compile(r"\s*[:：|｜/]\s+|\s+[-–—·•»]\s+")
"""What separates a kicker from the headline."""


def with_agreed_kicker(
    title: str, heading: str | None, places: Sequence[str], parts: Collection[str] = frozenset()
) -> str:
    """Return a title with the kicker on which most places of the page agree, or with none.

    Where as many have none, or another one, the headline stands by itself.

    Args:
        title: that was chosen.
        heading: that readers see.
        places: all titles that the page states, each place's once; the chosen one and the heading are among them.
        parts: of headings, each in an element of its own. Where the headline is one, it takes fewer places that have
            another kicker.
    """
    folded = [words_of for place in places if (words_of := fold(place))]
    for kicker, headline in _divisions(title):
        votes = _Votes.of(kicker, headline, folded)
        stands_alone = headline in parts and votes.other >= votes.own
        if votes.without >= votes.own or votes.other > max(1, votes.own) or stands_alone:
            return headline
    return _with_kicker_of(heading, title, folded) if heading else title


def _with_kicker_of(heading: str, title: str, folded: Sequence[str]) -> str:
    """Return the heading instead of a title that lacks its kicker, if more places have the kicker than not."""
    kicker = fold(heading).removesuffix(fold(title)).strip()
    if not kicker or not fold(heading).endswith(f" {fold(title)}") or len(kicker.split()) > MAX_KICKER_WORDS:
        return title
    if kicker.isdecimal():
        return heading  # "8 ways to": a number is a part of the headline
    votes = _Votes.of(kicker, title, folded)
    return heading if votes.own > max(1, votes.without + votes.other) else title


@dataclass(frozen=True, slots=True)
class _Votes:
    """How many places of a page have a headline with a kicker, with another one, and without any."""

    own: int
    other: int
    without: int

    @classmethod
    def of(cls, kicker: str, headline: str, folded: Sequence[str]) -> "_Votes":
        """Count the places; those that do not have the headline have no vote."""
        before = [words_before for place in folded if (words_before := _before(headline, place)) is not None]
        own = sum(f" {words_before}".endswith(f" {fold(kicker)}") for words_before in before)
        without = before.count("")
        return cls(own, len(before) - own - without, without)


def _divisions(title: str) -> Iterator[tuple[str, str]]:
    """Yield a title's kicker and headline for each separator that may be between the two."""
    for match in islice(_SEPARATOR.finditer(title), MAX_SEPARATORS):
        kicker, headline = title[: match.start()], title[match.end() :]
        if len(words.split(kicker)) > MAX_KICKER_WORDS:
            return
        if fold(kicker) and length(headline) >= MIN_HEADLINE and len(words.split(headline)) >= MIN_HEADLINE_WORDS:
            yield kicker, headline


def _before(headline: str, place: str) -> str | None:
    """Return the words that a folded title has before a headline; None if it does not have the headline."""
    before, headline_there, _ = f" {place} ".partition(f" {fold(headline)} ")
    return before.strip() if headline_there else None
