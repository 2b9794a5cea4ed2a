"""Texts in capitals or in lower case throughout, in other languages than English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import case_note, readable_fields
from wiredesk.enrichment.languages import SUPPORT

BODY = (
    "Am Montag hat der Kanzler in einer Rede vor den Abgeordneten gesagt, dass die Regierung mit Aldermann und Berlin über "
    "Hilfe für die Ukraine sprechen will, und dass die Hilfe im Herbst beginnen soll, wenn der Bundestag sie beschließt."
)


def read(language: str | None, *texts: str) -> list[str]:
    fields = [ArticleField(f"/paragraphs/{n}/text", text, 1.0, n, language) for n, text in enumerate(texts)]
    return [field.text for field in readable_fields(fields)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "LE PRÉSIDENT VEUT PARLER DE L'UKRAINE", "Le Président Veut Parler De L'Ukraine"),
        ("ru", "президент прибыл во вторник в пекин", "Президент Прибыл Во Вторник В Пекин"),
        ("tr", "DIŞİŞLERİ BAKANI İSTANBUL'DA KONUŞTU", "Dışişleri Bakanı İstanbul'da Konuştu"),
        ("es", "LA OTAN Y LA NATO SON LO MISMO", "La OTAN Y La NATO Son Lo Mismo"),
        ("de", "DIE STRASSE IST GESPERRT", "Die Strasse Ist Gesperrt"),
        ("de", "Die Straße ist gesperrt", "Die Straße ist gesperrt"),
        ("id", "Presiden Bertemu Menteri Di Jakarta", "Presiden Bertemu Menteri Di Jakarta"),
        ("ja", "新しいiphoneとipadの価格", "新しいiphoneとipadの価格"),
        ("vi", "tổng thống pháp thăm hà nội", "tổng thống pháp thăm hà nội"),
    ],
)
def test_a_text_without_case_alone_gets_capitals(language: str, text: str, expected: str) -> None:
    assert read(language, text) == [expected]


def test_the_rest_of_the_article_shows_how_words_are_written() -> None:
    headline = "KANZLER WILL MIT ALDERMANN ÜBER DIE HILFE FÜR DIE UKRAINE SPRECHEN"
    expected = "Kanzler will mit Aldermann über die Hilfe für die Ukraine sprechen"
    assert read("de", headline, BODY) == [expected, BODY]


def test_a_list_in_an_article_gets_no_names() -> None:
    assert read("de", "drei lange gurken, etwas salz", BODY)[0] == "Drei lange gurken, etwas salz"


@pytest.mark.parametrize(
    ("language", "text", "note"),
    [
        ("de", "der kanzler ist am montag in berlin", "case-restored:/title"),
        ("en", "the chancellor is in berlin on monday", "case-restored:/title"),
        ("ru", "ПРЕЗИДЕНТ ПРИБЫЛ В ПЕКИН", "case-restored:/title"),
        ("vi", "tổng thống pháp thăm hà nội", "case-missing:/title"),
        ("el", "Ο ΠΡΩΘΥΠΟΥΡΓΟΣ ΣΤΗΝ ΑΘΗΝΑ", "case-missing:/title"),
        (None, "omongameli bahlangene ngomsombuluko", "case-missing:/title"),
        ("zu", "umongameli uhlangene nabo ngomsombuluko", "case-missing:/title"),
        ("de", "Der Kanzler ist am Montag in Berlin", None),
        ("ja", "新しいiphoneとipadの価格が発表された", None),
        ("ka", "პრეზიდენტი ჩავიდა თბილისში დღეს", None),
        ("ar", "التقى الرئيس وزير الخارجية", None),
    ],
)
def test_a_note_says_that_names_are_less_certain(language: str | None, text: str, note: str | None) -> None:
    assert case_note(ArticleField("/title", text, 1.0, language=language)) == note


@given(st.text(max_size=60), st.text(max_size=200), st.sampled_from([*SUPPORT, None]))
def test_each_character_stays_where_it_was(text: str, other: str, language: str | None) -> None:
    for capitals in (text, text.upper(), text.lower()):
        ours = read(language, capitals, other, BODY)
        assert [len(one) for one in ours] == [len(capitals), len(other), len(BODY)]
