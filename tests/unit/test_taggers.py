"""The map from language to tagger: as a setting, and as it is used."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.cli.options import load
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.enrichment.settings import EnrichmentSettings, parse_tagger_names
from wiredesk.enrichment.taggers import Taggers
from wiredesk.runtime.errors import UsageError
from wiredesk_schemas import Model


class Silent:
    def __init__(self, *languages: str, version: str = "1") -> None:
        self.languages = frozenset(languages)
        self.model = Model(task="entities", name="-".join(languages), version=version)

    def tag(self, texts: Sequence[str]) -> list[list[TaggedSpan]]:
        return [[] for _ in texts]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("en=a", {"en": "a"}),
        ("en=a,de=b,*=c", {"en": "a", "de": "b", "*": "c"}),
        (" en = a , de=/models/b=2 ", {"en": "a", "de": "/models/b=2"}),
        ("*=c,ja=", {"*": "c", "ja": ""}),
        ("yue=c", {"yue": "c"}),
    ],
)
def test_taggers_are_named_by_language(value: str, names: dict[str, str]) -> None:
    assert EnrichmentSettings(ner_models=value).tagger_names == names


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("de_core_news_md", "'de_core_news_md' is not language=tagger"),
        ("en=a,", "'' is not language=tagger"),
        ("EN=a", "'EN' is no language: a code of ISO 639 in small letters, such as de, or *"),
        ("pt-BR=a", "'pt-BR' is no language: a code of ISO 639 in small letters, such as de, or *"),
        ("=a", "'' is no language: a code of ISO 639 in small letters, such as de, or *"),
        ("en=a,de=b,en=c", "en has two taggers"),
    ],
)
def test_what_is_wrong_with_the_map_is_one_line(value: str, problem: str) -> None:
    with pytest.raises(UsageError) as refused:
        load(EnrichmentSettings, ner_models=value)
    assert str(refused.value) == f"WIREDESK_NER_MODELS: {problem}"


def test_both_forms_of_the_setting_are_refused() -> None:
    with pytest.raises(UsageError, match=r"^WIREDESK_NER_MODEL is the older form of WIREDESK_NER_MODELS: set one"):
        load(EnrichmentSettings, ner_model="a", ner_models="en=b")


def test_the_older_form_is_one_tagger_for_the_languages_that_it_reads() -> None:
    assert EnrichmentSettings(ner_model="de_core_news_md").tagger_names == {"*": "de_core_news_md"}


@given(st.text(alphabet="en*=, \u0131\x00-", max_size=20))
def test_any_value_is_read_or_refused(value: str) -> None:
    try:
        names = parse_tagger_names(value)
    except ValueError:
        return
    assert parse_tagger_names(",".join(f"{language}={name}" for language, name in names.items())) == names


def test_a_language_has_its_own_tagger_or_the_one_for_any() -> None:
    english, many, all_languages = Silent("en"), Silent("de", "fr", "en"), Silent("*")
    taggers = Taggers({"en": english, "fr": None, "*": many})
    assert taggers.of("en") is english
    assert taggers.of("de") is many
    assert taggers.of("fr") is None, "an empty entry leaves a language without a tagger"
    assert taggers.of("ja") is None, "the tagger for any language does not read it"
    assert taggers.of(None) is None
    assert Taggers({"*": all_languages}).of("ja") is all_languages
    assert Taggers({"en": english}).of("de") is None


def test_the_version_covers_every_tagger_and_every_language() -> None:
    english, many = Silent("en"), Silent("*")
    maps: list[Taggers] = [
        Taggers({"en": english, "*": many}),
        Taggers({"en": english, "*": Silent("*", version="2")}),
        Taggers({"en": many, "*": many}),
        Taggers({"en": english, "de": None, "*": many}),
        Taggers({"en": english}),
        Taggers({}),
    ]
    assert len({taggers.version for taggers in maps}) == len(maps)
    assert Taggers({"*": many, "en": english}).version == maps[0].version, "the order of entries says nothing"
