"""By when a record is off the disk, from the settings of its topic on the brokers.

A broker deletes and compacts whole files (segments), of which one is begun every `segment.ms`. So a record is deleted
`retention.ms` and `segment.ms` after it was written, at the latest. A record that has a newer one of its key is
compacted `max.compaction.lag.ms` after that, at the latest, as long as its partition receives records: the file that is
being written is never compacted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

ENDLESS_MS = 2**62
"""Times from this value on, in milliseconds, count as never; Kafka's own largest value is 2^63 - 1."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long records of a topic stay.

    Attributes:
        retention_ms: after their time; None: for ever.
        compaction_ms: after a newer record of their key; None: the topic is not compacted.
    """

    retention_ms: int | None
    compaction_ms: int | None

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> Self:
        """Return the lifetime of the records of a topic with settings as brokers return them."""
        policies = settings.get("cleanup.policy", "delete").split(",")
        retention, segment = int(settings.get("retention.ms", "-1")), int(settings.get("segment.ms", "0"))
        is_kept = "delete" not in policies or not 0 <= retention < ENDLESS_MS
        lag = int(settings.get("max.compaction.lag.ms", str(ENDLESS_MS)))
        return cls(None if is_kept else retention + segment, lag if "compact" in policies else None)

    def ends(self, time_ms: int, superseded_ms: int | None) -> int | None:
        """Return by when a record is gone, in milliseconds since 1970; None if it stays.

        Args:
            time_ms: of the record.
            superseded_ms: the time of the next record of its key; None if there is none.
        """
        ends = []
        if self.retention_ms is not None:
            ends.append(time_ms + self.retention_ms)
        if superseded_ms is not None and self.compaction_ms is not None and self.compaction_ms < ENDLESS_MS:
            ends.append(superseded_ms + self.compaction_ms)
        return min(ends, default=None)
