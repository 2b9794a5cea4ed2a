"""The stage of revisions: lives of pages, event by event, without Kafka."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiredesk.revisions.difference import MAX_PIECES, Pieces
from wiredesk.revisions.page_state import MAX_CORRECTIONS, PageState, packed_corrections, packed_pieces
from wiredesk.revisions.revise import RETENTION_MS, Outcome, Revisions
from wiredesk.revisions.settings import RevisionsSettings
from wiredesk.runtime.state import Change, KeyedState
from wiredesk.testing import example_event
from wiredesk_schemas import (
    ArticleWithdrawn,
    Block,
    ChangedPart,
    CleanedArticle,
    RevisionKind,
    SkippedPage,
    SkipReason,
    WithdrawalReason,
    WithdrawnPage,
    derived_event_id,
)

ARTICLE = example_event(CleanedArticle)
START = datetime(2026, 3, 14, 8, tzinfo=UTC)
TEXT = "The ferry strike ended on Monday after four days, the union said."


def article(text: str = TEXT, *, nonce: str = "", **fields: Any) -> CleanedArticle:
    """Return an article; the nonce stands for the bytes of its page, which its event id depends on."""
    blocks = tuple(Block(text=part) for part in text.split("\n"))
    event_id = derived_event_id(ARTICLE.event_id, f"{text}{nonce}", "1")
    given_fields = {
        "title": "Ferry strike ends",
        "subtitle": None,
        "paragraphs": blocks,
        "event_id": event_id,
        **fields,
    }
    return ARTICLE.model_copy(update=given_fields)


def gone(reason: WithdrawalReason = WithdrawalReason.GONE) -> WithdrawnPage:
    identifiers = {name: getattr(ARTICLE, name) for name in ("event_id", "page_id", "revision", "url", "canonical_url")}
    return WithdrawnPage(
        **identifiers, stage="ingest", reason=reason, skip_reason=SkipReason.HTTP_ERROR, detail="status 410"
    )


class Page:
    """A page, and what the stage makes of its fetches; time is in minutes."""

    def __init__(self) -> None:
        self.stage = Revisions()
        self.state = self.stage.new_state()
        self.changes = 0

    def fetch(self, minute: float, event: CleanedArticle | WithdrawnPage) -> Outcome:
        outcome, changes = self.stage(event, self.state, START + timedelta(minutes=minute))
        for change in changes:
            self.state.apply(change, 0)
        self.changes += len(changes)
        return outcome


def as_article(outcome: Outcome) -> CleanedArticle:
    assert isinstance(outcome, CleanedArticle), outcome
    return outcome


def as_skipped(outcome: Outcome) -> SkippedPage:
    assert isinstance(outcome, SkippedPage), outcome
    return outcome


def as_withdrawn(outcome: Outcome) -> ArticleWithdrawn:
    assert isinstance(outcome, ArticleWithdrawn), outcome
    return outcome


def test_a_new_story_is_created() -> None:
    first = as_article(Page().fetch(0, article()))
    assert (first.revision_kind, first.revision_number, first.returned) == (RevisionKind.CREATED, 1, False)
    assert first.previous_event_id is None
    assert first.first_seen == START
    assert (first.changed, first.change) == ((), None)
    assert first.event_id == first.revision_event_id != article().event_id


def test_the_same_story_on_other_bytes_is_unchanged() -> None:
    page = Page()
    page.fetch(0, article())
    again = as_skipped(page.fetch(1, article(nonce="2", modified_at=START)))
    assert (again.reason, again.stage) == (SkipReason.UNCHANGED, "revisions")
    assert again.detail == "revision 1 says the same"
    assert page.changes == 2


def test_an_edited_story_is_updated() -> None:
    page = Page()
    first = as_article(page.fetch(0, article()))
    second = as_article(page.fetch(1, article(TEXT.replace("four", "five"), modified_at=START)))
    assert (second.revision_kind, second.revision_number) == (RevisionKind.UPDATED, 2)
    assert second.previous_event_id == first.event_id
    assert second.first_seen == START
    assert second.changed == (ChangedPart.TEXT, ChangedPart.TIMES)
    assert second.change is not None
    assert 0.05 < second.change < 0.15
    third = as_article(page.fetch(2, article(TEXT.replace("four", "five"), title="Strike is over", modified_at=START)))
    assert (third.changed, third.change, third.revision_number) == ((ChangedPart.HEADLINE,), 0, 3)


def test_a_text_that_has_grown_is_compared_with_what_it_was() -> None:
    page = Page()
    words = [f"word{number}" for number in range(300)]
    page.fetch(0, article(" ".join(words[:100])))
    grown = as_article(page.fetch(1, article(" ".join(words))))
    assert grown.change is not None
    assert 0.5 <= grown.change < 0.53, "200 words of 400 are in one of them alone"


def test_a_text_that_comes_back_is_another_revision() -> None:
    page = Page()
    events = [as_article(page.fetch(n, article(text))) for n, text in enumerate((TEXT, "Another text.", TEXT))]
    assert [event.revision_number for event in events] == [1, 2, 3]
    assert len({event.event_id for event in events}) == 3


def test_a_correction_is_new_only_once() -> None:
    page = Page()
    page.fetch(0, article())
    notice = "Correction: An earlier version of this story misspelled the mayor's name."
    corrected = as_article(page.fetch(1, article(f"{TEXT}\n{notice}")))
    assert (corrected.revision_kind, corrected.correction) == (RevisionKind.CORRECTED, notice)
    updated = as_article(page.fetch(2, article(f"{TEXT} It was the second one.\n{notice}")))
    assert (updated.revision_kind, updated.correction) == (RevisionKind.UPDATED, notice)
    other = "This story has been corrected to say that the strike lasted four days."
    twice = as_article(page.fetch(3, article(f"{TEXT}\n{notice}\n{other}")))
    assert (twice.revision_kind, twice.correction) == (RevisionKind.CORRECTED, other)


def test_a_story_that_came_with_its_correction_is_created() -> None:
    first = as_article(Page().fetch(0, article(f"{TEXT}\nCorrection: The strike lasted four days.")))
    assert first.revision_kind is RevisionKind.CREATED
    assert first.correction == "Correction: The strike lasted four days."


DECLARED = "An earlier version of this story misspelled the mayor's name."


def test_a_correction_that_only_machines_are_shown_is_one() -> None:
    page = Page()
    page.fetch(0, article())
    declaring = article(declared_corrections=(DECLARED,))
    corrected = as_article(page.fetch(1, declaring))
    assert (corrected.revision_kind, corrected.correction) == (RevisionKind.CORRECTED, DECLARED)
    assert (corrected.changed, corrected.change) == ((), 0)
    assert as_skipped(page.fetch(2, declaring)).reason is SkipReason.UNCHANGED
    assert as_skipped(page.fetch(3, article())).reason is SkipReason.UNCHANGED, "nothing is said by its absence"
    assert as_skipped(page.fetch(4, declaring)).reason is SkipReason.UNCHANGED
    other = as_article(page.fetch(5, article(declared_corrections=("The strike lasted four days.", DECLARED))))
    assert (other.revision_kind, other.correction) == (RevisionKind.CORRECTED, "The strike lasted four days.")


@pytest.mark.parametrize("shown", [f"Correction: {DECLARED}", f"Correction (14 March): {DECLARED[:-1]}", DECLARED])
@pytest.mark.parametrize("both", [True, False])
def test_a_correction_that_is_shown_and_declared_is_one(shown: str, *, both: bool) -> None:
    """Whichever the page has first, and whichever goes first."""
    text = f"{TEXT}\n{shown}"
    page = Page()
    page.fetch(0, article())
    page.fetch(1, article(text))
    in_both = article(text, declared_corrections=(DECLARED,))
    assert as_skipped(page.fetch(2, in_both)).reason is SkipReason.UNCHANGED
    page = Page()
    page.fetch(0, article(declared_corrections=(DECLARED,)))
    shows = as_article(page.fetch(1, in_both if both else article(text)))
    if both:
        assert (shows.revision_kind, shows.correction) == (RevisionKind.UPDATED, shown)
        hidden = as_article(page.fetch(2, article(declared_corrections=(DECLARED,))))
        assert hidden.revision_kind is RevisionKind.UPDATED


def test_more_declared_corrections_than_are_remembered_make_no_revision_of_each_fetch() -> None:
    many = article(
        "\n".join(f"Correction: An earlier version named pier {number} wrongly." for number in range(40)),
        declared_corrections=tuple(f"An earlier version named quay {number} wrongly." for number in range(40)),
    )
    page = Page()
    page.fetch(0, many)
    again = page.fetch(1, many.model_copy(update={"declared_corrections": many.declared_corrections[::-1]}))
    assert as_skipped(again).reason is SkipReason.UNCHANGED


def test_a_time_is_no_declared_correction() -> None:
    page = Page()
    page.fetch(0, article())
    for minute in range(1, 4):
        fetched = page.fetch(minute, article(declared_corrections=(f"Last updated 5 March 2026 at 10:0{minute}",)))
        assert as_skipped(fetched).reason is SkipReason.UNCHANGED


def test_a_correction_in_the_headline() -> None:
    page = Page()
    page.fetch(0, article())
    assert (
        as_article(page.fetch(1, article(title="CORRECTED-Ferry strike ends"))).revision_kind is RevisionKind.CORRECTED
    )


def test_a_page_that_is_gone_takes_its_article_with_it() -> None:
    page = Page()
    first = as_article(page.fetch(0, article()))
    event = as_withdrawn(page.fetch(1, gone()))
    assert (event.page_id, event.reason, event.revision_number) == (ARTICLE.page_id, WithdrawalReason.GONE, 2)
    assert event.previous_event_id == first.event_id
    assert event.first_seen == START
    again = as_skipped(page.fetch(2, gone()))
    assert (again.reason, again.stage) == (SkipReason.HTTP_ERROR, "ingest")


@pytest.mark.parametrize("text", [TEXT, "It is another text now."])
def test_an_article_that_returns_is_created_again(text: str) -> None:
    page = Page()
    page.fetch(0, article())
    withdrawn = as_withdrawn(page.fetch(1, gone()))
    back = as_article(page.fetch(2, article(text)))
    assert (back.revision_kind, back.returned, back.revision_number) == (RevisionKind.CREATED, True, 3)
    assert back.previous_event_id == withdrawn.event_id
    assert back.changed == (() if text == TEXT else (ChangedPart.TEXT,))
    assert as_skipped(page.fetch(3, article(text, nonce="3"))).reason is SkipReason.UNCHANGED
    assert as_withdrawn(page.fetch(4, gone())).event_id != withdrawn.event_id


def test_a_page_that_never_was_an_article_is_skipped_as_before() -> None:
    page = Page()
    skipped = as_skipped(page.fetch(1, gone()))
    assert (skipped.reason, skipped.stage, skipped.detail) == (SkipReason.HTTP_ERROR, "ingest", "status 410")
    assert as_skipped(page.fetch(0, article())).reason is SkipReason.SUPERSEDED
    first = as_article(page.fetch(2, article()))
    assert (first.revision_kind, first.revision_number, first.returned) == (RevisionKind.CREATED, 1, False)


def test_a_fetch_that_comes_too_late_changes_nothing() -> None:
    page = Page()
    page.fetch(10, article())
    late = as_skipped(page.fetch(5, article("An older text.")))
    assert (late.reason, late.stage) == (SkipReason.SUPERSEDED, "revisions")
    assert as_skipped(page.fetch(6, gone())).reason is SkipReason.SUPERSEDED
    assert as_skipped(page.fetch(11, article(nonce="2"))).reason is SkipReason.UNCHANGED
    assert as_skipped(page.fetch(10.5, article("Between both."))).reason is SkipReason.SUPERSEDED
    updated = as_article(page.fetch(12, article("A newer text.")))
    assert updated.first_seen == START + timedelta(minutes=5)


def test_of_two_fetches_at_one_time_the_later_arrival_counts() -> None:
    page = Page()
    page.fetch(0, article())
    assert as_article(page.fetch(0, article("Another text."))).revision_number == 2


def test_a_page_that_shows_less_of_the_story_is_no_revision() -> None:
    page = Page()
    page.fetch(0, article(f"{TEXT}\nThe mayor was glad. Nobody was hurt in those days."))
    part = as_skipped(page.fetch(1, article(f"{TEXT}\nThe mayor was", is_truncated=True)))
    assert part.reason is SkipReason.UNCHANGED
    edited = article(f"{TEXT.replace('four', 'five')}\nThe mayor was", is_truncated=True)
    assert as_article(page.fetch(2, edited)).revision_number == 2
    whole = article(f"{TEXT.replace('four', 'five')}\nThe mayor was glad. Nobody was hurt in those days.")
    assert as_article(page.fetch(3, whole)).revision_number == 3


def test_a_forgotten_page_begins_again() -> None:
    page = Page()
    page.fetch(0, article())
    for change in page.stage.forgotten(ARTICLE.page_id, page.state)[1]:
        page.state.apply(change, 0)
    assert len(page.state) == 0
    assert page.stage.forgotten(ARTICLE.page_id, page.state) == (None, [])
    assert as_article(page.fetch(1, article())).revision_number == 1


def test_a_story_that_closes_for_all_but_subscribers_has_not_changed() -> None:
    paragraphs = [f"{TEXT} That was on day {day} of the strike." for day in range(4)]
    page = Page()
    page.fetch(0, article("\n".join(paragraphs)))
    beginning = "\n".join(paragraphs[:1])
    assert as_skipped(page.fetch(1, article(beginning, is_paywalled=True))).reason is SkipReason.UNCHANGED
    shortened = article("\n".join(paragraphs[:3]), is_paywalled=True)
    assert as_article(page.fetch(2, shortened)).revision_number == 2, "an editor has shortened it"
    assert as_article(page.fetch(3, article(beginning))).revision_number == 3


@pytest.mark.parametrize(
    ("before", "after", "is_revision"),
    [
        ((9, 10), (9, 10), False),
        ((9, 10), (9, 11), True),
        ((9, 9), (9, 9), True),
        ((9, None), (9, None), True),
        ((None, 10), (None, 10), False),
    ],
)
def test_a_story_that_closes_without_a_word_states_the_same_times(
    before: tuple[int | None, ...], after: tuple[int | None, ...], *, is_revision: bool
) -> None:
    def times(hours: tuple[int | None, ...]) -> dict[str, Any]:
        stated = [None if hour is None else START.replace(hour=hour) for hour in hours]
        return dict(zip(("published_at", "modified_at"), stated, strict=True))

    paragraphs = [f"{TEXT} That was on day {day} of the strike." for day in range(4)]
    page = Page()
    page.fetch(0, article("\n".join(paragraphs), **times(before)))
    outcome = page.fetch(1, article(paragraphs[0], **times(after)))
    assert isinstance(outcome, CleanedArticle) is is_revision
    edited = article(paragraphs[0].replace("four", "five"), **times(after))
    assert isinstance(page.fetch(2, edited), CleanedArticle), "it has another word"


def test_a_state_of_another_format_begins_again() -> None:
    assert PageState.from_bytes(b"") is PageState.from_bytes(b"\x00" * 100) is PageState.from_bytes(None) is None
    value = PageState(1, 2, 3, bytes(16), packed_pieces=packed_pieces(Pieces(0, ((1, 2),)))).to_bytes()
    assert PageState.from_bytes(value[:-1]) is PageState.from_bytes(value + b"x") is None


@given(
    pieces=st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 2**16 - 1)), max_size=MAX_PIECES),
    keys=st.sets(st.integers(0, 2**32 - 1), max_size=MAX_CORRECTIONS),
    exact=st.sampled_from([b"", b"exactly8"]),
    is_comparable=st.booleans(),
)
def test_what_is_kept_of_a_page_is_read_as_it_was(
    pieces: list[tuple[int, int]], keys: set[int], *, exact: bytes, is_comparable: bool
) -> None:
    kept = PageState(
        1, 2, 3, bytes(range(16)), is_truncated=True, shift=4, packed_pieces=packed_pieces(Pieces(4, tuple(pieces))),
        packed_corrections=packed_corrections(keys), exact_hash=exact, is_comparable=is_comparable,
    )  # fmt: skip
    read = PageState.from_bytes(kept.to_bytes())
    assert read == kept
    assert (kept.pieces, kept.corrections) == (Pieces(4, tuple(pieces)), frozenset(keys))


def kept_of(page: Page) -> PageState:
    kept = PageState.from_bytes(page.state.get(ARTICLE.page_id.encode()))
    assert kept is not None
    return kept


def test_a_state_of_an_earlier_release_is_read() -> None:
    page = Page()
    page.fetch(0, article())
    earlier = kept_of(page)._replace(exact_hash=b"")
    page.state.apply(Change(ARTICLE.page_id.encode(), earlier.to_bytes()), 0)
    assert as_skipped(page.fetch(1, article())).reason is SkipReason.UNCHANGED
    assert kept_of(page).exact_hash, "the next fetch is compared with it"
    assert as_article(page.fetch(2, article("Another text."))).revision_number == 2


def test_an_earlier_release_reads_a_state_of_this_one() -> None:
    page = Page()
    page.fetch(0, article(f"{TEXT}\nCorrection: It was four days."))
    kept = kept_of(page)
    value = bytearray(kept.to_bytes())
    value[1] &= 3  # the flags that it knows
    read = PageState.from_bytes(bytes(value))
    assert read is not None
    assert read.corrections > kept.corrections
    read, kept = (one._replace(packed_corrections=b"", exact_hash=b"", is_comparable=True) for one in (read, kept))
    assert read == kept


def test_pieces_of_an_earlier_version_are_not_compared() -> None:
    page = Page()
    page.fetch(0, article())
    page.state.apply(Change(ARTICLE.page_id.encode(), kept_of(page)._replace(is_comparable=False).to_bytes()), 0)
    assert as_skipped(page.fetch(1, article())).reason is SkipReason.UNCHANGED
    assert as_article(page.fetch(2, article("Another text."))).change is None
    assert as_article(page.fetch(3, article("Quite another text."))).change is not None


def test_texts_that_cannot_be_compared_as_they_are_are_compared_as_they_are_read() -> None:
    page = Page()
    page.fetch(0, article("The strike\x1fended."))
    assert kept_of(page).exact_hash == b""
    assert as_article(page.fetch(1, article("The strike\x1fbegan."))).revision_number == 2


def test_the_text_that_came_last_is_the_one_that_is_compared_as_it_is() -> None:
    page = Page()
    page.fetch(0, article())
    first = kept_of(page).exact_hash
    as_skipped(page.fetch(1, article(f"Updated 5 minutes ago\n{TEXT}")))
    assert kept_of(page).exact_hash != first
    part = article(TEXT[:40], is_truncated=True)
    for minute in (2, 3):
        last = kept_of(page).exact_hash
        assert as_skipped(page.fetch(minute, part)).detail == "the page shows only a part of revision 1"
        assert kept_of(page).exact_hash == last


def test_what_is_kept_of_a_page_is_bounded() -> None:
    page = Page()
    notices = "\n".join(f"Correction: It was {n}." for n in range(200))
    page.fetch(0, article(f"{TEXT * 1000}\n{notices}"))
    value = page.state.get(ARTICLE.page_id.encode())
    assert value is not None
    assert len(value) <= 81 + 6 * MAX_PIECES + 4 * MAX_CORRECTIONS
    assert as_skipped(page.fetch(1, article(f"{TEXT * 1000}\n{notices}"))).reason is SkipReason.UNCHANGED


def test_pages_are_remembered_for_as_long_as_articles_are_kept() -> None:
    state = Revisions().new_state()
    assert isinstance(state, KeyedState)
    assert RETENTION_MS == 365 * 24 * 3600 * 1000


KINDS = st.sampled_from(["first", "second", "corrected", "gone", "nonce"])


def model(life: Sequence[tuple[int, str]]) -> Iterator[tuple[str, bool]]:
    """Yield for each fetch what it must become: the kind of an article, or the reason of a skipped page."""
    newest, text, is_there, was_there, corrected = -1, "", False, False, False
    for minute, kind in life:
        if minute < newest:
            yield "superseded", is_there
            continue
        newest = minute
        if kind == "gone":
            yield ("withdrawn" if is_there else "http_error"), False
            is_there = False
            continue
        stated = "first" if kind == "nonce" else kind
        is_new_correction = stated == "corrected" and not corrected
        if is_there and stated == text:
            yield "unchanged", True
            continue
        if was_there and is_new_correction:
            yield "corrected", True
        else:
            yield ("updated" if is_there else "created"), True
        text, is_there, was_there, corrected = stated, True, True, stated == "corrected"


TEXTS = {"first": TEXT, "second": "Another text.", "corrected": f"{TEXT}\nCorrection: It was four days.", "nonce": TEXT}


@given(st.lists(st.tuples(st.integers(0, 8), KINDS), max_size=25))
@settings(max_examples=150, deadline=None)
def test_any_life_of_a_page_is_that_of_the_model(life: list[tuple[int, str]]) -> None:
    page, numbers = Page(), []
    for number, ((minute, kind), (expected, _)) in enumerate(zip(life, model(life), strict=True)):
        event = gone() if kind == "gone" else article(TEXTS[kind], nonce=str(number))
        outcome = page.fetch(minute, event)
        if isinstance(outcome, SkippedPage):
            assert outcome.reason == expected
            continue
        numbers.append(outcome.revision_number)
        assert expected == ("withdrawn" if isinstance(outcome, ArticleWithdrawn) else outcome.revision_kind)
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_full_memory_gives_up_the_page_that_has_not_changed_for_the_longest_time() -> None:
    stage = Revisions(RevisionsSettings(revisions_pages=2))
    state = stage.new_state()
    numbers = []
    for minute, page in enumerate(("a", "b", "a", "c", "a", "b")):
        event = article(f"{TEXT} {minute}").model_copy(update={"page_id": page})
        revised, changes = stage(event, state, START + timedelta(minutes=minute))
        for change in changes:
            state.apply(change, minute)
        assert isinstance(revised, CleanedArticle)
        numbers.append((page, revised.revision_number))
        assert len(state) <= 2
    assert numbers == [("a", 1), ("b", 1), ("a", 2), ("c", 1), ("a", 3), ("b", 1)], "b went for c"


def test_a_smaller_limit_gives_up_a_page_with_each_that_changes() -> None:
    stage, state = Revisions(RevisionsSettings(revisions_pages=9)), KeyedState(RETENTION_MS)
    for minute in range(9):
        event = article().model_copy(update={"page_id": str(minute)})
        for change in stage(event, state, START)[1]:
            state.apply(change, minute)
    smaller = Revisions(RevisionsSettings(revisions_pages=3))
    for minute in range(9, 16):
        event = article(str(minute)).model_copy(update={"page_id": "8"})
        for change in smaller(event, state, START + timedelta(minutes=minute))[1]:
            state.apply(change, minute)
    assert len(state) == 3
    assert b"8" in state
