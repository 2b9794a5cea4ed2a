"""Options of commands: how dead letters are grouped, and how often a record may be redriven."""

from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wiredesk.runtime.dead_letters import DeadLetter

MAX_REDRIVES = 3
"""The default of how often a record may be redriven in total."""


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
        """Return the value by which a dead letter is counted."""
        from wiredesk.operations.page_urls import host_of  # noqa: PLC0415 - not needed for the options of a command

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
