"""Why pages were skipped and dead-lettered, hour by hour for a day, read a bounded part at a time."""

import contextlib
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import TopicPartition

from wiredesk.operations.status import reason_of
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.printable import one_line
from wiredesk.runtime.settings import MIB
from wiredesk.runtime.topology import Stage, Topic

HOURS = 24
"""Hours that are counted, the current one included."""

HOUR = 3600
"""Seconds of an hour."""

MAX_RECORDS, MAX_BYTES = 20_000, 64 * MIB
"""Records, and bytes of them, that one update reads: the next one goes on there."""

MAX_REASONS = 100
"""Reasons of an hour and a stage that are counted one by one: a plug-in may give any. The others count as `other`."""

MAX_CHARACTERS = 40
"""Characters of a reason that are kept."""

OTHER = "other"
"""The reason of those that are not counted one by one."""

SKIPPED = ""
"""In place of the name of a stage: pages that were skipped."""


@dataclass(frozen=True, slots=True)
class Series:
    """How many pages had a reason, hour by hour.

    Attributes:
        stage: that dead-lettered them; empty: they were skipped.
        counts: one for each hour, the oldest first.
    """

    stage: str
    reason: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of the day."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of reasons.

    Attributes:
        hours: when each hour began, in UTC, the oldest first.
        series: the most frequent first; skipped pages and dead letters.
        unread: offsets of the day that have not been read yet.
    """

    hours: tuple[datetime, ...]
    series: tuple[Series, ...]
    unread: int

    @property
    def skipped(self) -> list[Series]:
        """Those of skipped pages."""
        return [one for one in self.series if one.stage == SKIPPED]

    @property
    def dead_letters(self) -> list[Series]:
        """Those of dead letters."""
        return [one for one in self.series if one.stage != SKIPPED]

    def as_object(self) -> dict[str, object]:
        """Return the day as a JSON object."""
        return {
            "hours": [hour.isoformat() for hour in self.hours],
            "skipped": [{"reason": one.reason, "pages": one.counts} for one in self.skipped],
            "dead_letters": [
                {"stage": one.stage, "reason": one.reason, "letters": one.counts} for one in self.dead_letters
            ],
            "unread": self.unread,
        }


class HourlyCounts:
    """Counts by hour, of the last hours only. It knows no Kafka, and no clock."""

    def __init__(self) -> None:
        self._counts: dict[int, Counter[tuple[str, str]]] = {}

    def add(self, stage: str, reason: str, at: float, now: float) -> None:
        """Count a reason at a time, both in seconds since 1970. A time in the future counts as now."""
        hour, current = int(min(at, now) // HOUR), int(now // HOUR)
        if hour <= current - HOURS:
            return
        counts = self._counts.setdefault(hour, Counter())
        key = (stage, one_line(reason)[:MAX_CHARACTERS])
        if key not in counts and sum(known == stage for known, _ in counts) >= MAX_REASONS:
            key = (stage, OTHER)
        counts[key] += 1

    def day(self, now: float, unread: int = 0) -> Day:
        """Return what was counted; forget what is older."""
        last = int(now // HOUR)
        hours = range(last - HOURS + 1, last + 1)
        self._counts = {hour: counts for hour, counts in self._counts.items() if hour in hours}
        keys = {key for counts in self._counts.values() for key in counts}
        none = Counter[tuple[str, str]]()
        series = [Series(*key, tuple(self._counts.get(hour, none)[key] for hour in hours)) for key in keys]
        return Day(
            tuple(datetime.fromtimestamp(hour * HOUR, UTC) for hour in hours),
            tuple(sorted(series, key=lambda one: (-one.total, one.stage, one.reason))),
            unread,
        )


class ReasonsByHour:
    """Counts reasons as they come, when somebody asks.

    Args:
        stages: whose dead letters are counted.
        skip_topic: the topic of skipped pages.
    """

    def __init__(self, stages: Iterable[Stage], skip_topic: Topic) -> None:
        self._stages = tuple(stages)
        self._skip_topic = skip_topic
        self._counts = HourlyCounts()
        self._positions: dict[TopicPartition, int] = {}

    async def update(self, cluster: Cluster) -> Day:
        """Read what has come since the last time, or the next part of it, and return the day.

        Raises:
            UnavailableError: the cluster does not answer.
        """
        now = time.time()
        on_cluster = cluster.settings.on_cluster
        stages = {on_cluster(stage.dead_letter_topic.name): stage.name for stage in self._stages}
        partitions = await cluster.partitions([*stages, on_cluster(self._skip_topic.name)])
        since = (int(now // HOUR) - HOURS + 1) * HOUR
        kept = await cluster.offset_ranges(partitions, since_ms=max(0, since * 1000))
        unread = {tp: offsets.intersection(self._positions.get(tp, 0)) for tp, offsets in kept.items()}
        is_whole = await self._read(cluster, unread, stages, now)
        if is_whole:  # transaction markers after the last record are no records
            self._positions |= {tp: offsets.stop for tp, offsets in kept.items()}
        left = sum(offsets.intersection(self._positions.get(tp, 0)).size for tp, offsets in kept.items())
        return self._counts.day(now, left)

    async def _read(
        self, cluster: Cluster, ranges: Mapping[TopicPartition, OffsetRange], stages: Mapping[str, str], now: float
    ) -> bool:
        """Count records; return whether all of them were read."""
        records_left, bytes_left = MAX_RECORDS, MAX_BYTES
        async with contextlib.aclosing(cluster.read_range(ranges)) as records:
            async for record in records:
                self._counts.add(stages.get(record.topic, SKIPPED), reason_of(record), record.timestamp / 1000, now)
                self._positions[TopicPartition(record.topic, record.partition)] = record.next_offset
                records_left -= 1
                bytes_left -= len(record.value or b"")
                if records_left <= 0 or bytes_left <= 0:
                    return False
        return True
