"""State: what a stateful stage remembers of the records of one partition, and how it changes.

A stateful handler is a pure function from a record and the state of its partition to outputs and changes. It reads the
state and never writes to it: the runtime applies the changes, and commits them with the outputs and the offset. After
a takeover the state is made again from its changelog, which holds the last change of every key.

So a state must be a function of the last change of each key, in the order in which these changes were made, and of the
time of the input. It never asks the clock: a record that is processed again must find the same state.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Output, Record

MAX_KEY_BYTES = 1024
"""Longest key of a change. Kafka compacts by key, and its cleaner holds the hash of each: short keys cost little."""

MAX_CHANGE_BYTES = 1024 * 1024
"""Longest value of a change, far above what a state should keep of one key: a store is memory."""

MAX_CHANGES = 10_000
"""The most changes that one record may make: they are written in one transaction."""

MAX_CHANGES_BYTES = 8 * 1024 * 1024
"""The most bytes of keys and values that the changes of one record may have together."""

_TIME_BYTES = 8
"""Bytes of the time in front of each value of a `KeyedState`: one object for both takes 60 bytes less for each key."""


class Change(NamedTuple):
    """A change of the state.

    Attributes:
        key: unique within the store of a partition.
        value: what is remembered under the key from now on; None removes the key.
    """

    key: bytes
    value: bytes | None


class State(Protocol):
    """The state of one partition. The runtime changes it by applying changes; a handler only reads it."""

    def apply(self, change: Change, time_ms: int) -> None:
        """Apply a change.

        Args:
            time_ms: of the input when the change was made, in milliseconds since 1970; it never decreases.
        """


class TimedState(State, Protocol):
    """A state that also follows the time of the input, to forget what has become old."""

    def advance(self, time_ms: int) -> None:
        """Take note of the time of the input, which has reached `time_ms`; called before each record, too."""


class MeasuredState(State, Protocol):
    """A state that says how large it is, for metrics."""

    @property
    def size(self) -> int:
        """Bytes of its keys and values."""

    def __len__(self) -> int:
        """Return the number of its keys."""


class StatefulHandler[S: State](Protocol):
    """What a stateful stage does: a pure function from a record and the state to outputs and changes.

    It runs in a child process, one record at a time, in the order of the partition. It may raise what a `Handler` may
    raise: then the record changes nothing. It may be called again for the same record, with the same state, and must
    then return the same outputs and changes.

    Attributes:
        version: changes with every change of the outputs for the same records.
    """

    version: str

    def new_state(self) -> S:
        """Return the state of a partition of which no record has been processed."""

    def __call__(self, record: Record, state: S) -> tuple[Sequence[Output], Sequence[Change]]:
        """Return the outputs of a record and the changes that it makes, both in order."""


class KeyedState:
    """A state that remembers one value for each key: what most stages need.

    A key is forgotten when the time of the input is more than the retention after the last change of the key. No
    change is recorded for that: the same follows from the same input, whenever the state is made again. A time that is
    earlier than one that was seen before counts as that one: the time of a state never goes back.

    Args:
        retention_ms: how long a key is remembered after its last change; -1: for ever.

    Attributes:
        time_ms: the time that the input has reached.
        size: bytes of the keys and values.
    """

    def __init__(self, retention_ms: int = -1) -> None:
        self.time_ms = 0
        self.size = 0
        self._retention_ms = retention_ms
        self._entries: OrderedDict[bytes, bytes] = OrderedDict()  # in the order of their last changes, and so by time
        self._expires_ms: float = float("inf")  # nothing expires before this time

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key; None if there is none, or if it has expired."""
        entry = self._entries.get(key)
        return None if entry is None else entry[_TIME_BYTES:]

    def __contains__(self, key: bytes) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._entries)

    def oldest(self) -> bytes | None:
        """Return the key whose last change is the oldest; None if there is no key.

        A handler that limits the number of keys returns the change that removes it. A state that left it out by itself
        would find it again in the changelog.
        """
        return next(iter(self._entries), None)

    def apply(self, change: Change, time_ms: int) -> None:
        """Apply a change; see `State`."""
        self.advance(time_ms)
        before = self._entries.pop(change.key, None)
        if before is not None:
            self.size -= len(change.key) + len(before) - _TIME_BYTES
        if change.value is None:
            return
        if not self._entries:
            self._expires_ms = self._end_of(self.time_ms)
        # Not to the place of the previous value: the order is that of the changelog after compaction.
        self._entries[change.key] = self.time_ms.to_bytes(_TIME_BYTES, "big") + change.value
        self.size += len(change.key) + len(change.value)

    def advance(self, time_ms: int) -> None:
        """Take note of the time of the input, and forget what has expired; see `TimedState`."""
        if time_ms <= self.time_ms:
            return
        self.time_ms = time_ms
        while self._expires_ms < time_ms:
            self._forget_expired()

    def _forget_expired(self) -> None:
        """Forget the oldest key if it has expired, and find out when the next one does."""
        if not self._entries:
            self._expires_ms = float("inf")
            return
        key, entry = next(iter(self._entries.items()))
        self._expires_ms = self._end_of(int.from_bytes(entry[:_TIME_BYTES], "big"))
        if self._expires_ms < self.time_ms:
            del self._entries[key]
            self.size -= len(key) + len(entry) - _TIME_BYTES

    def _end_of(self, changed_ms: int) -> float:
        return float("inf") if self._retention_ms < 0 else changed_ms + self._retention_ms


def checked(changes: Sequence[Change]) -> list[Change]:
    """Return the changes of a record.

    Raises:
        RejectedError: they are too many or too large: the record can never be processed.
        TypeError: one of them is no change.
    """
    if len(changes) > MAX_CHANGES:
        raise RejectedError("state_too_large", f"the record makes {len(changes)} changes; {MAX_CHANGES} are allowed")
    total = 0
    for key, value in changes:
        if not isinstance(key, bytes) or not isinstance(value, bytes | None):
            raise TypeError(f"a change is a key and a value of bytes, not {type(key).__name__}, {type(value).__name__}")
        size = len(value or b"")
        if not 0 < len(key) <= MAX_KEY_BYTES:
            raise RejectedError("state_too_large", f"a key has {len(key)} bytes; 1 to {MAX_KEY_BYTES} are allowed")
        if size > MAX_CHANGE_BYTES:
            raise RejectedError("state_too_large", f"a value has {size} bytes; {MAX_CHANGE_BYTES} are allowed")
        total += len(key) + size
    if total > MAX_CHANGES_BYTES:
        raise RejectedError(
            "state_too_large", f"the record's changes have {total} bytes; {MAX_CHANGES_BYTES} are allowed"
        )
    return [Change(*change) for change in changes]


class StatefulRun[S: State]:
    """A stateful handler and the state of one partition: processes records in their order, and applies their changes.

    Args:
        state: with all changes that records before the next one have made.
        time_ms: the time that the input has reached by then.
    """

    def __init__(self, handler: StatefulHandler[S], state: S, time_ms: int = 0) -> None:
        self.state = state
        self.time_ms = time_ms
        self._handler = handler
        self._advance: Callable[[int], None] | None = getattr(state, "advance", None)
        if self._advance is not None:
            self._advance(time_ms)

    def process(self, record: Record) -> tuple[Sequence[Output], list[Change]]:
        """Return the outputs of the next record and its changes, which the state has then.

        Whatever the handler raises is passed on: then the record has changed nothing but the time.

        Raises:
            RejectedError: the handler rejects the record, or its changes are too many or too large.
        """
        outputs, changes = self.compute(record)
        self.apply(changes)
        return outputs, changes

    def compute(self, record: Record) -> tuple[Sequence[Output], list[Change]]:
        """Return the outputs of the next record and its changes, which the state does not have yet; see `process`."""
        self.reach(record.timestamp)
        outputs, changes = self._handler(record, self.state)
        return outputs, checked(changes)

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply changes at the time that the input has reached."""
        for change in changes:
            self.state.apply(change, self.time_ms)

    def reach(self, time_ms: int) -> None:
        """Take note that the input has reached a time, unless it has reached a later one already."""
        if time_ms > self.time_ms:
            self.time_ms = time_ms
            if self._advance is not None:
                self._advance(time_ms)
