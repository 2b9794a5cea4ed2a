"""What the lanes of a worker share."""

import sys
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.at_least_once import AtLeastOnceProducer
from wiredesk.runtime.kafka.delivery import Delivery
from wiredesk.runtime.kafka.partition_life import PartitionLives
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.worker.brake import Brake
from wiredesk.runtime.worker.in_flight import Budget, RecordPool
from wiredesk.runtime.worker.replay_scope import ReplayScope


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The surroundings of a lane.

    Attributes:
        version: of the stage's handler, for dead letters.
        lives: tells whether a partition is still the one that was read.
        bounded: the run that the worker works for; None: it serves the live stream.
    """

    stage: Stage
    version: str
    consumer: AIOKafkaConsumer
    lives: PartitionLives
    pool: RecordPool
    budget: Budget
    brake: Brake
    kafka: KafkaSettings
    settings: WorkerSettings
    bounded: ReplayScope | None = None

    @property
    def group(self) -> str:
        """The consumer group, on the cluster."""
        return self.kafka.on_cluster(self.stage.group if self.bounded is None else self.bounded.group)

    def end(self, source: TopicPartition) -> int:
        """Return the offset at which a lane ends; of the live stream there is none that it would reach."""
        return sys.maxsize if self.bounded is None else self.bounded.stop_offsets.get(source.partition, 0)

    def wants(self, record: Record) -> bool:
        """Whether a record is to be processed; a run may pass it over."""
        return self.bounded is None or self.bounded.record_filter(record)

    @property
    def two_heartbeats(self) -> float:
        """Seconds in which a member that was thrown out of the group has learnt so."""
        return 2 * clients.heartbeat_seconds(self.settings.session_timeout)

    def output(self, source: TopicPartition) -> Delivery:
        """Return what commits the outputs of a partition, under the guarantee that is set."""
        # The same for every owner of the partition: opening it fences the one before.
        name = f"{self.group}.{source.topic}.{source.partition}"
        timeout = self.settings.transaction_timeout
        if self.settings.guarantee == "at_least_once":
            return AtLeastOnceProducer(self.kafka, name, timeout, self.consumer)
        return TransactionalProducer(self.kafka, name, timeout)
