"""Names whose last word a tagger left out, and names that the words after them show to be something else."""

import pytest

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import build_entities, find_mentions, readable_fields
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk_schemas import EntityType

PERSON, PLACE, ORGANISATION = EntityType.PERSON, EntityType.PLACE, EntityType.ORGANISATION


def entities_of(text: str, *tagged: tuple[str, EntityType], language: str = "en") -> dict[str, EntityType]:
    spans = [TaggedSpan(text.index(name), text.index(name) + len(name), kind) for name, kind in tagged]
    fields = readable_fields([ArticleField("/paragraphs/0/text", text, 1.0, language=language)])
    mentions = find_mentions(fields, [spans])
    return {mention.field.published_text[mention.start : mention.end]: mention.type for mention in mentions}


@pytest.mark.parametrize(
    ("text", "tagged", "expected"),
    [
        ("The Dallas Cowboys lost again.", ("Dallas", PLACE), {"Dallas Cowboys": ORGANISATION}),
        ("The Mumbai Indians beat the Lions.", ("Mumbai", PLACE), {"Mumbai Indians": ORGANISATION}),
        ("Two Ottawa Senators scored in the final.", ("Ottawa", PLACE), {"Ottawa Senators": ORGANISATION}),
        ("Two California Senators wrote a letter.", ("California", PLACE), {"California": PLACE}),
        ("St Mary's Hospital is crumbling.", ("St Mary", PERSON), {"St Mary's Hospital": ORGANISATION}),
        ("Guy's Hospital is crumbling.", ("Guy", PERSON), {"Guy's Hospital": ORGANISATION}),
        ("Trump's Church is crumbling.", ("Trump", PERSON), {"Trump": PERSON}),
        ("Ada Alder's School is crumbling.", ("Ada Alder", PERSON), {"Ada Alder": PERSON}),
        ("Alder's Academy Award is gold.", ("Alder", PERSON), {"Alder": PERSON}),
        ("Macron's party lost.", ("Macron", PERSON), {"Macron": PERSON}),
        (
            "Acme & Sons Ltd of Hull closed.",
            ("Acme & Sons Ltd of Hull", ORGANISATION),
            {"Acme & Sons Ltd": ORGANISATION},
        ),
        ("The Charles de Gaulle airport closed.", ("Charles de Gaulle", PERSON), {"Charles de Gaulle": PLACE}),
        ("Charles de Gaulle spoke.", ("Charles de Gaulle", PERSON), {"Charles de Gaulle": PERSON}),
        ("Savannah Alder asked about it.", ("Savannah Alder", PLACE), {"Savannah Alder": PERSON}),
        ("Charlotte Alder sang at it.", ("Charlotte Alder", ORGANISATION), {"Charlotte Alder": PERSON}),
        ("Charlotte Alder said so.", ("Charlotte Alder", ORGANISATION), {"Charlotte Alder": ORGANISATION}),
        ("Chad has one of the lowest incomes in the world.", ("Chad", PERSON), {"Chad": PLACE}),
        ("Chad has one of the lowest voices.", ("Chad", PERSON), {"Chad": PERSON}),
        ("Lord Alderton disagreed.", ("Lord Alderton", ORGANISATION), {"Alderton": PERSON}),
        (
            "Lord Advocate Alder disagreed.",
            ("Lord Advocate Alder", ORGANISATION),
            {"Lord Advocate Alder": ORGANISATION},
        ),
        ("The Republic of Congo signed.", ("Republic of Congo", ORGANISATION), {"Republic of Congo": PLACE}),
        ("The Republic of Tea signed.", ("Republic of Tea", ORGANISATION), {"Republic of Tea": ORGANISATION}),
        ("Ayatollah Ali Alder met them.", ("Ayatollah Ali Alder", PERSON), {"Ali Alder": PERSON}),
    ],
)
def test_the_words_after_a_name_are_read(
    text: str, tagged: tuple[str, EntityType], expected: dict[str, EntityType]
) -> None:
    assert entities_of(text, tagged) == expected


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("BEIRUT/JERUSALEM, Oct 1 (Reuters) - It rained.", {"BEIRUT", "JERUSALEM"}),
        ("ISLAMABAD: It rained.", {"ISLAMABAD"}),
        ("BERLIN | It rained.", {"BERLIN"}),
        ("ANALYSIS: It rained.", set()),
        ("NATO | It rained.", set()),
    ],
)
def test_datelines_have_many_signs(text: str, places: set[str]) -> None:
    assert {name for name, kind in entities_of(text).items() if kind is PLACE} == places


def test_a_company_with_a_hyphen_is_no_pair_of_places() -> None:
    (field,) = readable_fields([ArticleField("/title", "Then Air France-KLM and the India-Pakistan border", 1.0)])
    assert field.text == "Then Air France-KLM and the India,Pakistan border"


@pytest.mark.parametrize(
    ("text", "name", "wikidata"),
    [
        ("Police in Vancouver, Washington, found the car.", "Washington", "Q1223"),
        ("They flew to Vancouver, Washington and Ottawa.", "Washington", "Q61"),
        ("The Rakhine state of Myanmar was hit.", "Myanmar", "Q836"),
    ],
)
def test_a_city_before_a_region_shows_which_one_it_is(text: str, name: str, wikidata: str) -> None:
    spans = [TaggedSpan(text.index(n), text.index(n) + len(n), PLACE) for n in ("Vancouver", name) if n in text]
    mentions = find_mentions([ArticleField("/paragraphs/0/text", text, 1.0)], [spans])
    assert {entity.wikidata for entity in build_entities(mentions) if entity.mentions[0].surface == name} == {wikidata}


def test_a_title_in_another_language_shows_a_person() -> None:
    assert entities_of("Dann sprach Frau Alderova.", ("Alderova", PLACE), language="de") == {"Alderova": PERSON}
    assert entities_of("Dann kam Frau Berlin.", ("Berlin", PLACE), language="de") == {"Berlin": PLACE}
    assert entities_of("Das liegt bei Sankt Alder.", ("Alder", PLACE), language="de") == {"Alder": PLACE}


def test_abbreviations_are_explained_in_other_languages() -> None:
    text = "Kemudian Komisi Pemberantasan Korupsi (KPK) menahan bupati."
    expected = {"Komisi Pemberantasan Korupsi": ORGANISATION, "KPK": ORGANISATION}
    assert entities_of(text, ("Komisi Pemberantasan Korupsi (KPK)", ORGANISATION), language="id") == expected


def test_abbreviations_are_those_of_their_paragraph() -> None:
    texts = ["Die Partei Alter Bauern (PAB) kam.", "Der Preis Alter Boote (PAB) sinkt."]
    fields = [ArticleField(f"/paragraphs/{i}/text", text, 1.0, language="de") for i, text in enumerate(texts)]
    begin = texts[0].index("Partei")
    mentions = find_mentions(fields, [[TaggedSpan(begin, begin + 12, ORGANISATION)], []])
    expected = [(fields[0], "Partei Alter Bauern"), (fields[0], "PAB"), (fields[1], "PAB")]
    assert [(one.field, one.surface) for one in mentions] == expected


def test_articles_belong_to_names_in_dutch() -> None:
    text = "Dat staat in De Telegraaf en in Trouw."
    assert entities_of(text, ("De", ORGANISATION), language="nl") == {"De Telegraaf": ORGANISATION}
    text = "Zij woont in 's-Hertogenbosch en werkt thuis."
    assert entities_of(text, ("'s-Hertogenbosch", PLACE), language="nl") == {"'s-Hertogenbosch": PLACE}


@pytest.mark.parametrize(
    ("language", "text", "places"),
    [
        ("es", "EL PRESIDENTE VIAJA A MARRUECOS Y A BUENOS AIRES", {"MARRUECOS", "BUENOS AIRES"}),
        ("pl", "PREMIER SPOTKAŁ SIĘ Z PREZYDENTEM UKRAINY", {"UKRAINY"}),
        ("en", "five people died in a fire at a hotel in bangkok. the owner fled to laos.", {"bangkok", "laos"}),
        ("en", "Five people died in a fire at a hotel in Bangkok.", set()),
    ],
)
def test_places_are_known_where_case_was_restored(language: str, text: str, places: set[str]) -> None:
    assert set(entities_of(text, language=language)) == places


@pytest.mark.parametrize(
    ("language", "text", "tagged", "expected"),
    [
        (
            "tr",
            "Hakan Alder Bağdat'ta konuştu.",
            ("Hakan Alder Bağdat", PERSON),
            {"Hakan Alder": PERSON, "Bağdat": PLACE},
        ),
        ("tr", "Hakan Can Alder'in evi.", ("Hakan Can Alder", PERSON), {"Hakan Can Alder": PERSON}),
        ("tr", "Bağdat'ta konuştu.", ("Bağdat", PLACE), {"Bağdat": PLACE}),
        ("sv", "Där är Alderdemokraterna oense.", ("Alderdemokraterna", PLACE), {"Alderdemokraterna": ORGANISATION}),
        ("sv", "Där är Alderpartiets hus.", ("Alderpartiets", PLACE), {"Alderpartiets": ORGANISATION}),
        ("fi", "Se on Alderviraston talo.", ("Alderviraston", PLACE), {"Alderviraston": ORGANISATION}),
        ("sv", "Där är Alderstad kallt.", ("Alderstad", PLACE), {"Alderstad": PLACE}),
    ],
)
def test_words_of_other_languages_show_the_type(
    language: str, text: str, tagged: tuple[str, EntityType], expected: dict[str, EntityType]
) -> None:
    assert entities_of(text, tagged, language=language) == expected
