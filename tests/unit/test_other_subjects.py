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
    "The survey, which the authority published on Wednesday, says that the foundations were laid on sand in 1931.",
    "Its authors recommend that the harbour closes the fish market as well, which stands on the same foundations.",
    "A council member from the islands asked why the cracks, which fishermen had reported for years, were ignored.",
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
        (LABELS, COOKIES * 8, "it is longer than what is above"),
    ],
)
def test_other_ends_stay(between: tuple[str, ...], below: tuple[str, ...], why: str) -> None:
    assert kept((STORY, 0.99), (between, 0.1), (below, 0.9)) == [*STORY, *below], why


CHINESE = (
    "市议会周二投票决定保留旧图书馆，并在冬季之前修复屋顶，市长表示这一决定来之不易。",
    "多年以来居民们一直要求政府投入更多资金，以改善公共设施的状况，但预算始终不足。",
    "议员李明说，图书馆对附近的孩子们非常重要，他们放学以后没有其他地方可以去。",
)
JAPANESE = (
    "市議会は火曜日、古い図書館を存続させ、冬の前に屋根を修理することを決めた。",
    "住民は長年にわたり公共施設への予算を増やすよう求めてきたが、資金は足りなかった。",
)


@pytest.mark.parametrize(
    ("story", "end"),
    [
        (
            CHINESE,
            ("图书馆馆长王芳在接受采访时说，她对这个结果感到非常高兴，也感谢所有的支持者，以后还会购买更多书籍。",),
        ),
        (
            JAPANESE,
            ("館長の田中花子さんは「結果をとても喜んでいる」と話し、支援者に感謝した。子どもの本も増やすという。",),
        ),
    ],
)
def test_an_end_in_a_script_without_spaces_shows_no_subject_and_stays(
    story: tuple[str, ...], end: tuple[str, ...]
) -> None:
    assert kept((story * 4, 0.99), (LABELS, 0.1), (end, 0.9)) == [*story * 4, *end]


@given(st.lists(st.tuples(st.sampled_from([*STORY, *COOKIES, *GO_ON, "", "Label"]), st.floats(0, 1)), max_size=60))
def test_only_an_end_is_ever_excluded(lines: list[tuple[str, float]]) -> None:
    texts = [ScoredText(line, BlockKind.PARAGRAPH, odds, threshold=LINE_THRESHOLD) for line, odds in lines]
    before = [text.text for text in texts if text.kept]
    after = [text.text for text in exclude_other_subjects(texts) if text.kept]
    assert before[: len(after)] == after
    assert 2 * sum(len(text.split()) for text in after) >= sum(len(text.split()) for text in before)
