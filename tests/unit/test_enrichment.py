from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Block, CleanedArticle, EntityType, Extraction, Model
from services.enrichment import names
from services.enrichment.enrich import Enricher
from services.enrichment.entities import entities
from services.enrichment.fields import Text
from services.enrichment.media_topics import media_topics
from services.enrichment.mentions import mentions
from services.enrichment.tagging import Span
from services.enrichment.topics import LeadsClassifier

PERSON, PLACE, ORGANISATION = EntityType.PERSON, EntityType.PLACE, EntityType.ORGANISATION


@pytest.fixture(scope="module")
def classifier() -> LeadsClassifier:
    return LeadsClassifier()


def article(*paragraphs: str, **fields: str) -> CleanedArticle:
    return CleanedArticle(
        event_id="00000000-0000-5000-8000-000000000000",
        page_id="p",
        revision="r",
        url="https://a.example/",
        canonical_url="https://a.example/",
        paragraphs=tuple(Block(text=text) for text in paragraphs),
        word_count=1,
        extraction=Extraction(method="html", version="1", confidence=1),
        **fields,
    )


def merged(text: str, *tagged: tuple[str, EntityType]) -> dict[str, list[str]]:
    """Tag surfaces where they stand, in order, and return the entities with their mentions."""
    spans, position = [], 0
    for surface, kind in tagged:
        position = text.index(surface, position)
        spans.append(Span(position, position + len(surface), kind))
        position += len(surface)
    field = Text("/title", text, 1.0)
    return {e.name: [m.surface for m in e.mentions] for e in entities(mentions([field], [spans]))}


def test_a_person_is_one_under_all_names() -> None:
    text = "Attorney General Loretta E. Lynch met Xi Jinping. Loretta Lynch's aide said Lynch and Xi agreed."
    found = merged(
        text, ("General Loretta E. Lynch", PERSON), ("Xi Jinping", PERSON), ("Loretta Lynch's", PERSON), ("Xi", PERSON)
    )
    assert found == {
        "Loretta Lynch": ["Loretta E. Lynch", "Loretta Lynch", "Lynch"],
        "Xi Jinping": ["Xi Jinping", "Xi"],
    }


def test_a_surname_of_two_people_stays_by_itself() -> None:
    found = merged(
        "Ann Smith met Bob Smith. Smith left.", ("Ann Smith", PERSON), ("Bob Smith", PERSON), ("Smith", PERSON)
    )
    assert found == {"Ann Smith": ["Ann Smith"], "Bob Smith": ["Bob Smith"], "Smith": ["Smith"]}


def test_well_known_names_and_acronyms_merge() -> None:
    text = "The US and the United States. The Department of Homeland Security, or DHS. The UN."
    found = merged(
        text,
        ("US", PLACE),
        ("the United States", PLACE),
        ("Department of Homeland Security", ORGANISATION),
        ("DHS", ORGANISATION),
        ("UN", ORGANISATION),
    )
    assert found == {
        "United States": ["US", "United States"],
        "Department of Homeland Security": ["Department of Homeland Security", "DHS"],
        "United Nations": ["UN"],
    }


def test_offices_are_no_people_and_washington_is_one_place() -> None:
    text = "State Councilor Guo Shengkun flew to Washington, D.C. on Monday."
    found = merged(
        text,
        ("State", ORGANISATION),
        ("Councilor", PERSON),
        ("Guo Shengkun", PERSON),
        ("Washington", PLACE),
        ("D.C.", PLACE),
    )
    assert found == {"Guo Shengkun": ["Guo Shengkun"], "Washington": ["Washington, D.C."]}


@given(st.text(min_size=1, max_size=40))
def test_trimming_stays_within_the_surface(surface: str) -> None:
    first, last = names.trimmed(surface)
    assert 0 <= first <= last <= len(surface)
    assert 0 <= names.without_roles(surface) <= len(surface)


@given(
    st.lists(st.text(max_size=60), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.sampled_from(EntityType)), max_size=12),
)
def test_every_mention_is_the_text_at_its_offsets(texts: list[str], drawn: list[tuple[int, int, EntityType]]) -> None:
    fields = [Text(f"/paragraphs/{n}/text", text, 1.0) for n, text in enumerate(texts)]
    tagged: list[list[Span]] = [[] for _ in texts]
    for number, (start, length, kind) in enumerate(sorted(drawn, key=lambda d: d[0])):
        index = number % len(texts)
        begin = max(start, tagged[index][-1].end if tagged[index] else 0)
        if begin < len(texts[index]):
            tagged[index].append(Span(begin, min(begin + length, len(texts[index])), kind))
    for entity in entities(mentions(fields, tagged)):
        assert 0 < entity.salience <= 1
        for mention in entity.mentions:
            text = texts[int(mention.field.split("/")[2])]
            assert text[mention.start : mention.end] == mention.surface


def test_the_taxonomy_is_a_tree_of_seventeen_roots() -> None:
    topics = media_topics()
    assert len({topic.root for topic in topics.values()}) == 17
    assert all(topic.path[-1] == code and set(topic.path) <= set(topics) for code, topic in topics.items())
    assert topics["medtop:20000086"].name("de") == "Computerkriminalität"
    assert topics["medtop:20000086"].name("xx") == "cyber crime"


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("The striker scored twice as the team won the cup final on penalties in front of a full stadium", "medtop:15000000"),
        ("Parliament passed the election law after the prime minister won a vote of confidence", "medtop:11000000"),
        ("Shares fell and the central bank raised interest rates as inflation hit companies and markets", "medtop:04000000"),
        ("Police arrested a man suspected of murder, the prosecutor told the court", "medtop:02000000"),
    ],
)  # fmt: skip
def test_plain_stories_have_plain_topics(classifier: LeadsClassifier, text: str, root: str) -> None:
    topics = classifier.topics(article(text), "en")
    assert topics[0].path == (root,)
    assert topics[0].score == max(t.score for t in topics if len(t.path) == 1)


class _Tagger:
    language = "en"

    def __init__(self, version: str) -> None:
        self.model = Model(task="entities", name="none", version=version)

    def tag(self, texts: Sequence[str]) -> list[list[Span]]:
        return [[] for _ in texts]


def test_what_cannot_be_said_is_left_out_and_noted(classifier: LeadsClassifier) -> None:
    enricher = Enricher(tagger=_Tagger("1"), classifier=classifier)
    found = enricher(article("Wo früher Kessel standen, sitzen jetzt Geiger, und niemand hat sich daran gestört."))
    assert (found.entities, found.topics) == ((), ())
    assert found.enrichment.notes == ("no-entities-for:de", "no-topics-for:de")
    assert found.language == "de"
    assert found.detected_language is not None


def test_another_model_gives_other_ids(classifier: LeadsClassifier) -> None:
    text = article("The council voted on Tuesday to keep the old library open.")
    one, same, other = (Enricher(tagger=_Tagger(version), classifier=classifier)(text) for version in ("1", "1", "2"))
    assert one == same
    assert one.event_id != other.event_id
    assert one.enrichment.version != other.enrichment.version
