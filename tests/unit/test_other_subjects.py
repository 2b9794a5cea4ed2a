"""The end of a text page that is of another subject."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.body.other_subjects import exclude_other_subjects
from wiredesk.extractor.body.story import LINE_THRESHOLD, ScoredText
from wiredesk_schemas import BlockKind

STORY = (
    "The harbour authority closed the northern breakwater on Tuesday after a survey of its foundations.",
    "Engineers of the harbour authority had measured cracks in eleven of the breakwater's forty sections.",
    "Ferries to the islands leave from the southern terminal until the foundations are repaired, the authority said.",
    "Fishermen protested at the terminal, where ferries and trawlers now wait for one another every morning.",
)
COOKIES = (
    "Please note that opting out does not mean that advertisements disappear from every device that you use.",
    "Whenever you visit this website, cookies are stored by your browser to collect information about preferences.",
)
GO_ON = ("Repairs of the breakwater start in spring, and ferries return to the northern terminal before summer.",)
LABELS = tuple(f"Label {number}" for number in range(12))


def kept(*parts: tuple[tuple[str, ...], float]) -> list[str]:
    texts = [
        ScoredText(line, BlockKind.PARAGRAPH, probability, threshold=LINE_THRESHOLD)
        for lines, probability in parts
        for line in lines
    ]
    return [text.text for text in exclude_other_subjects(texts) if text.kept]


def test_notices_far_below_a_story_are_no_part_of_it() -> None:
    assert kept((STORY, 0.99), (LABELS[:6], 0.1), (COOKIES, 0.9)) == list(STORY)


def test_what_the_model_is_sure_of_must_be_farther_below() -> None:
    assert kept((STORY, 0.99), (LABELS[:6], 0.1), (COOKIES, 0.99)) == [*STORY, *COOKIES]
    assert kept((STORY, 0.99), (LABELS, 0.1), (COOKIES, 0.99)) == list(STORY)


@pytest.mark.parametrize(
    ("between", "below", "why"),
    [
        (LABELS[:5], COOKIES, "it is near"),
        (LABELS, GO_ON, "it has the subject of the story"),
        (LABELS, ("Kim Ito, Oslo",), "it is too short to have a subject"),
        (LABELS, COOKIES * 5, "it is longer than what is above"),
    ],
)
def test_other_ends_stay(between: tuple[str, ...], below: tuple[str, ...], why: str) -> None:
    assert kept((STORY, 0.99), (between, 0.1), (below, 0.9)) == [*STORY, *below], why


@given(st.lists(st.tuples(st.sampled_from([*STORY, *COOKIES, *GO_ON, "", "Label"]), st.floats(0, 1)), max_size=60))
def test_only_an_end_is_ever_excluded(lines: list[tuple[str, float]]) -> None:
    texts = [ScoredText(line, BlockKind.PARAGRAPH, odds, threshold=LINE_THRESHOLD) for line, odds in lines]
    before = [text.text for text in texts if text.kept]
    after = [text.text for text in exclude_other_subjects(texts) if text.kept]
    assert before[: len(after)] == after
    assert 2 * sum(len(text.split()) for text in after) >= sum(len(text.split()) for text in before)
