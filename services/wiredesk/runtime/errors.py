"""The errors of wiredesk, in one tree, split by what can be done about them.

WiredeskError            everything that we raise on purpose; its message is one line for a person
├── UsageError           the person who typed the command can mend it           exit code 2
├── UnavailableError     something outside is missing: a broker, a disk, a port exit code 1
│   └── ForbiddenError   Kafka does not allow it to us: an ACL is missing        exit code 1
├── HandlerError         a stage cannot be loaded: this deploy is broken         exit code 1
├── RejectedError        this record cannot be processed: it is dead-lettered, the others go on
├── OffsetsMovedError    the offsets of a partition begin anew, went back, or left it: its lane finds its place again
├── BrakePulledError     too many records are given up: the stage stands still and tries single ones
└── TransactionError     a transaction failed: its records are read again, from the offset that holds by then
    ├── OpeningError     the coordinator did not let us in: out of reach, or busy with our predecessor for too long
    ├── AbortedError     it failed before its commit was asked for: nothing of it will ever be read
    │   └── OutputTooLargeError  the broker refuses an output of this size: its record is dead-lettered
    ├── InDoubtError     its commit was asked for and not confirmed: the next fence settles it
    └── FencedError      another producer has our transactional id, or the broker timed us out: the lane stops
"""


class WiredeskError(Exception):
    """Any error that wiredesk raises on purpose."""

    exit_code = 1


class UsageError(WiredeskError):
    """An option, a setting or an argument is wrong."""

    exit_code = 2


class UnavailableError(WiredeskError):
    """Something that wiredesk needs is not there: a broker, a topic, a port, space on a disk."""


class ForbiddenError(UnavailableError):
    """Kafka does not allow an operation to our principal; the message names it, the resource and the principal."""


class HandlerError(WiredeskError):
    """A stage's handler cannot be loaded, or its process does not stay up."""


class RejectedError(WiredeskError):
    """A handler's verdict on one record: it can never be processed as it is.

    Args:
        reason: a short code, stable for counting: `invalid_event`, `empty`, `binary`.
        message: what is wrong and where, for a reader.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message


class OffsetsMovedError(WiredeskError):
    """The partition is not the one any more that the lane has been reading.

    Its topic was deleted and made anew, its leader is another one and may have a shorter log, or retention has deleted
    what came next.
    """


class BrakePulledError(WiredeskError):
    """So many records fail that the fault is more likely this deploy's than theirs."""


class TransactionError(WiredeskError):
    """A transaction failed; its producer is discarded, and the lane opens again with another.

    Args:
        is_denied: Kafka denied an operation; the message names it.
    """

    def __init__(self, message: str, *, is_denied: bool = False) -> None:
        super().__init__(message)
        self.is_denied = is_denied


class OpeningError(TransactionError):
    """InitProducerId was not answered in time, or was refused.

    The coordinator may be out of reach or on the move, or answer CONCURRENT_TRANSACTIONS for as long as it writes the
    markers of the predecessor's last transaction.
    """


class AbortedError(TransactionError):
    """The transaction failed before its commit was asked for: it is aborted, by us or by whoever opens next."""


class OutputTooLargeError(AbortedError):
    """An output is larger than its topic allows.

    Args:
        index: of the output, in the order in which they were given.
        size: of its value, in bytes.
    """

    def __init__(self, index: int, size: int) -> None:
        super().__init__(f"an output of {size} bytes is larger than its topic allows")
        self.index = index
        self.size = size


class InDoubtError(TransactionError):
    """The commit was asked for and not confirmed: it may hold or not.

    The next InitProducerId waits until it is one or the other; the committed offset, read after it, says which.
    """


class FencedError(TransactionError):
    """The coordinator has given our transactional id a new epoch.

    Another worker opened it, or our transaction was open for so long that the coordinator ended it.
    """
