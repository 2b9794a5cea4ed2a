"""The open pages of the continuous audit, also against a model of few lines."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from wiredesk.operations.completeness.marks import Marks
from wiredesk.operations.completeness.open_pages import ABSENT, MISSING, UNKNOWN, UNSETTLED, End, OpenPages

ENRICHED = 1


def opened(*sizes: int) -> OpenPages:
    pages = OpenPages()
    for number, size in enumerate(sizes):
        pages.begin(number, 10)
        pages.extend(number, 10 + size)
    return pages


def test_a_page_is_open_until_everything_before_it_is_known() -> None:
    pages = opened(4)
    assert pages.ended(0, 11, ENRICHED) is End.FIRST
    assert pages.close(0, 14) == Counter()
    assert pages.unknown(0, 14, 10) == [10, 12, 13]
    assert pages.unknown(0, 13, 1) == [10]
    pages.set(0, 10, MISSING)
    assert pages.close(0, 14) == Counter({MISSING: 1, ENRICHED: 1})
    assert (pages.marks, pages.ends, len(pages)) == ({0: 12}, {0: 14}, 2)


def test_nothing_is_closed_that_is_not_due() -> None:
    pages = opened(3)
    for offset in range(10, 13):
        pages.ended(0, offset, ENRICHED)
    assert pages.close(0, 11).total() == 1
    assert pages.close(0, 10).total() == 0
    assert pages.close(0, 99).total() == 2


def test_a_second_outcome_is_noticed_before_and_after_its_page_is_closed() -> None:
    pages = opened(2)
    pages.ended(0, 10, ENRICHED)
    assert pages.ended(0, 10, ENRICHED) is End.AGAIN
    pages.close(0, 11)
    assert pages.ended(0, 10, ENRICHED) is End.AGAIN
    assert pages.ended(0, 9, ENRICHED) is End.OTHER, "it was closed by another process, if at all"
    assert pages.ended(0, 12, ENRICHED) is End.OTHER
    assert pages.ended(7, 10, ENRICHED) is End.OTHER


def test_a_page_that_is_sent_back_is_open_again() -> None:
    pages = opened(1)
    pages.ended(0, 10, ENRICHED)
    pages.set(0, 10, UNKNOWN)
    assert pages.close(0, 11).total() == 0
    assert pages.ended(0, 10, ENRICHED) is End.FIRST
    pages.set(0, 99, UNKNOWN)
    pages.set(9, 0, UNKNOWN)


def test_pages_that_expired_are_unsettled_unless_they_have_ended() -> None:
    pages = opened(3)
    pages.ended(0, 10, ENRICHED)
    pages.give_up(0, 12)
    assert pages.close(0, 13) == Counter({ENRICHED: 1, UNSETTLED: 1})
    pages.give_up(0, 5)
    assert pages.unknown(0, 13, 9) == [12]


def test_a_late_outcome_of_an_unsettled_page_is_no_second_one() -> None:
    pages = opened(4)
    pages.give_up(0, 12)
    assert pages.ended(0, 11, ENRICHED) is End.FIRST
    pages.ended(0, 12, ENRICHED)
    assert pages.close(0, 13) == Counter({UNSETTLED: 1, ENRICHED: 2})
    assert pages.ended(0, 10, ENRICHED) is End.OTHER
    assert pages.ended(0, 12, ENRICHED) is End.AGAIN


def test_a_log_that_was_cut_back_has_other_pages_from_there_on() -> None:
    pages = opened(6)
    for offset in (10, 11, 13, 14):
        pages.ended(0, offset, ENRICHED)
    pages.close(0, 16)
    assert pages.open({0: (0, 14)}, 100) == {0: Counter()}
    assert (pages.marks, pages.ends) == ({0: 12}, {0: 14})
    assert pages.ended(0, 13, ENRICHED) is End.AGAIN, "what is known of pages before that stays"
    pages.extend(0, 16)
    assert pages.ended(0, 14, ENRICHED) is End.FIRST
    pages.open({0: (0, 11)}, 100)
    assert (pages.marks, pages.ends, len(pages)) == ({0: 11}, {0: 11}, 0)
    pages.extend(0, 12)
    assert pages.ended(0, 10, ENRICHED) is End.AGAIN
    assert pages.ended(0, 11, ENRICHED) is End.FIRST, "it was closed, and is another page now"


def test_a_place_is_cut_back_with_its_partition() -> None:
    place = Marks({0: 20, 1: 30}, {}, 5.0)
    assert place.cut(0, 14) == Marks({0: 14, 1: 30}, {}, 5.0)
    assert place.cut(0, 20) is place.cut(7, 0) is place


def test_pages_that_are_deleted_before_they_are_opened_take_no_memory() -> None:
    pages = opened(2)
    pages.ended(0, 11, ENRICHED)
    (closed,) = pages.open({0: (10**15, 10**15 + 5)}, 100).values()
    assert closed == Counter({UNSETTLED: 10**15 - 11, ENRICHED: 1})
    assert (pages.marks, len(pages)) == ({0: 10**15}, 5)
    assert pages.ended(0, 500, ENRICHED) is End.OTHER


def test_of_too_many_pages_the_newest_are_opened_in_all_partitions() -> None:
    pages = opened(100, 30)
    assert pages.open({0: (10, 110), 1: (10, 40)}, 130) == {0: Counter(), 1: Counter()}
    pages.ended(0, 10, ENRICHED)
    closed = pages.open({0: (10, 10**15), 1: (10, 60), 2: (0, 10**15)}, 150)
    assert closed == {
        0: Counter({UNSETTLED: 10**15 - 61, ENRICHED: 1}),
        1: Counter(),
        2: Counter({UNSETTLED: 10**15 - 50}),
    }
    assert pages.ends == {0: 10**15, 1: 60, 2: 10**15}
    assert len(pages) == 150
    assert pages.ended(0, 10, ENRICHED) is End.OTHER
    assert len(pages.open({0: (10, 10**15), 1: (10, 61), 2: (0, 10**15)}, 0)) == 3
    assert len(pages) == 0


@given(st.lists(st.tuples(st.sampled_from(["end", "close", "open", "set"]), st.integers(0, 30)), max_size=60))
def test_each_offset_is_closed_once_in_order(steps: list[tuple[str, int]]) -> None:
    pages, model, closed = OpenPages(), dict[int, int](), 0
    pages.begin(0, 0)
    for step, at in steps:
        if step == "open":
            pages.extend(0, at)
            model |= {offset: UNKNOWN for offset in range(at) if offset not in model}
        elif step == "end" and pages.ended(0, at, ENRICHED) is End.FIRST:
            assert model[at] == UNKNOWN
            model[at] = ENRICHED
        elif step == "set":
            pages.set(0, at, ABSENT)
            if closed <= at < len(model):
                model[at] = ABSENT
        elif step == "close":
            first = next((o for o in range(closed, len(model)) if o >= at or model[o] == UNKNOWN), len(model))
            assert pages.close(0, at) == Counter(model[o] for o in range(closed, first))
            closed = first
        assert pages.marks[0] == closed
        assert len(pages) == len(model) - closed
