"""The job as a consumer of arroyo: run a task, produce, commit offsets. At least once: arroyo has no transactions."""

import signal
from collections.abc import Mapping
from typing import Any

from arroyo.backends.kafka import KafkaConsumer, KafkaPayload, KafkaProducer
from arroyo.backends.kafka.configuration import build_kafka_configuration, build_kafka_consumer_configuration
from arroyo.commit import CommitPolicy
from arroyo.processing import StreamProcessor
from arroyo.processing.strategies import (
    CommitOffsets,
    ProcessingStrategy,
    ProcessingStrategyFactory,
    Produce,
    RunTask,
)
from arroyo.types import Commit, Message, Partition, Topic
from job import CODEC, COMMIT_RECORDS, COMMIT_SECONDS, GROUP, INPUT, OUTPUT, SERVERS, SESSION_MS, work


def task(message: Message[KafkaPayload]) -> KafkaPayload:
    """Do the job."""
    return KafkaPayload(message.payload.key, work(message.payload.value), message.payload.headers)


class Factory(ProcessingStrategyFactory[KafkaPayload]):
    """Creates the steps of the consumer."""

    def __init__(self, producer: KafkaProducer) -> None:
        self._producer = producer

    def create_with_partitions(
        self,
        commit: Commit,
        partitions: Mapping[Partition, int],  # noqa: ARG002 - the base's
    ) -> ProcessingStrategy[KafkaPayload]:
        """Return the connected steps."""
        return RunTask(task, Produce(self._producer, Topic(OUTPUT), CommitOffsets(commit)))


def main() -> None:
    """Run until SIGTERM."""
    configuration: dict[str, Any] = build_kafka_consumer_configuration(
        {"session.timeout.ms": SESSION_MS}, group_id=GROUP, auto_offset_reset="earliest", bootstrap_servers=[SERVERS]
    )
    producer = KafkaProducer(build_kafka_configuration({"compression.type": CODEC}, [SERVERS]))
    policy = CommitPolicy(COMMIT_SECONDS, COMMIT_RECORDS)
    processor = StreamProcessor(KafkaConsumer(configuration), Topic(INPUT), Factory(producer), policy)
    signal.signal(signal.SIGTERM, lambda *_: processor.signal_shutdown())
    processor.run()


if __name__ == "__main__":
    main()
