"""Trouble: why a worker is not ready, as a type for programs and a line for people."""

from dataclasses import dataclass
from enum import StrEnum


class TroubleKind(StrEnum):
    """What keeps a worker from processing records."""

    STARTING = "starting"
    """The handler is being loaded."""

    NOT_JOINED = "not_joined"
    """The worker is not a member of its consumer group yet."""

    NOT_POLLING = "not_polling"
    """The event loop has not polled for too long: a restart is the remedy."""

    NOT_COMMITTING = "not_committing"
    """Records are in flight and none was committed for too long: a restart is the remedy."""

    NO_HANDLER = "no_handler"
    """The process that had the handler loaded has ended, and the handler is being loaded again."""

    NO_PROCESS = "no_process"
    """No child process can be started."""

    POLL_FAILED = "poll_failed"
    """The consumer cannot fetch."""

    FORBIDDEN = "forbidden"
    """Kafka denies an operation: retrying does not help until an operator grants access."""

    NO_DESCRIPTORS = "no_descriptors"
    """No file descriptor is left, or there are too few for all assigned partitions."""

    BROKER_SILENT = "broker_silent"
    """A partition's leader does not answer."""

    LANE_NOT_RUNNING = "lane_not_running"
    """The lane of a partition is opening, fenced or failed."""

    RESTORING = "restoring"
    """The state of a partition is being restored from its changelog."""

    BRAKED = "braked"
    """The brake is pulled: most records fail."""

    NO_PRODUCER = "no_producer"
    """The intake has no producer: no broker answers, or a delivery failed."""

    DRAINING = "draining"
    """The intake finishes the requests in progress, and stops."""

    LIST_NOT_READ = "list_not_read"
    """The list of suppressed keys has not been read up to its end for too long."""

    OPEN_TRANSACTION = "open_transaction"
    """The next records of a partition belong to a producer's open transaction."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a worker is not ready.

    Attributes:
        message: one line for a person.
    """

    kind: TroubleKind
    message: str

    def __str__(self) -> str:
        return self.message
