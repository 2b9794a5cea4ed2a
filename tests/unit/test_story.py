"""The story of a page, made from its records: its revisions, what changed, and who else has it."""

from collections.abc import Sequence

import pytest

from tests.copies import article, story
from tests.revised import START, Life, copies_of
from tests.unit.test_wording import shown
from wiredesk.operations.story import MAX_REVISIONS, NoStory, Story, StoryReading
from wiredesk.pipeline import ARTICLES_COPIES, ARTICLES_REVISED, PAGES_SKIPPED
from wiredesk.runtime.records import Record

URL = "https://paper.example/ferry"
BODY = "The ferry strike ended on Monday after 4 days, the union said.\nServices begin again at noon."
LONG = story(1)
NOTICE = "Correction: An earlier version of this story misspelled the name of the mayor."


def read(life: Life, extra: Sequence[tuple[str, Record]] = ()) -> Story | NoStory:
    reading = StoryReading(life.page)
    for topic, record in (*life.records, *extra):
        reading.add(topic, record)
    return reading.result()


def story_of(life: Life, extra: Sequence[tuple[str, Record]] = ()) -> Story:
    result = read(life, extra)
    assert isinstance(result, Story), result
    return result


def test_each_revision_says_what_changed_since_the_one_before() -> None:
    life = Life(URL)
    life.fetch(0, BODY, title="Ferry crews to strike")
    life.fetch(1, BODY, title="Ferry crews to strike")
    life.fetch(2, BODY.replace("4 days", "5 days"), title="Ferry crews end strike")
    life.fetch(3, f"{BODY.replace('4 days', '5 days')}\n{NOTICE}", title="Ferry crews end strike")
    result = story_of(life)
    assert [one.kind for one in result.revisions] == ["created", "updated", "corrected"]
    first, second, third = result.revisions
    assert (first.compared_with, first.passages, first.headline) == (None, (), ())
    assert second.compared_with == 1
    assert "".join(run.text for run in second.headline if run.act != "added").strip() == "Ferry crews to strike"
    changed = shown([passage for passage in second.passages if passage.is_changed])
    assert changed == ["The ferry strike ended on Monday after [-4-] {+5+} days, the union said."]
    assert shown([passage for passage in third.passages if passage.is_changed]) == [f"{{+{NOTICE}+}}"]
    assert (result.unchanged, result.unchanged_at) == (1, START.replace(minute=1))
    assert result.enriched is not None
    assert result.enriched.revision_number == 3


def test_a_withdrawn_story_says_so_and_one_that_returns_is_compared_with_the_last_text() -> None:
    life = Life(URL)
    life.fetch(0, BODY)
    life.gone(1)
    result = story_of(life)
    assert [one.kind for one in result.revisions] == ["created", "withdrawn"]
    assert result.enriched is None
    assert result.article is not None
    life.fetch(2, BODY.replace("noon", "ten"))
    result = story_of(life)
    assert (result.newest.event.revision_number, result.newest.compared_with) == (3, 1)
    assert [one.is_changed for one in result.newest.passages] == [False, True]


def test_a_live_blog_keeps_its_newest_revisions() -> None:
    life = Life(URL)
    for minute in range(MAX_REVISIONS + 3):
        life.fetch(minute, f"{BODY}\nThe minister spoke for the {minute}th time today.")
    result = story_of(life)
    assert (len(result.revisions), result.left_out) == (MAX_REVISIONS, 3)
    assert result.revisions[0].compared_with == 3


def test_revisions_that_are_published_again_are_those_that_were_there() -> None:
    life = Life(URL)
    for minute, days in enumerate("456"):
        life.fetch(minute, BODY.replace("4 days", f"{days} days"))
    once = story_of(life)
    again = [(topic, record) for topic, record in life.records if topic == ARTICLES_REVISED.name]
    assert len(again) == 3
    assert story_of(life, again) == once
    assert story_of(life, again[1:2]) == once


def test_revisions_of_another_version_take_the_place_of_those_from_their_number_on() -> None:
    life, other = Life(URL), Life(URL)
    for minute, days in enumerate("456"):
        life.fetch(minute, BODY.replace("4 days", f"{days} days"))
    for minute in range(3):  # later events have other ids
        other.gone(minute)
    other.fetch(7, BODY.replace("4 days", "7 days"))
    other.fetch(8, BODY.replace("4 days", "8 days"))
    revised = [(topic, record) for topic, record in other.records if topic == ARTICLES_REVISED.name]
    result = story_of(life, revised)
    assert [one.event.revision_number for one in result.revisions] == [1, 2]
    assert result.left_out == 0


def test_a_revision_before_that_was_compacted_away_is_not_compared() -> None:
    life = Life(URL)
    life.fetch(0, BODY)
    life.fetch(1, BODY.replace("4", "5"))
    life.fetch(2, BODY.replace("4", "6"))
    life.records = [one for one in life.records if one[1].value is None or b'"revision_number":2' not in one[1].value]
    assert story_of(life).newest.compared_with == 1
    life.records = [one for one in life.records if one[1].value is None or b'"revision_number":1,' not in one[1].value]
    assert story_of(life).newest.compared_with is None


def test_records_of_others_and_what_is_no_event_are_passed_over() -> None:
    life, other = Life(URL), Life("https://paper.example/other")
    life.fetch(0, BODY)
    other.fetch(0, BODY)
    key = life.page.encode()
    junk = [
        (topic.name, Record("", 0, 0, 0, key, value, ((b"ce_type".decode(), b"\xff"),)))
        for topic in (ARTICLES_REVISED, PAGES_SKIPPED, ARTICLES_COPIES)
        for value in (b"", b"{", b"[]", b'{"schema_version": "9.0"}', b"\xff", life.page.encode())
    ]
    result = story_of(life, [*other.records, *junk, *life.records[:1]])
    assert [one.event.page_id for one in result.revisions] == [life.page]
    assert result.copies == ()


def test_why_there_is_no_story() -> None:
    life = Life(URL)
    assert read(life) == NoStory("nothing is known of the page; 'wiredesk trace' shows whether it waits for a stage")
    life.gone(0)
    assert read(life) == NoStory("the page was skipped: http_error: the server answers with status 410")
    life.fetch(1, BODY)
    life.forget()
    assert read(life) == NoStory("the page was forgotten")


@pytest.mark.parametrize("came", ["first", "second"])
def test_who_else_has_it_in_both_directions(came: str) -> None:
    theirs = "https://courier.example/1"
    original, copy = (URL, theirs) if came == "first" else (theirs, URL)
    written = copies_of(article(original, LONG), article(copy, LONG))
    life = Life(URL)
    life.fetch(0, BODY)
    (group,) = story_of(life, written).copies
    assert (group.original.url, [one.url for one in group.copies]) == (original, [copy])
    ended = [(topic, Record("", 0, 9, 0, record.key, None)) for topic, record in written]
    assert story_of(life, [*written, *ended]).copies == ()
    assert story_of(life, copies_of(article(theirs, LONG), article("https://third.example/", LONG))).copies == ()
