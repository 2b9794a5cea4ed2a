"""The counters of the continuous audit: what a process counts first is a rise that Prometheus sees."""

from collections import Counter
from collections.abc import Iterator

import pytest
from prometheus_client import REGISTRY

from wiredesk.operations.completeness import metrics
from wiredesk.operations.completeness.continuous import Round
from wiredesk.operations.completeness.tally import AT_ZERO_SECONDS, Tally

COUNTERS = (metrics.DUE, metrics.ACCOUNTED, metrics.MISSING, metrics.DUPLICATED, metrics.UNSETTLED)


@pytest.fixture(autouse=True)
def _no_series() -> Iterator[None]:
    for counter in COUNTERS:
        counter.clear()
    yield
    for counter in COUNTERS:
        counter.clear()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def value(name: str, partition: int) -> float | None:
    return REGISTRY.get_sample_value(f"wiredesk_audit_{name}_total", {"partition": str(partition)})


def test_a_series_is_at_zero_before_it_counts_the_first_round() -> None:
    tally = Tally(clock := Clock())
    tally.add(Round(due=Counter({0: 7, 1: 3}), accounted=Counter({0: 6, 1: 3}), missing=Counter({0: 1})))
    assert [value(name, 0) for name in ("due", "accounted", "missing", "duplicated", "unsettled")] == [0] * 5
    clock.now = AT_ZERO_SECONDS - 1
    tally.publish()
    assert value("due", 0) == 0
    clock.now = AT_ZERO_SECONDS
    tally.publish()
    assert [value(name, 0) for name in ("due", "accounted", "missing", "duplicated")] == [7, 6, 1, 0]
    assert (value("due", 1), value("missing", 1)) == (3, 0)


def test_what_was_seen_is_counted_at_once_and_once() -> None:
    tally = Tally(clock := Clock())
    tally.add(Round(due=Counter({0: 7})))
    clock.now = AT_ZERO_SECONDS
    tally.add(Round(due=Counter({0: 2})))
    tally.publish()
    assert value("due", 0) == 9


def test_a_partition_that_is_added_later_begins_at_zero_too() -> None:
    tally = Tally(clock := Clock())
    tally.add(Round(due=Counter({0: 7})))
    clock.now = AT_ZERO_SECONDS
    tally.add(Round(due=Counter({0: 1, 1: 5}), missing=Counter({1: 5})))
    assert (value("due", 0), value("due", 1), value("missing", 1)) == (8, 0, 0)
    clock.now = 2 * AT_ZERO_SECONDS
    tally.publish()
    assert (value("due", 1), value("missing", 1)) == (5, 5)


def test_a_page_that_was_closed_earlier_counts_in_a_partition_where_none_is_due() -> None:
    tally = Tally(clock := Clock())
    tally.add(Round(duplicated=Counter({2: 1})))
    clock.now = AT_ZERO_SECONDS
    tally.publish()
    assert (value("duplicated", 2), value("due", 2)) == (1, 0)
