"""Lineage: every record downstream names the record that it began with, so that anyone can join the topics."""

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
    """Return the headers that everything made from a record carries.

    At an entry stage they begin with the record itself, whatever its headers claim; a record that somebody wrote into
    a later topic by hand begins with itself, too. What a run has replayed stays marked on its way through the later
    stages.

    Args:
        run: that replays the record; None: the live stream has it.
        topic_id: of the topic in which the record stands; empty where that is not known.
    """
    believed: Mapping[str, bytes | None] = {} if stage.entry else own_headers(record.headers)
    origin, arrived = believed.get(ORIGIN), decode_number(believed.get(ORIGIN_TIME))
    life = believed.get(ORIGIN_TOPIC_ID)
    if origin is None or parse_coordinates(decode_text(origin)) is None:
        origin, life, arrived = record.coordinates.encode(), topic_id.encode(), None
    if arrived is None:
        arrived = max(0, record.timestamp)
    if run is not None:
        marks: tuple[Header, ...] = ((REPLAY, run.encode()), (REPLAYED, record.coordinates.encode()))
    else:
        marks = _marks(believed)
    lives: tuple[Header, ...] = ((ORIGIN_TOPIC_ID, life),) if life else ()
    return (ORIGIN, origin), (ORIGIN_TIME, b"%d" % arrived), *lives, *marks


def origin_of(record: Record) -> str:
    """Return the coordinates that a record made by a stage names as its origin; empty where it names none."""
    return decode_text(own_headers(record.headers).get(ORIGIN))


def origin_topic_id(record: Record) -> str:
    """Return the id of the topic in which its origin stands; empty where that is not told."""
    return decode_text(own_headers(record.headers).get(ORIGIN_TOPIC_ID))


def replay_marks(record: Record) -> tuple[Header, ...]:
    """Return the headers that say which run has replayed a record; none where it came with the live stream."""
    return _marks(own_headers(record.headers))


def replay_of(record: Record) -> tuple[str, str] | None:
    """Return the run that has replayed a record, and the coordinates of what it read; None for the live stream."""
    marks = replay_marks(record)
    return (decode_text(marks[0][1]), decode_text(marks[1][1])) if marks else None


def _marks(believed: Mapping[str, bytes | None]) -> tuple[Header, ...]:
    run, replayed = believed.get(REPLAY), believed.get(REPLAYED)
    return () if run is None or replayed is None else ((REPLAY, run), (REPLAYED, replayed))


def arrived_seconds(made: Sequence[Header]) -> float:
    """Return when the record arrived that a lineage begins with, as `lineage` has just said; 0 where nobody knows."""
    return int(made[1][1] or 0) / 1000


def origin_seconds(headers: Sequence[Header]) -> float:
    """Return when the record arrived that a lineage begins with, in seconds since 1970; 0 where that is not told."""
    return (decode_number(own_headers(headers).get(ORIGIN_TIME)) or 0) / 1000
