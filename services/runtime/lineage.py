"""Lineage: every record downstream names the record that it began with, so that anyone can join the topics."""

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
    marks = replay_marks(record) if run is None else ((REPLAY, run.encode()), (REPLAYED, record.coordinates.encode()))
    origin, arrived = _last(record, ORIGIN), _last(record, ORIGIN_TIME)
    if stage.entry:
        origin, marks = None, () if run is None else marks
    if origin is None or arrived is None:
        return (ORIGIN, record.coordinates.encode()), (ORIGIN_TIME, str(record.timestamp).encode()), *marks
    return (ORIGIN, origin), (ORIGIN_TIME, arrived), *marks


def replay_marks(record: Record) -> tuple[Header, ...]:
    """Return the headers that say which run has replayed a record; none where it came with the live stream."""
    run, replayed = _last(record, REPLAY), _last(record, REPLAYED)
    return () if run is None or replayed is None else ((REPLAY, run), (REPLAYED, replayed))


def origin_seconds(stage: Stage, record: Record) -> float:
    """Return when the record's origin arrived, in seconds since 1970."""
    _, (_, arrived), *_ = lineage(stage, record)
    return int(arrived or b"0") / 1000 if (arrived or b"").isdigit() else record.timestamp / 1000


def _last(record: Record, name: str) -> bytes | None:
    return next((value for key, value in reversed(record.headers) if key == name), None)
