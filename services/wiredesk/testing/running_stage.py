"""A stage with a worker: a test publishes to it, and gets what it publishes."""

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from aiokafka import AIOKafkaProducer, TopicPartition

from wiredesk import registry
from wiredesk.contracts.json_schema import example_of
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage, changelogs_of
from wiredesk.testing.event_records import event_headers
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import POLL_SECONDS, SECONDS, WorkerProcess, workers
from wiredesk_schemas import DeadLetterHeaders, DerivedEvent, Event
from wiredesk_schemas import headers as names


@dataclass(frozen=True, slots=True)
class Published:
    """A record that a stage has written.

    Attributes:
        topic: without prefix.
        event: what the record carries; None for a dead letter.
        reason: why the stage dead-lettered its input; None for an event.
        message: the reason for people.
        record: the record itself: key, headers, value.
    """

    topic: str
    event: DerivedEvent | None
    reason: str | None
    message: str | None
    record: Record


class RunningStage:
    """A stage whose topics exist and whose worker runs.

    Attributes:
        stage: what runs.
        kafka: settings that reach its topics.
        worker: its process.
    """

    def __init__(self, stage: Stage, kafka: KafkaSettings, worker: WorkerProcess) -> None:
        self.stage = stage
        self.kafka = kafka
        self.worker = worker

    def publish(self, *events: Event | bytes, key: bytes | None = None) -> list[str]:
        """Publish to the stage's input topic, as the stage before it would; return the records' coordinates.

        Args:
            events: events, or bytes, which are published as they are.
            key: of the records; None: the page id of each event that has one. A compacted topic takes no record
                without a key: there, other records get one.
        """
        return _run(self._publish(events, key))

    def published(self, seconds: float = SECONDS) -> list[Published]:
        """Wait until the stage has processed all that was published to it; return all that it has written, in order.

        Args:
            seconds: that it may take on a quiet machine.

        Raises:
            AssertionError: it takes longer, or the worker exits.
        """
        return _run(self._published(scaled(seconds)))

    async def _publish(self, events: Sequence[Event | bytes], key: bytes | None) -> list[str]:
        topic = self.kafka.on_cluster(self.stage.consumes.name)
        of_pages = key is None
        if key is None and self.stage.consumes.compaction is not None:
            key = b"no page id"
        producer = AIOKafkaProducer(bootstrap_servers=self.kafka.bootstrap_servers, compression_type="gzip")
        await producer.start()
        try:
            written = [
                await producer.send_and_wait(
                    topic,
                    event if isinstance(event, bytes) else event.to_json(),
                    key=event.page_id.encode() if of_pages and isinstance(event, DerivedEvent) else key,
                    headers=event_headers(event),
                )
                for event in events
            ]
        finally:
            await producer.stop()
        return [f"{at.topic}/{at.partition}/{at.offset}" for at in written]

    async def _published(self, seconds: float) -> list[Published]:
        outputs = {self.kafka.on_cluster(t.name): t for t in (*self.stage.produces, self.stage.dead_letter_topic)}
        async with Cluster(self.kafka) as cluster:
            inputs = await cluster.partitions([self.kafka.on_cluster(self.stage.consumes.name)])
            deadline = asyncio.get_running_loop().time() + seconds
            while left := await self._left(cluster, inputs):
                if self.worker.process.poll() is not None or asyncio.get_running_loop().time() > deadline:
                    log = self.worker.log.read_text(encoding="utf-8")[-2000:]
                    raise AssertionError(
                        f"{self.stage.name} left {left} offsets unprocessed after {seconds:g} s: {log}"
                    )
                await asyncio.sleep(POLL_SECONDS)
            # Kafka may write the marker of a transaction later for an output than for the offset of its input.
            ranges = await cluster.offset_ranges(await cluster.partitions(outputs), patience=seconds)
            async with contextlib.aclosing(cluster.read_range(ranges)) as records:
                return [self._parsed(outputs[record.topic].name, record) async for record in records]

    async def _left(self, cluster: Cluster, inputs: Sequence[TopicPartition]) -> int:
        done = await cluster.committed_offsets(self.stage)
        ranges = await cluster.offset_ranges(inputs)
        return sum(span.stop - (done[tp].offset if tp in done else span.start) for tp, span in ranges.items())

    def _parsed(self, topic: str, record: Record) -> Published:
        if topic == self.stage.dead_letter_topic.name:
            why = DeadLetterHeaders.from_headers(record.headers)
            return Published(topic, None, why.reason, why.message, record)
        types: Mapping[str, type[DerivedEvent]] = {event.TYPE: event for event in self.stage.routes}
        event = types[names.header(record.headers, names.EVENT_TYPE) or ""].from_record(record.value, record.headers)
        return Published(topic, event, None, None, record)


class StartStage(Protocol):
    """What the fixture `wiredesk_stage` gives: starts a worker of a stage, which runs until the test ends."""

    def __call__(self, stage: str, settings: Mapping[str, str] | None = None) -> RunningStage:
        """Start a stage.

        Args:
            stage: the name of an installed stage.
            settings: environment variables of its worker.
        """


class StageStarter:
    """Starts stages for a test.

    Args:
        kafka: settings with a prefix of the test's own.
        log: file that the workers' logs are appended to.
        running: closes with the test, and then stops the workers.
    """

    def __init__(self, kafka: KafkaSettings, log: Path, running: ExitStack) -> None:
        self._kafka = kafka
        self._log = log
        self._running = running

    def __call__(self, stage: str, settings: Mapping[str, str] | None = None) -> RunningStage:
        """Start a stage; see `StartStage`."""
        installed = registry.registry().stage(stage)
        _run(self._create_topics(installed))
        (worker,) = self._running.enter_context(workers(self._kafka, [stage], self._log, settings))
        return RunningStage(installed, self._kafka, worker)

    async def _create_topics(self, stage: Stage) -> None:
        async with Cluster(self._kafka) as cluster:
            await cluster.create_topics([*stage.topics, *changelogs_of([stage])], partitions=1)


def example_event[E: Event](event: type[E]) -> E:
    """Return an event of one of our classes, complete and real: a test changes the fields that matter to it."""
    return event.from_object(example_of(event))


def _run[T](work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a new thread, because the caller's thread may have a running event loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()
