import pytest

from wiredesk.languages.detector import LanguageDetector
from wiredesk.languages.paragraphs import ParagraphLanguages

ENGLISH = (
    "The council voted on Tuesday to keep the old library open, and the mayor said she was pleased with the result."
)
GERMAN = "„Der Bundestag wird am Montag über das Gesetz abstimmen“, sagte der Kanzler den Journalisten in Berlin."


@pytest.fixture(scope="module")
def paragraphs() -> ParagraphLanguages:
    return ParagraphLanguages(LanguageDetector())


def test_a_quotation_in_another_language_is_recognised(paragraphs: ParagraphLanguages) -> None:
    assert paragraphs.languages([ENGLISH, GERMAN, ENGLISH], "en") == ["en", "de", "en"]


@pytest.mark.parametrize(
    "short",
    ["Photo: AFP", "José García López", "Sánchez, Rajoy y Zapatero", "Volkswagen AG", "12.5 %", "", "Bundeskanzler"],
)
def test_short_texts_and_names_stay_in_the_language_of_the_article(paragraphs: ParagraphLanguages, short: str) -> None:
    assert paragraphs.languages([ENGLISH, short, ENGLISH], "en") == ["en", "en", "en"]


@pytest.mark.parametrize(
    ("text", "language"),
    [("Москва", "ru"), ("서울", "ko"), ("東京で雪", "ja"), ("Αθήνα", "el"), ("ירושלים", "he"), ("กรุงเทพ", "th")],
)
def test_another_script_is_another_language(paragraphs: ParagraphLanguages, text: str, language: str) -> None:
    assert paragraphs.languages([ENGLISH, text], "en") == ["en", language]


def test_a_short_text_beside_one_in_another_language_is_in_that_one(paragraphs: ParagraphLanguages) -> None:
    assert paragraphs.languages([ENGLISH, GERMAN, "Das ist neu."], "en") == ["en", "de", "de"]


@pytest.mark.parametrize(
    ("main", "text"),
    [
        ("no", "Statsministeren sa tirsdag at regeringen vil fremlægge et nyt forslag til Folketinget."),
        ("cs", "Vláda v utorok schválila nový zákon o dani z príjmov, povedal minister financií."),
        ("ja", "習近平国家主席"),
        ("zh", "东京"),
    ],
)
def test_related_languages_are_not_separated_by_one_paragraph(
    paragraphs: ParagraphLanguages, main: str, text: str
) -> None:
    assert paragraphs.languages([text], main) == [main]


def test_of_an_unknown_language_nothing_is_known(paragraphs: ParagraphLanguages) -> None:
    assert paragraphs.languages([ENGLISH], None) == [None]
