"""What is built of spaCy's packaged pipeline does what the whole pipeline does."""

import lzma
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wiredesk.enrichment.entities.packaged_pipeline import build_pipeline
from wiredesk.enrichment.entities.spacy_tagger import trained_weights
from wiredesk.enrichment.settings import BASE_PIPELINE

OTHER_COMPONENTS = ("tagger", "parser", "attribute_ruler", "lemmatizer", "senter", "tok2vec")

FEATURES = ["ORTH", "NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IDX", "LIKE_URL", "ENT_IOB", "ENT_TYPE"]
"""What a token is, what the network reads of it, and what it becomes."""

WORDS = ("don't", "cos", "gonna", "U.S.", "Jan.", "co.", "Ph.D.", "'Cause", "$5m", "a.m.", "e-mail", "ca.", ":-)", "…")
"""Words with a norm or a rule of their own."""


@pytest.fixture(scope="module")
def folder() -> Path:
    return Path(import_module(BASE_PIPELINE).model_path())


@pytest.fixture(scope="module")
def whole(folder: Path) -> Any:
    return spacy.load(folder, exclude=[*OTHER_COMPONENTS, "strings"])


@pytest.fixture(scope="module")
def built(folder: Path, whole: Any) -> Any:
    pipeline = build_pipeline(folder)
    pipeline.vocab.vectors = whole.vocab.vectors  # the tagger has its own form of them
    return pipeline


def features(document: Any) -> list[list[int]]:
    rows: list[list[int]] = document.to_array(FEATURES).tolist()
    return rows


def test_it_has_the_same_parts(whole: Any, built: Any) -> None:
    assert built.pipe_names == whole.pipe_names == ["ner"]
    assert built.tokenizer.to_bytes(exclude=["vocab"]) == whole.tokenizer.to_bytes(exclude=["vocab"])
    assert built.get_pipe("ner").to_bytes(exclude=["vocab"]) == whole.get_pipe("ner").to_bytes(exclude=["vocab"])
    norms = [{word.orth: (word.norm, word.shape) for word in pipeline.vocab} for pipeline in (whole, built)]
    assert norms[0] == norms[1]


def test_its_component_has_the_given_weights(folder: Path, built: Any) -> None:
    weights = lzma.decompress(trained_weights().read_bytes())
    other: Any = build_pipeline(folder, weights).get_pipe("ner")
    stored = other.to_bytes(exclude=["vocab"])
    assert stored != built.get_pipe("ner").to_bytes(exclude=["vocab"])
    replaced: Any = build_pipeline(folder).get_pipe("ner")
    assert stored == replaced.from_bytes(weights, exclude=["vocab"]).to_bytes(exclude=["vocab"])


@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(WORDS)), max_size=30).map(" ".join))
@example("Mayor Anna Keller opened the U.S. library of Łódź on Jan. 5, cos it didn't cost $5m at http://a.b/c?d=e.")
@example("\ud800 a\u0000b \u200f\u3000 ''s " + "x" * 5000 + "." * 500)
@settings(max_examples=100, deadline=None)
def test_any_text_has_the_same_tokens_and_names(whole: Any, built: Any, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()  # neither stores a lone surrogate
    assert features(built(text)) == features(whole(text))
