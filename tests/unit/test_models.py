"""The models that ship fit the code that ships."""

import pytest

from schemas import AcceptedPage, RawPage
from services.extractor import html
from services.extractor.body import lines, markup
from services.extractor.document import parse
from services.extractor.models import SHIPPED, shipped
from services.ingest.accept import Ingest
from tests.support import SAMPLES

MAX_BYTES = 5_000_000


def page(name: str) -> AcceptedPage:
    raw = RawPage(
        url="https://paper.example/a", body_base64=(SAMPLES / "pages" / name).read_bytes(), content_type="text/html"
    )
    accepted = Ingest()(raw)
    assert isinstance(accepted, AcceptedPage)
    return accepted


def test_the_html_model_reads_the_columns_that_there_are() -> None:
    root = parse(page("ferry-strike.html").body)
    assert root is not None
    described = markup.describe(*html.looked_at(root), shipped().html.words)
    assert sorted(described) == list(shipped().html.names)


def test_the_text_model_reads_the_columns_that_there_are() -> None:
    assert sorted(lines.describe(lines.lines("One line.\nAnother line."))) == list(shipped().text.names)


def test_the_page_model_reads_the_signals_that_there_are() -> None:
    assert sorted(html.read(page("ferry-strike.html"), shipped()).signals) == list(shipped().page.names)


def test_the_models_are_small() -> None:
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < MAX_BYTES


@pytest.mark.parametrize("name", ["html", "text"])
def test_a_model_has_no_word_of_a_site(name: str) -> None:
    words = getattr(shipped(), name).words
    assert not [word for word in words if "." in word or "@" in word or len(word) > 25]
