import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stories import MarkedStory, marked_stories
from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import build_entities, find_mentions, names, roles
from wiredesk.enrichment.entities.lexicon import lexicon_of
from wiredesk.enrichment.entities.spacy_tagger import SpacyTagger
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.enrichment.settings import NEWS_PIPELINE
from wiredesk_schemas import Entity, EntityType

PERSON, PLACE, ORGANISATION = EntityType.PERSON, EntityType.PLACE, EntityType.ORGANISATION


@pytest.fixture(scope="module")
def tagger() -> SpacyTagger:
    return SpacyTagger(NEWS_PIPELINE)


def entities_of(text: str, *tagged: tuple[str, EntityType]) -> tuple[Entity, ...]:
    """Tag surfaces where they stand, in order, and return the entities."""
    spans, position = [], 0
    for surface, kind in tagged:
        position = text.index(surface, position)
        spans.append(TaggedSpan(position, position + len(surface), kind))
        position += len(surface)
    return build_entities(find_mentions([ArticleField("/title", text, 1.0)], [spans]))


def surfaces_by_name(text: str, *tagged: tuple[str, EntityType]) -> dict[str, list[str]]:
    return {e.name: [m.surface for m in e.mentions] for e in entities_of(text, *tagged)}


def test_a_person_is_one_under_all_names() -> None:
    text = "Attorney General Loretta E. Lynch met Xi Jinping. Loretta Lynch's aide said Lynch and Xi agreed."
    assert surfaces_by_name(
        text, ("General Loretta E. Lynch", PERSON), ("Xi Jinping", PERSON), ("Loretta Lynch's", PERSON), ("Xi", PERSON)
    ) == {
        "Loretta Lynch": ["Loretta E. Lynch", "Loretta Lynch", "Lynch"],
        "Xi Jinping": ["Xi Jinping", "Xi"],
    }


def test_a_surname_of_two_people_stays_by_itself() -> None:
    text = "Ann Smith met Bob Smith. Smith left."
    assert surfaces_by_name(text, ("Ann Smith", PERSON), ("Bob Smith", PERSON), ("Smith", PERSON)) == {
        "Ann Smith": ["Ann Smith"],
        "Bob Smith": ["Bob Smith"],
        "Smith": ["Smith"],
    }


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Daniel Osei", "Dan Osei", True),
        ("Shinzo Abe", "Abe Shinzo", True),
        ("Ursula von der Leyen", "von der Leyen", True),
        ("Sammy Davis Jr.", "Davis", True),
        ("Jo Cox", "Joanna Cox", False),
        ("Barack Obama", "Michelle Obama", False),
    ],
)
def test_two_names_are_one_person_or_two(one: str, other: str, *, same: bool) -> None:
    assert (len(entities_of(f"{one} spoke. {other} left.", (one, PERSON), (other, PERSON))) == 1) is same


def test_well_known_names_and_acronyms_merge() -> None:
    text = "The US and the United States. The Department of Homeland Security, or DHS. The UN."
    by_name = {
        e.name: e
        for e in entities_of(
            text,
            ("US", PLACE),
            ("the United States", PLACE),
            ("Department of Homeland Security", ORGANISATION),
            ("DHS", ORGANISATION),
            ("UN", ORGANISATION),
        )
    }
    assert {name: [m.surface for m in e.mentions] for name, e in by_name.items()} == {
        "United States": ["US", "United States"],
        "United States Department of Homeland Security": ["Department of Homeland Security", "DHS"],
        "United Nations": ["UN"],
    }
    states = by_name["United States"]
    assert (states.wikidata, states.country, states.count) == ("Q30", "US", 2)


def test_a_company_is_one_with_and_without_its_form() -> None:
    text = "Northgate Bank Plc rose. Northgate Bank fell. Apex Inc is Apex."
    assert surfaces_by_name(
        text,
        ("Northgate Bank Plc", ORGANISATION),
        ("Northgate Bank", ORGANISATION),
        ("Apex Inc", ORGANISATION),
        ("Apex", ORGANISATION),
    ) == {"Northgate Bank Plc": ["Northgate Bank Plc", "Northgate Bank"], "Apex Inc": ["Apex Inc", "Apex"]}


def test_short_forms_of_short_forms_are_not_lost() -> None:
    text = "Apex Airlines fell. AA said Apex Airlines Inc and Apex Airlines would wait."
    tagged = (("Apex Airlines", ORGANISATION), ("AA", ORGANISATION), ("Apex Airlines Inc", ORGANISATION))
    assert surfaces_by_name(text, *tagged) == {
        "Apex Airlines Inc": ["Apex Airlines", "AA", "Apex Airlines Inc", "Apex Airlines"]
    }


def test_a_dateline_is_a_place_and_a_heading_is_none() -> None:
    assert surfaces_by_name("TORREXT (Reuters) - Rain fell.") == {"TORREXT": ["TORREXT"]}
    assert surfaces_by_name("BERLIN - Rain fell.") == {"Berlin": ["BERLIN"]}
    assert surfaces_by_name("ANALYSIS - Rain fell.") == {}


def test_a_particle_belongs_to_one_name_only() -> None:
    text = "5 de Groot"
    spans = [TaggedSpan(0, 4, EntityType.AMOUNT), TaggedSpan(5, 10, PERSON)]
    mentions = find_mentions([ArticleField("/title", text, 1.0)], [spans])
    assert [span.surface for span in mentions] == ["5 de", "Groot"]


def test_offices_are_no_people_and_washington_is_one_place() -> None:
    text = "State Councilor Guo Shengkun flew to Washington, D.C. on Monday."
    (guo, washington) = entities_of(
        text,
        ("State", ORGANISATION),
        ("Councilor", PERSON),
        ("Guo Shengkun", PERSON),
        ("Washington", PLACE),
        ("D.C.", PLACE),
    )
    assert (guo.name, guo.role) == ("Guo Shengkun", "State Councilor")
    assert (washington.name, washington.wikidata, washington.country) == ("Washington", "Q61", "US")
    assert washington.coordinates is not None


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("US Attorney General Loretta E. Lynch spoke", "Loretta E. Lynch", "US Attorney General"),
        ("On Monday President Xi Jinping left", "Xi Jinping", "President"),
        ("said Minister of Public Security Guo Shengkun", "Guo Shengkun", "Minister of Public Security"),
        ("Helen Marsh, the bank's chief executive, left", "Helen Marsh", "bank's chief executive"),
        ("Amina Bello, director of the Health Institute, said", "Amina Bello", "director of the Health Institute"),
        ("The transport secretary, Ann Lee, said", "Ann Lee", "transport secretary"),
        ("and its head of research, Ann Lee, left", "Ann Lee", "head of research"),
        ("In March, Ann Lee left", "Ann Lee", None),
        ("Gov. Alma Joseph opened schools", "Alma Joseph", "Gov."),
        ("Her neighbour Ann Lee waved", "Ann Lee", None),
        ("The minister left. Ann Lee stayed", "Ann Lee", None),
    ],
)
def test_a_role_is_kept_where_it_is_stated(text: str, name: str, role: str | None) -> None:
    start = text.index(name)
    assert roles.find_role(text, start, start + len(name)) == role


@pytest.mark.parametrize(
    ("text", "surface", "kind", "wikidata"),
    [
        ("a lamp in London", "London", PLACE, "Q84"),
        ("a lamp in London, Ontario", "London", PLACE, "Q92561"),
        ("in Paris, Texas", "Paris", PLACE, None),
        ("in Paris, Ohio", "Paris", PLACE, None),
        ("in Georgia", "Georgia", PLACE, None),
        ("Jordan scored", "Jordan", PERSON, None),
        ("Bernie Sanders painted the fence", "Bernie Sanders", PERSON, None),
        ("Senator Bernie Sanders spoke", "Bernie Sanders", PERSON, "Q359442"),
        ("Putin spoke", "Putin", PERSON, None),
        ("Vladimir Putin spoke", "Vladimir Putin", PERSON, "Q7747"),
    ],
)
def test_only_certain_matches_are_linked(text: str, surface: str, kind: EntityType, wikidata: str | None) -> None:
    (entity,) = entities_of(text, (surface, kind))
    assert entity.wikidata == wikidata


def test_a_name_has_one_type_throughout_also_where_the_tagger_missed_it() -> None:
    text = "Moncler rose. Moncler fell. Moncler is Moncler in Milan-based Moncler."
    (moncler,) = entities_of(text, ("Moncler", PERSON), ("Moncler", ORGANISATION), ("Moncler", ORGANISATION))
    assert (moncler.type, moncler.count) == (ORGANISATION, 5)


def test_the_story_is_about_what_it_names_early_and_often() -> None:
    texts = [
        ArticleField("/title", "Ferry sinks off Malta", 4.0, 0),
        ArticleField("/paragraphs/0/text", "Malta sent boats to Oran.", 2.0, 1),
    ]
    tagged = [[TaggedSpan(16, 21, PLACE)], [TaggedSpan(0, 5, PLACE), TaggedSpan(20, 24, PLACE)]]
    malta, oran = build_entities(find_mentions(texts, tagged))
    assert (malta.name, malta.salience, oran.name) == ("Malta", 1.0, "Oran")
    assert 0 < oran.salience < 0.5


@given(st.text(min_size=1, max_size=40))
def test_trimming_stays_within_the_surface(surface: str) -> None:
    first, last = names.trim_name(surface, lexicon_of("en"))
    assert 0 <= first <= last <= len(surface)
    assert 0 <= names.skip_roles(surface, lexicon_of("en")) <= len(surface)


@given(st.text(max_size=300), st.integers(0, 300), st.integers(1, 40))
def test_any_text_has_roles_or_none(text: str, start: int, length: int) -> None:
    role = roles.find_role(text, min(start, len(text)), min(start + length, len(text)))
    assert role is None or role


@given(
    st.lists(st.text(max_size=60), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.sampled_from(EntityType)), max_size=12),
)
def test_every_mention_is_the_text_at_its_offsets(texts: list[str], drawn: list[tuple[int, int, EntityType]]) -> None:
    fields = [ArticleField(f"/paragraphs/{n}/text", text, 1.0, n) for n, text in enumerate(texts)]
    tagged: list[list[TaggedSpan]] = [[] for _ in texts]
    for number, (start, length, kind) in enumerate(sorted(drawn, key=lambda d: d[0])):
        index = number % len(texts)
        begin = max(start, tagged[index][-1].end if tagged[index] else 0)
        if begin < len(texts[index]):
            tagged[index].append(TaggedSpan(begin, min(begin + length, len(texts[index])), kind))
    _check(texts, build_entities(find_mentions(fields, tagged)))


WINDOW_PIECES = st.sampled_from(
    ["Loretta Lynch", "Xi Jinping’s", "the UN", "محمد بن سلمان", "Σωκράτης", "e\u0301mile Zola", "𝔘𝔰𝔢 Corp", "🇫🇷 France",
     "נתניהו", "\u202eyawroN\u202c", "李克强", "on Monday", "$3 billion", "D.C.", "\u200bBerlin\u200b", "said", "\n", "…"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(WINDOW_PIECES | st.text(max_size=8), max_size=12).map(" ".join), min_size=1, max_size=4))
def test_the_tagger_s_offsets_hold_in_any_script(tagger: SpacyTagger, texts: list[str]) -> None:
    fields = [ArticleField(f"/paragraphs/{n}/text", text, 1.0, n) for n, text in enumerate(texts)]
    _check(texts, build_entities(find_mentions(fields, tagger.tag(texts))))


def _check(texts: list[str], entities: tuple[Entity, ...]) -> None:
    taken: set[tuple[str, int]] = set()
    for entity in entities:
        assert 0 < entity.salience <= 1
        assert entity.count == len(entity.mentions)
        for mention in entity.mentions:
            text = texts[int(mention.field.split("/")[2])]
            assert text[mention.start : mention.end] == mention.surface
            characters = {(mention.field, i) for i in range(mention.start, mention.end)}
            assert not characters & taken, "two mentions overlap"
            taken |= characters


def test_mentions_merge_in_stories_full_of_shared_names(tagger: SpacyTagger) -> None:
    scores: list[tuple[float, float]] = []
    there = recalled = 0
    for story in marked_stories():
        predicted = _predicted(story, tagger)
        matched = sorted(story.mentions.keys() & predicted.keys())
        there, recalled = there + len(story.mentions), recalled + len(matched)
        for place in matched:
            gold = {m for m in matched if story.mentions[m] == story.mentions[place]}
            own = {m for m in matched if predicted[m] == predicted[place]}
            scores.append((len(gold & own) / len(own), len(gold & own) / len(gold)))
    precision, recall = (sum(column) / len(scores) for column in zip(*scores, strict=True))
    assert 2 * precision * recall / (precision + recall) >= 0.95
    assert recalled / there >= 0.9


def _predicted(story: MarkedStory, tagger: SpacyTagger) -> dict[tuple[int, int], int]:
    text = ArticleField("/paragraphs/0/text", story.text, 1.0)
    return {
        (mention.start, mention.end): number
        for number, entity in enumerate(build_entities(find_mentions([text], tagger.tag([story.text]))))
        if entity.type in (PERSON, PLACE, ORGANISATION)
        for mention in entity.mentions
    }
