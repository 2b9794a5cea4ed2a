"""Languages without a tagger: countries and capitals are found in them, linked, and words that look like these are not."""

from pathlib import Path

import pytest

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import build_entities, find_mentions
from wiredesk.enrichment.entities.gazetteer_tagger import GazetteerTagger
from wiredesk.enrichment.languages import SUPPORT, NamesFrom

SENTENCES = Path(__file__).parents[1] / "articles" / "gazetteer.tsv"
"""A sentence in each language, with its names and their ids. A name has `_` for a space."""

BY_LANGUAGE = {line.split("\t")[0]: line.split("\t")[1:] for line in SENTENCES.read_text(encoding="utf-8").splitlines()}


def linked(language: str, text: str) -> dict[str, str | None]:
    """Return the names that the gazetteer's tagger finds in a text, each with its id."""
    field = ArticleField("/title", text, 1.0, 0, language)
    tagged = GazetteerTagger(language).tag([text])
    entities = build_entities(find_mentions([field], tagged))
    return {mention.surface: entity.wikidata for entity in entities for mention in entity.mentions}


@pytest.mark.parametrize("language", sorted(BY_LANGUAGE))
def test_names_are_found_and_linked_and_other_words_are_not(language: str) -> None:
    text, names = BY_LANGUAGE[language]
    expected = dict(name.replace("_", " ").split("=") for name in names.split(" "))
    assert linked(language, text) == expected


def test_every_language_without_a_tagger_has_a_sentence() -> None:
    without = {code for code, support in SUPPORT.items() if support.names is NamesFrom.GAZETTEER}
    assert without - {"vi"} <= BY_LANGUAGE.keys()
