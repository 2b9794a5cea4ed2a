"""The partition of a record's key, by the rule of the Java client: all clients choose the same one."""

import random
import struct
from collections.abc import Collection, Sequence

_M = 0x5BD1E995
"""The multiplier of murmur2."""

_SEED = 0x9747B28C
"""The seed that Kafka's clients start murmur2 with."""

_MASK = 0xFFFFFFFF
"""Mask of the lower 32 bits, for arithmetic modulo 2**32."""

_WORD = struct.Struct("<I")
"""A word of the key: 32 bits, little-endian."""


def partition_for(key: bytes | None, partitions: Sequence[int], available: Collection[int]) -> int:
    """Return the partition of a key; without a key, a random partition that has a leader.

    Args:
        key: of the record.
        partitions: numbers of the topic's partitions, ascending.
        available: numbers of the partitions that have a leader.
    """
    if len(partitions) == 1:
        return partitions[0]
    if key is None:
        return random.choice(tuple(available) or partitions)  # noqa: S311 - spreads load, guards nothing
    return partitions[(murmur2(key) & 0x7FFFFFFF) % len(partitions)]


def murmur2(data: bytes) -> int:
    """Return the hash of `org.apache.kafka.common.utils.Utils.murmur2`, as an unsigned number of 32 bits.

    aiokafka's own takes twice as long, which is 4 µs for a page id.
    """
    size = len(data)
    h = _SEED ^ size
    whole = size & ~3
    for (k,) in _WORD.iter_unpack(data[:whole]):
        k = k * _M & _MASK  # noqa: PLW2901 - as the algorithm is written everywhere
        h = (h * _M ^ (k ^ k >> 24) * _M) & _MASK
    if tail := data[whole:]:
        h = (h ^ int.from_bytes(tail, "little")) * _M & _MASK
    h = (h ^ h >> 13) * _M & _MASK
    return h ^ h >> 15
