"""A story says everything once; what is meant to come again stays."""

import pytest

from wiredesk.extractor.body.repeated_texts import exclude_repeated
from wiredesk.extractor.body.story import ScoredText
from wiredesk_schemas import BlockKind

PROSE = (
    "The council voted on Tuesday to keep the old library open, and to repair its roof before winter.",
    "Residents had collected four thousand signatures, and brought them to the town hall in a wheelbarrow.",
)


def kept(*texts: str, kind: BlockKind = BlockKind.PARAGRAPH) -> list[str]:
    return [text.text for text in exclude_repeated([ScoredText(text, kind, 1.0) for text in texts]) if text.kept]


def test_a_story_that_a_page_holds_twice_is_said_once() -> None:
    assert kept(*PROSE, *PROSE) == list(PROSE)


def test_a_label_that_follows_itself_is_said_once() -> None:
    assert kept("Advertisement", "Advertisement", PROSE[0], "Advertisement") == [
        "Advertisement",
        PROSE[0],
        "Advertisement",
    ]


def test_placeholders_are_left_out() -> None:
    label = "Article content"
    assert kept(label, PROSE[0], label, label, PROSE[1], label, label, label) == list(PROSE)


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (("Pros", "Fast.", "Cons", "Dear.", "Pros", "Light.", "Cons", "Frail."), BlockKind.PARAGRAPH),
        ((PROSE[0], "One voice", PROSE[0], "Two voices", PROSE[0], "All", PROSE[0]), BlockKind.PARAGRAPH),
        (("1", "0", "0", "3"), BlockKind.TABLE_ROW),
    ],
)
def test_lists_refrains_and_tables_stay_as_they_are(texts: tuple[str, ...], kind: BlockKind) -> None:
    assert kept(*texts, kind=kind) == list(texts)


def test_what_is_not_kept_is_no_first_copy() -> None:
    dropped = ScoredText(PROSE[0], BlockKind.PARAGRAPH, 0.0)
    texts = exclude_repeated([dropped, ScoredText(PROSE[0], BlockKind.PARAGRAPH, 1.0)])
    assert [text.kept for text in texts] == [False, True]
