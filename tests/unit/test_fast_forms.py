"""What is fast gives what its simple definition gives, on any text."""

import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wiredesk.extractor import words
from wiredesk.extractor.body.trees import Trees

SPACELESS = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
WORD = re.compile(rf"[{SPACELESS}]|[^\W{SPACELESS}]+(?:['’.-][^\W\u3040-\u9fff]+)*")
WORD_PART = re.compile(rf"[{SPACELESS}]|[^\W{SPACELESS}]+")

texts = st.one_of(
    st.text(max_size=80),
    st.text("aZ9_ .-'’,!\t\n\x1c\u00ad-", max_size=40),
    st.text("aß’İΣς\u0345\u200b漢かกᄀ. -", max_size=40),
)


@given(texts)
@example("mother-in-law's -'. a.b.c")
@example("a-a-a --a -a a- 'tis")
def test_words_are_those_of_the_patterns(text: str) -> None:
    assert words.split(text) == WORD_PART.findall(text.lower())
    assert words.count(text) == len(WORD.findall(text))


@given(texts)
def test_folded_text_has_letters_and_digits_only(text: str) -> None:
    one_line = " ".join(re.sub("[\u00ad\u200b\u200c\u2060\ufeff]", "", text).split())
    assert words.clean(text) == one_line
    assert words.fold(text) == " ".join(re.findall(r"\w+", one_line.casefold()))


@pytest.mark.parametrize("texts_of_page", [0, 1, 255, 256, 257, 600])
def test_trees_add_the_leaves_that_their_questions_lead_to(texts_of_page: int) -> None:
    chance = np.random.default_rng(19)
    names = ("length", "links", "depth")
    questions = chance.integers(0, 3, (20, 4))
    borders = chance.integers(-2, 3, (20, 4)).astype(np.float32)
    leaves = chance.normal(size=(20, 16)).astype(np.float32)
    features = {name: chance.integers(-3, 4, texts_of_page).astype(np.float64) for name in names}
    expected = [
        0.5
        + sum(
            float(
                leaves[tree][sum((features[names[questions[tree, n]]][row] > borders[tree, n]) << n for n in range(4))]
            )
            for tree in range(20)
        )
        for row in range(texts_of_page)
    ]
    odds = Trees("1", names, questions, borders, leaves, 0.5).log_odds(features)
    assert np.allclose(odds, expected)
