"""The graphs of topics: their products are exact on every processor."""

from collections.abc import Iterator
from importlib.resources import files

import numpy as np
import pytest
from numpy.typing import NDArray

from wiredesk.enrichment.encoder import graphs

TRAINED = files("wiredesk.enrichment").joinpath("trained")

MATRICES = {"meaning.onnx": 72, "universal.onnx": 7}
"""Graphs whose sums fit, and their matrices of integers."""

MOST_IN_16_BITS, MOST_LEFT = 2**15 - 1, 255
"""Greatest sum of two products, and the greatest left factor."""

GRAPH, TENSOR, SHAPE, NAME, NUMBERS = 7, 5, 1, 8, 9
"""Fields of ONNX's messages: a model's graph, a graph's tensor; a tensor's shape, name and numbers."""


def varint(message: bytes, at: int) -> tuple[int, int]:
    """Return a number of Protocol Buffers, and the offset after it."""
    value = shift = 0
    while True:
        value |= (message[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if message[at - 1] < 128:
            return value, at


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield number and value of each field of a message that has only numbers and bytes."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        value, at = varint(message, at)
        if key & 7 == 2:
            yield key >> 3, message[at : at + value]
            at += value
        else:
            yield key >> 3, value


def matrices(graph: bytes) -> Iterator[NDArray[np.int8]]:
    """Yield the matrices of integers of a graph."""
    (inner,) = (value for number, value in fields(graph) if number == GRAPH)
    assert isinstance(inner, bytes)
    for number, tensor in fields(inner):
        if number != TENSOR or not isinstance(tensor, bytes):
            continue
        parts = list(fields(tensor))
        values = dict(parts)
        name, numbers = values[NAME], values[NUMBERS]
        if isinstance(name, bytes) and isinstance(numbers, bytes) and name.endswith(b".integers"):
            shape = [size for field, size in parts if field == SHAPE and isinstance(size, int)]
            yield np.frombuffer(numbers, np.int8).reshape(shape)


@pytest.mark.parametrize("name", sorted(graphs.FITTING))
def test_sums_of_two_products_fit_in_16_bits(name: str) -> None:
    """Processors without instructions for such sums add the products of two rows in 16 bits."""
    read = list(matrices(TRAINED.joinpath(name).read_bytes()))
    assert len(read) == MATRICES[name]
    for matrix in read:
        pairs = matrix.reshape(len(matrix) // 2, 2, -1).astype(int)
        assert MOST_LEFT * np.maximum(pairs, 0).sum(axis=1).max() <= MOST_IN_16_BITS
        assert MOST_LEFT * np.maximum(-pairs, 0).sum(axis=1).max() <= MOST_IN_16_BITS
        assert pairs.max() > 100  # nor are they smaller than they need be


@pytest.mark.parametrize("words", [1, 30, 56])
def test_products_are_as_the_exact_ones(words: int) -> None:
    """Both at one level of optimisation: where no sum overflows they agree to the last digit."""
    vectors = np.random.default_rng(words).standard_normal((words, 384), dtype=np.float32)
    for pieces in (vectors, np.sign(vectors)):  # the second with the greatest factors
        usual, exact = (
            graphs.open_comparable("meaning.onnx", is_exact=is_exact).run(["vector"], {"pieces": pieces})[0]
            for is_exact in (False, True)
        )
        assert np.array_equal(np.asarray(usual), np.asarray(exact))
