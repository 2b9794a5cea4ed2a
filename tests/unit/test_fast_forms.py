"""What is fast gives what its simple definition gives, on any text."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wiredesk.extractor import words
from wiredesk.extractor.body import hint_features
from wiredesk.extractor.body.characters import Characters, Kind
from wiredesk.extractor.body.features import lengths
from wiredesk.extractor.body.lexicon_odds import LexiconOdds, phrases
from wiredesk.extractor.body.page_words import PageWords
from wiredesk.extractor.body.trees import Trees

SPACELESS = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
WORD = re.compile(rf"[{SPACELESS}]|[^\W{SPACELESS}]+(?:['’.\u200c\u200d-][^\W\u3040-\u9fff]+)*")
WORD_PART = re.compile(rf"[{SPACELESS}]|[^\W{SPACELESS}]+")

texts = st.one_of(
    st.text(max_size=80),
    st.text("aZ9_ .-'’,!\t\n\x1c\u00ad-", max_size=40),
    st.text("aßÀÿŸµª²–“’.-\xa0\u00ad\x85 '", max_size=40),
    st.text("aß’İΣς\u0345\u200b\u200c\x08\u0628漢かกᄀ. -", max_size=40),
)


@given(texts)
@example("mother-in-law's -'. a.b.c")
@example("a-a-a --a -a a- 'tis")
def test_words_are_those_of_the_patterns(text: str) -> None:
    assert words.split(text) == WORD_PART.findall(text.lower().replace("\u200c", ""))
    assert words.count(text) == len(WORD.findall(text))


@given(texts)
@example("a\x08b")
@example("a\u200cb")
def test_folded_text_has_letters_and_digits_only(text: str) -> None:
    visible = words.clean(text).casefold().replace("\u200c", "")
    assert words.fold(text) == " ".join(re.findall(r"\w+", visible))


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


@given(st.lists(texts.map(words.clean).filter(bool), max_size=6))
def test_characters_are_counted_as_one_text_at_a_time(page: list[str]) -> None:
    characters = Characters.of_texts(page)
    assert lengths(characters).tolist() == [words.length(text) for text in page]
    assert characters.end_like_sentences().tolist() == [words.ends_sentence(text) for text in page]
    ends = characters.count(characters.are_sentence_ends())
    assert ends.tolist() == [len(re.findall(r"[.!?…。！？।؟](?=\W|$)", text)) for text in page]
    letters = characters.count(characters.are(Kind.LETTER))
    assert letters.tolist() == [sum(map(len, words.split(text))) for text in page]
    capitals = characters.count_in_sample(characters.are(Kind.CAPITAL) & characters.are_first_of_words())
    assert capitals.tolist() == [sum(word[0].isupper() for word in text.split()) for text in page]
    addresses = characters.hold_addresses()
    assert addresses.tolist() == ["@" in text or "://" in text for text in page]
    assert characters.begin_with(Kind.OPENING).tolist() == [text[0] in "\"'“„«‘–-" for text in page]
    assert characters.end_with(":").tolist() == [text.endswith(":") for text in page]


pages = st.lists(
    st.lists(st.sampled_from(["sign", "up", "signed", "signing", "漢", "字", "x", "é", "photo"]), max_size=60)
)


@given(pages)
def test_phrases_are_scored_as_one_text_at_a_time(page: list[list[str]]) -> None:
    odds = {"^sign": 0.5, "sign": -1.0, "up": 0.25, "sign up": 2.0, "up up": 4.0, "漢 字": -0.5, "^photo": 8.0}
    scores = LexiconOdds(phrases=odds).score(PageWords.of_words(page))
    known = [[odds[phrase] for phrase in phrases(text) if phrase in odds] for text in page]
    assert scores.tolist() == pytest.approx([sum(text) / max(1, len(text)) ** 0.5 for text in known])


@given(pages)
def test_stems_are_those_of_one_text_at_a_time(page: list[list[str]]) -> None:
    page_words = PageWords.of_words(page)
    text, stem = page_words.stems
    stems = [
        {word[:6] for word in text_words if len(word) > 3}
        | {a + b for a, b in pairwise(text_words) if len(a) == len(b) == 1 and not (a + b).isascii()}
        for text_words in page
    ]
    assert np.bincount(text, minlength=len(page)).tolist() == [len(own) for own in stems]
    assert len(set(stem.tolist())) == len(set().union(*stems))


@given(pages, st.lists(st.sampled_from(["sign", "up", "signed", "漢", "other"]), max_size=30))
def test_shingles_are_found_in_the_stated_body(page: list[list[str]], body: list[str]) -> None:
    def shingles(text_words: list[str]) -> list[tuple[str, ...]]:
        return [tuple(text_words[n : n + 4]) for n in range(len(text_words) - 3)]

    shares = hint_features._shares_within(PageWords.of_words(page), body)
    for share, text_words in zip(shares, page, strict=True):
        own = shingles(text_words)
        if own:
            assert share == sum(shingle in shingles(body) for shingle in own) / len(own)
        else:
            assert share == (0.5 if text_words and " ".join(text_words) in " ".join(body) else 0.0)
