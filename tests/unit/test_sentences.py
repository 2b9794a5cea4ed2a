import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.enrichment.topics import ModelWeights, NewsClassifier, sentence_model
from wiredesk.enrichment.topics.narrower_topics import group_alternatives
from wiredesk.enrichment.topics.sentence_model import SentenceEncoder

SHORT = "The central bank left its rate unchanged, and hinted that it may cut in spring."
LONG = f"{SHORT} " + "The goalkeeper saved twice before the winner in the last minute of the cup final. " * 20


@pytest.fixture(scope="module")
def model() -> SentenceEncoder:
    return SentenceEncoder()


def test_a_short_text_has_one_vector_and_a_long_one_two(model: SentenceEncoder) -> None:
    (short,) = model.vectors(SHORT)
    beginning, whole = model.vectors(LONG)
    for vector in (short, beginning, whole):
        assert vector.shape == (384,)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert 0.5 < beginning @ whole < 0.9999


def test_more_is_read_where_the_beginning_leaves_doubt() -> None:
    certain, doubting = (NewsClassifier(weights=ModelWeights(doubt=doubt)) for doubt in (0.0, 100.0))
    beginning, whole = SentenceEncoder().vectors(LONG)
    for classifier, vector in ((certain, beginning), (doubting, whole)):
        read = classifier.score("", LONG).vector
        assert read is not None
        assert read == pytest.approx(vector, abs=1e-5)


def test_other_weights_than_those_trained_with_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence_model, "SHA256", "0" * 64)
    with pytest.raises(OSError, match="contains another model"):
        SentenceEncoder()


NAMES = ("art", "arts policy", "artist", "air force", "airline", "air[ -]?ship", "e[ -]?commerce", "economy", "ebola")


@given(st.lists(st.sampled_from([*(name.replace("[ -]?", " ") for name in NAMES), "airship", "ecommerce", "x"])))
def test_grouped_names_are_found_as_ungrouped_ones_are(words: list[str]) -> None:
    forms, text = sorted(NAMES, key=len, reverse=True), " ".join(words)
    grouped, plain = (rf"\b(?:{joined})s?\b" for joined in (group_alternatives(forms, 3), "|".join(forms)))
    assert re.findall(grouped, text) == re.findall(plain, text)
