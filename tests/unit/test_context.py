"""What the words around a name show, in English: cases as taggers mark them, often wrongly."""

import pytest

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import build_entities, find_mentions, readable_fields
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk_schemas import EntityType

PERSON, PLACE, ORGANISATION = EntityType.PERSON, EntityType.PLACE, EntityType.ORGANISATION

type Found = dict[str, tuple[EntityType, str | None]]


def found(text: str, *tagged: tuple[str, EntityType]) -> Found:
    """Tag surfaces where they stand, in order, and return type and item of each entity by its first mention."""
    (field,) = readable_fields([ArticleField("/paragraphs/0/text", text, 1.0)])
    spans, position = [], 0
    for surface, kind in tagged:
        position = field.text.index(surface, position)
        spans.append(TaggedSpan(position, position + len(surface), kind))
        position += len(surface)
    return {e.mentions[0].surface: (e.type, e.wikidata) for e in build_entities(find_mentions([field], [spans]))}


def types_of(text: str, *tagged: tuple[str, EntityType]) -> dict[str, EntityType]:
    return {name: kind for name, (kind, _) in found(text, *tagged).items()}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ted Baker cut 200 jobs.", "Ted Baker"),
        ("Jane Norman went into administration on Monday.", "Jane Norman"),
        ("Shares in Paul Harker fell 3%.", "Paul Harker"),
        ("Paul Harker reported falling sales for the third year.", "Paul Harker"),
        ("Karen Lane's profits doubled.", "Karen Lane"),
        ("The fashion chain Karen Lane is for sale.", "Karen Lane"),
        ("Tom Farrow plans to close 40 stores.", "Tom Farrow"),
        ("Anna Field said it would close its shops.", "Anna Field"),
        ("Anna Field employs 3,000 people.", "Anna Field"),
        ("Simon Carter filed for bankruptcy.", "Simon Carter"),
        ("Ellis Brigham laid off 90 staff.", "Ellis Brigham"),
        ("Robert Dyas posted a record loss.", "Robert Dyas"),
        ("the lender Charles Stanley grew.", "Charles Stanley"),
        ("Charles Stanley reported record inflows.", "Charles Stanley"),
        ("Simon Carter, the clothing chain, is for sale.", "Simon Carter"),
        ("Robert Dyas sold its garden business.", "Robert Dyas"),
        ("Robert Dyas cut its profit forecast.", "Robert Dyas"),
        ("Manchester United lost again.", "Manchester United"),
        ("Leyton Orient drew.", "Leyton Orient"),
        ("Bolton Wanderers drew.", "Bolton Wanderers"),
    ],
)
def test_a_company_or_club_with_a_person_s_name_is_an_organisation(text: str, name: str) -> None:
    assert types_of(text, (name, PERSON)) == {name: ORGANISATION}


@pytest.mark.parametrize(
    "text",
    [
        "Paul Harker cut 200 metres of rope.",
        "Paul Harker said it would rain.",
        "Paul Harker closed the door.",
        "Paul Harker reported the theft.",
        "Paul Harker opened his umbrella.",
        "Police said Paul Harker had left.",
        "Paul Harker hired a car.",
        "Paul Harker filed a complaint.",
        "Paul Harker announced the winner.",
        "the designer Paul Harker left.",
        "Paul Harker became its chairman.",
        "Paul Harker raised its profile.",
        "Paul Harker, the company's founder, left.",
        "Paul Harker, the retailer and designer, left.",
    ],
)
def test_a_person_who_does_what_companies_do_not_stays_a_person(text: str) -> None:
    assert types_of(text, ("Paul Harker", PERSON)) == {"Paul Harker": PERSON}


@pytest.mark.parametrize(
    ("text", "teams"),
    [
        ("Oklahoma beat Kansas 31-10 on Saturday.", ["Oklahoma", "Kansas"]),
        ("Oklahoma beat Kansas.", ["Oklahoma", "Kansas"]),
        ("Oregon lost to Texas in the final.", ["Oregon", "Texas"]),
        ("Chicago narrowly edged Boston.", ["Chicago", "Boston"]),
        ("Texas hosts Oregon in the last game of the season.", ["Texas", "Oregon"]),
        ("Michigan 31, Ohio 28", ["Michigan", "Ohio"]),
        ("Florida's quarterback was hurt.", ["Florida"]),
        ("It was a 3-1 win over Liverpool.", ["Liverpool"]),
        ("Barcelona drew with Madrid in the cup.", ["Barcelona", "Madrid"]),
        ("A 2-0 defeat by Chicago on Sunday ended it.", ["Chicago"]),
        ("Arizona plays Utah for the championship.", ["Arizona", "Utah"]),
        ("Alabama thrashed Georgia 40-3.", ["Alabama", "Georgia"]),
        ("Naples lost 2-0 at home to Bologna.", ["Naples", "Bologna"]),
        ("Leeds won 3-1 away against Hull.", ["Leeds", "Hull"]),
        ("Leeds won 3-1 away at Hull.", ["Leeds", "Hull"]),
        ("Wigan won the cup final against St Helens.", ["St Helens"]),
    ],
)
def test_a_team_named_like_a_place_is_an_organisation_without_the_place_s_item(text: str, teams: list[str]) -> None:
    entities = found(text, *((team, PLACE) for team in teams))
    assert entities == dict.fromkeys(teams, (ORGANISATION, None))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Ireland beat England 29-20.", ["Ireland", "England"]),
        ("Hurricane Ian hammered Florida.", ["Florida"]),
        ("Trump beat Florida governor Ron in the race.", ["Florida"]),
        ("The president visited Texas.", ["Texas"]),
        ("Kansas faces a drought.", ["Kansas"]),
        ("He met Oregon officials.", ["Oregon"]),
        ("Snow hit Chicago over the weekend.", ["Chicago"]),
        ("Texas hosts a summit.", ["Texas"]),
        ("They played in Boston.", ["Boston"]),
        ("The senator won the case against Texas.", ["Texas"]),
        ("He lost 20 pounds in Texas.", ["Texas"]),
        ("Prices fell to London's lowest.", ["London"]),
    ],
)
def test_a_place_is_no_team_where_nobody_plays(text: str, places: list[str]) -> None:
    kinds = types_of(text, *((place, PLACE) for place in places))
    assert {place: kinds[place] for place in places} == dict.fromkeys(places, PLACE)


@pytest.mark.parametrize(
    "text",
    [
        "Jordan has 11 million people.",
        "Chad has 18 million, Jordan 11 million.",
        "Jordan, with a population of 11 million, waits.",
        "Jordan, a country of 11 million, waits.",
        "Jordan exports phosphate and potash.",
        "Jordan borders Syria.",
        "Jordan closed its border with Syria.",
        "Jordan's government resigned.",
        "Aid went through Egypt and Jordan yesterday.",
        "Jordan and Egypt signed it.",
        "Jordan recalled its ambassador.",
        "Refugees in Jordan need tents.",
        "Jordan's foreign minister left.",
        "Jordan, Lebanon and Egypt agreed.",
        "Jordan signed a peace treaty.",
        "Jordan's population grows.",
        "Jordan imports almost all of its energy.",
        "Jordan recalled its troops.",
        "Jordan has applied to join the union.",
    ],
)
def test_a_country_that_is_a_given_name_is_a_place_where_only_a_country_fits(text: str) -> None:
    assert found(text, ("Jordan", PERSON))["Jordan"] == (PLACE, "Q810")


@pytest.mark.parametrize(
    "text",
    [
        "Jordan scored 40 points.",
        "Jordan said he was tired.",
        "Jordan closed the door.",
        "Jordan has 11 rings.",
        "Jordan left his shoes.",
        "Jordan and Pippen left.",
        "Jordan's coach left.",
        "Jordan signed autographs.",
        "Then Jordan retired.",
        "Jordan opened his restaurant.",
    ],
)
def test_a_person_with_the_name_of_a_country_stays_a_person(text: str) -> None:
    assert found(text, ("Jordan", PERSON))["Jordan"] == (PERSON, None)


@pytest.mark.parametrize(
    "text",
    [
        "Kerry Washington hosts the awards; Washington also produces.",
        "Denzel Washington arrived. Washington, 69, smiled.",
        "Denzel Washington arrived. Washington said he liked it.",
        "Denzel Washington was there. Then Washington left.",
        "Kerry Washington won. “I am happy,” Washington said.",
        "Kerry Washington won, but Washington's film lost.",
        "Critics praised Kerry Washington. Washington thanked them.",
        "Denzel Washington sued. Lawyers say Washington will win.",
        "Denzel Washington spoke, and Washington sang.",
        "An agent called Denzel Washington; Washington declined.",
    ],
)
def test_the_surname_of_a_person_in_the_article_is_not_the_city(text: str) -> None:
    full = "Kerry Washington" if "Kerry" in text else "Denzel Washington"
    assert found(text, (full, PERSON), ("Washington", PLACE)) == {full: (PERSON, None)}


@pytest.mark.parametrize(
    "text",
    [
        "Denzel Washington flew to Washington.",
        "Denzel Washington lives in Washington.",
        "Denzel Washington is from Washington, D.C.",
        "Denzel Washington met Kerry Washington before Washington decided.",
    ],
)
def test_a_place_stays_one_beside_a_person_of_its_name(text: str) -> None:
    people = [(name, PERSON) for name in ("Denzel Washington", "Kerry Washington") if name in text]
    assert found(text, *people, ("Washington", PLACE))["Washington"] == (PLACE, "Q61")


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Fires spread across Brazil's Para state.", "Para", None),
        ("He lives in Washington state.", "Washington", PERSON),
        ("Troops left Kharkiv oblast.", "Kharkiv", ORGANISATION),
        ("A flood hit Henan province.", "Henan", PERSON),
        ("Hamilton, Ontario, braced for the storm.", "Hamilton", PERSON),
        ("Hamilton, Bermuda, braced for the storm.", "Hamilton", PERSON),
        ("a shop in San Jose, California.", "San Jose", PERSON),
        ("Judges in Orange county ruled.", "Orange", ORGANISATION),
        ("The Congo river rose.", "Congo", ORGANISATION),
        ("The Amazon rainforest burns.", "Amazon", ORGANISATION),
        ("Cordoba's mayor met gauchos.", "Cordoba", PERSON),
        ("Votes in Rivers state were counted.", "Rivers", None),
        ("Lincoln, Nebraska.", "Lincoln", PERSON),
    ],
)
def test_state_county_and_qualifier_show_a_place(text: str, name: str, kind: EntityType | None) -> None:
    assert types_of(text, *([(name, kind)] if kind else []))[name] is PLACE


@pytest.mark.parametrize(
    "text", ["The state sued.", "Swing state votes matter.", "Every state voted.", "It is a US state department note."]
)
def test_the_word_state_alone_makes_no_place(text: str) -> None:
    assert types_of(text) == {}


@pytest.mark.parametrize(
    ("text", "tagged", "name"),
    [
        ("President Moon Jae-in spoke", "Moon Jae", "Moon Jae-in"),
        ("President Moon Jae-in spoke", "Moon Jae-", "Moon Jae-in"),
        ("Ban Ki-moon spoke", "Ban Ki", "Ban Ki-moon"),
        ("Abdel Fattah el-Sisi spoke", "Abdel Fattah", "Abdel Fattah el-Sisi"),
        ("Bashar al-Assad spoke", "Bashar", "Bashar al-Assad"),
        ("Bashar al-Assad spoke", "Bashar al", "Bashar al-Assad"),
        ("Jean-Claude Juncker spoke", "Claude Juncker", "Jean-Claude Juncker"),
        ("Kim Yo-jong's aide", "Kim Yo", "Kim Yo-jong"),
        ("Helena Bonham-Carter spoke", "Helena Bonham", "Helena Bonham-Carter"),
        ("Park Geun-hye spoke", "Park Geun", "Park Geun-hye"),
        ("Abu Bakr al-Baghdadi died", "Abu Bakr", "Abu Bakr al-Baghdadi"),
        ("Cho Sung-hoon won", "Cho Sung-", "Cho Sung-hoon"),
        ("a Joe Biden-led group", "Joe Biden", "Joe Biden"),
        ("a Joe Biden-style plan", "Joe Biden", "Joe Biden"),
        ("a Joe Biden-backed plan", "Joe Biden", "Joe Biden"),
    ],
)
def test_a_name_with_a_hyphen_is_whole(text: str, tagged: str, name: str) -> None:
    assert list(types_of(text, (tagged, PERSON))) == [name]


@pytest.mark.parametrize(
    ("text", "tagged", "expected"),
    [
        ("The Macron/Scholz talks", ("Scholz", PERSON), {"Macron": PERSON, "Scholz": PERSON}),
        ("Harris/Walz signs", ("Harris", PERSON), {"Harris": PERSON, "Walz": PERSON}),
        ("a Biden-Putin summit", ("Biden", PERSON), {"Biden": PERSON, "Putin": PERSON}),
        ("the Israel-Hamas war", ("Israel", PLACE), {"Israel": PLACE, "Hamas": ORGANISATION}),
        ("the Russia-Ukraine war", ("Russia", PLACE), {"Russia": PLACE, "Ukraine": PLACE}),
    ],
)
def test_a_pair_is_two_names(text: str, tagged: tuple[str, EntityType], expected: dict[str, EntityType]) -> None:
    assert types_of(text, tagged) == expected


@pytest.mark.parametrize(
    ("rank", "role"),
    [
        ("Sgt", "Sgt"),
        ("Det Insp", "Det Insp"),
        ("Det Supt", "Det Supt"),
        ("PC", "PC"),
        ("Lt Gen", "Lt Gen"),
        ("Capt", "Capt"),
        ("Lance Cpl", "Lance Cpl"),
        ("Staff Sgt", "Staff Sgt"),
        ("Det Sgt", "Det Sgt"),
        ("Maj", "Maj"),
        ("Wing Commander", "Wing Commander"),
        ("Brig Gen", "Brig Gen"),
        ("Det Chief Insp", "Det Chief Insp"),
    ],
)
def test_a_rank_is_a_role_and_no_part_of_the_name(rank: str, role: str) -> None:
    text = f"On Monday {rank} Mat Knowles said so."
    (field,) = readable_fields([ArticleField("/title", text, 1.0)])
    start = text.index(rank)
    spans = [TaggedSpan(start, text.index(" said"), PERSON)]
    (entity,) = build_entities(find_mentions([field], [spans]))
    assert (entity.name, entity.role) == ("Mat Knowles", role)


@pytest.mark.parametrize(
    ("text", "tagged"),
    [
        ("The FTSE 100 fell.", "FTSE 100"),
        ("The FTSE 100 fell.", "FTSE"),
        ("Medicaid cuts hurt.", "Medicaid"),
        ("They repealed Obamacare.", "Obamacare"),
        ("The S&P 500 rose.", "S&P 500"),
        ("Japan's Nikkei lost 2%.", "Nikkei"),
        ("The Dow Jones rose.", "Dow Jones"),
        ("Medicare pays.", "Medicare"),
        ("Social Security is safe.", "Social Security"),
        ("Germany's DAX rose.", "DAX"),
        ("The Hang Seng fell.", "Hang Seng"),
    ],
)
def test_programmes_and_indices_are_no_organisations(text: str, tagged: str) -> None:
    assert types_of(text, (tagged, ORGANISATION)) == {}


def test_a_newspaper_named_like_an_index_is_an_organisation() -> None:
    assert types_of("Nikkei reported it.", ("Nikkei", ORGANISATION)) == {"Nikkei": ORGANISATION}


def test_known_abbreviations_are_found_and_possessive_names_are_whole() -> None:
    assert types_of("He called the IMF.") == {"IMF": ORGANISATION}
    assert types_of("Moody's cut it.", ("Moody", ORGANISATION)) == {"Moody's": ORGANISATION}


def test_a_given_name_like_a_place_begins_a_person_s_name() -> None:
    text = "London Breed, the mayor of San Francisco, lost. Georgia Meloni, a baker, won."
    kinds = types_of(text, ("London Breed", ORGANISATION), ("Georgia Meloni", PLACE))
    assert kinds["London Breed"] is kinds["Georgia Meloni"] is PERSON


@pytest.mark.parametrize("text", ["Troops entered Khan Yunis.", "Jets bombed Khan Yunis again."])
def test_what_an_army_enters_is_a_place(text: str) -> None:
    assert types_of(text, ("Khan Yunis", PERSON)) == {"Khan Yunis": PLACE}


def test_both_names_of_a_pair_are_people_where_one_is_a_known_surname() -> None:
    assert types_of("The Meloni/Orbán talks failed.", ("Meloni", PLACE)) == {"Meloni": PERSON, "Orbán": PERSON}
    assert types_of("The Milan/Rome talks failed.", ("Milan", PLACE)) == {"Milan": PLACE, "Rome": PLACE}


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Georgia has applied to join the club.", "Q230"),
        ("Georgia joined the UN in 1992.", "Q230"),
        ("Georgia is hot.", None),
    ],
)
def test_what_joins_a_union_of_states_is_the_country(text: str, country: str | None) -> None:
    assert found(text, ("Georgia", PLACE))["Georgia"] == (PLACE, country)
