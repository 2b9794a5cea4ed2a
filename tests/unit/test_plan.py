"""A run of the fault harness follows from its seed."""

from collections import Counter
from itertools import islice

import pytest

from tests.faults.plan import LONG, REASONS, SHORT, Kind, order, pages, schedule
from tests.faults.run import last_object


def test_the_same_seed_gives_the_same_run() -> None:
    assert schedule(7, 600, LONG) == schedule(7, 600, LONG) != schedule(8, 600, LONG)
    first, again, other = (list(islice(pages(seed, poison_every=50, real_every=10), 500)) for seed in (7, 7, 8))
    assert first == again != other


def test_twenty_minutes_hold_what_they_must() -> None:
    faults = Counter(fault.kind for fault in schedule(1, 1200, LONG))
    assert faults[Kind.KILL_WORKER] >= 60
    assert faults[Kind.KILL_BROKER] >= 6
    assert faults[Kind.ZOMBIE] >= 10
    assert set(faults) == set(Kind)


def test_the_short_form_holds_every_kind_of_fault_and_of_poison() -> None:
    faults = schedule(1, 45, SHORT)
    assert {fault.kind for fault in faults} == set(Kind)
    assert all(0 <= fault.at < 45 for fault in faults)
    assert set(REASONS) <= {order(value) for value in islice(pages(1, poison_every=100, real_every=0), 1200)}


@pytest.mark.parametrize(
    ("line", "record"),
    [
        ('{"event": "child process died", "record": "t/0/7"}', "t/0/7"),
        ('{"event": "lane runn{"event": "child process died", "record": "t/0/7"}', "t/0/7"),
        ('{"a": 1, "b": {"c"{"event": "child process died", "record": "t/0/7", "more": {"x": 1}}', "t/0/7"),
        ('{"event": "child process died", "rec', ""),
    ],
)
def test_a_line_of_the_log_that_was_broken_off_costs_only_itself(line: str, record: str) -> None:
    assert last_object(line)["record"] == record
