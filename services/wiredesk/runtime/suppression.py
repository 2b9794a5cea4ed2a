"""Suppression: what a stage must not write, because its key is in a list.

The list is a compacted topic, which a worker reads to its end before it processes records, and follows from then on. An
output is compared with the list when its transaction is written, so the list may grow while a record is computed: what
is written then obeys the list of then.
"""

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Protocol, cast

from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.topology import Stage, Suppression

MAX_KEYS = 1_000_000
"""The most keys of a list: about 100 MB of a worker's memory."""

MAX_KEY_BYTES = 128
"""The longest key of a list, in bytes; ours are ids of 36 characters."""


class Suppressor(Protocol):
    """What a list means for the outputs of a stage: pure functions, which run in the worker itself."""

    def keys(self, output: Output, stage: Stage) -> Iterable[bytes]:
        """Return the keys of the list under each of which an output would be suppressed."""

    def instead(self, output: Output, stage: Stage, key: bytes) -> Output:
        """Return what is written in place of a suppressed output: it must hold nothing of it.

        Args:
            output: the output.
            stage: of the worker.
            key: the key of the list that suppresses it.
        """


class SuppressionList:
    """The keys of a list."""

    def __init__(self) -> None:
        self._keys: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def apply(self, record: Record) -> None:
        """Add or remove a key, as a record of the list's topic says.

        Raises:
            UnavailableError: the list has more keys than a worker holds.
        """
        if record.key is None or len(record.key) > MAX_KEY_BYTES or record.defect is not None:
            return
        if record.value is None:
            self._keys.discard(record.key)
        else:
            self._keys.add(record.key)
        if len(self._keys) > MAX_KEYS:
            raise UnavailableError(f"the list of suppressed keys has more than {MAX_KEYS} keys")


def suppressed(
    suppressor: Suppressor, keys: SuppressionList, stage: Stage, record: Record, outputs: Sequence[Output]
) -> tuple[tuple[Output, ...], int]:
    """Return the outputs of a record, those that are suppressed replaced; and how many were.

    A record with a value whose own key is in the list has no other outputs, unless it comes from outside. Tombstones
    hold nothing and stay; what a stage publishes for one is compared by what it names. Of equal replacements the record
    gets one.
    """
    if not len(keys):
        return tuple(outputs), 0
    written: list[Output] = []
    replacements: set[Output] = set()
    count = 0
    own = record.key if not stage.entry and record.value is not None and record.key in keys else None
    for output in outputs:
        is_tombstone = output.value is None and output.topic != stage.dead_letter_topic.name
        key = None if is_tombstone else own or _listed(suppressor.keys(output, stage), keys)
        if key is None:
            written.append(output)
            continue
        count += 1
        replacement = suppressor.instead(output, stage, key)
        if replacement not in replacements:
            replacements.add(replacement)
            written.append(replacement)
    return tuple(written), count


def load(suppression: Suppression) -> Suppressor:
    """Load the suppressor of a list by `module:function`."""
    module, _, function = suppression.suppressor.partition(":")
    return cast("Suppressor", getattr(import_module(module), function)())


def _listed(candidates: Iterable[bytes], keys: SuppressionList) -> bytes | None:
    return next((key for key in candidates if key in keys), None)
