"""The codec of written records: it follows the setting, any client reads it, and dead letters fit in their topic."""

import contextlib
import os

import confluent_kafka
import pytest
from aiokafka import AIOKafkaProducer

from tests import topics
from tests.echo import SETTINGS, TOPICS, outcomes, worker
from tests.handlers import TARGET
from tests.reading import read_topic
from tests.support import text
from wiredesk.pipeline import STAGES
from wiredesk.runtime.kafka.batches import MAX_RECORD_BYTES
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.settings import MIB, KafkaSettings
from wiredesk.runtime.topology import Stage
from wiredesk.testing.patience import scaled, setting
from wiredesk.testing.processes import KafkaProcess

CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
"""Codecs by setting, with their numbers in the attributes of a batch."""

ATTRIBUTES_AT = 21
SOCKET_REQUEST_MAX_BYTES = 100 * MIB  # the broker's default
BLOCK = os.urandom(MIB // 2)


def codecs_on_disk(cluster: KafkaProcess, topic: str) -> set[int]:
    """Return the codecs of the first batches of a topic's partitions, from the log."""
    heads = [path.read_bytes()[: ATTRIBUTES_AT + 2] for path in cluster.folder.rglob(f"{topic}-*/*.log")]
    return {int.from_bytes(head[ATTRIBUTES_AT:]) & 7 for head in heads if head}


@pytest.mark.parametrize("codec", CODECS)
async def test_records_are_packed_as_is_set_and_read_by_other_clients(
    kafka: KafkaSettings, cluster: KafkaProcess, codec: str
) -> None:
    settings = KafkaSettings(**{**kafka.model_dump(), "compression": codec})
    topic = settings.on_cluster(TARGET.name)
    await topics.create(settings, [TARGET], partitions=1)
    values = [f"{number} Jürgen 朱镕基 ".encode() * 500 for number in range(20)]
    async with TransactionalProducer(settings, settings.on_cluster("test"), scaled(30)) as producer:
        await producer.write([Output(TARGET.name, None, value) for value in values])
    async with contextlib.aclosing(read_topic(settings, [topic], from_beginning=True, until_end=True)) as reading:
        assert [record.value async for record in reading if record is not None] == values
    assert codecs_on_disk(cluster, topic) == {CODECS[codec]}
    consumer = confluent_kafka.Consumer({"bootstrap.servers": kafka.bootstrap_servers, "group.id": topic})
    try:
        consumer.assign([confluent_kafka.TopicPartition(topic, 0, confluent_kafka.OFFSET_BEGINNING)])
        found = consumer.consume(len(values), timeout=scaled(20))
    finally:
        consumer.close()
    assert [message.value() for message in found] == values


def test_gzip_is_the_default_and_no_other_word_is_taken() -> None:
    assert KafkaSettings().compression == "gzip"
    with pytest.raises(ValueError, match="compression"):
        KafkaSettings(compression="brotli")


async def dead_letter_of(kafka: KafkaSettings, value: bytes) -> Record:
    """Have a record dead-lettered that another client compressed with zstd, which finds distant repetitions."""
    await topics.create(kafka, TOPICS)
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, max_request_size=1 << 28, compression_type="zstd"
    )
    await producer.start()
    try:
        await producer.send_and_wait(kafka.on_cluster("in"), value, partition=0)
        await producer.send_and_wait(kafka.on_cluster("in"), b"after it", partition=0)
    finally:
        await producer.stop()
    settings = {"page_memory_bytes": 2048 * MIB, "page_deadline": setting(30), "processes": 1}
    async with worker(kafka, SETTINGS.model_copy(update=settings)):
        letter, neighbour = await outcomes(kafka, 2)
    if neighbour.topic.endswith(".dlq"):
        letter, neighbour = neighbour, letter
    assert neighbour.value == b"after it"
    return letter


async def test_a_record_that_another_client_packed_more_tightly_fits_into_the_dead_letter_topic(
    kafka: KafkaSettings,
) -> None:
    """It does not repeat within gzip's window of 32 kB, so it does not shrink, and becomes more than twice as large as received."""
    value = b"reject" + BLOCK * (MAX_RECORD_BYTES // len(BLOCK) - 2)
    letter = await dead_letter_of(kafka, value)
    assert letter.value == value
    assert text(letter, "wiredesk_dlq_reason") == "unwanted"


async def test_a_record_that_no_topic_would_take_again_is_kept_in_its_batch(kafka: KafkaSettings) -> None:
    value = BLOCK * (MAX_RECORD_BYTES // len(BLOCK) + 2)
    letter = await dead_letter_of(kafka, value)
    assert text(letter, "wiredesk_dlq_reason") == "oversized_record"
    assert "MiB" in text(letter, "wiredesk_dlq_message")
    assert text(letter, "wiredesk_dlq_offset") == "0"
    assert letter.value is not None
    assert len(BLOCK) < len(letter.value) < 4 * len(BLOCK)


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_whatever_is_read_as_it_is_fits_into_a_dead_letter_topic(stage: Stage) -> None:
    room = stage.dead_letter_topic.max_message_bytes
    assert room > MAX_RECORD_BYTES + 4 * MIB, "its headers, and ours"
    assert room + MIB < SOCKET_REQUEST_MAX_BYTES
    assert 2 * stage.consumes.max_message_bytes < MAX_RECORD_BYTES, "what does not shrink is never oversized"
