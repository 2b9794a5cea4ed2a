"""The partition of a key: the same as with every other client."""

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.runtime.kafka.partitioning import murmur2, partition_for


@given(st.binary(max_size=100), st.integers(1, 50))
def test_a_key_goes_where_every_client_sends_it(key: bytes, count: int) -> None:
    partitions = list(range(count))
    assert partition_for(key, partitions, ()) == DefaultPartitioner()(key, partitions, partitions)


def test_the_hash_is_that_of_the_java_client() -> None:
    """Kafka's own examples, in org.apache.kafka.common.utils.UtilsTest."""
    expected = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536}
    assert {key: (murmur2(key) ^ 1 << 31) - (1 << 31) for key in expected} == expected


def test_without_a_key_a_partition_with_a_leader_is_taken() -> None:
    assert partition_for(None, [0, 1, 2], {1}) == 1
    assert partition_for(None, [0, 1, 2], ()) in {0, 1, 2}
