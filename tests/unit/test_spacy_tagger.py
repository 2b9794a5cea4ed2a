"""A tagger of any spaCy pipeline: here one of random weights, in a folder."""

from pathlib import Path

import pytest

from tests.unit.test_token_vectors import pipeline
from wiredesk.enrichment.entities import spacy_tagger
from wiredesk.enrichment.entities.spacy_tagger import SpacyTagger


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipelines") / "random"
    pipeline().to_disk(folder)
    return folder


def test_a_tagger_does_not_grow_with_the_words_that_it_reads(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spacy_tagger, "REMEMBERED_WORDS", 200)
    tagger = SpacyTagger(str(folder))
    strings = tagger._pipeline.vocab.strings
    text = "The library of Riverton opened, and the council of Łódź didn't."
    first, before = tagger.tag([text]), len(strings)
    for number in range(100):
        tagger.tag([" ".join(f"word{number}x{place}" for place in range(20))])
    assert len(strings) < before + 1000, "2,000 words were read"
    assert tagger.tag([text, text]) == first * 2, "words that were forgotten are read again as before"


def test_a_pipeline_without_names_is_refused(tmp_path: Path) -> None:
    nlp = pipeline()
    nlp.remove_pipe("ner")
    nlp.to_disk(tmp_path)
    with pytest.raises(ValueError, match="has no component 'ner'"):
        SpacyTagger(str(tmp_path))
