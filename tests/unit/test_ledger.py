"""The ledger agrees with a simple count, for any records in any order."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from wiredesk.operations.ledger import Ledger
from wiredesk.runtime.kafka.offset_range import OffsetRange

RANGES = {0: OffsetRange(5, 15), 3: OffsetRange(0, 4)}
WHERE = st.tuples(st.sampled_from([0, 3, 7]), st.integers(0, 20))
EVENTS = st.lists(st.tuples(WHERE, st.sampled_from(["first", "second", "in_flight", "absent"])), max_size=60)


@given(EVENTS)
def test_every_record_is_counted_once(events: list[tuple[tuple[int, int], str]]) -> None:
    ledger = Ledger(RANGES)
    ended: dict[tuple[int, int], list[int]] = {}
    flying, gone = set(), set()
    for where, what in events:
        match what:
            case "in_flight":
                ledger.in_flight(*where)
                flying.add(where)
            case "absent":
                if where in ended:
                    continue  # what has ended was there
                ledger.absent(*where)
                gone.add(where)
            case _:
                gone.discard(where)  # it was there, and was compacted since
                is_first = where[0] in RANGES and where[1] in range(RANGES[where[0]].start, RANGES[where[0]].stop)
                is_first = is_first and where not in ended
                assert ledger.ended(*where, 1 if what == "first" else 2) == is_first
                ended.setdefault(where, []).append(1 if what == "first" else 2)
    entered = {(n, offset) for n, r in RANGES.items() for offset in range(r.start, r.stop)}
    first = Counter(ends[0] for where, ends in ended.items() if where in entered)
    assert (ledger.count(1), ledger.count(2)) == (first[1], first[2])
    assert set(ledger.duplicated()) == {where for where, ends in ended.items() if where in entered and len(ends) > 1}
    assert set(ledger.missing()) == entered - set(ended) - flying - gone
    assert ledger.count_missing == len(set(ledger.missing()))
    assert ledger.count_duplicated == len(set(ledger.duplicated()))
    for number, covered in RANGES.items():
        offsets = [offset for partition, offset in ledger.missing() if partition == number]
        expected = OffsetRange(min(offsets), max(offsets) + 1) if offsets else None
        assert ledger.missing_range(number) == expected
        assert all(offset in covered for offset in offsets)
    assert ledger.count_in_flight == len((flying & entered) - set(ended) - gone)
