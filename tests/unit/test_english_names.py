"""English names: what the text shows of their borders, the names that a tagger misses, and their short forms."""

import pytest

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import build_entities, find_mentions
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk_schemas import EntityType

PERSON, PLACE, ORGANISATION = EntityType.PERSON, EntityType.PLACE, EntityType.ORGANISATION


def entities_of(text: str, *tagged: tuple[str, EntityType]) -> dict[str, EntityType]:
    """Return the mentions of a paragraph and their types, with surfaces tagged where they first stand."""
    spans = [TaggedSpan(text.index(name), text.index(name) + len(name), kind) for name, kind in tagged]
    mentions = find_mentions([ArticleField("/paragraphs/0/text", text, 1.0, language="en")], [spans])
    return {mention.surface: mention.type for mention in mentions}


def names_of(text: str, *tagged: tuple[str, EntityType]) -> list[list[str]]:
    """Return the mentions of each entity."""
    spans = [TaggedSpan(text.index(name), text.index(name) + len(name), kind) for name, kind in tagged]
    mentions = find_mentions([ArticleField("/paragraphs/0/text", text, 1.0, language="en")], [spans])
    return [[mention.surface for mention in entity.mentions] for entity in build_entities(mentions)]


@pytest.mark.parametrize(
    ("text", "tagged", "expected"),
    [
        ("Sweden beat South Korea 1 – 0 in Russia.", ("South Korea 1", PLACE), {"South Korea": PLACE}),
        (
            "Chad has 18 million, and Georgia 3.7 million.",
            ("Georgia 3.7 million", ORGANISATION),
            {"Georgia": PLACE},
        ),
        ("Storm Bettina hit the coast.", ("Storm Bettina", PERSON), {"Storm Bettina": EntityType.EVENT}),
        ("Hurricane Electric runs it.", ("Hurricane Electric", ORGANISATION), {"Hurricane Electric": ORGANISATION}),
        ("Fulham beat Burnley 3-0.", ("Burnley 3-0", ORGANISATION), {"Burnley": ORGANISATION}),
        ("Then Marine Le Pen spoke.", ("Marine Le", PERSON), {"Marine Le Pen": PERSON}),
        ("It made Barnier Prime Minister.", ("Barnier Prime Minister", PERSON), {"Barnier": PERSON}),
        ("Then John Major spoke.", ("John Major", PERSON), {"John Major": PERSON}),
        ("Then Jean van der Berg spoke.", ("Jean van", PERSON), {"Jean van": PERSON}),
        ("Then Han Duck-soo took over.", ("Han Duck", ORGANISATION), {"Han Duck-soo": PERSON}),
        ("An Acme Foods-led group won.", ("Acme Foods", ORGANISATION), {"Acme Foods": ORGANISATION}),
        ("A Han Foods-led group won.", ("Han Foods", ORGANISATION), {"Han Foods": ORGANISATION}),
        ("The Artemis II mission waits.", ("Artemis II", ORGANISATION), {}),
        ("The Artemis II fund waits.", ("Artemis II", ORGANISATION), {"Artemis II": ORGANISATION}),
        ("Marks and Spencer opened a shop.", ("Spencer", PERSON), {"Marks and Spencer": ORGANISATION}),
        ("It left Paris, Texas, in May.", ("Texas", PLACE), {"Paris": PLACE, "Texas": PLACE}),
        ("It left Ruritania, Texas, in May.", ("Texas", PLACE), {"Texas": PLACE}),
        ("Hurricane Ian hit Cuba.", ("Hurricane Ian", ORGANISATION), {"Hurricane Ian": EntityType.EVENT}),
        ("The damage from Storm Ciara grew.", ("Storm Ciara", ORGANISATION), {"Storm Ciara": EntityType.EVENT}),
        ("Then Park Joo-Ho scored.", ("Park Joo-Ho", PLACE), {"Park Joo-Ho": PERSON}),
        ("Then Park Avenue-East opened.", ("Park Avenue-East", PLACE), {"Park Avenue-East": PLACE}),
        ("She won at Cannes again.", ("Cannes", EntityType.WORK), {"Cannes": PLACE}),
        ("She sang in Cats again.", ("Cats", EntityType.WORK), {"Cats": EntityType.WORK}),
        ("She saw Chicago again.", ("Chicago", EntityType.WORK), {"Chicago": EntityType.WORK}),
        ("Flight South Korea 1 was late.", ("South Korea 1", PLACE), {"South Korea 1": PLACE}),
        (
            "The State Department Spokesperson said no.",
            ("State Department Spokesperson", ORGANISATION),
            {"State Department": ORGANISATION},
        ),
        (
            "The United Nations Secretary General spoke.",
            ("United Nations Secretary General", ORGANISATION),
            {"United Nations": ORGANISATION},
        ),
        ("It is run by the Acme General.", ("Acme General", ORGANISATION), {"Acme General": ORGANISATION}),
        ("Then James To of the party won.", ("James", PERSON), {"James To": PERSON}),
        ("Then James To Win, a book, sold.", ("James", PERSON), {"James": PERSON}),
        ("A quake hit Sichuan province.", ("Sichuan province", PLACE), {"Sichuan": PLACE}),
        ("Maj Gen Tim Cross spoke.", ("Maj Gen Tim Cross", ORGANISATION), {"Tim Cross": PERSON}),
        ("Many Tory MPs left.", ("Tory MPs", PERSON), {}),
        ("Wigan Warriors won again.", ("Wigan Warriors", PERSON), {"Wigan Warriors": ORGANISATION}),
        ("Sheffield Wednesday won again.", ("Sheffield", PLACE), {"Sheffield Wednesday": ORGANISATION}),
        ("It rained in Sheffield Wednesday night.", ("Sheffield", PLACE), {"Sheffield": PLACE}),
        ("Jo Ames merged with Reuters.", ("Jo Ames", PERSON), {"Jo Ames": ORGANISATION}),
        ("Memphis trailed Denver by 12 points.", ("Memphis", PLACE), {"Memphis": ORGANISATION}),
        ("Memphis trailed Denver in jobs.", ("Memphis", PLACE), {"Memphis": PLACE}),
        ("He read the Otago Herald first.", ("Otago Herald", PLACE), {"Otago Herald": ORGANISATION}),
        ("A class of Istituto Galvani won.", ("Istituto Galvani", PERSON), {"Istituto Galvani": ORGANISATION}),
    ],
)
def test_the_text_shows_where_a_name_ends_and_what_it_is(
    text: str, tagged: tuple[str, EntityType], expected: dict[str, EntityType]
) -> None:
    assert entities_of(text, tagged) == expected


@pytest.mark.parametrize(
    ("text", "tagged", "expected"),
    [
        (
            "Deputies of Movimento 5 Stelle (M5S) left. The M5S won.",
            [("Movimento", ORGANISATION)],
            {"Movimento 5 Stelle": ORGANISATION, "M5S": ORGANISATION},
        ),
        (
            "The Ruritanian Rail Authority (RRA) said so.",
            [],
            {"Ruritanian Rail Authority": ORGANISATION, "RRA": ORGANISATION},
        ),
        ("Growth of Gross National Income (GNI) slowed.", [], {}),
        ("The Big Green Book (ABC) sold.", [("Big Green Book", ORGANISATION)], {"Big Green Book": ORGANISATION}),
    ],
)
def test_brackets_explain_abbreviations(
    text: str, tagged: list[tuple[str, EntityType]], expected: dict[str, EntityType]
) -> None:
    assert entities_of(text, *tagged) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Striker Romelu Lukaku scored twice.", {"Romelu Lukaku": PERSON}),
        ("A copy went to the Library of Congress.", {"Library of Congress": ORGANISATION}),
        ("It names the Library of Congress Annex.", {}),
        ("The library of congress is open.", {}),
    ],
)
def test_known_names_are_found_without_the_tagger(text: str, expected: dict[str, EntityType]) -> None:
    assert entities_of(text) == expected


@pytest.mark.parametrize(
    ("long", "short", "is_one"),
    [
        ("Ruritanian Supreme Court of Appeal", "Supreme Court", True),
        ("Union of Rationalists and Free Agnostics", "UFRA", True),
        ("Union of Rationalists and Free Agnostics", "UFXA", False),
        ("Western Michigan University", "Michigan University", False),
        ("Apple Records", "Apple", False),
    ],
)
def test_short_names_of_institutions(long: str, short: str, *, is_one: bool) -> None:
    clusters = names_of(f"The {long} met. Later {short} left.", (long, ORGANISATION), (f"{short}", ORGANISATION))
    assert ([long, short] in clusters) is is_one


@pytest.mark.parametrize(
    ("text", "tagged", "expected"),
    [
        ('He wrote: "Der Rat hat am Montag getagt." Bo left.', [("Montag", PERSON), ("Bo", PERSON)], {"Bo": PERSON}),
        ('It says "Der Bundestag hat getagt".', [("Der Bundestag", PERSON)], {"Bundestag": ORGANISATION}),
        ('He wrote: "The Council met on Montag." Bo left.', [("Montag", PERSON)], {"Montag": PERSON}),
        ('He called it "Vale Montag" again.', [("Vale Montag", PERSON)], {"Vale Montag": PERSON}),
    ],
)
def test_words_of_a_quotation_in_another_language_are_no_names(
    text: str, tagged: list[tuple[str, EntityType]], expected: dict[str, EntityType]
) -> None:
    assert entities_of(text, *tagged) == expected


def test_a_given_name_with_two_capitals_is_linked() -> None:
    text = "Then Moon Jae-In spoke."
    spans = [TaggedSpan(5, 16, PERSON)]
    mentions = find_mentions([ArticleField("/paragraphs/0/text", text, 1.0, language="en")], [spans])
    (entity,) = build_entities(mentions)
    assert (entity.mentions[0].surface, entity.name) == ("Moon Jae-In", "Moon Jae-in")
    assert entity.wikidata
