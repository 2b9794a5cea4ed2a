"""Bounded work: what a worker does otherwise when it replays a range of offsets beside the live stream."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wiredesk.runtime.records import Record

type RecordFilter = Callable[[Record], bool]

NOTHING: Mapping[str, str] = {}


def accept_all(_: Record) -> bool:
    """Want every record."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayScope:
    """A bounded run of a stage, as its workers see it.

    Attributes:
        run: its id; all that comes of it bears it.
        group: the consumer group in which its workers share the partitions, without prefix. Its offsets were committed
            when the run was planned: they say where each partition begins.
        ends: by partition, the offset behind the last record of the run; a partition that is not there has none.
        wanted: the records to be processed; the others are passed over.
        into: the topic that is written instead of one of the topology, by the name of that one.
        rate: records a second that one worker takes, at most; None: as many as it can.
    """

    run: str
    group: str
    stop_offsets: Mapping[int, int]
    record_filter: RecordFilter = accept_all
    output_topics: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    rate: float | None = None


class Throttle:
    """Lets so many records a second pass, on average over a second.

    Args:
        rate: records a second; None: no bound.
        clock: seconds, monotonic.
    """

    def __init__(self, rate: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._credit = 0.0
        self._at: float | None = None

    def batch(self, most: int) -> int:
        """Return how many records may be asked for at once: a quarter of a second's worth, for an even flow."""
        return most if self._rate is None else max(1, min(most, int(self._rate / 4)))

    def charge(self, records: int) -> None:
        """Count records that were taken."""
        self._credit -= records

    async def turn(self, longest: float) -> bool:
        """Wait until more may be taken; False where that is not yet so after `longest` seconds."""
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
