"""The envelope: converts the records of the runtime to the events of the services, and back.

A service is a function from an event to events: one, several, or none. This module does what every stage needs around
it: it reads the record, routes each result by its type, adds the CloudEvents headers, and copies the headers that are
propagated. A record without value, a tombstone, is passed on: it must follow what was made of the page before.

The subject of an event is the canonical URL of its page. Its time is when the page was fetched, as its crawler says,
but no later than its arrival in Kafka; if the crawler states no time, it is the time of arrival. Both depend on the raw
page's record alone, so a replay gives the same values.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.state import Change, State
from wiredesk.runtime.topology import Stage, Topic
from wiredesk_schemas import Event, InvalidEventError
from wiredesk_schemas.event import DerivedEvent, Tombstone, UnknownVersionError
from wiredesk_schemas.headers import (
    EVENT_TYPE,
    ORIGIN_TIME,
    TIME,
    Header,
    decode_number,
    decode_text,
    event_headers,
    header,
    last_value,
    propagated,
)
from wiredesk_schemas.ids import sibling_event_id
from wiredesk_schemas.rfc3339 import format_rfc3339, parse_rfc3339, to_utc

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of an event whose page has neither a fetch time nor an arrival time, because its topic has no timestamps."""


type Result = DerivedEvent | Tombstone
"""What a record is made of: an event, or that there is none of its key any more."""

type Published = Result | Sequence[Result] | None
"""What a service returns: an event, several, or none."""


class Service[In: Event](Protocol):
    """What a stage does, as a function of events. The same event must always give the same result.

    Attributes:
        name: of its stage; part of the ids of its events.
        version: must change whenever the result for the same event changes; part of the ids, too.

    A service that writes to another system may have a method `forgotten(page)`, too: it is called with the id of a page
    of which nothing may be kept.
    """

    name: str
    version: str

    def __call__(self, event: In, /) -> Published:
        """Return the events to publish for an event.

        Raises:
            RejectedError: it can never be processed.
        """


class StatefulService[In: Event, S: State](Protocol):
    """What a stateful stage does, as a function of events and of the state of their partition.

    It reads the state, and returns the changes: the runtime applies them. The same event and state must always give the
    same result.

    Attributes:
        name: of its stage; part of the ids of its events.
        version: must change whenever the result for the same events changes; part of the ids, too.
    """

    name: str
    version: str

    def new_state(self) -> S:
        """Return the state of a partition of which no event has been processed."""

    def __call__(self, event: In, state: S, time: datetime, /) -> tuple[Published, Sequence[Change]]:
        """Return the events to publish for an event, and the changes that it makes.

        Args:
            event: what happened.
            state: of the partition, before the event.
            time: of the event, in UTC: when its page was fetched, and no later than it arrived.

        Raises:
            RejectedError: it can never be processed; then it changes nothing.
        """

    def forgotten(self, page: str, state: S, /) -> tuple[Published, Sequence[Change]]:
        """Return the changes that remove a page from the state: its events are to be forgotten.

        Events that name the page beside others are published again without it, under the same keys.

        Args:
            page: the key of its events, its page id.
            state: of the partition.
        """


class Envelope[In: Event]:
    """A service as a handler of the runtime.

    Args:
        service: the function.
        stage: what it is a stage of: the topics that it reads and writes, and the events in them.
    """

    def __init__(self, service: Service[In], stage: Stage) -> None:
        self.version = service.version
        self._service: Callable[[Any], Published] = service
        self._forgotten: Callable[[str], None] = getattr(service, "forgotten", lambda _: None)
        self._conversion = _Conversion(service.name, stage)

    def __call__(self, record: Record) -> tuple[Output, ...]:
        """Process a record.

        Raises:
            RejectedError: it does not hold a valid event, or the service rejects it.
        """
        if self._conversion.is_tombstone(record):
            self._forgotten(decode_text(record.key))
            return self._conversion.passed_on(record)
        event = self._conversion.event(record)
        return self._conversion.outputs(event, record, self._service(event))


class StatefulEnvelope[In: Event, S: State]:
    """A stateful service as a stateful handler of the runtime.

    Args:
        service: the function.
        stage: what it is a stage of: the topics that it reads and writes, the events in them, and its store.
    """

    def __init__(self, service: StatefulService[In, S], stage: Stage) -> None:
        if stage.store is None:
            raise TypeError(f"the stage {stage.name} names no store: store=Store(...)")
        self.version = service.version
        self.new_state = service.new_state
        self._service: Callable[[Any, S, datetime], tuple[Published, Sequence[Change]]] = service
        self._forgotten = service.forgotten
        self._conversion = _Conversion(service.name, stage)

    def __call__(self, record: Record, state: S) -> tuple[tuple[Output, ...], Sequence[Change]]:
        """Process a record.

        Raises:
            RejectedError: it does not hold a valid event, or the service rejects it.
        """
        if self._conversion.is_tombstone(record):
            published, changes = self._forgotten(decode_text(record.key), state)
            return (*self._conversion.passed_on(record), *self._conversion.written(record, published)), changes
        event = self._conversion.event(record)
        time = self._conversion.time(event, record)
        published, changes = self._service(event, state, time)
        return self._conversion.outputs(event, record, published, time), changes


class _Conversion:
    """Converts the records that a stage reads to events, and the events of its service to outputs."""

    def __init__(self, service: str, stage: Stage) -> None:
        self._source = f"/wiredesk/{service}"
        self._stage = stage
        self._routes = stage.routes
        self._reads: dict[str, type[Event]] = {event.TYPE: event for event in stage.consumes.events}
        if not self._reads:
            raise TypeError(f"the topic {stage.consumes.name} names no class of its events: events=(...)")

    def is_tombstone(self, record: Record) -> bool:
        """Whether a record has no event, and says that the events of its key are to be forgotten.

        Among raw pages a record without value is an event of its publisher.
        """
        return record.value is None and not self._stage.entry

    def passed_on(self, record: Record) -> tuple[Output, ...]:
        """Return the tombstone that follows all outputs of its key; none where the stage writes no topic of pages."""
        return tuple(
            Output(topic.name, record.key, None) for topic in self._stage.produces[:1] if not _has_own_keys(topic)
        )

    def outputs(
        self, event: Event, record: Record, published: Published, time: datetime | None = None
    ) -> tuple[Output, ...]:
        """Return what is written for an event and its record; see `time`, where it is known."""
        results = _sequence(published)
        if self._stage.one_to_one and len(results) != 1:
            raise TypeError(f"stage {self._stage.name} returned {len(results)} events, and is declared one_to_one")
        return self.written(record, results, event, time)

    def written(
        self, record: Record, published: Published, event: Event | None = None, time: datetime | None = None
    ) -> tuple[Output, ...]:
        """Return what is written of a service's results for a record; a tombstone has no event."""
        results = _sequence(published)
        if not results:
            return ()
        propagated_headers = propagated(record.headers)
        written_time = format_rfc3339(time or self.time(event, record))
        return tuple(self._output(result, propagated_headers, written_time) for result in _with_own_ids(results))

    def time(self, event: Event | None, record: Record) -> datetime:
        """Return the time of an event and its record, which the events that are made from it carry, too."""
        return _event_time(event, record, is_entry=self._stage.entry)

    def event(self, record: Record) -> Event:
        """Read a record; if its topic has events of several types, the header `ce_type` says which.

        Raises:
            RejectedError: it does not hold a valid event.
        """
        reads = next(iter(self._reads.values()))
        if len(self._reads) > 1:
            name = header(record.headers, EVENT_TYPE) or ""
            if name not in self._reads:
                raise RejectedError(
                    "invalid_event", f"{EVENT_TYPE}: {name[:100]!r} is none of {', '.join(self._reads)}"
                )
            reads = self._reads[name]
        try:
            if record.value is None:
                return reads.from_null(record.key, record.headers)
            return reads.from_record(record.value, record.headers)
        except UnknownVersionError as error:
            raise RejectedError("unknown_version", str(error)) from error
        except InvalidEventError as error:
            raise RejectedError("invalid_event", str(error)) from error

    def _output(self, result: Result, propagated_headers: Sequence[Header], time: str) -> Output:
        kind = result.of if isinstance(result, Tombstone) else type(result)
        topic = self._routes.get(kind)
        if topic is None:
            raise TypeError(f"stage {self._stage.name} has no topic for events of the class {kind.__name__}")
        if isinstance(result, Tombstone):
            return Output(topic.name, result.key.encode(), None, tuple(propagated_headers))
        headers: tuple[Header, ...] = (
            *propagated_headers,
            *event_headers(
                id=result.event_id,
                type=result.TYPE,
                source=self._source,
                subject=result.canonical_url,
                time=time,
            ),
        )
        return Output(topic.name, result.key.encode(), result.to_json(), headers)


def _has_own_keys(topic: Topic) -> bool:
    """Return whether the keys of a topic's events are not the ids of their pages, such as those of groups."""
    return any(issubclass(event, DerivedEvent) and event.key is not DerivedEvent.key for event in topic.events)


def _sequence(published: Published) -> Sequence[Result]:
    if published is None:
        return ()
    return (published,) if isinstance(published, DerivedEvent | Tombstone) else published


def _with_own_ids(events: Sequence[Result]) -> Sequence[Result]:
    """Return events with distinct ids: among events with the same id, all but the first get numbered ids."""
    if len(events) == 1:
        return events
    counts: Counter[str] = Counter()
    numbered: list[Result] = []
    for event in events:
        if isinstance(event, Tombstone):
            numbered.append(event)
            continue
        number = counts[event.event_id]
        counts[event.event_id] += 1
        own = event if not number else event.model_copy(update={"event_id": sibling_event_id(event.event_id, number)})
        numbered.append(own)
    return numbered


def _event_time(event: Event | None, record: Record, *, is_entry: bool) -> datetime:
    """Return the time that events made from a record carry, in UTC.

    The first stage determines it; the later ones pass it on. Events of versions that did not always set it have none,
    or one that a publisher wrote: then the time of arrival is used.
    """
    if is_entry:
        arrival = _instant(record.timestamp)
        stated = to_utc(None if event is None else event.stated_time)
        return min(stated or arrival or EPOCH, arrival or stated or EPOCH)
    if (time := parse_rfc3339(header(record.headers, TIME))) is not None:
        return time
    arrived = decode_number(last_value(record.headers, ORIGIN_TIME))
    return (None if arrived is None else _instant(arrived)) or _instant(record.timestamp) or EPOCH


def _instant(milliseconds: int) -> datetime | None:
    """Return the instant of a record's timestamp; None if it has none, or if it is outside the years of a datetime."""
    try:
        return EPOCH + timedelta(milliseconds=milliseconds) if milliseconds >= 0 else None
    except OverflowError:
        return None
