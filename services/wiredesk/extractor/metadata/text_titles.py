"""The headline of a text page: the line around the beginning of the body that is most like one."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from wiredesk.extractor import words
from wiredesk.extractor.body.lines import Line
from wiredesk.extractor.captions import is_caption
from wiredesk.extractor.metadata.address_words import MOST_OF_ADDRESS, AddressWords
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

MIN_SCORE = 2.0
"""Minimum score of a headline: a page without one has no title. Not one headline of a thousand has less."""

MIN_KICKER_WORDS, MAX_KICKER_WORDS, MIN_WORDS_AFTER_KICKER = 2, 4, 5
"""Words of a kicker that stands before the headline on the same line, and of a headline after one."""

MAX_SEPARATORS = 6
"""Number of separators on a line that are looked at."""

MIN_HEADLINE = 15
"""Minimum letters of a headline after a kicker."""

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

_LETTERS = re.compile(r"[^\W\d_]+")
"""Letters without anything between them."""

_SEPARATOR = re.compile(r"\s*[:：|｜/]\s+|\s+[-–—·•»]\s+")
"""What may separate a kicker from the headline on the same line."""

_INDIC = re.compile(r"[\u0900-\u0dff]")
"""A character of a script of India."""

_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0963\u0966-\u0dff])+")
"""A word of a text in such scripts, whose vowels are signs at the letters."""

_BULLET = re.compile(r"^(?:[*•‣·]|#{1,6}|(?:Subject|Betreff|Objet|Asunto|Oggetto|Assunto|Onderwerp|Тема):)\s+")
"""The marker of a list item that is no dash, with which a quotation may begin; that of a heading, or of a subject."""

_BETWEEN_PARTS = re.compile(r"\s[·•|]\s?")
"""What is between the date and the byline of a line."""

WEIGHTS: Mapping[str, float] = {
    "short": -0.46,
    "middling": 0.72,
    "long": -0.35,
    "too_long": -0.21,
    "full_stop": -0.89,
    "has_colon": 0.80,
    "mark": -0.25,
    "item": -0.86,
    "few_words": -0.46,
    "shared_with_body": 1.09,
    "shared_with_first": 1.06,
    "shares_nothing": -0.53,
    "in_address": 1.65,
    "all_in_address": 1.25,
    "in_path": 0.64,
    "distance": -0.09,
    "within_body": -0.74,
    "mark_follows": 1.04,
    "marks_below": 0.44,
    "any_mark_below": 0.65,
    "mark_above": 0.52,
    "item_above": 0.22,
    "below_shorter": -0.45,
    "below_plausible": -0.27,
    "below_sentence": -0.42,
    "longer_follows": 0.29,
    "last_plausible": 0.33,
    "blank_before": 1.55,
    "blank_after": 1.51,
}
"""Weights of the features, by `training.extraction.text_titles`: those of a choice among the lines of a page. On sites
that it had not seen the choice is right for 95 of the 105 publishers' pages that have the gold's headline as a line."""


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
    if best is None or best.score < MIN_SCORE:
        return None
    return _spaced(_without_kicker(best.text, sources, AddressWords.of(url)), sources)


def _without_kicker(text: str, sources: TextSources, address: AddressWords) -> str:
    """Drop a kicker that stands before the headline on the same line.

    Before a dash, a few words are one. Before another sign they are if the address has the headline without them, and
    another line, too.
    """
    kicker, dash, headline = text.partition(" - ")
    is_kicker = MIN_KICKER_WORDS <= len(kicker.split()) <= MAX_KICKER_WORDS
    if dash and is_kicker and len(headline.split()) >= MIN_WORDS_AFTER_KICKER:
        return headline
    for separator in islice(_SEPARATOR.finditer(text), MAX_SEPARATORS):
        kicker, headline = text[: separator.start()], text[separator.end() :]
        if len(words.split(kicker)) > MAX_KICKER_WORDS or length(headline) < MIN_HEADLINE:
            break
        in_address = address.share_in(headline) >= MOST_OF_ADDRESS and not address.share_in(kicker)
        if in_address and any(fold(line.without_marker) == fold(headline) for line in sources.page):
            return headline
    return text


def _spaced(text: str, sources: TextSources) -> str:
    """Return a headline with a space where the kicker's last word is joined to its own first one: `DemoDer Juli`.

    No other line has the joined word, and both its parts are words of the body.
    """
    joined = [word for word in _LETTERS.findall(text) if _place_of_join(word)]
    if not joined:
        return text
    known = {word for line in sources.body for word in _LETTERS.findall(line.text)}
    for word in joined:
        place = _place_of_join(word)
        if word not in known and {word[:place], word[place:]} <= known:
            text = text.replace(word, f"{word[:place]} {word[place:]}", 1)
    return text


def _place_of_join(word: str) -> int:
    """Return where a word has a capital after a small letter; 0 if it has none."""
    return next((n for n in range(1, len(word)) if word[n].isupper() and word[n - 1].islower()), 0)


def candidates(sources: TextSources, url: str) -> list[Candidate]:
    """Return the lines above the body, and the first ones in it, that may be the headline."""
    page = _Page.of(sources, url)
    indices = filter(page.may_be_headline, range(len(page.lines)))
    return [Candidate(page.without_marker(index), page.features(index)) for index in indices]


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
        address: the words of the address.
        items: folded texts of the lines that are items of lists, without their markers.
        has_blanks: whether the page has blank lines between its lines.
    """

    lines: Sequence[Line]
    start: int
    marks: Sequence[bool]
    stems: Sequence[frozenset[str]]
    body: frozenset[str]
    first: frozenset[str]
    address: AddressWords
    items: frozenset[str]
    has_blanks: bool

    @classmethod
    def of(cls, sources: TextSources, url: str) -> "_Page":
        """Prepare what the lines of a page are compared with."""
        opening = sources.opening[:OPENING_LINES]
        header = _joined(sources.header)
        lines = [*header, *opening]
        return cls(
            lines=lines,
            start=len(header),
            marks=[_is_mark(line.text) for line in lines],
            stems=[_stems(line.text) for line in lines],
            body=_stems(" ".join(line.text for line in (*sources.opening, *sources.ending))),
            first=_stems(" ".join(line.text for line in opening)),
            address=AddressWords.of(url),
            items=frozenset(fold(line.without_marker) for line in lines if line.is_item),
            has_blanks=any(line.blank for line in lines),
        )

    def may_be_headline(self, index: int) -> bool:
        """Return whether a line may be the headline."""
        text = self.lines[index].text
        if length(text) < MIN_TITLE or len(text) > MAX_TITLE or self.lines[index].is_residue:
            return False
        if names_publication(text) or (is_caption(text) and self.address.share_in(text) < MOST_OF_ADDRESS):
            return False
        date, *others = _BETWEEN_PARTS.split(text, maxsplit=1)
        if others and self.marks[index] and is_dated(date):
            return False
        return index < self.start or not words.ends_sentence(text)

    def without_marker(self, index: int) -> str:
        """Return a line without its bullet, or its number in a path of links: `4. Ferries` below `3. Transport`."""
        own, above = (
            _NUMBERED.match(self.lines[number].text) if number >= 0 else None for number in (index, index - 1)
        )
        is_next = own is not None and above is not None and int(own[1]) == int(above[1]) + 1
        text = self.lines[index].text
        return text[own.end() :] if own is not None and is_next else _BULLET.sub("", text)

    def features(self, index: int) -> dict[str, float]:
        """Return the features of a line, by name."""
        return self._own_features(index) | self._shared_features(index) | self._place_features(index)

    def _own_features(self, index: int) -> dict[str, float]:
        """Return features of a line by itself."""
        line = self.lines[index]
        text, size, shown = line.text, length(line.text), line.text.split()
        return {
            "short": float(size < SHORT),
            "middling": float(MIDDLING <= size <= LONG),
            "long": float(LONG < size <= TOO_LONG),
            "too_long": float(size > TOO_LONG),
            "full_stop": float(text.rstrip(words.CLOSING_MARKS).endswith((".", "。", "।"))),
            "has_colon": float(":" in text[:-1] or "：" in text[:-1]),
            "mark": float(self.marks[index]),
            "item": float(line.is_item),
            "few_words": float(len(shown) <= LABEL_WORDS and size < LABEL),
        }

    def _shared_features(self, index: int) -> dict[str, float]:
        """Return features of what a line shares with the body, the address, and the rest of the page."""
        line, stems = self.lines[index], self.stems[index]
        folded, share = fold(line.text), self.address.share_in(line.text)
        return {
            "shared_with_body": len(stems & self.body) / max(1, len(stems)),
            "shared_with_first": len(stems & self.first) / max(1, len(stems)),
            "shares_nothing": float(not stems & self.body),
            "in_address": share,
            "all_in_address": float(share >= MOST_OF_ADDRESS),
            "in_path": float(not line.is_item and folded in self.items),
        }

    def _place_features(self, index: int) -> dict[str, float]:
        """Return features of a line's place between the navigation and the body."""
        size = length(self.lines[index].text)
        following = self.marks[index + 1 : index + 1 + FOLLOWING]
        marks_below = sum(self.marks[index + 1 : self.start])
        above = self.lines[index - 1].text if index else ""
        below = self.lines[index + 1].text if index + 1 < len(self.lines) else ""
        is_above_body, is_plausible = index < self.start, self._is_plausible(index)
        return {
            "distance": math.log1p(self.start - index) if is_above_body else 0.0,
            "within_body": float(not is_above_body),
            "mark_follows": float(any(following)),
            "marks_below": min(MAX_MARKS, marks_below),
            "any_mark_below": float(marks_below > 0),
            "mark_above": float(index > 0 and self.marks[index - 1]),
            "item_above": float(self._is_item(index - 1)),
            "below_shorter": float(index > 0 and self._is_plausible(index - 1) and length(above) < size),
            "below_plausible": float(index > 0 and self._is_plausible(index - 1)),
            "below_sentence": float(len(above) > SENTENCE and words.ends_sentence(above)),
            "longer_follows": float(length(below) > max(STANDFIRST, size)),
            "last_plausible": float(is_plausible and not any(map(self._is_plausible, range(index + 1, self.start)))),
            "blank_before": float(self._is_apart(index)),
            "blank_after": float(self._is_apart(index + 1)),
        }

    def _is_apart(self, index: int) -> bool:
        """Return whether a blank line is before a line, or the page has no blank lines."""
        return not self.has_blanks or index >= len(self.lines) or self.lines[index].blank > 0

    def _is_item(self, index: int) -> bool:
        return 0 <= index < len(self.lines) and self.lines[index].is_item

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


def _joined(lines: Sequence[Line]) -> list[Line]:
    """Return lines of which none begins with a colon: what precedes it is a kicker, in an element of its own."""
    joined: list[Line] = []
    for line in lines:
        if joined and not line.blank and line.text.startswith(": "):
            joined[-1] = replace(joined[-1], text=joined[-1].text + line.text)
        else:
            joined.append(line)
    return joined


def _is_mark(text: str) -> bool:
    """Return whether a line states a date, a time or a byline, as lines do near a headline."""
    return (len(text) <= MAX_MARK and _MARK.search(text) is not None) or is_dated(text) or is_byline(text)


def _stems(text: str) -> frozenset[str]:
    """Return the beginnings of a text's longer words."""
    return frozenset(word[:_STEM] for word in _split(text) if len(word) >= _MIN_WORD or word[0] >= _FIRST_DENSE)


def _split(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return _WORD.findall(text.lower()) if _INDIC.search(text) else words.split(text)
