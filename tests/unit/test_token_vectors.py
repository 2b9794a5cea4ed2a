"""The tagger's network in our form computes what spaCy's form computes; the faster matrix library is chosen."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from thinc.api import NumpyOps

from wiredesk.enrichment.entities import matrix_kernel
from wiredesk.enrichment.entities.token_vectors import BLOCK_ROWS, TokenVectors, UnknownNetworkError, WordVectors

WORDS = ("Riverton", "opened", "did", "n't", "the", "library", "1,200", "Łódź", "'s", "Let")
WINDOW = {
    "@architectures": "spacy.MaxoutWindowEncoder.v2",
    "width": 96,
    "window_size": 1,
    "maxout_pieces": 3,
    "depth": 4,
}


def pipeline(**encoder: object) -> Language:
    """Return a pipeline of random weights, with the architecture of our tagger."""
    random = np.random.default_rng(3)
    nlp = spacy.blank("en")
    for word in WORDS[:-3]:
        vector: Any = random.standard_normal(20, dtype=np.float32)
        nlp.vocab.set_vector(word, vector)
    embed = {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": 96,
        "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
        "rows": [500, 100, 250, 250],
        "include_static_vectors": True,
    }
    tok2vec = {"@architectures": "spacy.Tok2Vec.v2", "embed": embed, "encode": {**WINDOW, **encoder}}
    model = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "nO": None,
        "tok2vec": tok2vec,
    }
    ner: Any = nlp.add_pipe("ner", config={"model": model})
    ner.add_label("PERSON")
    nlp.initialize()
    for layer in ner.model.walk():
        for name in layer.param_names:
            if layer.name != "hashembed" and layer.has_param(name):
                layer.set_param(name, random.standard_normal(layer.get_param(name).shape, dtype=np.float32) / 10)
    return nlp


def words_of(nlp: Language) -> WordVectors:
    row_of_word = nlp.vocab.vectors.key2row
    words, rows = np.array([*row_of_word], dtype=np.uint64), np.array([*row_of_word.values()], dtype=np.int32)
    return WordVectors(nlp.vocab.vectors.data, words, rows)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return pipeline()


@pytest.fixture(scope="module")
def both(nlp: Language) -> tuple[Callable[..., Any], TokenVectors]:
    tok2vec: Any = nlp.get_pipe("ner").model.layers[0]  # type: ignore[attr-defined]
    return tok2vec.predict, TokenVectors(tok2vec, words_of(nlp), NumpyOps(use_blis=False))


def check_equal(nlp: Language, both: tuple[Callable[..., Any], TokenVectors], texts: list[str]) -> None:
    theirs, ours = both
    documents = [nlp.make_doc(text) for text in texts]
    np.testing.assert_allclose(ours(documents), theirs(documents), atol=1e-4)


@settings(max_examples=40)
@given(texts=st.lists(st.text(max_size=40) | st.lists(st.sampled_from(WORDS)).map(" ".join), min_size=1, max_size=6))
def test_any_texts_have_spacys_vectors(
    nlp: Language, both: tuple[Callable[..., Any], TokenVectors], texts: list[str]
) -> None:
    if any(texts):
        check_equal(nlp, both, texts)


def test_long_texts_have_spacys_vectors(nlp: Language, both: tuple[Callable[..., Any], TokenVectors]) -> None:
    check_equal(nlp, both, [" ".join(WORDS) * 80, "", " ".join(f"{word}{n}" for n in range(120) for word in WORDS)])
    assert 120 * len(WORDS) > BLOCK_ROWS, "several blocks"


def test_a_word_with_two_norms_is_two_words(nlp: Language, both: tuple[Callable[..., Any], TokenVectors]) -> None:
    """The norm of `'s` is `us` after `let`, and of `did` it is `do` before `n't`."""
    check_equal(nlp, both, ["Let's see what the council's plan did, and what it didn't."])


@pytest.mark.parametrize("encoder", [{"window_size": 2}, {"maxout_pieces": 2}])
def test_another_network_is_refused(encoder: dict[str, object]) -> None:
    nlp = pipeline(**encoder)
    with pytest.raises(UnknownNetworkError):
        TokenVectors(nlp.get_pipe("ner").model.layers[0], words_of(nlp), NumpyOps())  # type: ignore[attr-defined]


def test_blis_is_used_where_it_is_clearly_faster() -> None:
    assert matrix_kernel.is_blis_faster({"numpy": [9, 4], "blis": [8, 3]})
    assert not matrix_kernel.is_blis_faster({"numpy": [4, 4], "blis": [3.9, 9]}), "nearly equal: numpy's"
    assert not matrix_kernel.is_blis_faster({"numpy": [900, 1], "blis": [2, 2]}), "one interrupted round says nothing"


def test_each_library_is_measured_in_turn() -> None:
    calls: list[str] = []
    seconds = matrix_kernel.measure({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")})
    assert calls == ["a", "b"] * (matrix_kernel.ROUNDS + 1)
    assert [len(rounds) for rounds in seconds.values()] == [matrix_kernel.ROUNDS] * 2
    assert matrix_kernel.fastest_ops() is matrix_kernel.fastest_ops()
