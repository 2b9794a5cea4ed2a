"""The headline of a text page: the line around the beginning of the body that is most like one."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from wiredesk.extractor import words
from wiredesk.extractor.body.lines import Line
from wiredesk.extractor.captions import is_caption
from wiredesk.extractor.metadata.authors import is_byline
from wiredesk.extractor.metadata.dates import is_dated
from wiredesk.extractor.metadata.publication import names_publication
from wiredesk.extractor.metadata.text_sources import TextSources
from wiredesk.extractor.words import fold, length

MAX_TITLE = 250
"""Maximum characters of a headline; longer lines are not headlines."""

MIN_TITLE = 8
"""Minimum letters of a headline; shorter lines are labels."""

SHORT, MIDDLING, LONG, TOO_LONG = 20, 30, 110, 160
"""Letters that part short headlines from labels, and common ones from long ones and from sentences."""

NEARLY_LONGEST = 0.7
"""Share of the longest line above the body, from which a line is one of the longest."""

MAX_MARK = 90
"""Maximum characters of a line that states a date or a reading time and nothing else."""

MAX_MARKS = 3
"""Number of dates and bylines between a line and the body that are counted."""

FOLLOWING = 3
"""Number of lines after a headline in which date and byline may be."""

OPENING_LINES = 2
"""Number of lines at the beginning of the body that may be the headline."""

MIN_SHARED_STEMS = 2
"""Number of words that a line shares with the body if it is about the same."""

MIN_SLUG_WORDS = 3
"""Minimum words in the last part of an address that repeats the headline; other addresses have numbers or sections."""

MIN_SCORE = 0.0
"""Minimum score of a headline: a page without one has no title. One headline of a hundred has less."""

MIN_KICKER_WORDS, MAX_KICKER_WORDS, MIN_WORDS_AFTER_KICKER = 2, 4, 5
"""Words of a kicker that stands before the headline on the same line, and of a headline after one."""

MIN_SPACED_WORDS = 4
"""Words of a line from which it has a short one, if it is no list of labels."""

LABEL_WORDS, LABEL = 2, 25
"""Maximum words and letters of a label."""

SENTENCE = 60
"""Characters from which a line that ends like a sentence is one of a paragraph."""

STANDFIRST = 50
"""Letters from which a line that is longer than the one above it may be its standfirst."""

_STEM = 6
"""Letters at the beginning of words that are compared."""

_MIN_WORD = 4
"""Minimum letters of words that are compared; shorter ones say nothing of the subject."""

_FIRST_DENSE = "\u2e80"
"""The first character of scripts in which a character is compared as a word."""

_MARK = re.compile(
    r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2}[ -]?min|\d\d年|\b(?:updated|published)\b",
    re.IGNORECASE,
)
"""A date in digits, a time of day, or the minutes that reading takes."""

_NUMBERED = re.compile(r"(\d{1,2})\. (?=\S)")
"""The number of an item of a list."""

_SLUG_WORD = re.compile(r"[a-z]{4,40}")
"""A word of an address that is compared."""

WEIGHTS: Mapping[str, float] = {
    "distance": -0.42,
    "within_body": -0.62,
    "short": -0.57,
    "middling": 0.94,
    "long": -0.22,
    "too_long": -0.23,
    "one_of_the_longest": 0.13,
    "full_stop": -1.09,
    "shared_with_body": 1.20,
    "shared_with_first": 1.37,
    "shares_nothing": -0.48,
    "in_address": 2.57,
    "repeated": 0.33,
    "mark": -0.25,
    "mark_follows": 1.14,
    "marks_below": 0.63,
    "any_mark_below": 0.84,
    "item": -1.98,
    "lower_case": -0.47,
    "only_long_words": -0.28,
    "few_words": -0.72,
    "below_shorter": -0.60,
    "below_sentence": -0.17,
    "longer_follows": 0.73,
    "last_plausible": 0.61,
}
"""Weights of the features, by `training.extraction.text_titles`: those of a choice among the lines of a page. On sites
that it had not seen the choice is right for 0.86 of the publishers' pages that have the gold's headline as a line; the
rules before it were right for 0.66."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may be the headline.

    Attributes:
        text: of the line.
        features: of the line, by name.
    """

    text: str
    features: Mapping[str, float]

    @property
    def score(self) -> float:
        """How much the line is like a headline, compared with the others of its page."""
        return sum(WEIGHTS[name] * value for name, value in self.features.items())


def title_in_text(sources: TextSources, url: str) -> str | None:
    """Return the headline of a text page, or None if no line is like one.

    Args:
        sources: the lines around the body.
        url: of the page; its last part often repeats the headline.
    """
    best = max(candidates(sources, url), key=lambda candidate: candidate.score, default=None)
    return _without_kicker(best.text) if best is not None and best.score >= MIN_SCORE else None


def _without_kicker(text: str) -> str:
    """Drop a kicker that stands before the headline on the same line."""
    kicker, dash, headline = text.partition(" - ")
    is_kicker = MIN_KICKER_WORDS <= len(kicker.split()) <= MAX_KICKER_WORDS
    return headline if dash and is_kicker and len(headline.split()) >= MIN_WORDS_AFTER_KICKER else text


def candidates(sources: TextSources, url: str) -> list[Candidate]:
    """Return the lines above the body, and the first ones in it, that may be the headline."""
    page = _Page.of(sources, url)
    return [
        Candidate(page.without_number(index), page.features(index))
        for index, line in enumerate(page.lines)
        if length(line.text) >= MIN_TITLE and len(line.text) <= MAX_TITLE
        if not (line.is_residue or is_caption(line.text) or names_publication(line.text))
        if index < page.start or not words.ends_sentence(line.text)
    ]


@dataclass(frozen=True, slots=True)
class _Page:
    """The lines above the body and the first ones in it, and what they are compared with.

    Attributes:
        lines: in the order of the page.
        start: index of the first line of the body.
        marks: whether each line states a date or a byline.
        stems: of each line's words.
        body: of the words at the beginning and the end of the body.
        first: of the words of the first lines of the body.
        slug: of the words of the address.
        repeated: folded texts that several lines have.
        longest: letters of the longest line above the body that may be a headline.
    """

    lines: Sequence[Line]
    start: int
    marks: Sequence[bool]
    stems: Sequence[frozenset[str]]
    body: frozenset[str]
    first: frozenset[str]
    slug: frozenset[str]
    repeated: frozenset[str]
    longest: float

    @classmethod
    def of(cls, sources: TextSources, url: str) -> "_Page":
        """Prepare what the lines of a page are compared with."""
        opening = sources.opening[:OPENING_LINES]
        lines = [*sources.header, *opening]
        start = len(sources.header)
        counts = Counter(fold(line.text) for line in lines)
        return cls(
            lines=lines,
            start=start,
            marks=[_is_mark(line.text) for line in lines],
            stems=[_stems(line.text) for line in lines],
            body=_stems(" ".join(line.text for line in (*sources.opening, *sources.ending))),
            first=_stems(" ".join(line.text for line in opening)),
            slug=_slug_stems(url),
            repeated=frozenset(text for text, count in counts.items() if count > 1),
            longest=max((size for line in sources.header if (size := length(line.text)) < TOO_LONG), default=1.0),
        )

    def without_number(self, index: int) -> str:
        """Return a line without its number in a path of links: `4. Ferries` below `3. Transport`."""
        own, above = (
            _NUMBERED.match(self.lines[number].text) if number >= 0 else None for number in (index, index - 1)
        )
        is_next = own is not None and above is not None and int(own[1]) == int(above[1]) + 1
        return self.lines[index].text[own.end() :] if own is not None and is_next else self.lines[index].text

    def features(self, index: int) -> dict[str, float]:
        """Return the features of a line, by name."""
        line, stems = self.lines[index], self.stems[index]
        text, size = line.text, length(line.text)
        following = self.marks[index + 1 : index + 1 + FOLLOWING]
        marks_below = sum(self.marks[index + 1 : self.start])
        above = self.lines[index - 1].text if index else ""
        below = self.lines[index + 1].text if index + 1 < len(self.lines) else ""
        is_above_body = index < self.start
        shown = text.split()
        return {
            "distance": math.log1p(self.start - index) if is_above_body else 0.0,
            "within_body": float(not is_above_body),
            "short": float(size < SHORT),
            "middling": float(MIDDLING <= size <= LONG),
            "long": float(LONG < size <= TOO_LONG),
            "too_long": float(size > TOO_LONG),
            "one_of_the_longest": float(size >= NEARLY_LONGEST * self.longest),
            "full_stop": float(text.rstrip(words.CLOSING_MARKS).endswith((".", "。"))),
            "shared_with_body": len(stems & self.body) / max(1, len(stems)),
            "shared_with_first": len(stems & self.first) / max(1, len(stems)),
            "shares_nothing": float(not stems & self.body),
            "in_address": len(_latin_stems(text) & self.slug) / max(1, len(self.slug)),
            "repeated": float(fold(text) in self.repeated),
            "mark": float(self.marks[index]),
            "mark_follows": float(any(following)),
            "marks_below": min(MAX_MARKS, marks_below),
            "any_mark_below": float(marks_below > 0),
            "item": float(line.is_item),
            "lower_case": float(text[0].islower()),
            "only_long_words": float(
                len(shown) >= MIN_SPACED_WORDS and not any(len(w) < _MIN_WORD and w.islower() for w in shown)
            ),
            "few_words": float(len(shown) <= LABEL_WORDS and size < LABEL),
            "below_shorter": float(index > 0 and self._is_plausible(index - 1) and length(above) < size),
            "below_sentence": float(len(above) > SENTENCE and words.ends_sentence(above)),
            "longer_follows": float(length(below) > max(STANDFIRST, size)),
            "last_plausible": float(
                self._is_plausible(index) and not any(map(self._is_plausible, range(index + 1, self.start)))
            ),
        }

    def _is_plausible(self, index: int) -> bool:
        """Return whether a line might be the headline by itself: of its length, about the body, and no sentence."""
        line = self.lines[index]
        return (
            SHORT <= length(line.text) <= TOO_LONG
            and not line.text.endswith((".", "。", ":", "："))
            and not line.is_item
            and not self.marks[index]
            and len(self.stems[index] & self.body) >= MIN_SHARED_STEMS
        )


def _is_mark(text: str) -> bool:
    """Return whether a line states a date, a time or a byline, as lines do near a headline."""
    return (len(text) <= MAX_MARK and _MARK.search(text) is not None) or is_dated(text) or is_byline(text)


def _stems(text: str) -> frozenset[str]:
    """Return the beginnings of a text's longer words."""
    return frozenset(word[:_STEM] for word in words.split(text) if len(word) >= _MIN_WORD or word[0] >= _FIRST_DENSE)


def _latin_stems(text: str) -> frozenset[str]:
    """Return the beginnings of a text's words of English letters, of which addresses are made."""
    return frozenset(word[:_STEM] for word in _SLUG_WORD.findall(text.lower()))


def _slug_stems(url: str) -> frozenset[str]:
    """Return the words of the longest part of an address; none if it has too few."""
    path = unquote(urlsplit(url).path)
    slug = _latin_stems(max(path.split("/"), key=len, default=""))
    return slug if len(slug) >= MIN_SLUG_WORDS else frozenset()
