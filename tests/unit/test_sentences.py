import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.enrichment.topics import NewsClassifier, taxonomy, universal_encoder
from wiredesk.enrichment.topics.classifier import ENGLISH_WEIGHTS, OTHER_WEIGHTS
from wiredesk.enrichment.topics.meaning_encoder import MeaningEncoder
from wiredesk.enrichment.topics.sentence_model import SentenceVector
from wiredesk.enrichment.topics.topic_names import TopicNames
from wiredesk.enrichment.topics.unigram import MAX_WORD, UNKNOWN, UnigramTokenizer
from wiredesk.enrichment.topics.universal_encoder import UniversalEncoder

SHORT = "The central bank left its rate unchanged, and hinted that it may cut in spring."
LONG = f"{SHORT} " + "The goalkeeper saved twice before the winner in the last minute of the cup final. " * 20


@pytest.fixture(scope="module")
def model() -> UniversalEncoder:
    return UniversalEncoder()


def test_a_short_text_has_one_vector_and_a_long_one_two(model: UniversalEncoder) -> None:
    (short,) = model.vectors(SHORT)
    beginning, whole = model.vectors(LONG)
    for vector in (short, beginning, whole):
        assert vector.values.shape == (512,)
        assert np.linalg.norm(vector.values) == pytest.approx(1, abs=1e-5)
    assert short.pieces < beginning.pieces < whole.pieces
    assert 0.5 < beginning.values @ whole.values < 0.9999


def test_the_same_story_in_two_languages_has_similar_vectors(model: UniversalEncoder) -> None:
    texts = (
        "The goalkeeper saved two penalties in the cup final.",
        "Der Torwart hielt im Pokalfinale zwei Elfmeter.",
        SHORT,
    )
    english, german, other = (next(model.vectors(text)).values for text in texts)
    assert english @ german > 0.6 > english @ other


@pytest.fixture(scope="module")
def meaning() -> MeaningEncoder:
    return MeaningEncoder()


def test_a_language_that_another_encoder_reads_has_similar_vectors(meaning: MeaningEncoder) -> None:
    model = meaning
    texts = (
        "The goalkeeper saved two penalties in the cup final.",
        "Målvakten räddade två straffar i cupfinalen.",
        SHORT,
    )
    english, swedish, other = (next(model.vectors(text)).values for text in texts)
    assert english.shape == (384,)
    assert english @ swedish > english @ other + 0.05


def test_more_is_read_where_the_beginning_leaves_doubt(model: UniversalEncoder) -> None:
    certain, doubting = (
        NewsClassifier(weights=replace(ENGLISH_WEIGHTS, doubt=doubt), encoders=[model]) for doubt in (0.0, 100.0)
    )
    read, more = (classifier.score("", LONG).vector for classifier in (certain, doubting))
    assert read is not None
    assert more is not None
    assert read @ more < 0.9999


def test_the_other_encoder_reads_a_second_window(meaning: MeaningEncoder) -> None:
    assert len([*meaning.vectors(SHORT)]) == 1
    beginning, whole = meaning.vectors(LONG)
    assert beginning.pieces < whole.pieces
    assert np.linalg.norm(whole.values) == pytest.approx(1, abs=1e-5)
    assert 0.5 < beginning.values @ whole.values < 0.9999


class Watched(MeaningEncoder):
    """Counts the vectors that are computed."""

    def __init__(self) -> None:
        super().__init__()
        self.computed = 0

    def vectors(self, text: str) -> Iterator[SentenceVector]:
        for vector in super().vectors(text):
            self.computed += 1
            yield vector


def test_where_one_encoder_is_sure_the_other_reads_nothing(model: UniversalEncoder) -> None:
    for doubt, doubt_after, computed in ((0.0, 0.0, 0), (100.0, 0.0, 0), (0.0, 100.0, 1), (100.0, 100.0, 2)):
        watched = Watched()
        weights = replace(OTHER_WEIGHTS, doubt=doubt, doubt_after=doubt_after)
        NewsClassifier(weights=weights, encoders=[model, watched]).score("", LONG, "de")
        assert watched.computed == computed


def test_an_encoder_keeps_its_vector_while_the_next_one_reads(model: UniversalEncoder, meaning: MeaningEncoder) -> None:
    both, first = (
        NewsClassifier(weights=replace(OTHER_WEIGHTS, doubt=100.0, doubt_after=after), encoders=[model, meaning])
        for after in (100.0, 0.0)
    )
    read, alone = (classifier.score("", LONG, "de") for classifier in (both, first))
    assert read.vector is not None
    assert alone.vector is not None
    assert np.array_equal(read.vector, alone.vector)
    assert not np.array_equal(read.top, alone.top)


def test_other_weights_than_those_trained_with_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(universal_encoder.SHA256, "sp.model", "0" * 64)
    with pytest.raises(OSError, match="contains another model"):
        UniversalEncoder()


PIECES = (("<unk>", 0.0), ("▁", -2.0), ("▁sea", -3.0), ("side", -3.0), ("▁seaside", -5.0), ("s", -4.0), ("e", -9.0))


def sentencepiece_model(pieces: Sequence[tuple[str, float]]) -> bytes:
    """Return a model in SentencePiece's format: for each piece its text, its score and, for the first, `unknown`."""
    model = b""
    for number, (piece, score) in enumerate(pieces):
        text = piece.encode()
        kind = b"\x18\x02" if number == UNKNOWN else b""
        message = b"\x0a" + bytes([len(text)]) + text + b"\x15" + struct.pack("<f", score) + kind
        model += b"\x0a" + bytes([len(message)]) + message
    return model


@pytest.fixture(scope="module")
def tokenizer() -> UnigramTokenizer:
    return UnigramTokenizer(sentencepiece_model(PIECES))


def test_a_word_is_split_into_its_most_likely_pieces(tokenizer: UnigramTokenizer) -> None:
    assert tokenizer.encode("seaside", 9) == [4]
    assert tokenizer.encode("seas", 9) == [2, 5]
    assert tokenizer.encode("ｓｅａ  sea", 9) == [2, 2]


def test_each_unknown_character_is_a_piece(tokenizer: UnigramTokenizer) -> None:
    assert tokenizer.encode("?", 9) == [1, UNKNOWN]
    assert tokenizer.encode("s🎉\ud800s", 9) == [1, 5, UNKNOWN, UNKNOWN, 5]


def test_a_long_word_is_cut_and_a_mark_of_the_library_is_text(tokenizer: UnigramTokenizer) -> None:
    assert tokenizer.encode("x" * (MAX_WORD - 2) + "side sea", 400) == [
        *(1, *[UNKNOWN] * (MAX_WORD - 2), 5, UNKNOWN),  # `si`, and then `de`
        *(UNKNOWN, 6, 2),
    ]
    assert tokenizer.encode("<unk>", 9) == [1, *[UNKNOWN] * 5]


@given(st.text(max_size=300), st.integers(0, 20))
def test_a_tokenizer_reads_any_text_up_to_its_limit(tokenizer: UnigramTokenizer, text: str, limit: int) -> None:
    ids = tokenizer.encode(text, limit)
    assert len(ids) <= limit
    assert set(ids) <= set(range(len(PIECES)))


@pytest.fixture(scope="module")
def names() -> TopicNames:
    return TopicNames(taxonomy())


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("Cyber-crimes cost more than any flood", "en", "medtop:20000086"),
        ("A wave of cybercrime", "en", "medtop:20000086"),
        ("Zahlen zur Computerkriminalität für das Jahr", "de", "medtop:20000086"),
        ("El cambio climático avanza", "es", "medtop:20000418"),
        ("Le changement climatique s'accélère", "fr", "medtop:20000418"),
    ],
)
def test_topics_are_found_by_their_names_in_the_language_of_the_text(
    names: TopicNames, text: str, language: str, code: str
) -> None:
    assert names.count(text, language)[code] == 1
    assert names.count(text, "ja") == {}


@given(st.text(max_size=300), st.sampled_from(["en", "de", "zh", "xx"]))
def test_names_are_counted_in_any_text(text: str, language: str) -> None:
    assert all(times > 0 for times in TopicNames({}).count(text, language).values())
