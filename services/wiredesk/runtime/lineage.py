"""Lineage: every record names its origin, the raw page from which it was made, so that topics can be joined by it."""

from collections.abc import Mapping, Sequence

from wiredesk.runtime.records import Record, parse_coordinates
from wiredesk.runtime.topology import Stage
from wiredesk_schemas.headers import (
    ORIGIN,
    ORIGIN_TIME,
    ORIGIN_TOPIC_ID,
    REPLAY,
    REPLAYED,
    Header,
    decode_number,
    decode_text,
    own_headers,
)


def lineage(stage: Stage, record: Record, run: str | None = None, *, topic_id: str = "") -> tuple[Header, ...]:
    """Return the lineage headers of every output that a stage makes from a record: the origin first.

    At an entry stage the origin is the record itself, whatever its headers claim; so it is for a record that was
    written to a later topic by hand. The headers that name a replay run are passed on by the later stages.

    Args:
        run: id of the replay run; None: the record belongs to the live stream.
        topic_id: id of the record's topic; empty if it is not known.
    """
    trusted: Mapping[str, bytes | None] = {} if stage.entry else own_headers(record.headers)
    origin, time_ms = trusted.get(ORIGIN), decode_number(trusted.get(ORIGIN_TIME))
    origin_topic = trusted.get(ORIGIN_TOPIC_ID)
    if origin is None or parse_coordinates(decode_text(origin)) is None:
        origin, origin_topic, time_ms = record.coordinates.encode(), topic_id.encode(), None
    if time_ms is None:
        time_ms = max(0, record.timestamp)
    if run is not None:
        marks: tuple[Header, ...] = ((REPLAY, run.encode()), (REPLAYED, record.coordinates.encode()))
    else:
        marks = _marks(trusted)
    topic: tuple[Header, ...] = ((ORIGIN_TOPIC_ID, origin_topic),) if origin_topic else ()
    return (ORIGIN, origin), (ORIGIN_TIME, b"%d" % time_ms), *topic, *marks


def origin_of(record: Record) -> str:
    """Return the coordinates of the origin of a record that a stage wrote; empty if the record names none."""
    return decode_text(own_headers(record.headers).get(ORIGIN))


def origin_topic_id(record: Record) -> str:
    """Return the id of the topic of a record's origin; empty if the record does not state it."""
    return decode_text(own_headers(record.headers).get(ORIGIN_TOPIC_ID))


def replay_marks(record: Record) -> tuple[Header, ...]:
    """Return the headers that name the run that replayed a record; none for the live stream."""
    return _marks(own_headers(record.headers))


def replay_of(record: Record) -> tuple[str, str] | None:
    """Return the id of the run that replayed a record, and the coordinates of the record that the run read.

    None for the live stream.
    """
    marks = replay_marks(record)
    return (decode_text(marks[0][1]), decode_text(marks[1][1])) if marks else None


def _marks(trusted: Mapping[str, bytes | None]) -> tuple[Header, ...]:
    run, replayed = trusted.get(REPLAY), trusted.get(REPLAYED)
    return () if run is None or replayed is None else ((REPLAY, run), (REPLAYED, replayed))


def arrived_seconds(headers: Sequence[Header]) -> float:
    """Return the arrival time of the origin, in seconds since 1970, from headers as `lineage` returns them."""
    return int(headers[1][1] or 0) / 1000


def origin_seconds(headers: Sequence[Header]) -> float:
    """Return the arrival time of a record's origin, in seconds since 1970; 0 if the headers do not state it."""
    return (decode_number(own_headers(headers).get(ORIGIN_TIME)) or 0) / 1000
