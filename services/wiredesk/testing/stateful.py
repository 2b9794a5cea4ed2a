"""A stateful handler over records, without Kafka: what it publishes and changes, and whether its state is sound."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.state import Change, StatefulHandler, StatefulRun


@dataclass(frozen=True, slots=True)
class Processed:
    """What became of a record.

    Attributes:
        outputs: what was published, in order.
        changes: of the state, in order.
        rejected: reason for which the handler rejected it; None if it did not.
    """

    outputs: tuple[Output, ...] = ()
    changes: tuple[Change, ...] = ()
    rejected: str | None = None


def run_stateful(
    handler: StatefulHandler[Any], records: Iterable[Record], *, restore_every: int = 5
) -> list[Processed]:
    """Process records in their order, and return what became of each.

    Each record is processed a second time, with a state that is made again from its changes after every few records, as
    it is after a takeover. A difference means that the handler changes its state in other ways than by its changes, or
    asks the clock, or that the state depends on more than the last change of each key.

    Args:
        records: of one partition.
        restore_every: after how many records the second state is made again.

    Raises:
        AssertionError: the results of the two differ.
    """
    live, restored = StatefulRun(handler, handler.new_state()), StatefulRun(handler, handler.new_state())
    log: dict[bytes, tuple[Change, int]] = {}
    results = []
    for number, record in enumerate(records):
        if number % restore_every == 0:
            restored = _restored(handler, log, live.time_ms)
        result, again = _process(live, record), _process(restored, record)
        if again != result:
            raise AssertionError(
                f"{record.coordinates}: {result} with the state as it was kept, {again} with one that was made again "
                "from its changes"
            )
        for change in result.changes:
            log.pop(change.key, None)  # a changed key goes to the end, as in a compacted topic
            log[change.key] = change, live.time_ms
        results.append(result)
    return results


def _restored(handler: StatefulHandler[Any], log: dict[bytes, tuple[Change, int]], time_ms: int) -> StatefulRun[Any]:
    run = StatefulRun(handler, handler.new_state())
    for change, at in log.values():
        run.reach(at)
        run.apply([change])
    run.reach(time_ms)
    return run


def _process(run: StatefulRun[Any], record: Record) -> Processed:
    try:
        outputs, changes = run.process(record)
    except RejectedError as error:
        return Processed(rejected=error.reason)
    return Processed(tuple(outputs), tuple(changes))
