"""The outputs of enrichment's models are those that were stored (`tests/models/__init__.py`).

The tolerances allow for another processor, which sums in another order and multiplies bytes by other instructions.
"""

from typing import Any

import numpy as np
import pytest

from tests.models import enrichment
from tests.models.stored import differences, load

CONFIDENCE = 0.005
"""Tolerance of a language's confidence."""

TAGGER_VECTOR = 1e-3
"""Numbers of the tagger's vectors are about 1."""

CERTAIN = 0.8
"""A name of the multilingual tagger with such a probability is one on any processor."""

PROBABILITY = 0.1
"""Tolerance of a name's probability: bytes are multiplied, and small differences grow from layer to layer."""

MEANING_COSINE = 0.995
"""Minimum cosine of a vector of the encoder of meanings with the stored one: twelve layers of bytes."""

MEANING_LEADS = 0.3
"""Log probabilities from such a vector."""

LOG_PROBABILITY = 1e-4
"""Tolerance of log probabilities of the words model: 32-bit floats."""

COSINE = 0.9995
"""Minimum cosine of a sentence vector with the stored one: bytes are multiplied, in three layers."""

FLOATS_COSINE = 0.999
"""Minimum cosine of such a vector with that of the package's own code, which multiplies 32-bit floats."""

NEAREST_LEADS = 0.05
"""Log probabilities from such a vector."""

SCORE = 0.03
"""Tolerance of a topic's score."""


def cosine(one: list[float], other: list[float]) -> float:
    a, b = np.array(one), np.array(other)
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_languages() -> None:
    assert not differences(enrichment.language(), load("golden/language"), CONFIDENCE)


def test_the_tagger() -> None:
    assert not differences(enrichment.tagger(), load("golden/tagger"), TAGGER_VECTOR)


def test_the_multilingual_tagger() -> None:
    stored, actual = load("golden/multilingual_tagger"), enrichment.multilingual_tagger()
    assert actual.keys() == stored.keys()
    for text, outputs in actual.items():
        assert outputs["pieces"] == stored[text]["pieces"]
        names, before = outputs["names"], stored[text]["names"]
        assert not [name for name in before if before[name] >= CERTAIN and name not in names], "names are gone"
        assert not [name for name in names if names[name] >= CERTAIN + PROBABILITY and name not in before], "new names"
        shared = [name for name in names if name in before]
        assert not differences([names[name] for name in shared], [before[name] for name in shared], PROBABILITY)


def test_the_encoder_of_meanings() -> None:
    stored, actual = load("golden/meaning_model"), enrichment.meaning_model()
    assert actual.keys() == stored.keys()
    for text, outputs in actual.items():
        assert cosine(outputs["vector"], stored[text]["vector"]) >= MEANING_COSINE
        assert not differences(outputs["leads"], stored[text]["leads"], MEANING_LEADS)


@pytest.mark.parametrize("origin", ["golden", "reference"])
def test_the_words_model_as_stored_and_as_scikit_learn_computes_it(origin: str) -> None:
    assert not differences(enrichment.words_model(), load(f"{origin}/words_model"), LOG_PROBABILITY)


@pytest.fixture(scope="module")
def sentences() -> dict[str, Any]:
    return enrichment.sentence_model()


def test_the_sentence_model(sentences: dict[str, Any]) -> None:
    stored = load("golden/sentence_model")
    assert sentences.keys() == stored.keys()
    for text, outputs in sentences.items():
        assert outputs["pieces"] == stored[text]["pieces"]
        assert cosine(outputs["vector"], stored[text]["vector"]) >= COSINE
        assert not differences(outputs["leads"], stored[text]["leads"], NEAREST_LEADS)


def test_sentence_vectors_are_those_of_the_package(sentences: dict[str, Any]) -> None:
    reference = load("reference/sentence_model")
    for text, outputs in sentences.items():
        assert cosine(outputs["vector"], reference[text]) >= FLOATS_COSINE


def test_topics() -> None:
    assert not differences(enrichment.topics(), load("golden/topics"), SCORE)


@pytest.mark.parametrize(
    ("actual", "places"),
    [
        ({"a": [1.0005, "x"]}, []),
        ({"a": [1.1, "x"]}, ["/a/0"]),
        ({"a": [1.0, "y"]}, ["/a/1"]),
        ({"a": [1.0]}, ["/a"]),
        ({"b": [1.0, "x"]}, [""]),
        ({"a": None}, ["/a"]),
    ],
)
def test_differences_are_found(actual: Any, places: list[str]) -> None:
    assert [line.partition(":")[0] for line in differences(actual, {"a": [1.0, "x"]}, 0.001)] == places
