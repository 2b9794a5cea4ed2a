"""What a worker does differently when it replays a range of offsets beside the live stream."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wiredesk.runtime.records import Record

type RecordFilter = Callable[[Record], bool]
"""Returns whether a record is to be processed."""

SECONDS_AT_ONCE = 0.25
"""A throttled worker polls for as many records as it may take in this time, for an even flow."""


def accept_all(_: Record) -> bool:
    """Accept every record."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayScope:
    """A replay run as its workers see it.

    Attributes:
        run: its id, which all of its outputs carry.
        group: its consumer group, without prefix. Its offsets were committed when the run was planned: they are where
            each partition starts.
        stop_offsets: for each partition, the offset after the run's last record (exclusive); absent partitions are not
            read.
        record_filter: which records are processed; the others are skipped.
        output_topics: for the topics of the topology, the topics that are written instead, by name.
        rate: records per second that one worker takes at most; None: no limit.
    """

    run: str
    group: str
    stop_offsets: Mapping[int, int]
    record_filter: RecordFilter = accept_all
    output_topics: Mapping[str, str] = field(default_factory=dict)
    rate: float | None = None


class Throttle:
    """Limits the records that a worker takes per second, on average over a second.

    Args:
        rate: records per second; None: no limit.
        clock: seconds, monotonic.
    """

    def __init__(self, rate: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._credit = 0.0
        self._at: float | None = None

    def batch(self, most: int) -> int:
        """Return how many records may be polled at once, up to `most`."""
        return most if self._rate is None else max(1, min(most, int(self._rate * SECONDS_AT_ONCE)))

    def charge(self, records: int) -> None:
        """Count records that were taken."""
        self._credit -= records

    async def turn(self, longest: float) -> bool:
        """Wait until more records may be taken; return False where they still may not after `longest` seconds."""
        if self._rate is None:
            return True
        now = self._clock()
        earned = 0.0 if self._at is None else (now - self._at) * self._rate
        self._at = now
        self._credit = min(self._credit + earned, self._rate)
        if self._credit >= 0:
            return True
        due = -self._credit / self._rate
        await asyncio.sleep(min(longest, due))
        return due <= longest
