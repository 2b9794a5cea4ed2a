"""The difference of two texts for people: nothing is lost, nothing is invented, and what is the same is shown as such."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wiredesk.revisions.folding import fold
from wiredesk.revisions.wording import Act, Passage, passage_changes, shortened, text_changes, word_changes
from wiredesk.testing import example_event
from wiredesk_schemas import Block, CleanedArticle

STORY = (
    "The ferry strike ended on Monday after 4 days, the union said.",
    "“We are glad,” said Ann O’Neil, the mayor of Port Eliza, and 1,200 passengers waited.",
    "Services begin again at noon.",
)


def shown(passages: list[Passage]) -> list[str]:
    marks = {Act.SAME: "{}", Act.REMOVED: "[-{}-]", Act.ADDED: "{{+{}+}}"}
    return [" ".join(marks[run.act].format(run.text.strip()) for run in passage.runs) for passage in passages]


@pytest.mark.parametrize(
    ("new", "changed"),
    [
        (STORY, []),
        ((" ".join(STORY),), []),
        ((STORY[0].replace("on Monday", "on  monday"), STORY[1].replace("“", '"').replace("”", '"'), STORY[2]), []),
        ((*STORY, "A talk is held."), ["{+A talk is held.+}"]),
        (STORY[1:], [f"[-{STORY[0]}-]"]),
        (
            (STORY[0], STORY[1].replace("1,200", "1,300"), STORY[2]),
            ["“We are glad,” said Ann O’Neil, the mayor of Port Eliza, and [-1,200-] {+1,300+} passengers waited."],
        ),
        (
            (STORY[0], "Nothing of this was ever written here.", STORY[2]),
            [f"[-{STORY[1]}-]", "{+Nothing of this was ever written here.+}"],
        ),
        ((STORY[2], *STORY[:2]), [f"{{+{STORY[2]}+}}", f"[-{STORY[2]}-]"]),
    ],
)
def test_changed_passages_are_shown(new: tuple[str, ...], changed: list[str]) -> None:
    assert shown([passage for passage in text_changes(STORY, new) if passage.is_changed]) == changed


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Ferry crews to strike", "Ferry crews end strike", "Ferry crews [-to-] {+end+} strike"),
        ("春茶提前上市茶农收入增加", "春茶提前上市茶农收入减少", "春茶提前上市茶农收入 [-增加-] {+减少+}"),
        ("ฝนตกหนักในกรุงเทพ", "ฝนตกหนักในเชียงใหม่กรุงเทพ", "ฝนตกหนักใน {+เชียงใหม่+} กรุงเทพ"),
        ("Rates at 5.25 percent", "Rates at 5.50 percent", "Rates at [-5.25-] {+5.50+} percent"),
        (
            "We go to strike on Monday",
            "We go by strike after talks",
            "We go [-to strike on Monday-] {+by strike after talks+}",
        ),
        ("Mayor resigns", "Storm closes all schools", "[-Mayor resigns-] {+Storm closes all schools+}"),
        ("Same", "same", "same"),
        ("", "New", "{+New+}"),
        ("Old", "", "[-Old-]"),
    ],
)
def test_a_headline_shows_its_words(old: str, new: str, expected: str) -> None:
    assert shown([Passage(word_changes(old, new))]) == [expected]


def test_a_space_before_removed_words_is_theirs() -> None:
    runs = word_changes("Library reopens after two years", "Library reopens, but not all")
    assert [run.text for run in runs] == ["Library reopens", " after two years", ", but not all"]
    assert "".join(run.text for run in runs if run.act is not Act.ADDED) == "Library reopens after two years"


@pytest.mark.parametrize(
    ("text", "first", "last", "expected"),
    [
        ("one two three four", 1, 1, "one ... four"),
        ("one two three four", 2, 0, "one two ..."),
        ("one two three four", 0, 2, "... three four"),
        ("one two", 1, 1, "one two"),
    ],
)
def test_words_far_from_a_change_are_three_dots(text: str, first: int, last: int, expected: str) -> None:
    assert shortened(text, first, last) == expected


def test_what_the_site_sets_between_the_paragraphs_is_not_shown() -> None:
    article = example_event(CleanedArticle)

    def with_texts(*texts: str) -> CleanedArticle:
        return article.model_copy(update={"subtitle": None, "paragraphs": tuple(Block(text=text) for text in texts)})

    old = with_texts("Updated 5 minutes ago", *STORY)
    new = with_texts("Updated 9 minutes ago", *STORY[:2], "Read more: Port opens 3 quays", "12 comments", STORY[2])
    assert shown(passage_changes(old, new)) == list(STORY)


TEXTS = st.lists(
    st.lists(
        st.sampled_from(["a", "b", "C", "ferry", "strike,", "4", "茶农", "“no”", "end."]), min_size=1, max_size=12
    ).map(" ".join),
    max_size=6,
)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_their_difference(old: list[str], new: list[str]) -> None:
    passages = text_changes(old, new)

    def words(*acts: Act) -> str:
        return fold("".join(run.text for passage in passages for run in passage.runs if run.act in acts)).replace(
            " ", ""
        )

    assert words(Act.SAME, Act.ADDED) == fold("".join(new)).replace(" ", "")
    assert words(Act.SAME, Act.REMOVED) == fold("".join(old)).replace(" ", "")


@example(old=["0"], new=["\r"])
@given(st.lists(st.text(max_size=30), max_size=5), st.lists(st.text(max_size=30), max_size=5))
def test_any_texts_have_a_difference(old: list[str], new: list[str]) -> None:
    assert not any(passage.is_changed for passage in text_changes(new, new))
    for passage in text_changes(old, new):
        assert passage.runs


@pytest.mark.parametrize("word", ["a", "{}"], ids=["repeated", "different"])
def test_long_texts_take_time_in_proportion(word: str) -> None:
    """The shortest difference of these would take hours."""
    old = " ".join(word.format(number) for number in range(50_000))
    new = " ".join(word.format(-number) for number in range(50_000))
    assert text_changes([old], [new])
