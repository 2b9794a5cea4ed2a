"""Lineage: every record downstream names the record that it began with, so that anyone can join the topics."""

from services.runtime.records import Header, Record
from services.runtime.topology import Stage

ORIGIN = "wiredesk_origin"
"""`<topic>/<partition>/<offset>` of the record that entered the first topic."""

ORIGIN_TIME = "wiredesk_origin_time"
"""When the broker got that record, in milliseconds since 1970: the start of every latency."""

NAMES = frozenset({ORIGIN, ORIGIN_TIME})


def lineage(stage: Stage, record: Record) -> tuple[Header, Header]:
    """Return the headers that everything made from a record carries.

    At an entry stage they begin with the record itself, whatever its headers claim; a record that somebody wrote into
    a later topic by hand begins with itself, too.
    """
    origin, arrived = _last(record, ORIGIN), _last(record, ORIGIN_TIME)
    if stage.entry or origin is None or arrived is None:
        return (ORIGIN, record.coordinates.encode()), (ORIGIN_TIME, str(record.timestamp).encode())
    return (ORIGIN, origin), (ORIGIN_TIME, arrived)


def origin_seconds(stage: Stage, record: Record) -> float:
    """Return when the record's origin arrived, in seconds since 1970."""
    (_, _), (_, arrived) = lineage(stage, record)
    return int(arrived or b"0") / 1000 if (arrived or b"").isdigit() else record.timestamp / 1000


def _last(record: Record, name: str) -> bytes | None:
    return next((value for key, value in reversed(record.headers) if key == name), None)
