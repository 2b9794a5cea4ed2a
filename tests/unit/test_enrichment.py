import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.stories import article
from tests.unit.test_seed_page import SEED, read
from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.enrichment.settings import EnrichmentSettings
from wiredesk.enrichment.topics import NewsClassifier
from wiredesk.enrichment.topics.taxonomy import VERSION
from wiredesk.runtime.errors import UsageError
from wiredesk_schemas import CleanedArticle, EnrichedArticle, EntityType, MediaTopic, Model

EXPECTED = json.loads((Path(__file__).parents[1] / "seed.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def classifier() -> NewsClassifier:
    return NewsClassifier(fast=True)


class NoTagger:
    languages = frozenset({"en"})

    def __init__(self, version: str = "1") -> None:
        self.model = Model(task="entities", name="none", version=version)

    def tag(self, texts: Sequence[str]) -> list[list[TaggedSpan]]:
        return [[] for _ in texts]


class NoClassifier:
    model = Model(task="topics", name="none", version="1")
    languages = frozenset({"en", "de"})

    def topics(self, article: CleanedArticle, language: str) -> tuple[MediaTopic, ...]:  # noqa: ARG002 - the interface
        return ()


def test_what_cannot_be_determined_is_left_out_and_noted(classifier: NewsClassifier) -> None:
    enricher = Enricher(tagger=NoTagger(), classifier=classifier)
    enriched = enricher(article("Þar sem áður stóðu katlar sitja nú fiðluleikarar, og enginn hefur amast við því."))
    assert (enriched.entities, enriched.topics) == ((), ())
    assert enriched.enrichment.notes == ("no-entities-for:is", "no-topics-for:is")
    assert enriched.language == "is"
    assert enriched.detected_language is not None


def test_a_paragraph_in_another_language_is_noted_and_not_read_by_the_tagger() -> None:
    class Everything(NoTagger):
        def tag(self, texts: Sequence[str]) -> list[list[TaggedSpan]]:
            return [[TaggedSpan(0, len(text), EntityType.PLACE)] for text in texts]

    english = "The council voted on Tuesday to keep the old library open, and the mayor was pleased with the result."
    german = "Wo früher Kessel standen, sitzen jetzt Geiger, und niemand hat sich daran gestört, sagte der Wirt."
    enriched = Enricher(tagger=Everything(), classifier=NoClassifier())(article(english, german, english))
    fields = {mention.field for entity in enriched.entities for mention in entity.mentions}
    assert fields == {"/paragraphs/0/text", "/paragraphs/2/text"}
    assert enriched.enrichment.notes[:2] == ("paragraphs-in:de", "no-entities-for:de")


def test_an_event_states_the_release_of_the_media_topics(classifier: NewsClassifier) -> None:
    text = article("Ships stay in port.")
    assert Enricher(tagger=NoTagger(), classifier=classifier)(text).enrichment.vocabulary == VERSION
    assert Enricher(tagger=NoTagger(), classifier=NoClassifier())(text).enrichment.vocabulary is None


def test_another_model_gives_other_ids(classifier: NewsClassifier) -> None:
    text = article("The council voted on Tuesday to keep the old library open.")
    one, same, other = (Enricher(tagger=NoTagger(v), classifier=classifier)(text) for v in ("1", "1", "2"))
    assert one == same
    assert one.event_id != other.event_id
    assert one.enrichment.version != other.enrichment.version


def test_a_text_of_a_hundred_thousand_words_is_bounded() -> None:
    settings = EnrichmentSettings(enrich_characters=10_000)
    long = article(*("The council voted on Tuesday. " * 100 for _ in range(200)))
    enriched = Enricher(settings, tagger=NoTagger(), classifier=NoClassifier())(long)
    assert [note for note in enriched.enrichment.notes if note.startswith("entities-cut-at:/paragraphs/")]


def test_a_paragraph_of_any_length_is_cut_at_a_sentence_end() -> None:
    class LengthTagger(NoTagger):
        def tag(self, texts: Sequence[str]) -> list[list[TaggedSpan]]:
            return [[TaggedSpan(len(text) - 11, len(text) - 1, EntityType.PERSON)] for text in texts]

    def notes_and_last(text: str) -> tuple[list[str], str]:
        settings = EnrichmentSettings(enrich_characters=1000)
        enriched = Enricher(settings, tagger=LengthTagger(), classifier=NoClassifier())(article(text))
        notes = [note for note in enriched.enrichment.notes if note.startswith("entities-cut-at:")]
        return notes, enriched.entities[0].name

    # The 46 characters of a sentence and its space fit into 1000 21 times.
    assert notes_and_last("The council voted on Tuesday with Ann Harris. " * 50) == (
        ["entities-cut-at:/paragraphs/0/text:965"],
        "Ann Harris",
    )
    assert notes_and_last("There is no end of Harris, " * 100)[0] == ["entities-cut-at:/paragraphs/0/text:999"]


def test_a_long_text_without_spaces_is_cut_at_the_limit() -> None:
    settings = EnrichmentSettings(enrich_characters=5000)
    enricher = Enricher(settings, tagger=NoTagger(), classifier=NoClassifier())
    enriched = enricher(article("国家主席习近平在北京表示支持联合国" * 1000))
    assert "entities-cut-at:/paragraphs/0/text:5000" in enriched.enrichment.notes
    enriched = enricher(article("国家主席习近平在北京表示支持联合国。" * 277, "国家主席习近平在北京表示支持联合国" * 9))
    assert "entities-cut-at:/paragraphs/1/text:0" in enriched.enrichment.notes


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (EnrichmentSettings(ner_model="en_nix"), "WIREDESK_NER_MODEL=en_nix: "),
        (EnrichmentSettings(ner_models="de=en_nix"), "WIREDESK_NER_MODELS=de=en_nix: "),
        (EnrichmentSettings(ner_models="de=numpy"), "WIREDESK_NER_MODELS=de=numpy: "),  # has a `load` of its own
        (EnrichmentSettings(ner_models="de=", topic_model="nix"), "WIREDESK_TOPIC_MODEL=nix is unknown"),
    ],
)
def test_a_missing_model_is_reported_in_a_line(settings: EnrichmentSettings, named: str) -> None:
    with pytest.raises(UsageError) as refused:
        Enricher(settings)
    assert str(refused.value).startswith(named)
    assert "\n" not in str(refused.value)


def test_an_event_lists_the_models_that_read_its_article(classifier: NewsClassifier) -> None:
    enricher = Enricher(tagger=NoTagger(), classifier=classifier)
    english = enricher(article("The council voted on Tuesday to keep the old library open."))
    german = enricher(article("Þar sem áður stóðu katlar sitja nú fiðluleikarar og enginn hefur kvartað yfir því."))
    assert [model.task for model in english.enrichment.models] == ["language", "entities", "topics"]
    assert "entities" not in [model.task for model in german.enrichment.models]
    assert english.enrichment.version == german.enrichment.version


@pytest.fixture(scope="module")
def seed() -> EnrichedArticle:
    return Enricher()(read(SEED))


def test_the_seed_page_names_everybody_once(seed: EnrichedArticle) -> None:
    def names_of(kind: EntityType) -> list[str]:
        return [entity.name for entity in seed.entities if entity.type is kind]

    assert sorted(names_of(EntityType.PERSON)) == sorted(EXPECTED["people"])
    assert sorted(names_of(EntityType.PLACE)) == sorted(EXPECTED["places"])
    assert set(EXPECTED["organisations"]) <= set(names_of(EntityType.ORGANISATION))
    surfaces = {entity.name: {mention.surface for mention in entity.mentions} for entity in seed.entities}
    assert {"Xi Jinping", "Xi"} <= surfaces["Xi Jinping"]
    assert {"United States", "US"} <= surfaces["United States"]


def test_the_seed_page_is_about_cyber_crime_and_diplomacy(seed: EnrichedArticle) -> None:
    codes = [topic.code for topic in seed.topics]
    assert codes[0] in EXPECTED["topics"]["top_level"]
    assert "medtop:20000086" in codes, "cyber crime"
    assert {"medtop:20000638", "medtop:20000639"} & set(codes), "international relations, diplomacy"


def test_the_seed_page_states_roles(seed: EnrichedArticle) -> None:
    roles = {entity.name: entity.role for entity in seed.entities}
    assert roles["Loretta Lynch"] == "US Attorney General"
    assert roles["Jeh Johnson"] in ("Homeland Security Secretary", "US Secretary of Homeland Security")
