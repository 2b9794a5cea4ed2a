"""The encoder of many languages: words of a text, windows of an article, labels."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.enrichment.encoder import PiecedText, cut_windows, graphs, shared_encoder
from wiredesk.enrichment.encoder.embeddings import unpack
from wiredesk.enrichment.encoder.layers import LABELS, WINDOWS_AT_ONCE
from wiredesk.enrichment.encoder.windows import WINDOW_PIECES
from wiredesk.enrichment.entities.multilingual_tagger import MultilingualTagger, best_labels, spans_of

ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("aé ßЖйابو習こ한국ไทยहिन्दी\u0301\u200d\u202e😀𝒜\n\t.,'’-/«»【】"),
    ),
    max_size=80,
)


def words_of(text: str) -> list[str]:
    pieced = shared_encoder().pieces.read(text)
    return [text[start:end] for start, end in zip(pieced.starts, pieced.ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Angela Merkel, Syriens Küste.", ["Angela", "Merkel", ",", "Syriens", "Küste", "."]),
        ("Ankara'da", ["Ankara", "'", "da"]),
        ("Jean-Claude", ["Jean", "-", "Claude"]),
        ("Владимир Путин", ["Владимир", "Путин"]),
        ("وبريطانيا", ["و", "بريطانيا"]),
        ("  two  spaces\n", ["two", "spaces"]),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_pieces_are_words_where_a_script_has_no_spaces() -> None:
    assert "".join(words_of("習近平国家主席は東京で")) == "習近平国家主席は東京で"
    assert len(words_of("習近平国家主席は東京で")) > 3


@given(ANY_TEXT)
def test_words_are_in_the_text_in_order(text: str) -> None:
    pieced = shared_encoder().pieces.read(text)
    bounds = [bound for word in zip(pieced.starts, pieced.ends, strict=True) for bound in word]
    assert bounds == sorted(bounds)
    assert all(0 <= bound <= len(text) for bound in bounds)
    assert all(start < end for start, end in zip(pieced.starts, pieced.ends, strict=True))
    assert all(word == word.strip() for word in words_of(text))


@given(st.lists(st.lists(st.integers(1, 120), max_size=60), max_size=6))
def test_windows_hold_every_word_once(texts: list[list[int]]) -> None:
    pieced = [
        PiecedText([7] * sum(words), np.cumsum([0, *words])[:-1].tolist(), list(range(len(words))), [])
        for words in texts
    ]
    windows = list(cut_windows(["x" * len(words) for words in texts], pieced))
    assert [word for window in windows for word in window.words] == list(range(sum(map(len, texts))))
    assert all(0 < len(window.pieces) <= WINDOW_PIECES for window in windows)
    assert all(len(window.first) == len(window.words) for window in windows)


def test_a_window_ends_with_a_sentence() -> None:
    text = "x" * 59 + "." + "x" * 60
    pieced = PiecedText([7] * 120, range(120), range(120), range(1, 121))
    assert [len(window.words) for window in cut_windows([text], [pieced])] == [60, 60]


def test_windows_that_are_read_together_are_read_as_each_alone() -> None:
    encoder = shared_encoder()
    text = "Angela Merkel traf am Montag in Kiew den Präsidenten der Ukraine. Danach flog sie nach Rom. " * 90
    windows = list(cut_windows([text], [encoder.pieces.read(text)]))
    assert len(windows) > WINDOWS_AT_ONCE
    together = list(encoder.labels(windows))
    alone = [scores for window in windows for scores in encoder.labels([window])]
    for one, other, window in zip(together, alone, windows, strict=True):
        assert one.shape == (len(window.words), LABELS)
        assert np.array_equal(one, other)
    assert not list(encoder.labels([]))


@pytest.mark.parametrize("words", [1, 30, 97])
def test_products_are_exact_on_every_processor(words: int) -> None:
    vectors = np.random.default_rng(words).standard_normal((words, 384), dtype=np.float32)
    exact = graphs.open_exact("upper.onnx").run(["labels"], {"words": vectors})[0]
    used = graphs.open_graph("upper.onnx").run(["labels"], {"words": vectors})[0]
    assert np.array_equal(np.asarray(used), np.asarray(exact))


def test_packed_vectors() -> None:
    row = np.zeros((1, 216), dtype=np.uint8)
    row[0, :2] = np.frombuffer(np.float16(0.5).tobytes(), dtype=np.uint8)
    row[0, 2] = 0x9F
    assert unpack(row)[0, 0] == (15 - 8) * 0.5
    assert unpack(row)[0, 16] == (9 - 8) * 0.5


@given(st.lists(st.lists(st.floats(-9, 9, width=32), min_size=7, max_size=7), min_size=1, max_size=12))
def test_a_further_word_follows_a_word_of_its_type(scores: list[list[float]]) -> None:
    labels = [0, *best_labels(np.array(scores, dtype=np.float32)).tolist()]
    assert all(label % 2 == 1 or label == 0 or before in {label, label - 1} for before, label in pairwise(labels))


def test_spans() -> None:
    text = PiecedText([], range(5), [0, 5, 10, 15, 20], [4, 9, 14, 19, 24])
    spans = [(span.start, span.end) for span in spans_of(text, [1, 2, 1, 0, 5])]
    assert spans == [(0, 9), (10, 14), (20, 24)]


@given(st.lists(ANY_TEXT, min_size=1, max_size=3))
def test_spans_are_in_their_texts_without_overlaps(texts: list[str]) -> None:
    tagged = MultilingualTagger().tag(texts)
    assert len(tagged) == len(texts)
    for text, spans in zip(texts, tagged, strict=True):
        bounds = [bound for span in spans for bound in (span.start, span.end)]
        assert bounds == sorted(bounds)
        assert all(0 <= bound <= len(text) for bound in bounds)
