"""What a person may choose: how dead letters are grouped, and how often a record is redriven."""

from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wiredesk.runtime.dead_letters import DeadLetter

MAX_REDRIVES = 3
"""How often a record is redriven in all, unless a person says otherwise."""


class Grouping(StrEnum):
    """What dead letters are counted by."""

    TOPIC = "topic"
    REASON = "reason"
    HOST = "host"
    STAGE = "stage"
    HOUR = "hour"
    DAY = "day"

    @property
    def is_time(self) -> bool:
        """Whether it is a period of time."""
        return self in (Grouping.HOUR, Grouping.DAY)

    def value_of(self, letter: "DeadLetter") -> str:
        """Return what a dead letter is counted under."""
        from wiredesk.operations.page_urls import host_of  # noqa: PLC0415 - the options of a command need no events

        match self:
            case Grouping.TOPIC:
                return letter.record.topic
            case Grouping.REASON:
                return letter.reason
            case Grouping.HOST:
                return host_of(letter.record) or "(unknown)"
            case Grouping.STAGE:
                return letter.stage.name
            case Grouping.HOUR:
                return letter.time.astimezone(UTC).strftime("%Y-%m-%dT%H:00Z")
            case Grouping.DAY:
                return letter.time.astimezone(UTC).strftime("%Y-%m-%d")
