"""The envelope: between records, which the runtime moves, and events, which the services speak of.

A service is a function from an event to an event. What every stage does around that stands here once: read the
record, route the result by its type, put the CloudEvents headers on it, hand on those that travel.

The subject of an event is the canonical URL of its page. Its time is when the page was fetched, as its crawler says,
but no later than its arrival; where the crawler does not say, it is the arrival. Both follow from the raw page's record
alone, so a replay gives them again.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Header, Output, Record
from wiredesk.runtime.topology import Topic
from wiredesk_schemas import Event, InvalidEventError, RawPage, SkippedPage
from wiredesk_schemas.event import DerivedEvent, UnknownVersionError
from wiredesk_schemas.headers import ORIGIN_TIME, encoded, header, in_utc, read_timestamp, timestamp, travelling

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of an event whose page has neither a time of fetch nor one of arrival: its topic keeps none."""

MAX_DIGITS = 15
"""Of milliseconds since 1970: up to the year 33658."""


class Service[In: Event, Out: DerivedEvent](Protocol):
    """What a stage does, in the words of its field. The same event must always give the same result."""

    name: str
    version: str

    def __call__(self, event: In, /) -> Out | SkippedPage:
        """Return what becomes of an event.

        Raises:
            RejectedError: it can never be processed.
        """


class Envelope[In: Event, Out: DerivedEvent]:
    """A service as a handler of the runtime.

    Args:
        service: the function.
        reads: the event that its input topic carries.
        routes: where each type of event that it returns is published.
    """

    def __init__(self, service: Service[In, Out], reads: type[In], routes: Mapping[type[DerivedEvent], Topic]) -> None:
        self.version = service.version
        self._service: Callable[[In], DerivedEvent] = service
        self._source = f"/wiredesk/{service.name}"
        self._reads = reads
        self._routes = routes

    def __call__(self, record: Record) -> tuple[Output, ...]:
        """Process a record.

        Raises:
            RejectedError: it holds no such event, or the service refuses it.
        """
        try:
            event = self._reads.from_record(record.value, record.headers)
        except UnknownVersionError as error:
            raise RejectedError("unknown_version", str(error)) from error
        except InvalidEventError as error:
            raise RejectedError("invalid_event", str(error)) from error
        result = self._service(event)
        headers: tuple[Header, ...] = (
            *travelling(record.headers),
            *encoded(
                (
                    ("ce_specversion", "1.0"),
                    ("ce_id", result.event_id),
                    ("ce_type", result.TYPE),
                    ("ce_source", self._source),
                    ("ce_subject", result.canonical_url),
                    ("ce_time", timestamp(_event_time(event, record))),
                    ("content-type", "application/json"),
                )
            ),
        )
        return (Output(self._routes[type(result)].name, result.page_id.encode(), result.to_json(), headers),)


def _event_time(event: Event, record: Record) -> datetime:
    """Return the time that events made from a record carry, in UTC.

    The first stage finds it; the later ones hand it on. Events of before it was always set have none, or one that a
    publisher wrote: then the arrival stands in.
    """
    if isinstance(event, RawPage):
        arrival = _instant(record.timestamp)
        fetch = in_utc(event.fetched)
        return min(fetch or arrival or EPOCH, arrival or fetch or EPOCH)
    arrived = header(record.headers, ORIGIN_TIME) or ""
    milliseconds = int(arrived) if arrived.isdecimal() and len(arrived) <= MAX_DIGITS else record.timestamp
    return read_timestamp(header(record.headers, "ce_time")) or _instant(milliseconds) or EPOCH


def _instant(milliseconds: int) -> datetime | None:
    """Return the instant of a record's timestamp; None where it has none, or none that a calendar knows."""
    try:
        return EPOCH + timedelta(milliseconds=milliseconds) if milliseconds >= 0 else None
    except OverflowError:
        return None
