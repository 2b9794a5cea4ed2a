"""The job as a bare loop over confluent-kafka's transactional producer. Exactly once."""

import os

from confluent_kafka import Consumer, KafkaException, Message, Producer, TopicPartition
from job import CODEC, COMMIT_RECORDS, COMMIT_SECONDS, GROUP, INPUT, OUTPUT, SERVERS, SESSION_MS, work


def main() -> None:
    """Run until killed."""
    consumer = Consumer(
        {
            "bootstrap.servers": SERVERS,
            "group.id": GROUP,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "session.timeout.ms": SESSION_MS,
        }
    )
    producer = Producer(
        {
            "bootstrap.servers": SERVERS,
            "transactional.id": f"{GROUP}-{os.getpid()}",
            "compression.type": CODEC,
            "linger.ms": 5,
        }
    )
    producer.init_transactions()
    consumer.subscribe([INPUT])
    while True:
        messages = consumer.consume(COMMIT_RECORDS, COMMIT_SECONDS)
        if not messages:
            continue
        producer.begin_transaction()
        offsets: dict[int, int] = {}
        for message in messages:
            if (error := message.error()) is not None:
                raise KafkaException(error)
            _produce(producer, message)
            offsets[message.partition()] = message.offset() + 1
        producer.send_offsets_to_transaction(
            [TopicPartition(INPUT, partition, offset) for partition, offset in offsets.items()],
            consumer.consumer_group_metadata(),
        )
        producer.commit_transaction()


def _produce(producer: Producer, message: Message) -> None:
    while True:
        try:
            producer.produce(OUTPUT, work(message.value()), message.key(), headers=message.headers())
        except BufferError:
            producer.poll(0.1)
        else:
            return


if __name__ == "__main__":
    main()
