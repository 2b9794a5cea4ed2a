"""The vector of each word piece: 4 bits a number, with a scale for every 32 numbers, as multilingual-e5 was packed."""

from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384
"""Dimensions of a vector."""

BLOCK = 32
"""Numbers that share a scale."""

BLOCK_BYTES = 2 + BLOCK // 2
"""Bytes of a block: the scale, a float of 16 bits, and two numbers in each further byte."""

ZERO = 8
"""The value of 4 bits that stands for zero."""


class PieceVectors:
    """The vectors of all word pieces.

    The file is mapped into memory, so that all processes of a machine share it.

    Raises:
        OSError: the file is missing.
    """

    def __init__(self) -> None:
        path = Path(str(files("wiredesk.enrichment").joinpath("trained", "pieces.q4")))
        bytes_of_vector = DIMENSIONS // BLOCK * BLOCK_BYTES
        # Without the class of mapped arrays, whose indexing takes longer.
        self._rows = np.asarray(np.memmap(path, dtype=np.uint8, mode="r")).reshape(-1, bytes_of_vector)

    def of(self, pieces: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of pieces (n by 384).

        Args:
            pieces: their ids (n).
        """
        return unpack(self._rows[pieces])


def unpack(rows: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return packed vectors as numbers (n by 384).

    The first 16 numbers of a block are in the low halves of its bytes, the others in the high ones.

    Args:
        rows: n by 216 bytes.
    """
    blocks = rows.reshape(len(rows), -1, BLOCK_BYTES)
    scales = np.ascontiguousarray(blocks[:, :, :2]).view("<f2").astype(np.float32)
    packed = blocks[:, :, 2:]
    vectors = np.empty((*blocks.shape[:2], BLOCK), dtype=np.float32)
    vectors[:, :, : BLOCK // 2] = packed & 15
    vectors[:, :, BLOCK // 2 :] = packed >> 4
    vectors -= ZERO
    vectors *= scales
    return vectors.reshape(len(rows), -1)
