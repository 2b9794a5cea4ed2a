"""The lines of a text page that may state metadata: where its body begins."""

import pytest

from wiredesk.extractor.body.lines import Line
from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.flattened import text_sources
from wiredesk_schemas import BlockKind

STORY = (
    "The council of Selby voted on Tuesday to reopen the ferry pier, eleven years after a storm closed it.",
    "Engineers said that most of the piles can stay, and that the pier may open in two summers.",
    "Opponents of the ferry fear that visitors will bring more cars to the town, and more noise at night.",
    "Supporters collected two petitions, and the council has found the money for the pier at last.",
)
TRAFFIC = "Until Sunday the trains of line seven stop at the station of Goole."
STANDFIRST = "Engineers say that the storm has left most piles of the ferry pier."


def opening_of(first: str, between: int) -> str:
    """Return where the body begins if a line above the story, with labels between, is taken for a part of it."""
    texts = [first, *(f"Label {number}" for number in range(between)), *STORY]
    scored = [ScoredText(text, BlockKind.PARAGRAPH, 0.0 if text.startswith("Label") else 0.9) for text in texts]
    return text_sources([Line(text, 0) for text in texts], scored).opening[0].text


def test_a_line_far_above_the_body_and_of_another_subject_is_no_beginning_of_it() -> None:
    assert opening_of(TRAFFIC, 30) == STORY[0]


@pytest.mark.parametrize(("first", "between"), [(TRAFFIC, 5), (STANDFIRST, 30), (TRAFFIC * 3, 30)])
def test_what_is_near_or_long_or_of_the_same_subject_is_its_beginning(first: str, between: int) -> None:
    assert opening_of(first, between) == first
