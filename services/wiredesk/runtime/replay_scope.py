"""What is different in a worker that replays ranges of offsets beside the live stream."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wiredesk.runtime.records import Record

type RecordFilter = Callable[[Record], bool]
"""Returns whether a record is to be processed."""


def accept_all(_: Record) -> bool:
    """Accept every record."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayScope:
    """A replay run as its workers see it.

    Attributes:
        run: id of the run, which all of its outputs carry.
        group: its consumer group, without prefix. Its offsets were committed when the run was planned: they are where
            each partition starts.
        stop_offsets: for each partition, the offset after the run's last record (exclusive); absent partitions are not
            read.
        record_filter: which records are processed; the others are skipped.
        output_topics: for each output topic of the topology, the topic that is written instead, by name.
        rate: maximum number of records per second of one worker; None: no limit.
    """

    run: str
    group: str
    stop_offsets: Mapping[int, int]
    record_filter: RecordFilter = accept_all
    output_topics: Mapping[str, str] = field(default_factory=dict)
    rate: float | None = None
