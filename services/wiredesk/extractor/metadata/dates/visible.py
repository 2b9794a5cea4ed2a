"""Dates that a page shows its readers: candidates around the headline, scored by place, words and mark-up."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice

from wiredesk.extractor.document import Element
from wiredesk.extractor.metadata.dates.blocks import MAX_BLOCK, UNSEEN, following, preceding, shown_text, stated_in_data
from wiredesk.extractor.metadata.dates.choice import MIN_SCORE, DateCandidate, DateReader
from wiredesk.extractor.metadata.dates.labels import DateLabel
from wiredesk.extractor.metadata.dates.relative import may_be_relative
from wiredesk.extractor.metadata.dates.written import WrittenDate, has_digit
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.page_elements import PageElements
from wiredesk.extractor.words import clean, ends_sentence

MAX_AFTER = 250
"""Elements after the headline that are read."""

MAX_NEAREST = 80
"""Elements right after and right before the headline that are read where the page states a date for machines."""

MAX_BEFORE = 120
"""Elements before the headline that are read."""

MAX_MARKED = 80
"""Elements elsewhere, marked as dates, that are read."""

MAX_PIECE = 400
"""Characters of a piece of text that are searched for a digit."""

MAX_CLIMB = 3
"""Maximum number of elements within lines between a text and its block."""

MAX_ANCESTORS = 14
"""Maximum number of containers that are looked at."""

_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "em", "font", "i", "small", "span", "strong", "sup", "sub", "time", "u", "label", "data"}
)
"""Elements within a line."""

_STORY_TAGS = frozenset({"body", "main", "article", "section"})
"""Elements that hold a story."""

_DATE_ATTRIBUTES: Mapping[str, Callable[[str], object]] = {
    "itemprop": frozenset({"datePublished", "dateModified"}).__contains__,
    "pubdate": lambda _: True,
    "id": re.compile("date").search,
    "class": re.compile("date|Date|time|publish|posted").search,
    "data-testid": re.compile("date|time").search,
}
"""Attributes that mark an element as a date, each with what its values have."""

_OF_PUBLICATION = re.compile(
    r"publi(?:sh|c)|pubdate|posted|post-?date|entry-?date|created|article-?date|story-?date", re.IGNORECASE
)
"""Names of classes for the date of publication."""

_OF_CHANGE = re.compile(r"modif|updat", re.IGNORECASE)
"""Names of classes for the date of the last change."""

_OF_DATE = re.compile(r"(?<!up)date(?!d)|time(?!line)|byline|meta(?!l)|info|author", re.IGNORECASE)
"""Names of classes of places with dates."""

_NOT_THE_STORY = re.compile(
    r"\b(?:nav|menu|breadcrumbs?|footer|sidebar|aside|related|recommend\w*|popular|trending|latest|more-\w+|widget|teaser"
    r"|card|carousel|most-?read|recent|promo|advert\w*|ad|copyright|calendar|weather|ticker|masthead|topbar|top-bar"
    r"|today|clock|event\w*|newsletter|archive)s?\b",
    re.IGNORECASE,
)
"""Names of classes of what is beside the story."""

_OF_COMMENTS = re.compile(r"comment(?!ary)|disqus|repl(?:y|ies)\b|discussion", re.IGNORECASE)
"""Names of classes of what readers wrote."""

MAX_ELEMENTS = 4000
"""Elements of a page that are read if no date is around the headline or marked."""

MAX_BLOCKS = 200
"""Blocks with a digit that are read; stories have their date in the first few."""

AFTER_SCORE, BEFORE_SCORE, UNTITLED_SCORE, OTHER_SCORE = 4, 2, 2, 0
"""Parts of the score right after the headline, right before it, at the beginning of a page without one, elsewhere."""

FAR_SCORE, FAR_BEFORE_SCORE = -0.04, -0.1
"""Parts of the score of each element between a date and the headline, after it and before it."""

SURE_SCORE = 5
"""Score from which a date is the story's without a look at the others."""

TAG_SCORES: Mapping[str, float] = {
    "nav": -3, "aside": -3, "footer": -3, "select": -3, "form": -3, "time": 1.5, "a": -0.5, "li": -0.5,
}  # fmt: skip
"""Part of the score by the elements that a date is in."""

BESIDE_SCORE, COMMENT_SCORE, DATE_CLASS_SCORE, OTHER_ARTICLE_SCORE = -3, -6, 1, -4
"""Parts of the score by the classes of these elements, and if they are of another story than the headline."""

PROSE_SCORE, LONG_SCORE, MANY_SCORE = -8, -3, -3
"""Parts of the score of a date in prose, in a long text, and among many dates."""

LOWEST_SCORE = -9.0
"""The lowest score that places give."""

NEAR_ANCESTORS = 3
"""Number of elements, from the date up, whose classes may be those of a date."""

MAX_OTHER, MAX_LONG = 60, 140
"""Maximum characters beside the dates of a line that is not long, and of one that is no prose."""

MAX_DATES = 3
"""Maximum number of dates in the line of a story."""


def visible_dates(sources: MetadataSources, headline: Element | None, reader: DateReader) -> Iterator[DateCandidate]:
    """Yield the dates around the headline, and those elsewhere that are marked.

    Args:
        sources: of the page, with its root and its attributes.
        headline: its element; None if there is none.
        reader: of the page's dates.
    """
    yield from _Walk(headline, reader).candidates(sources)


def nearest_dates(sources: MetadataSources, headline: Element | None, reader: DateReader) -> Iterator[DateCandidate]:
    """Yield the dates right beside the headline.

    Args:
        sources: of the page, with its root.
        headline: its element; None if there is none.
        reader: of the page's dates.
    """
    yield from _Walk(headline, reader).around(sources.root, MAX_NEAREST, MAX_NEAREST)


class _Walk:
    """Reads the candidates of one page, each block once."""

    def __init__(self, headline: Element | None, reader: DateReader) -> None:
        self._headline = headline
        self._reader = reader
        self._seen: set[Element] = set()
        self._count = 0
        self._above = set(islice(headline.iterancestors(), MAX_ANCESTORS)) if headline is not None else set()
        beside = (_NOT_THE_STORY.findall(_names(element)) for element in self._above)
        self._around_story = {name.lower() for names in beside for name in names}
        self._own_article = next((e for e in headline.iterancestors("article")), None) if headline is not None else None

    def candidates(self, sources: MetadataSources) -> Iterator[DateCandidate]:
        """Yield the dates around the headline, those elsewhere that are marked, and if there are none, all others."""
        around = list(self.around(sources.root, MAX_AFTER, MAX_BEFORE))
        is_sure = any(candidate.score >= SURE_SCORE for candidate in around)
        marked = [] if is_sure else list(self._marked(sources.elements))
        yield from (*around, *marked)
        if not any(candidate.score >= MIN_SCORE for candidate in (*around, *marked)):
            yield from self._read(islice(sources.root.iter(), MAX_ELEMENTS), lambda _: OTHER_SCORE)

    def around(self, root: Element, max_after: int, max_before: int) -> Iterator[DateCandidate]:
        """Yield the dates around the headline, or at the beginning of a page without one."""
        if self._headline is None:
            body = next(root.iter("body"), root)
            yield from self._read(islice(body.iter(), max_after), lambda number: UNTITLED_SCORE + FAR_SCORE * number)
            return
        best = LOWEST_SCORE
        after = islice(following(self._headline), max_after)
        for candidate in self._read(after, lambda number: AFTER_SCORE + FAR_SCORE * number):
            yield candidate
            best = max(best, candidate.score)
        if best < SURE_SCORE:
            before = islice(preceding(self._headline), max_before)
            yield from self._read(before, lambda number: BEFORE_SCORE + FAR_BEFORE_SCORE * number)

    def _marked(self, page: PageElements) -> Iterator[DateCandidate]:
        marked = {place for name, is_date in _DATE_ATTRIBUTES.items() for place in page.places_with(name, is_date)}
        marked.update(page.places_of(page.named("time")))
        elements = (page.in_order[place] for place in sorted(marked))
        for element in islice(elements, MAX_MARKED):
            text = shown_text(element)
            if text and _may_be_dated(text):
                yield from self._block(element, text, 0)

    def _read(self, elements: Iterable[Element], place: Callable[[int], float]) -> Iterator[DateCandidate]:
        for number, element in enumerate(elements):
            tail = element.tail
            # Of an icon, the text after it is read.
            if isinstance(element.tag, str) and element.tag not in UNSEEN:
                own = element.text or element.get("datetime") or element.get("content") or stated_in_data(element)
                if own and not own.isspace() and _may_be_dated(own):
                    yield from self._block(element, own, place(number))
            if tail and not tail.isspace() and _may_be_dated(tail) and (parent := element.getparent()) is not None:
                yield from self._block(parent, tail, place(number))

    def _block(self, owner: Element, piece: str, place: float) -> Iterator[DateCandidate]:
        self._count += 1
        if self._count > MAX_BLOCKS:
            return
        line = [owner]
        while len(line) <= MAX_CLIMB and line[-1].tag in _INLINE and (parent := line[-1].getparent()) is not None:
            # What holds the headline, or a whole story, is no line.
            if parent in self._above or parent.tag in _STORY_TAGS:
                break
            line.append(parent)
        text: str | None = None
        for block in reversed(line):
            if block in self._seen:
                return
            text = shown_text(block)
            if text is not None:
                self._seen.add(block)
                break
        if text is None:
            text = clean(piece[:MAX_BLOCK])
        dates = self._reader.read(text)
        if not dates:
            return
        base = place + self._of_place(owner) + (MANY_SCORE if len(dates) > MAX_DATES else 0)
        mark, own_marks = self._mark(owner), self._marks_of_times(line) if len(dates) > 1 else {}
        for written in dates:
            label = written.label or own_marks.get(written.value, mark)
            score = base + self._reader.score(written, label) + _of_words(text, dates, is_labelled=bool(written.label))
            yield DateCandidate(written.value, label, score)

    def _marks_of_times(self, line: Sequence[Element]) -> Mapping[date, DateLabel | None]:
        """Return what each `<time>` of a line is marked as, by its date: one may be of the change, and one not."""
        times = list(islice(line[-1].iter("time"), MAX_DATES + 1))
        stated = ((time, self._reader.read(time.get("datetime") or "")) for time in times if len(times) > 1)
        return {written.value: self._mark(time) for time, dates in stated for written in dates}

    def _mark(self, owner: Element) -> DateLabel | None:
        """Return what mark-up says that a date is the date of."""
        for element in (owner, *islice(owner.iterancestors(), 2)):
            if element.get("pubdate") is not None:
                return DateLabel.PUBLISHED
            names = " ".join(filter(None, map(element.get, ("itemprop", "class", "id"))))
            if _OF_PUBLICATION.search(names):
                return DateLabel.PUBLISHED
            if _OF_CHANGE.search(names):
                return DateLabel.MODIFIED
        return None

    def _of_place(self, owner: Element) -> float:
        """Return the part of the score that containers give: those that the headline is not in, too."""
        score, is_in_article = 0.0, False
        for depth, element in enumerate((owner, *islice(owner.iterancestors(), MAX_ANCESTORS))):
            if element in self._above or not isinstance(element.tag, str):
                break
            names = _names(element)
            score += TAG_SCORES.get(element.tag, 0)
            score += BESIDE_SCORE if element.tag != "body" and self._is_beside(names) else 0
            score += COMMENT_SCORE if _OF_COMMENTS.search(names) else 0
            score += DATE_CLASS_SCORE if depth < NEAR_ANCESTORS and _OF_DATE.search(names) else 0
            is_in_article = is_in_article or element.tag == "article"
        if is_in_article and self._own_article is not None:
            score += OTHER_ARTICLE_SCORE
        return max(score, LOWEST_SCORE)

    def _is_beside(self, names: str) -> bool:
        """Return whether names say that an element is beside the story; some programs call every box a widget."""
        return any(name.lower() not in self._around_story for name in _NOT_THE_STORY.findall(names))


def _names(element: Element) -> str:
    """Return the names of classes and the id of an element."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _may_be_dated(piece: str) -> bool:
    """Return whether a piece of text may have a date at its beginning."""
    piece = piece[:MAX_PIECE]
    return has_digit(piece) or may_be_relative(piece)


def _of_words(text: str, dates: Sequence[WrittenDate], *, is_labelled: bool) -> float:
    """Return the part of the score that the other words of a text give."""
    other = len(text) - sum(written.end - written.start for written in dates)
    if other <= MAX_OTHER:
        return 0
    if other > MAX_LONG or (ends_sentence(text) and not is_labelled):
        return PROSE_SCORE
    return 0 if is_labelled else LONG_SCORE
