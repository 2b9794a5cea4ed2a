"""Stories whose lines are kept as they are written, in `<pre>`: agencies and old archives send them so."""

import textwrap

import pytest

from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.story_measure import is_prose
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, BlockKind, CleanedArticle, RawPage

TEXTS = (
    "The harbour ferry between Tollness and Grey Point sailed again on Thursday morning after eleven weeks in dry dock.",
    "“The bus took an hour and ten minutes. I have slept on every seat of it,” said Maren Holt, who studies there.",
    "Engineers replaced both propeller shafts and welded a crack in the hull that divers had seen in November.",
    "The repair cost 2.3 million pounds, nearly twice the estimate, and the county will pay a third of the sum.",
)
CODE = "def total(rows):\n    # Adds them. All of them.\n    return sum(row['price'] for row in rows if row_is_paid(row)) == 0;\n"


@pytest.mark.parametrize("width", [60, 500])
def test_story_in_preformatted_text_is_published(width: int) -> None:
    story = "\n\n".join(textwrap.fill(text, width) for text in TEXTS)
    html = f"<title>Ferry returns</title><body><h1>Ferry returns</h1><pre>{story}</pre></body>"
    accepted = Ingest()(RawPage(url="https://courier.example/2026/03/ferry", body=html))
    assert isinstance(accepted, AcceptedPage)
    article = Extractor()(accepted)
    assert isinstance(article, CleanedArticle)
    text = " ".join(block.text for block in article.paragraphs)
    assert all(paragraph in text for paragraph in TEXTS)


def test_a_program_is_no_prose() -> None:
    assert not is_prose(ScoredText(CODE, BlockKind.PREFORMATTED, 1.0), len(CODE), 0.0)
    assert is_prose(ScoredText(" ".join(TEXTS), BlockKind.PREFORMATTED, 1.0), 400, 0.0)
