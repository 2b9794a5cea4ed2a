"""Linking: what an article says decides what its names mean, in any language."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import build_entities
from wiredesk.enrichment.entities.gazetteer import candidates, lookup
from wiredesk.enrichment.entities.gazetteer_tagger import GazetteerTagger, gazetteer_taggers
from wiredesk.enrichment.entities.inflection import dictionary_forms
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk_schemas import Entity, EntityType

PLACE, ORGANISATION, NATIONALITY = EntityType.PLACE, EntityType.ORGANISATION, EntityType.NATIONALITY


def linked(text: str, *names: str, language: str = "en", kind: EntityType = PLACE) -> dict[str, Entity]:
    """Return the entities of a text by the names that stand in it; `+` before one marks a nationality."""
    field = ArticleField("/title", text, 1.0, language=language)
    spans = []
    for name in names:
        start = text.index(name.lstrip("+"))
        of_kind = NATIONALITY if name.startswith("+") else kind
        spans.append(NameSpan(field, start, start + len(name.lstrip("+")), of_kind))
    return {entity.mentions[0].surface: entity for entity in build_entities(spans)}


@pytest.mark.parametrize(
    ("text", "names", "name", "wikidata"),
    [
        ("Police in Birmingham, Alabama, charged a man.", ("Birmingham", "Alabama"), "Birmingham", "Q79867"),
        ("Birmingham city council is bankrupt.", ("Birmingham",), "Birmingham", "Q2256"),
        ("Perth, a town in Scotland, flooded.", ("Perth", "Scotland"), "Perth", "Q203000"),
        ("The cathedral of Lincoln in England reopened.", ("Lincoln", "England"), "Lincoln", "Q180057"),
        ("Hamilton, Bermuda, braced for the storm.", ("Hamilton", "Bermuda"), "Hamilton", "Q30985"),
        ("Tbilisi: Georgia passed its law.", ("Tbilisi", "Georgia"), "Georgia", "Q230"),
        ("Atlanta: Georgia passed its law.", ("Atlanta", "Georgia"), "Georgia", "Q1428"),
        ("Georgia passed its law.", ("Georgia",), "Georgia", None),
        ("Brazil's Para state burns.", ("Brazil", "Para"), "Para", "Q39517"),
        ("The Congo river rose.", ("Congo",), "Congo", "Q3503"),
        ("Police in Victoria locked Melbourne down.", ("Victoria", "Melbourne"), "Victoria", "Q36687"),
        ("Cordoba's mayor met gauchos of the Argentine pampas.", ("Cordoba", "+Argentine"), "Cordoba", "Q44210"),
        ("Berlin, Ohio, elected a mayor.", ("Berlin", "Ohio"), "Berlin", None),
        ("Washington said so.", ("Washington",), "Washington", "Q61"),
        ("Washington state said so.", ("Washington",), "Washington", "Q1223"),
        ("Athens beat Macon in the final in Georgia", ("Athens", "Macon", "Georgia"), "Athens", "Q203263"),
        ("Lake Victoria is high.", ("Victoria",), "Victoria", None),
    ],
)
def test_the_text_decides_which_place_is_meant(
    text: str, names: tuple[str, ...], name: str, wikidata: str | None
) -> None:
    assert linked(text, *names)[name].wikidata == wikidata


def test_a_place_without_an_id_has_its_country_and_coordinates() -> None:
    moscow = linked("Moscow, Idaho, mourned four students.", "Moscow", "Idaho")["Moscow"]
    assert (moscow.wikidata, moscow.country) == (None, "US")
    assert moscow.coordinates is not None
    assert moscow.coordinates.longitude == pytest.approx(-117, abs=0.5)


def test_an_organisation_is_never_a_place() -> None:
    assert linked("Oklahoma beat Kansas.", "Oklahoma", kind=ORGANISATION)["Oklahoma"].wikidata is None


def test_a_party_is_that_of_the_country_that_the_article_is_about() -> None:
    field = ArticleField("/title", "Italian Democratic Party", 1.0)
    mentions = [NameSpan(field, 0, 7, NATIONALITY), NameSpan(field, 8, 24, ORGANISATION)]
    assert {entity.wikidata for entity in build_entities(mentions)} == {None, "Q47729"}
    assert (
        linked("The Democratic Party won.", "Democratic Party", kind=ORGANISATION)["Democratic Party"].wikidata is None
    )


@pytest.mark.parametrize(
    ("text", "names", "name", "wikidata"),
    [
        ("The FBI sued the Supreme Court.", ("FBI", "Supreme Court"), "Supreme Court", "Q11201"),
        ("The Supreme Court ruled.", ("Supreme Court",), "Supreme Court", None),
        ("The FBI sued Iraq's Supreme Court.", ("FBI", "Supreme Court"), "Supreme Court", None),
        ("Japan's Defense Ministry said so.", ("Defense Ministry",), "Defense Ministry", "Q1062689"),
        (
            "The Russian Defence Ministry said so.",
            ("Russian Defence Ministry",),
            "Russian Defence Ministry",
            "Q1146492",
        ),
        ("The FBI sued the Russian Defence Ministry.", ("FBI", "Defence Ministry"), "Defence Ministry", "Q1146492"),
    ],
)
def test_a_body_is_that_of_the_country_beside_it_or_of_the_article(
    text: str, names: tuple[str, ...], name: str, wikidata: str | None
) -> None:
    assert linked(text, *names, kind=ORGANISATION)[name].wikidata == wikidata


def test_people_and_bodies_are_no_evidence_for_places() -> None:
    field = ArticleField("/title", "The FBI met the FBI and the FBI in Cambridge.", 1.0, language="en")
    spans = [NameSpan(field, start, start + 3, ORGANISATION) for start in (4, 16, 28)]
    spans.append(NameSpan(field, 35, 44, PLACE))
    alone = linked("in Cambridge", "Cambridge")["Cambridge"].wikidata
    assert [entity.wikidata for entity in build_entities(spans) if entity.type is PLACE] == [alone]


@pytest.mark.parametrize(
    ("language", "surface", "wikidata", "name"),
    [
        ("de", "Kiew", "Q1899", "Kiew"),
        ("de", "Syriens", "Q858", "Syrien"),
        ("ru", "России", "Q159", "Россия"),
        ("ru", "Киеву", "Q1899", "Киев"),
        ("uk", "Харкові", "Q42308", "Харків"),
        ("pl", "Niemczech", "Q183", "Niemcy"),
        ("pl", "Warszawie", "Q270", "Warszawa"),
        ("pl", "Krakowie", "Q31487", "Kraków"),
        ("pl", "Niemiec", "Q183", "Niemcy"),
        ("pl", "Włoszech", "Q38", "Włochy"),
        ("pl", "Stanów Zjednoczonych", "Q30", "Stany Zjednoczone"),
        ("cs", "Prahy", "Q1085", "Praha"),
        ("cs", "Brně", "Q14960", "Brno"),
        ("cs", "Spojených států", "Q30", "Spojené státy"),
        ("hr", "Rijeci", "Q1647", "Rijeka"),
        ("sr", "Novom Sadu", "Q55630", "Novi Sad"),
        ("sr", "Новом Саду", "Q55630", "Нови Сад"),
        ("sr", "Parizu", "Q90", "Pariz"),
        ("ru", "Нижнем Новгороде", "Q891", "Нижний Новгород"),
        ("ru", "Ростове-на-Дону", "Q908", "Ростов-на-Дону"),
        ("uk", "Сполучених Штатів", "Q30", "Сполучені Штати"),
        ("ro", "Republicii Moldova", "Q217", "Republica Moldova"),
        ("et", "Tallinnas", "Q1770", "Tallinn"),
        ("fi", "Yhdysvaltoihin", "Q30", "Yhdysvallat"),
        ("fi", "Tampereelle", "Q40840", "Tampere"),
        ("hu", "Berlinnel", "Q64", "Berlin"),
        ("de", "Niederlanden", "Q55", "Niederlande"),
        ("fi", "Helsingissä", "Q1757", "Helsinki"),
        ("hu", "Budapesten", "Q1781", "Budapest"),
        ("tr", "Türkiye'nin", "Q43", "Türkiye"),
        ("ja", "米国", "Q30", "米国"),
        ("zh", "美国", "Q30", "美国"),
        ("ar", "السعودية", "Q851", "السعودية"),
        ("hi", "अमेरिका", "Q30", "अमेरिका"),
        ("vi", "Trung Quốc", "Q148", "Trung Quốc"),
    ],
)
def test_names_are_linked_in_their_languages(language: str, surface: str, wikidata: str, name: str) -> None:
    entity = linked(surface, surface, language=language)[surface]
    assert (entity.wikidata, entity.name) == (wikidata, name)


def test_an_exact_name_only_is_found() -> None:
    assert lookup("US", PLACE) is not None
    assert lookup("us", PLACE) is None
    assert candidates("Zzyzx") == candidates("") == candidates("a\nb") == candidates("x" * 10_000) == ()


@given(st.text(max_size=60), st.sampled_from(["en", "ru", "fi", "tr", "xx"]))
def test_any_text_can_be_looked_up(text: str, language: str) -> None:
    candidates(text, language)
    assert text not in dictionary_forms(text, language)


@pytest.fixture(scope="module")
def taggers() -> dict[str, GazetteerTagger]:
    return gazetteer_taggers(("fr", "vi", "id", "th", "hi", "ar", "ko", "ja", "zh", "ru", "tr", "he"))


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("vi", "Tổng thống Donald Trump thăm Việt Nam và Trung Quốc.", ["Donald Trump", "Việt Nam", "Trung Quốc"]),
        ("vi", "Anh nói rằng ý kiến đó sai.", []),
        ("fr", "La ministre Marina Ferrari et Dominique de Villepin sont à Paris.", ["Paris"]),
        ("fr", "Le Conseil Otan se réunit.", ["Otan"]),
        ("fr", "On vend chez Ferrari, à Rome.", ["Ferrari", "Rome"]),
        ("id", "Presiden Prancis tiba di Jakarta, kata WHO.", ["Prancis", "Jakarta", "WHO"]),
        ("hi", "भारत और पाकिस्तान के बीच वार्ता", ["भारत", "पाकिस्तान"]),
        ("ar", "وصل الوفد للصين ولبنان", ["لصين", "لبنان"]),
        ("ko", "미국은 한국과 협상했다", ["미국", "한국"]),
        ("ja", "米国とロシアが協議、中国人は帰国", ["米国", "ロシア"]),
        ("zh", "美国总统访问北京", ["美国", "北京"]),
        ("ru", "Президент России прибыл в Пекин из Южной Кореи", ["России", "Пекин", "Южной Кореи"]),
        ("tr", "Van'da Türkiye'nin heyeti", ["Türkiye"]),
        ("th", "นายกรัฐมนตรีเยือนมาเลเซีย", ["มาเลเซีย"]),
    ],
)
def test_the_gazetteer_marks_names(
    taggers: dict[str, GazetteerTagger], language: str, text: str, names: list[str]
) -> None:
    (spans,) = taggers[language].tag([text])
    assert [text[span.start : span.end] for span in spans] == names


@given(st.text(max_size=200), st.sampled_from(["vi", "th", "ar", "ko", "zh", "ru"]))
def test_marked_spans_are_in_order_within_any_text(
    taggers: dict[str, GazetteerTagger], text: str, language: str
) -> None:
    (spans,) = taggers[language].tag([text])
    borders = [border for span in spans for border in (span.start, span.end)]
    assert borders == sorted(borders)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@pytest.mark.parametrize(
    ("text", "wikidata"), [("Harry Kane beat John Stones.", "Q2025900"), ("Ann beat John Stones.", None)]
)
def test_a_common_name_is_a_footballer_s_beside_another_footballer(text: str, wikidata: str | None) -> None:
    names = [name for name in ("Harry Kane", "John Stones") if name in text]
    assert linked(text, *names, kind=EntityType.PERSON)["John Stones"].wikidata == wikidata


@pytest.mark.parametrize(
    ("text", "name", "wikidata"),
    [
        ("New York state sued; New York city paid.", "New York", ["Q1384", "Q60"]),
        ("Cambridge, Ontario, met Cambridge, Massachusetts.", "Cambridge", ["Q1028279", "Q49111"]),
        ("Washington state paid; Washington slept.", "Washington", ["Q1223"]),
    ],
)
def test_places_of_one_name_are_apart_where_the_text_says_so(text: str, name: str, wikidata: list[str]) -> None:
    field = ArticleField("/title", text, 1.0, language="en")
    spans = [NameSpan(field, m.start(), m.end(), PLACE) for m in re.finditer(name, text)]
    assert [entity.wikidata for entity in build_entities(spans)] == wikidata


@pytest.mark.parametrize(("language", "kind"), [("en", "city"), ("fi", "country")])
def test_a_name_in_another_language_never_beats_a_city_s_own(language: str, kind: str) -> None:
    meant = lookup("Brasilia", PLACE, language)
    assert meant is not None
    assert meant.kind == kind


@pytest.mark.parametrize(
    ("text", "names", "wikidata"),
    [
        ("Barack Obama met Bernie Sanders.", ("Barack Obama", "Bernie Sanders"), "Q359442"),
        ("Angela Merkel met Bernie Sanders.", ("Angela Merkel", "Bernie Sanders"), None),
        ("Barack Obama met Mike Johnson.", ("Barack Obama", "Mike Johnson"), None),
    ],
)
def test_an_official_is_meant_beside_a_politician_of_the_country(
    text: str, names: tuple[str, str], wikidata: str | None
) -> None:
    assert linked(text, *names, kind=EntityType.PERSON)[names[1]].wikidata == wikidata
