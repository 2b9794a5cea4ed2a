"""How `wiredesk story` shows the words that a revision removes and adds."""

from datetime import UTC, datetime

import pytest

from wiredesk.cli.story_view import show_changes
from wiredesk.operations.story import Revision
from wiredesk.revisions.wording import word_changes
from wiredesk.testing import example_event
from wiredesk_schemas import CleanedArticle


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Ferry crews to strike", "Ferry crews end strike", "headline: Ferry crews [-to-] {+end+} strike"),
        (
            "Library reopens after two years",
            "Library reopens, but not all",
            "headline: Library reopens [-after two years-]{+, but not all+}",
        ),
    ],
)
def test_spaces_stay_outside_of_the_marks(
    old: str, new: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    event = example_event(CleanedArticle).model_copy(update={"revision_number": 2, "correction": None})
    show_changes(
        Revision(
            event, datetime(2026, 3, 14, tzinfo=UTC), compared_with=1, headline=word_changes(old, new), passages=()
        )
    )
    assert capsys.readouterr().out.strip() == expected
