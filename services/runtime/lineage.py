"""Lineage: every record downstream names the record that it began with, so that anyone can join the topics."""

from collections.abc import Mapping, Sequence

from services.runtime.records import Header, Record
from services.runtime.topology import Stage

ORIGIN = "wiredesk_origin"
"""`<topic>/<partition>/<offset>` of the record that entered the first topic."""

ORIGIN_TIME = "wiredesk_origin_time"
"""When the broker got that record, in milliseconds since 1970: the start of every latency."""

REPLAY = "wiredesk_replay"
"""The id of the run that replayed it, or what it was made from; absent from what the live stream made."""

REPLAYED = "wiredesk_replayed"
"""`<topic>/<partition>/<offset>` of the record that the run read: it tells several of one origin apart."""

NAMES = frozenset({ORIGIN, ORIGIN_TIME, REPLAY, REPLAYED})


def lineage(stage: Stage, record: Record, run: str | None = None) -> tuple[Header, ...]:
    """Return the headers that everything made from a record carries.

    At an entry stage they begin with the record itself, whatever its headers claim; a record that somebody wrote into
    a later topic by hand begins with itself, too. What a run has replayed stays marked on its way through the later
    stages.

    Args:
        run: that replays the record; None: the live stream has it.
    """
    told = {} if stage.entry else dict(record.headers)  # of equal names the last counts
    origin, arrived = told.get(ORIGIN), told.get(ORIGIN_TIME)
    if origin is None or arrived is None:
        origin, arrived = record.coordinates.encode(), b"%d" % record.timestamp
    if run is not None:
        marks: tuple[Header, ...] = ((REPLAY, run.encode()), (REPLAYED, record.coordinates.encode()))
    else:
        marks = _marks(told)
    return (ORIGIN, origin), (ORIGIN_TIME, arrived), *marks


def replay_marks(record: Record) -> tuple[Header, ...]:
    """Return the headers that say which run has replayed a record; none where it came with the live stream."""
    return _marks(dict(record.headers))


def _marks(told: Mapping[str, bytes | None]) -> tuple[Header, ...]:
    run, replayed = told.get(REPLAY), told.get(REPLAYED)
    return () if run is None or replayed is None else ((REPLAY, run), (REPLAYED, replayed))


def origin_seconds(headers: Sequence[Header]) -> float:
    """Return when the record arrived that a lineage begins with, in seconds since 1970; 0 where that is not told."""
    arrived = next((value for name, value in headers if name == ORIGIN_TIME), None) or b""
    return int(arrived) / 1000 if arrived.isdigit() else 0.0
