"""The errors of wiredesk, in one tree, split by what can be done about them.

WiredeskError            everything that we raise on purpose; its message is one line for a person
├── UsageError           the person who typed the command can mend it           exit code 2
├── UnavailableError     something outside is missing: a broker, a disk, a port exit code 1
├── HandlerError         a stage cannot be loaded: this deploy is broken         exit code 1
├── RejectedError        this record cannot be processed: it is dead-lettered, the others go on
└── TransactionError     a transaction came to nothing: its records are read again
    ├── FencedError      another worker owns the partition now: the lane stops
    └── OutputTooLargeError  the broker refuses an output of this size: its record is dead-lettered
"""


class WiredeskError(Exception):
    """Any error that wiredesk raises on purpose."""

    exit_code = 1


class UsageError(WiredeskError):
    """An option, a setting or an argument is wrong."""

    exit_code = 2


class UnavailableError(WiredeskError):
    """Something that wiredesk needs is not there: a broker, a topic, a port, space on a disk."""


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


class TransactionError(WiredeskError):
    """A transaction failed or its result is unknown; its producer is spent."""


class FencedError(TransactionError):
    """Another producer took over the transactional id."""


class OutputTooLargeError(TransactionError):
    """An output is larger than its topic allows.

    Args:
        index: of the output, in the order in which they were given.
        size: of its value, in bytes.
    """

    def __init__(self, index: int, size: int) -> None:
        super().__init__(f"an output of {size} bytes is larger than its topic allows")
        self.index = index
        self.size = size
