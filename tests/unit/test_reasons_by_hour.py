"""Reasons by hour, without a broker."""

from hypothesis import given
from hypothesis import strategies as st

from wiredesk.operations.reasons_by_hour import HOUR, HOURS, MAX_CHARACTERS, MAX_REASONS, OTHER, SKIPPED, HourlyCounts
from wiredesk.web.pipeline_page import LEVELS, SHOWN_SERIES, bars

NOW = 1_790_000_000.0


def test_reasons_are_counted_by_hour_the_most_frequent_first() -> None:
    counts = HourlyCounts()
    for ago in (0, 0, 1, 23, 24):
        counts.add(SKIPPED, "http_error", NOW - ago * HOUR, NOW)
    counts.add("ingest", "binary", NOW, NOW)
    counts.add("ingest", "binary", NOW + 99 * HOUR, NOW)
    day = counts.day(NOW)
    (skipped,) = day.skipped
    assert skipped.counts == (1, *[0] * 21, 1, 2), "what is older than the day does not count"
    (binary,) = day.dead_letters
    assert (binary.stage, binary.counts[-1], binary.total) == ("ingest", 2, 2), "a future time counts as now"
    assert len(day.hours) == HOURS
    assert day.hours[-1].timestamp() <= NOW < day.hours[-1].timestamp() + HOUR


def test_hours_that_have_passed_are_forgotten() -> None:
    counts = HourlyCounts()
    counts.add(SKIPPED, "http_error", NOW, NOW)
    assert counts.day(NOW + 23 * HOUR).skipped[0].counts == (1, *[0] * 23)
    assert not counts.day(NOW + 24 * HOUR).series
    assert not counts.day(NOW).series


@given(st.lists(st.tuples(st.text(max_size=60), st.integers(-(2**63), 2**63 - 1)), max_size=30))
def test_any_reason_at_any_time_takes_a_bounded_place(records: list[tuple[str, int]]) -> None:
    counts = HourlyCounts()
    for reason, milliseconds in records:
        counts.add("ingest", reason, milliseconds / 1000, NOW)
    for one in counts.day(NOW).series:
        assert len(one.reason) <= MAX_CHARACTERS
        assert 0 < one.total <= len(records)


def test_reasons_beyond_the_most_are_counted_together() -> None:
    counts = HourlyCounts()
    for number in range(MAX_REASONS + 20):
        counts.add("ingest", f"reason {number}", NOW, NOW)
        counts.add(SKIPPED, "http_error", NOW, NOW)
    day = counts.day(NOW)
    assert {one.reason: one.total for one in day.dead_letters}[OTHER] == 20
    assert day.skipped[0].total == MAX_REASONS + 20


def test_bars_have_one_scale_and_few_are_seen() -> None:
    counts = HourlyCounts()
    for number, size in enumerate((800, 400, 1)):
        for _ in range(size):
            counts.add("ingest", f"reason {number}", NOW, NOW)
    levels = [row.levels[-1] for row in bars(counts.day(NOW).dead_letters)]
    assert levels == [LEVELS, LEVELS // 2, 1]
    assert bars([]) == []
    for number in range(30):
        counts.add("ingest", f"reason {number}", NOW, NOW)
    assert len(bars(counts.day(NOW).dead_letters)) == SHOWN_SERIES
