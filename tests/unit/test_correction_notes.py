"""Corrections that a page sets beside its story are part of it."""

import pytest

from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.models import shipped_models
from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.urls import canonical_url
from wiredesk_schemas import AcceptedPage, CleanedArticle, RawPage

STORY = "".join(
    f"<p>The union of the port said on day {day} of the strike that its crews will go back to work on Monday, and that "
    f"pier {day} of the harbour will open for passengers again. The mayor was glad, and thanked both sides.</p>"
    for day in range(2, 7)
)
NOTICE = "This article was amended on 29 May 2026 to correct the name of the mayor."


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(shipped_models(), canonical_url=canonical_url)


def texts(extractor: Extractor, before: str = "", after: str = "", body: str = "") -> list[str]:
    html = (
        f"<html lang=en><head><title>Ferry strike ends after talks</title></head><body {body}><main><article>"
        f"<h1>Ferry strike ends after talks</h1>{before}<div class=story>{STORY}</div>{after}</article></main>"
        "<footer><p>All rights reserved.</p></footer></body></html>"
    )
    page = Ingest()(RawPage(url="https://courier.example/ferry-strike", body=html, content_type="text/html"))
    assert isinstance(page, AcceptedPage)
    article = extractor(page)
    assert isinstance(article, CleanedArticle), article
    return [block.text for block in article.paragraphs]


@pytest.mark.parametrize("name", ["correction", "editors-note", "article__correction-note", "erratum"])
def test_a_correction_beside_the_story_belongs_to_it(extractor: Extractor, name: str) -> None:
    note = f"<footer class='{name}'><p>{NOTICE}</p></footer>"
    assert texts(extractor, after=note)[-1] == NOTICE
    assert texts(extractor, before=note)[0] == NOTICE
    assert len(texts(extractor, after=note)) == len(texts(extractor)) + 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("note", "Correction: An earlier version of this article misspelled the name of the mayor."),
        ("article-update", "Correction, 3 March: The ferry is called Alma."),
        ("footnote", "Fe de errores: el alcalde se llama Pérez."),
        ("update-box", "【訂正】見出しの「五日」は「四日」の誤りでした。"),
        ("editorial-note", "تصحيح: ذكرت نسخة سابقة من هذا المقال أن الإضراب استمر خمسة أيام."),
        ("editorial-note", "In der ersten Fassung stand ein falscher Name, das ist nun korrigiert."),
        ("update correction", "The ferry is called Alma."),
    ],
)
def test_a_note_of_another_name_belongs_to_it_where_its_label_says_so(
    extractor: Extractor, name: str, text: str
) -> None:
    assert texts(extractor, after=f"<div class='{name}'><p>{text}</p></div>")[-1] == text
    assert texts(extractor, after=f"<div class=update><div class='{name}'><p>{text}</p></div></div>")[-1] == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("note", "The ferry runs six times a day, and twice on Sundays."),
        ("update", "Corrections officers at the harbour went home on Monday."),
        ("note", "Corrections: write to the newsroom? Use our form."),
        ("report-correction", "Report a correction or a typing error to our newsroom."),
        ("correction", "Have you seen an error? Write to our newsroom."),
        ("correction", "<a href=/1>Harbour story corrected</a> <a href=/2>Bus story corrected</a>"),
        ("editors-note", "The courier may earn a commission where readers buy by a link of this page."),
    ],
)
def test_what_has_the_name_and_corrects_nothing_stays_out(extractor: Extractor, name: str, text: str) -> None:
    assert texts(extractor, after=f"<div class='{name}'><p>{text}</p></div>") == texts(extractor)


def test_a_page_with_such_a_name_is_read_as_any_other(extractor: Extractor) -> None:
    assert texts(extractor, body="class='category-corrections'") == texts(extractor)
