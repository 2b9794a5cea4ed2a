"""The job as a consumer of arroyo: run a task, produce, commit offsets. At least once."""

import signal
import sys
from collections.abc import Mapping
from typing import Any

from arroyo.backends.kafka import KafkaConsumer, KafkaPayload, KafkaProducer
from arroyo.backends.kafka.configuration import build_kafka_configuration, build_kafka_consumer_configuration
from arroyo.processing import StreamProcessor
from arroyo.processing.strategies import (
    CommitOffsets,
    ProcessingStrategy,
    ProcessingStrategyFactory,
    Produce,
    RunTask,
)
from arroyo.types import Commit, Message, Partition, Topic
from job import work

SERVERS = [sys.argv[1]]


def task(message: Message[KafkaPayload]) -> KafkaPayload:
    """Do the job."""
    return KafkaPayload(message.payload.key, work(message.payload.value), message.payload.headers)


class Factory(ProcessingStrategyFactory[KafkaPayload]):
    """The steps."""

    def __init__(self, producer: KafkaProducer) -> None:
        self._producer = producer

    def create_with_partitions(
        self,
        commit: Commit,
        partitions: Mapping[Partition, int],  # noqa: ARG002 - the base's
    ) -> ProcessingStrategy[KafkaPayload]:
        """Return them, wired."""
        return RunTask(task, Produce(self._producer, Topic("done"), CommitOffsets(commit)))


def main() -> None:
    """Run until SIGTERM."""
    configuration: dict[str, Any] = build_kafka_consumer_configuration(
        {"session.timeout.ms": 10_000}, group_id="arroyo", auto_offset_reset="earliest", bootstrap_servers=SERVERS
    )
    producer = KafkaProducer(build_kafka_configuration({}, SERVERS))
    processor = StreamProcessor(KafkaConsumer(configuration), Topic("jobs"), Factory(producer))
    signal.signal(signal.SIGTERM, lambda *_: processor.signal_shutdown())
    processor.run()


if __name__ == "__main__":
    main()
