"""The state of a stateful handler: made again from its changelog it is the same, and only accepted changes change it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.runtime import state as limits
from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.state import Change, KeyedState, StatefulRun, checked
from wiredesk.runtime.topology import DAY_MS, Stage, Store, Topic
from wiredesk.testing import run_stateful

RETENTION = 50
KEYS = [b"a", b"b", b"c", b"d"]

Dated = tuple[Change, int]

HISTORIES = st.lists(
    st.tuples(
        st.builds(Change, st.sampled_from(KEYS), st.none() | st.binary(max_size=3)),
        st.integers(min_value=0, max_value=4 * RETENTION),
    )
)
"""Changes with the times of their records, which may go back."""


def contents(state: KeyedState) -> tuple[dict[bytes, bytes | None], int, int, bytes | None]:
    return {key: state.get(key) for key in KEYS if key in state}, len(state), state.size, state.oldest()


def restored(log: Sequence[Dated], time_ms: int, retention: int) -> KeyedState:
    state = KeyedState(retention)
    for change, at in log:
        state.apply(change, at)
    state.advance(time_ms)
    return state


def compacted(log: Sequence[Dated]) -> list[Dated]:
    """Return what compaction leaves at least: the last change of each key, at its place, without removed keys."""
    last = {change.key: index for index, (change, _) in enumerate(log)}
    return [one for index, one in enumerate(log) if last[one[0].key] == index and one[0].value is not None]


@given(HISTORIES, st.sampled_from([-1, 0, RETENTION]))
def test_a_state_made_again_from_a_compacted_changelog_is_the_same(history: list[Dated], retention: int) -> None:
    live, log = KeyedState(retention), list[Dated]()
    for change, time_ms in history:
        live.advance(time_ms)
        live.apply(change, live.time_ms)
        log.append((change, live.time_ms))
        deleted = [one for one in compacted(log) if retention < 0 or one[1] >= live.time_ms - retention]
        for left in (log, compacted(log), deleted):
            assert contents(restored(left, live.time_ms, retention)) == contents(live)


@given(HISTORIES)
def test_it_remembers_what_a_plain_list_would(history: list[Dated]) -> None:
    state, now, reference = KeyedState(RETENTION), 0, dict[bytes, tuple[int, bytes]]()
    for change, time_ms in history:
        now = max(now, time_ms)
        state.apply(change, time_ms)
        if change.value is None:
            reference.pop(change.key, None)
        else:
            reference[change.key] = (now, change.value)
        reference = {key: entry for key, entry in reference.items() if now - entry[0] <= RETENTION}
        assert contents(state)[:3] == (
            {key: value for key, (_, value) in reference.items()},
            len(reference),
            sum(len(key) + len(value) for key, (_, value) in reference.items()),
        )


def test_a_key_expires_after_its_retention_and_not_before() -> None:
    state = KeyedState(RETENTION)
    state.apply(Change(b"a", b"1"), 100)
    state.advance(100 + RETENTION)
    assert (state.get(b"a"), b"a" in state, state.oldest()) == (b"1", True, b"a")
    state.advance(101 + RETENTION)
    assert (state.get(b"a"), b"a" in state, len(state), state.size, state.oldest()) == (None, False, 0, 0, None)


class Counting:
    """Counts the records of each key; fails as the value says, after it has computed what would change."""

    version = "1"

    def new_state(self) -> KeyedState:
        return KeyedState(RETENTION)

    def __call__(self, record: Record, state: KeyedState) -> tuple[list[Output], list[Change]]:
        key = record.key or b""
        count = int(state.get(key) or b"0") + 1
        if record.value == b"reject":
            raise RejectedError("unwanted", "as ordered")
        return [Output("counts", key, b"%d" % count)], [Change(key, b"%d" % count)]


def record(key: bytes, time_ms: int, value: bytes = b"") -> Record:
    return Record("in", 0, 0, time_ms, key, value)


def counted(run: StatefulRun[KeyedState], *records: Record) -> list[bytes | None]:
    return [run.process(one)[0][0].value for one in records]


def test_a_run_applies_the_changes_of_each_record_before_the_next() -> None:
    run = StatefulRun(Counting(), Counting().new_state())
    assert counted(run, record(b"a", 1), record(b"b", 2), record(b"a", 3)) == [b"1", b"1", b"2"]


def test_a_rejected_record_changes_nothing_but_the_time() -> None:
    run = StatefulRun(Counting(), Counting().new_state())
    assert counted(run, record(b"a", 1)) == [b"1"]
    with pytest.raises(RejectedError):
        run.process(record(b"a", 2 + RETENTION, b"reject"))
    assert run.time_ms == 2 + RETENTION
    # The time does not go back with a record's: what has expired stays forgotten.
    assert counted(run, record(b"a", 1)) == [b"1"]


def test_a_sound_handler_is_run_without_kafka() -> None:
    records = [record(b"%d" % (number % 3), number) for number in range(20)] + [record(b"0", 30, b"reject")]
    results = run_stateful(Counting(), records)
    assert [result.outputs[0].value for result in results[:4]] == [b"1", b"1", b"1", b"2"]
    assert (results[-1].rejected, results[-1].outputs) == ("unwanted", ())


class Mutating(Counting):
    """Remembers something in the state by itself."""

    def __call__(self, record: Record, state: KeyedState) -> tuple[list[Output], list[Change]]:
        outputs, _ = super().__call__(record, state)
        state.apply(Change(record.key or b"", outputs[0].value), record.timestamp)
        return outputs, []


def test_a_handler_that_changes_its_state_by_itself_is_found_out() -> None:
    with pytest.raises(AssertionError, match="made again from its changes"):
        run_stateful(Mutating(), [record(b"a", number) for number in range(20)])


@pytest.mark.parametrize(
    "changes",
    [
        [Change(b"", b"")],
        [Change(b"k" * (limits.MAX_KEY_BYTES + 1), None)],
        [Change(b"k", bytes(limits.MAX_CHANGE_BYTES + 1))],
        [Change(b"k", None)] * (limits.MAX_CHANGES + 1),
        [Change(b"k", bytes(limits.MAX_CHANGE_BYTES))] * (limits.MAX_CHANGES_BYTES // limits.MAX_CHANGE_BYTES + 1),
    ],
    ids=["empty key", "long key", "long value", "many", "large together"],
)
def test_changes_beyond_the_limits_are_rejected(changes: list[Change]) -> None:
    with pytest.raises(RejectedError, match="state_too_large"):
        checked(changes)


def test_changes_of_other_types_are_an_error_of_the_handler() -> None:
    assert checked([(b"k", None), Change(b"k", b"v")]) == [Change(b"k", None), Change(b"k", b"v")]  # type: ignore[list-item]
    for wrong in (("k", b""), (b"k", "v"), (b"k", bytearray())):
        with pytest.raises(TypeError, match="of bytes"):
            checked([wrong])  # type: ignore[list-item]


INPUT = Topic("pages.seen", "Pages", partitions=3, retention_ms=7 * DAY_MS)
STAGE = Stage("counter", "Counts", INPUT, (), "tests:handler", one_to_one=False, store=Store("counts"))


def stage(**store: int) -> Stage:
    return Stage("counter", "Counts", INPUT, (), "tests:handler", store=Store("counts", **store))


def test_the_changelog_is_compacted_and_partitioned_as_the_input() -> None:
    changelog = STAGE.changelog
    assert changelog is not None
    assert (changelog.name, changelog.partitions) == ("wiredesk.counter.counts.changes", 3)
    assert changelog.partitioned_as == INPUT.name
    settings = changelog.settings()
    assert (settings["cleanup.policy"], settings["retention.ms"]) == ("compact", "-1")
    assert settings["message.timestamp.type"] == "CreateTime"  # it carries the time of the input


def test_a_store_that_expires_is_kept_as_long_as_an_old_record_of_the_input_may_need_it() -> None:
    changelog = stage(retention_ms=3 * DAY_MS).changelog
    assert changelog is not None
    settings = changelog.settings()
    assert (settings["cleanup.policy"], settings["retention.ms"]) == ("compact,delete", str(10 * DAY_MS))


def test_a_replay_has_a_changelog_of_its_own() -> None:
    assert STAGE.changelog_of("wiredesk.counter.replay-7").name == "wiredesk.counter.replay-7.counts.changes"


def test_stages_without_a_store_have_none() -> None:
    plain = Stage("plain", "Remembers nothing", INPUT, (), "tests:handler")
    assert plain.changelog is None
    with pytest.raises(ValueError, match="no store"):
        plain.changelog_of("g")


@pytest.mark.parametrize("name", ["", "Counts", "a.b", "a b", "9", "x" * 41])
def test_names_of_stores_are_checked(name: str) -> None:
    wrong = Stage("counter", "Counts", INPUT, (), "tests:handler", store=Store(name))
    assert any("store name" in line for line in wrong.defects())
    assert not STAGE.defects()


def test_a_store_is_a_store() -> None:
    wrong = Stage("counter", "Counts", INPUT, (), "tests:handler", store="counts")  # type: ignore[arg-type]
    assert wrong.defects() == ["store is of the type str, not Store"]
