"""The errors of wiredesk, in one hierarchy, grouped by remedy.

WiredeskError            every error that wiredesk raises on purpose; its message is one line for a person
├── UsageError           an option, a setting or an argument is wrong: correct it          exit code 2
├── UnavailableError     a broker, a topic, a port or disk space is missing                exit code 1
│   └── ForbiddenError   Kafka denies an operation: an ACL is missing                      exit code 1
├── DamagedInputError    files or a stream are damaged, in part: the rest of them was used  exit code 1
├── HandlerError         the handler of a stage cannot be loaded                           exit code 1
├── RejectedError        this record can never be processed: it is dead-lettered, the others continue
├── OffsetsMovedError    the partition's offsets restarted, went back or expired: its lane opens again
├── StateError           the state of a partition is lost or cannot be made again: its lane opens again
├── BrakePulledError     too many records fail: the worker pauses and tries single records
└── TransactionError     a transaction failed: its records are read again, from the offset that is committed then
    ├── OpeningError     InitProducerId failed: the coordinator is unreachable, or busy with the previous owner
    ├── AbortedError     it failed before the commit was requested: none of its outputs will ever be read
    │   └── OutputTooLargeError  the broker refuses an output of this size: its record is dead-lettered
    ├── InDoubtError     the commit was requested and not confirmed: the next InitProducerId settles it
    └── FencedError      another producer has the transactional id, or the broker timed it out: the lane stops
"""


class InstallationWarning(UserWarning):
    """An installed plug-in cannot be used; everything that does not need it continues without it."""


class WiredeskError(Exception):
    """Any error that wiredesk raises on purpose."""

    exit_code = 1


class UsageError(WiredeskError):
    """An option, a setting or an argument is wrong."""

    exit_code = 2


class UnavailableError(WiredeskError):
    """Something that wiredesk needs is not available: a broker, a topic, a port, disk space."""


class OpenTransactionError(UnavailableError):
    """A transaction stays open, and records after it cannot be read."""


class ForbiddenError(UnavailableError):
    """Kafka denies an operation; the message names the operation, the resource and the principal."""


class DamagedInputError(WiredeskError):
    """Parts of files or of a stream could not be used: they are damaged or too large; the others were used."""


class HandlerError(WiredeskError):
    """A stage's handler cannot be loaded, or its process does not stay alive."""


class RejectedError(WiredeskError):
    """A handler's decision on one record: it can never be processed as it is.

    Args:
        reason: a short code, stable for counting: `invalid_event`, `empty`, `binary`.
        message: what is wrong and where, for a person.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message


class OffsetsMovedError(WiredeskError):
    """The partition is no longer the one that the lane has been reading.

    Its topic was deleted and recreated, another leader was elected and may have a shorter log, or retention has deleted
    the next records.
    """


class StateError(WiredeskError):
    """The state of a partition is lost, or cannot be restored from its changelog: the lane opens again."""


class BrakePulledError(WiredeskError):
    """Too many records fail: the cause is more likely this deployment than the records."""


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

    The coordinator may be unreachable or moving, or answer CONCURRENT_TRANSACTIONS while it writes the markers of the
    previous owner's last transaction.
    """


class AbortedError(TransactionError):
    """The transaction failed before its commit was requested: this worker aborts it, or the partition's next owner."""


class OutputTooLargeError(AbortedError):
    """An output is larger than its topic allows.

    Args:
        index: of the output in the list of outputs.
        size: of its value, in bytes.
    """

    def __init__(self, index: int, size: int) -> None:
        super().__init__(f"an output of {size} bytes is larger than its topic allows")
        self.index = index
        self.size = size


class InDoubtError(TransactionError):
    """The commit was requested and not confirmed: the transaction may be committed or aborted.

    The next InitProducerId waits until it is one or the other; the committed offset that is read after it says which.
    """


class FencedError(TransactionError):
    """The coordinator has given the transactional id a new epoch.

    Another worker has initialized it, or the transaction exceeded its timeout and the coordinator aborted it.
    """
