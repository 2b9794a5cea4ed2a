"""Labels before links to other stories, in languages that the models of the body have not seen, too."""

import tomllib
from pathlib import Path

import pytest

from wiredesk.extractor import body
from wiredesk.extractor.extract import Extractor
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, CleanedArticle, RawPage

STORED = tomllib.loads((Path(body.__file__).parent / "pointers.toml").read_text(encoding="utf-8"))
LABELS = [label for group in STORED.values() for labels in group.values() for label in labels]

HEADLINE = "Harbour ferry returns after eleven-week repair"
BEFORE = (
    "The harbour ferry between Tollness and Grey Point sailed again on Thursday morning after eleven weeks in dry dock.",
    "“The bus took an hour and ten minutes. I have slept on every seat of it,” said Maren Holt, who studies there.",
)
AFTER = (
    "Engineers replaced both propeller shafts and welded a crack in the hull that divers had seen in November.",
    "The repair cost 2.3 million pounds, nearly twice the estimate, and the county will pay a third of the sum.",
)
OTHER = "Bridge closed until the summer"


def story_with(between: str) -> str:
    before, after = ("".join(f"<p>{text}</p>" for text in texts) for texts in (BEFORE, AFTER))
    html = f"<title>{HEADLINE}</title><article><h1>{HEADLINE}</h1>{before}{between}{after}</article>"
    accepted = Ingest()(RawPage(url="https://courier.example/2026/03/ferry", body=html))
    assert isinstance(accepted, AcceptedPage)
    article = Extractor()(accepted)
    assert isinstance(article, CleanedArticle)
    return "\n".join(block.text for block in article.paragraphs)


def test_each_label_with_its_link_points_elsewhere() -> None:
    lines = "".join(f"<p><a href='/x/{n}'>{label}: {OTHER}</a></p>" for n, label in enumerate(LABELS))
    text = story_with(lines)
    assert OTHER not in text
    assert all(paragraph in text for paragraph in (*BEFORE, *AFTER))


@pytest.mark.parametrize(
    "pointer",
    [
        f"<p>อ่านเพิ่มเติม: <a href='/x'>{OTHER}</a></p>",
        f"<p><b>קראו גם:</b></p><p><a href='/x'>{OTHER}</a></p>",
        f"<div>Lestu einnig</div><div><a href='/x'>{OTHER}</a></div>",
        f"<p>»» <a href='/x'>【関連記事】{OTHER}</a></p>",
        f"<p><a href='/x'>İLGİNİZİ ÇEKEBİLİR | {OTHER}</a></p>",
    ],
)
def test_a_label_and_its_link_may_be_set_in_many_ways(pointer: str) -> None:
    text = story_with(pointer)
    assert OTHER not in text
    assert all(paragraph in text for paragraph in (*BEFORE, *AFTER))


@pytest.mark.parametrize(
    "kept",
    [
        "Read more than one timetable before you travel, the operator said, because the first <a href='/t'>boats</a> are full.",
        "See also what happened to the ferries of Wick, said Holt, whose father lost his work when the last one was sold.",
        "Lesen sie mehr als eine Zeitung? Das fragte eine Studie, an der 1.200 Menschen teilgenommen haben, die pendeln.",
    ],
)
def test_a_sentence_that_begins_like_a_label_stays(kept: str) -> None:
    text = story_with(f"<p>{kept}</p>")
    assert kept.split("<", maxsplit=1)[0].strip() in text
