"""Packing batches with gzip, the one codec that every client reads as it comes, at the price of a fast one.

The client library packs with zlib at its highest level: for a record of 1 kB that costs as much as all else that is
done with it. It has no setting for that, and no place to put another packer into: it looks a function up by name when
it packs a batch. `install` sets that name; the stream is plain gzip (RFC 1952). Figures: docs/decisions/0014.
"""

import sys
from collections.abc import Callable
from typing import Any

from aiokafka.record.default_records import DefaultRecordBatchBuilder
from isal import isal_zlib

GZIP_LEVEL = 2
"""Of ISA-L's 0 to 3. Level 3 takes twice the time and saves a thirtieth."""

_GZIP_WBITS = 31  # zlib's: a gzip header is written, here without a time


def gzip(payload: Any) -> bytes:
    """Pack the records of a batch. It stands where the client library expects a function of its own."""
    packed: bytes = isal_zlib.compress(payload, GZIP_LEVEL, _GZIP_WBITS)
    return packed


def install(pack: Callable[[Any], bytes] = gzip) -> None:
    """Have the client library pack batches with a function, in this process."""
    library: Any = sys.modules[DefaultRecordBatchBuilder.__module__]
    library.gzip_encode = pack
