"""The byline in a text page: in the lines around the beginning of its body, or its signature."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from wiredesk.extractor.body.lines import Line
from wiredesk.extractor.metadata.authors.agencies import AGENCY_WORDS
from wiredesk.extractor.metadata.authors.grammar import (
    MAX_BYLINE,
    Byline,
    announces_byline,
    is_byline,
    names_clearly,
    parse_byline,
)
from wiredesk.extractor.metadata.authors.names import Trust, is_only_role, is_role
from wiredesk.extractor.metadata.authors.vocabulary import (
    CALENDAR,
    NO_NAMES,
    PARTICLES,
    ROLE_MODIFIERS,
    ROLES,
    TIME_WORDS,
)
from wiredesk.extractor.metadata.text_sources import TextSources
from wiredesk.extractor.words import fold

ABOVE = 14
"""Lines above the body that may hold the byline."""

MAX_LINE = 160
"""Maximum characters of a line that is a byline."""

MAX_NAMES_BELOW = 8
"""Lines below `By` or below a name that may hold further names."""

REACH = 2
"""Lines between a name and its date or role."""

MAX_OTHER_WORDS = 2
"""Words of a line of names that are no names, no roles and no times."""

MAX_SHORT = 40
"""Characters of a byline that may have an unusual name: By bell hooks."""

MIN_PROSE, MAX_PROSE = 80, 20_000
"""Characters of a line of the story from which it is prose, and of the prose that is searched for names."""

MIN_WORD = 3
"""Letters up to which a word says nothing."""

ANNOUNCED, DATED, BARE, BETWEEN = 6.0, 4.5, 4.0, 3.5
"""Points of a line that begins as bylines do, of one with names and a time, of one with names beside a date or a role,
and of one with names between headline and body."""

NEAR_HEADLINE, FAR_BELOW = 3, 8
"""Number of lines above a headline in which names may be a byline that nothing announces, and below it in which names
are one by themselves."""

DISTANCE = 0.15
"""Points that each line between a byline and the body costs."""

_MARKER = re.compile(r"^(?:[•·*|>–-]\s?|\d{1,2}\.\s)")
"""The marker of a list item."""

_TIME = re.compile(r"\d{1,4}[./:\-年]\s?\d|\d{4}|\d\s")
"""A date or a time."""

_HAN_NAME = re.compile(r"[\u3400-\u9fff]{1,3}[ \u3000][\u3400-\u9fff]{1,3}")
"""A Japanese name on a line of its own."""


def byline_in_text(sources: TextSources, title: str | None = None) -> Byline:
    """Return the byline near the beginning of the body: one that is announced, or names beside a date or a role.

    Between headline and body, names are a byline by themselves; far above the headline they are none. Without a
    byline, the signature below the body counts.

    Args:
        sources: the lines around the body.
        title: the headline, if one is known.
    """
    candidates = sorted(_Region.of(sources, title).candidates(), key=lambda candidate: -candidate[0])
    body = _Body([line.text for line in sources.body]) if candidates else None
    for _, byline, is_bare in candidates:
        if not (is_bare and body and any(map(body.is_about, byline.people))):
            return byline
    return _signature(sources)


@dataclass(frozen=True, slots=True)
class _Region:
    """The lines of a page that may hold the byline.

    Attributes:
        lines: from above the headline to the beginning of the body.
        texts: of the lines, without markers.
        start: index of the first line of the body.
        headline: index of the headline; None if it is not known.
    """

    lines: Sequence[Line]
    texts: Sequence[str]
    start: int
    headline: int | None

    @classmethod
    def of(cls, sources: TextSources, title: str | None) -> "_Region":
        """Return the region around a headline and the beginning of the body."""
        headline = _place_of(title, sources.header)
        first = max(0, len(sources.header) - ABOVE)
        if headline is not None:
            first = max(0, min(first, headline - NEAR_HEADLINE))
            headline -= first
        lines = (*sources.header[first:], *sources.beginning)
        return cls(lines, [_MARKER.sub("", line.text) for line in lines], len(sources.header) - first, headline)

    def candidates(self) -> Iterator[tuple[float, Byline, bool]]:
        """Yield bylines, each with its points and whether nothing announces it."""
        for index in range(len(self.lines)):
            byline, points = _byline_at(self.texts, index)
            if points < ANNOUNCED and self.headline is not None:
                if index < self.headline - NEAR_HEADLINE:
                    continue
                if not byline and self._is_below_headline(index):
                    byline, points = names_in_line(self.texts[index]), BETWEEN
            if byline:
                yield points - DISTANCE * self._distance(index), byline, points < ANNOUNCED

    def _is_below_headline(self, index: int) -> bool:
        """Return whether a line is between headline and body, and no item of a list."""
        last = min(self.start, self.headline + FAR_BELOW) if self.headline is not None else 0
        return self.headline is not None and self.headline < index < last and not self.lines[index].is_item

    def _distance(self, index: int) -> int:
        """Return the number of lines between a line and the body or the headline, whichever is nearer."""
        from_headline = abs(self.headline + 1 - index) if self.headline is not None else len(self.lines)
        return min(abs(self.start - index), from_headline)


def _place_of(title: str | None, lines: Sequence[Line]) -> int | None:
    """Return the index of the last line that has a headline; None if none has it."""
    folded = fold(title or "")
    places = [index for index, line in enumerate(lines) if folded and f" {folded} " in f" {fold(line.text)} "]
    return places[-1] if places else None


class _Body:
    """What a story says, to tell the names of its authors from words and people that it is about.

    Args:
        texts: of the story.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        prose = " ".join(text for text in texts if len(text) > MIN_PROSE)[:MAX_PROSE]
        self._folded = f" {fold(prose)} "
        self._lower = {word for word in re.findall(r"[^\W\d_]+", prose) if word.islower()}

    def is_about(self, name: str) -> bool:
        """Return whether the story has a name, or has words of it in lower case."""
        name_words = fold(name).split()
        return f" {fold(name)} " in self._folded or any(
            word in self._lower for word in name_words if len(word) > MIN_WORD
        )


def _byline_at(texts: Sequence[str], index: int) -> tuple[Byline, float]:
    """Return the byline that begins at a line, and how clear it is."""
    text, following = texts[index], texts[index + 1 : index + 1 + MAX_NAMES_BELOW]
    if announces_byline(text):  # `By` alone
        return parse_byline(_name_lines(following)), ANNOUNCED
    if len(text) <= MAX_LINE and is_byline(text):
        byline = parse_byline([text])
        return (byline, ANNOUNCED) if names_clearly(byline) or len(text) <= MAX_SHORT else (Byline(), 0.0)
    byline = names_in_line(text)
    if byline and re.search(r"\d", text):
        return byline, DATED
    around = (*texts[max(0, index - REACH) : index], *following[:REACH])
    if byline and (text in around or any(map(_is_beside_names, around))):
        return parse_byline([text, *_name_lines(following)], Trust.BARE), BARE
    return Byline(), 0.0


def _name_lines(texts: Sequence[str]) -> Iterator[str]:
    """Yield the lines that continue a byline: names, and roles and commas between them."""
    for text in texts:
        if names_in_line(text):
            yield text
        elif len(text) > MIN_WORD and not is_only_role(text):
            return


@lru_cache(maxsize=256)
def names_in_line(text: str) -> Byline:
    """Return whom a line names that has names, roles and times, and little else.

    Cached, because a line is read with each of those around it.
    """
    if not MIN_WORD <= len(text) <= MAX_LINE:
        return Byline()  # PA is an agency, and the initials of a person
    if _HAN_NAME.fullmatch(text):
        return parse_byline([text])
    if _has_other_words(text):
        return Byline()
    byline = parse_byline([text], Trust.BARE)
    names = {word for name in (*byline.people, *byline.agencies) for word in fold(name).split()}
    others = [word for word in fold(text).split() if word not in names]
    return byline if names and _are_beside_names(others) else Byline()


def _has_other_words(text: str) -> bool:
    """Return whether a line has too many words in lower case that can be in no name. It saves parsing the line."""
    others = 0
    for word in text.split():
        for part in fold(word).split():
            if part in ROLES:
                return False
            others += word.islower() and part not in _LOWER_IN_NAMES and not part[0].isdigit()
        if others > MAX_OTHER_WORDS:
            return True
    return False


def _are_beside_names(words: Sequence[str]) -> bool:
    """Return whether words are roles and times, or few. After a role comes what it is in."""
    role = next((index for index, word in enumerate(words) if word in ROLES), len(words))
    plain = [word for word in words[:role] if not (word.isdigit() or word in _BESIDE or word[:1].isdigit())]
    return len(plain) <= MAX_OTHER_WORDS and len(words) - role <= MAX_NAMES_BELOW


_BESIDE = CALENDAR | ROLES | ROLE_MODIFIERS | TIME_WORDS | {"and", "und", "et", "og", "och", "y", "e", "von", "by"}
"""Words of lines of names that are no names, folded."""

_LOWER_IN_NAMES = _BESIDE | PARTICLES | AGENCY_WORDS
"""Words in lower case that lines of names have."""


def _is_beside_names(text: str) -> bool:
    """Return whether a line is a date, a time, a role, or a network to follow: they stand below or above a name."""
    if len(text) > MAX_LINE // 2:
        return False
    is_time = _TIME.search(text) is not None
    is_network = fold(text) in NO_NAMES
    return is_time or is_network or (len(text.split()) <= MAX_NAMES_BELOW and is_role(text))


def _signature(sources: TextSources) -> Byline:
    """Return the name that ends the story, on a line of its own."""
    lines = (*sources.ending[-1:], *sources.below[:1])
    for text in (_MARKER.sub("", line.text) for line in lines):
        byline = parse_byline([text], Trust.BARE)
        if len(text) <= MAX_BYLINE // 6 and len(byline.people) == 1 and fold(byline.people[0]) == fold(text):
            return byline
    return Byline()
