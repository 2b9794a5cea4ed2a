"""The dates of a page: those that it states for machines, those that it shows, and the one in its address."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, cached_property
from itertools import islice

from wiredesk.extractor.document import Element, text_of
from wiredesk.extractor.metadata.acting_headings import acting_element
from wiredesk.extractor.metadata.dates.address import day_in_address
from wiredesk.extractor.metadata.dates.choice import DateReader, ShownDates, choose
from wiredesk.extractor.metadata.dates.conventions import DateConventions, day_of
from wiredesk.extractor.metadata.dates.in_text import dates_in_text, is_date_line
from wiredesk.extractor.metadata.dates.meta_names import dated_contents, modified_contents, published_contents
from wiredesk.extractor.metadata.dates.stated import parse_stated_date
from wiredesk.extractor.metadata.dates.visible import nearest_dates, visible_dates
from wiredesk.extractor.metadata.dates.written import dates_in
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.metadata.text_sources import TextSources
from wiredesk.extractor.words import fold
from wiredesk_schemas import AcceptedPage, Evidence

MAX_DATED_NODES = 200
"""JSON-LD objects whose date is considered if none of them describes an article."""

MAX_HEADINGS = 200
"""Maximum number of headings that may be the headline."""

MAX_TIMES = 200
"""Number of `<time>` elements whose days are known."""

A_DAY = timedelta(days=1)
"""How much two places may differ that state the same day in different zones."""

FARTHEST_WEST = timedelta(hours=12)
"""By how much local time may be earlier than that of Greenwich."""

FARTHEST_EAST = timedelta(hours=14)
"""By how much it may be later."""

QUARTER = timedelta(minutes=15)
"""What the offsets of time zones are multiples of."""

MIN_SHARED_WORDS = 0.75
"""Share of the title's words from which a heading is the headline of a page without `<h1>`."""

MIN_TITLE_WORDS = 4
"""Words that such a heading has from the title at least."""

MIN_HEADLINE = 12
"""Minimum characters of a heading that is the story's by its words."""

type Candidate = tuple[Evidence, date]
"""A date, and the place that states it."""


class PageDates:
    """The dates of an HTML page.

    Args:
        page: as ingest accepted it.
        sources: the places of the page that state metadata.
        title: the headline.
    """

    def __init__(self, page: AcceptedPage, sources: MetadataSources, title: str | None = None) -> None:
        root = sources.root
        language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        self._sources = sources
        self._contents = dated_contents(sources.meta)
        self._title = fold(title or "")
        self._reader = _reader(page, language or sources.meta.get("og:locale"), cache(self._known_days))

    def published(self) -> Iterator[tuple[Evidence, date | None]]:
        """Yield the date of publication, and the place that states it."""
        stated = [*self._stated("datePublished", published_contents(self._contents))]
        if not stated:
            texts = (
                self._sources.as_text(node.get("datePublished")) for node in self._sources.own_nodes[:MAX_DATED_NODES]
            )
            stated = [*self._parsed(Evidence.JSON_LD, texts)][:1]
        if stated:
            yield from self._shown_before(stated)
            place, value = self._most_precise(stated)
            yield place, self._in_local_time(value)
        yield Evidence.DOM, self._shown.published
        yield Evidence.URL, self._reader.address_day

    def modified(self) -> Iterator[tuple[Evidence, date | None]]:
        """Yield the date of the last change, and the place that states it."""
        yield from self._stated("dateModified", modified_contents(self._contents))
        yield Evidence.DOM, self._shown.modified

    def _stated(self, name: str, contents: Iterable[str]) -> Iterator[Candidate]:
        yield from self._parsed(Evidence.JSON_LD, [self._sources.json_ld(name)])
        yield from self._parsed(Evidence.META, contents)
        yield from self._parsed(Evidence.DOM, [self._sources.as_text(self._sources.microdata.get(name))])

    def _parsed(self, place: Evidence, texts: Iterable[str | None]) -> Iterator[Candidate]:
        for text in texts:
            parsed = parse_stated_date(text, self._reader.conventions) if text else None
            if parsed is not None:
                yield place, parsed

    def _shown_before(self, stated: Sequence[Candidate]) -> Iterator[Candidate]:
        """Yield dates that the page shows, if they are earlier than a stated one that is that of the last change, too.

        Some programs declare the time at which they wrote the page as that of publication. The date beside the headline
        is the better one; and one anywhere, if the page declares an earlier day, too.
        """
        first = stated[0][1]
        changed = next(self._stated("dateModified", modified_contents(self._contents)), None)
        if changed is None or not _is_not_before(first, changed[1]):
            return
        dates = choose(nearest_dates(self._sources, self._headline(), self._reader))
        if dates.published is not None and dates.published != dates.modified and _is_before(dates.published, first):
            yield Evidence.DOM, dates.published
        if any(_is_before(other, first) for _, other in stated[1:]):
            shown = self._shown
            if shown.published not in (None, shown.modified) and _is_before(shown.published, first):
                yield Evidence.DOM, shown.published

    def _in_local_time(self, stated: date) -> date:
        """Return a time of Greenwich in that of the page, if the page's address has the day before or after.

        Its offset is that of a time which the page shows.
        """
        day = self._reader.address_day
        if day is None or not isinstance(stated, datetime) or stated.utcoffset() != timedelta(0):
            return stated
        if abs(day_of(stated) - day) != A_DAY:
            return stated
        for candidate in visible_dates(self._sources, self._headline(), self._reader):
            zone = _zone_of(candidate.value, stated)
            if zone is not None and stated.astimezone(zone).date() == day:
                return stated.astimezone(zone)
        return stated

    def _known_days(self) -> frozenset[date]:
        """Return the days that the page states in ISO 8601 for what it shows."""
        times = filter(None, islice(self._sources.times(), MAX_TIMES))
        return frozenset(day_of(parsed) for text in times if (parsed := _iso_date(text)) is not None)

    def _most_precise(self, stated: list[Candidate]) -> Candidate:
        """Return the first date, or one of the same day that has a time of day, if the first has none."""
        place, first = stated[0]
        if has_clock(first):
            return place, first
        for candidate in stated[1:]:
            if has_clock(candidate[1]) and day_of(candidate[1]) == day_of(first):
                return candidate
        shown = self._shown.published
        if shown is not None and has_clock(shown) and day_of(shown) == day_of(first):
            return Evidence.DOM, shown
        return place, first

    @cached_property
    def _shown(self) -> ShownDates:
        return choose(visible_dates(self._sources, self._headline(), self._reader))

    def _headline(self) -> Element | None:
        """Return the element of the headline: the heading that has its words, or repeats most of the window's title.

        Without any, it is the element that has its words.
        """
        window = fold(self._sources.window_title or "")
        best: tuple[int, Element | None] = (MIN_HEADLINE, None)
        first: Element | None = None
        for heading in islice(self._sources.elements.named("h1", "h2", "h3"), MAX_HEADINGS):
            text = fold(text_of(heading))
            if text and text == self._title:
                return heading
            if len(text) > best[0] and text in window:
                best = len(text), heading
            first = heading if first is None and heading.tag == "h1" else first
        if best[1] is not None or first is not None or not self._title:
            return first if best[1] is None else best[1]
        acting = acting_element(self._sources.root, self._title)
        return self._heading_like_title() if acting is None else acting

    def _heading_like_title(self) -> Element | None:
        """Return the first heading with most of the title's words."""
        title = frozenset(self._title.split())
        for heading in islice(self._sources.elements.named("h2", "h3"), MAX_HEADINGS):
            shared = title.intersection(fold(text_of(heading)).split())
            if len(shared) >= max(MIN_TITLE_WORDS, MIN_SHARED_WORDS * len(title)):
                return heading
        return None


class TextDates:
    """The dates of a text page.

    Args:
        page: as ingest accepted it.
        sources: the lines of the page that may state metadata.
    """

    def __init__(self, page: AcceptedPage, sources: TextSources) -> None:
        self._reader = _reader(page, None)
        self._shown = choose(dates_in_text(sources, self._reader))

    def published(self) -> Iterator[tuple[Evidence, date | None]]:
        """Yield the date of publication, and the place that states it."""
        yield Evidence.TEXT, self._shown.published
        yield Evidence.URL, self._reader.address_day

    def modified(self) -> Iterator[tuple[Evidence, date | None]]:
        """Yield the date of the last change, and the place that states it."""
        yield Evidence.TEXT, self._shown.modified


def has_clock(parsed: date) -> bool:
    """Return whether a date has a time of day other than midnight, which systems write for an unknown time."""
    return isinstance(parsed, datetime) and parsed.time() != time(0)


def parse_machine_date(text: str | None) -> date | None:
    """Parse a field that holds only a date, on an unknown page."""
    return parse_stated_date(text)


def parse_written_date(line: str, conventions: DateConventions | None = None) -> date | None:
    """Parse the first date of a line that people read: `Updated: 2015-12-03 08:35`, `3 December 2015`, `2015年12月3日`.

    Returns:
        A date, or a datetime if the line has a time of day; None if there is no date in it.
    """
    return next((written.value for written in dates_in(line, conventions or DateConventions())), None)


def is_dated(line: str) -> bool:
    """Return whether a line of text states a date, and not much more."""
    return is_date_line(line, DateConventions())


def _is_not_before(stated: date, changed: date) -> bool:
    """Return whether a time is not before another one, by the clock; days are compared if one has no time."""
    if isinstance(stated, datetime) and isinstance(changed, datetime):
        return stated.replace(tzinfo=None) >= changed.replace(tzinfo=None)
    return day_of(stated) >= day_of(changed)


def _is_before(shown: date, stated: date) -> bool:
    """Return whether a day is before that of another date in any time zone of the page."""
    if isinstance(stated, datetime) and stated.tzinfo is not None:
        return day_of(shown) < (stated.astimezone(UTC) - FARTHEST_WEST).date()
    return day_of(shown) < day_of(stated) - A_DAY


def _zone_of(shown: date, stated: datetime) -> tzinfo | None:
    """Return the time zone of a time that a page shows: as it states it, or because it is the same as another one."""
    if not isinstance(shown, datetime):
        return None
    if shown.tzinfo is not None:
        return shown.tzinfo if shown.utcoffset() else None
    ahead = shown.replace(second=0, microsecond=0) - stated.replace(second=0, microsecond=0, tzinfo=None)
    return timezone(ahead) if -FARTHEST_WEST <= ahead <= FARTHEST_EAST and not ahead % QUARTER else None


def _iso_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _reader(
    page: AcceptedPage, language: str | None, known_days: Callable[[], frozenset[date]] = frozenset
) -> DateReader:
    """Return what reads the dates of a page.

    Args:
        page: as ingest accepted it.
        language: as the page states it.
        known_days: days that it states in another form.
    """
    conventions = DateConventions.of_page(language or page.language, page.canonical_url, page.fetched_at)
    day = day_in_address(page.canonical_url)
    if day is None or not conventions.is_plausible(day):
        return DateReader(replace(conventions, known_days=known_days))
    return DateReader(replace(conventions, known_days=lambda: known_days() | {day}), day)
