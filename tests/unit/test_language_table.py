"""Documentation, code and events say the same of a language, and no more than was measured."""

import pytest

from tests.language_table import (
    BEGIN,
    END,
    FIGURES_BEGIN,
    FIGURES_END,
    documented,
    figures_table,
    is_supported,
    sample_texts,
    stored_figures,
    table,
)
from tests.stories import article
from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.languages import SUPPORT, NamesFrom, support_of
from wiredesk.enrichment.settings import EnrichmentSettings

MIN_TOPICS, MIN_NAMES = 0.70, 0.65
"""The least figures with which a language is supported: accuracy on SIB-200, and F1 of the tagger alone."""


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return Enricher(EnrichmentSettings())


def test_the_page_has_the_table_of_the_code_and_the_stored_figures() -> None:
    assert documented(BEGIN, END) == table(), "python -m tests.language_table writes it"
    assert documented(FIGURES_BEGIN, FIGURES_END) == figures_table(), "python -m tests.language_table writes it"


@pytest.mark.parametrize("code", sorted(SUPPORT))
def test_what_is_supported_was_measured(code: str) -> None:
    support, measured = SUPPORT[code], stored_figures().get(code, {})
    if support.topics and code != "en":  # English topics are measured on articles
        assert float(measured.get("topics", 0)) >= MIN_TOPICS
    if support.names is NamesFrom.TAGGER:
        assert float(measured.get("names", 0)) >= MIN_NAMES


def test_every_supported_language_has_a_sample() -> None:
    assert {code for code, support in SUPPORT.items() if is_supported(support)} <= sample_texts().keys()


@pytest.mark.parametrize("code", sorted(sample_texts()))
def test_the_notes_of_an_event_say_what_the_table_says(enricher: Enricher, code: str) -> None:
    story = article(sample_texts()[code]).model_copy(
        update={"language": code}
    )  # as its page states: `bs` reads as `hr`
    notes = enricher(story).enrichment.notes
    support = support_of(code)
    assert (f"no-topics-for:{code}" in notes) is not support.topics
    assert (f"no-entities-for:{code}" in notes) is (support.names is NamesFrom.NOTHING)
    assert (f"entities-by-gazetteer:{code}" in notes) is (support.names is NamesFrom.GAZETTEER)
