"""What the lanes of a worker share."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from wiredesk.runtime.dead_letters import is_for_another
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.at_least_once import AtLeastOnceProducer
from wiredesk.runtime.kafka.delivery import Delivery
from wiredesk.runtime.kafka.partition_identity import PartitionIdentities
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.replay_scope import ReplayScope
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.tracing import Tracer
from wiredesk.runtime.worker.brake import Brake
from wiredesk.runtime.worker.in_flight import Budget, RecordPool
from wiredesk.runtime.worker.lane_store import LaneStore, LaneStores
from wiredesk.runtime.worker.list_reader import ListReader


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneDeps:
    """What the lanes of a worker share.

    Attributes:
        version: version of the stage's handler, for dead letters.
        pool: computes the records; None: the stage has a store, and each partition computes its own.
        identities: topic ids and leader epochs, to check that a partition is still the one from which records were
            fetched.
        suppression_list: the keys under which nothing must be written; None: there are none.
        scope: the replay run that the worker works for; None: it serves the live stream.
        stores: of the partitions; None: the stage has no store.
        tracer: describes the spans of the stage; None: tracing is off.
    """

    stage: Stage
    version: str
    consumer: AIOKafkaConsumer
    identities: PartitionIdentities
    pool: RecordPool | None
    budget: Budget
    brake: Brake
    kafka: KafkaSettings
    settings: WorkerSettings
    suppression_list: ListReader | None = None
    scope: ReplayScope | None = None
    stores: LaneStores | None = None
    tracer: Tracer | None = None

    @property
    def group(self) -> str:
        """The consumer group, on the cluster."""
        return self.kafka.on_cluster(self.stage.group if self.scope is None else self.scope.group)

    @property
    def verdict_seconds(self) -> float:
        """Seconds within which a member notices that it was removed from the group: two heartbeats."""
        return 2 * clients.heartbeat_seconds(self.settings.session_timeout)

    def stop_offset(self, source: TopicPartition) -> int:
        """Return the offset at which a lane stops (exclusive); a lane of the live stream never reaches its own."""
        return sys.maxsize if self.scope is None else self.scope.stop_offsets.get(source.partition, 0)

    def store(self, source: TopicPartition) -> LaneStore | None:
        """Return the store of a partition; None if the stage has none."""
        return None if self.stores is None else self.stores.of(source)

    def accepts(self, record: Record) -> bool:
        """Return whether a record is to be processed: not one that was redriven for another stage.

        A replay may skip others.
        """
        if is_for_another(self.stage, record):
            return False
        return self.scope is None or self.scope.record_filter(record)

    def allowed(self, record: Record, outputs: Sequence[Output]) -> Sequence[Output]:
        """Return the outputs of a record, those replaced that must not be written."""
        return outputs if self.suppression_list is None else self.suppression_list.apply(record, outputs)

    def delivery(self, source: TopicPartition) -> Delivery:
        """Return a producer for the outputs of a partition, with the guarantee of the settings."""
        # The same transactional id for every owner of the partition: opening it fences the previous one.
        name = f"{self.group}.{source.topic}.{source.partition}"
        timeout = self.settings.transaction_timeout
        if self.settings.guarantee == "at_least_once":
            return AtLeastOnceProducer(self.kafka, name, timeout, self.consumer)
        return TransactionalProducer(self.kafka, name, timeout)
