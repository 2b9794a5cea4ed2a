"""A dead letter read back, and the record that it was."""

import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import TopicPartition

from wiredesk.runtime.kafka import topics
from wiredesk.runtime.kafka.reading import between, ends
from wiredesk.runtime.records import Record, instant, parse_coordinates
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage
from wiredesk_schemas.headers import (
    DEAD_LETTER_PREFIX,
    DEAD_LETTER_RAW,
    Header,
    decode_text,
    own_headers,
    received_headers,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter.

    Attributes:
        record: as it stands in the dead-letter topic.
        stage: that gave the record up.
        time: when it did, in UTC.
        version: of the stage, then.
        source: coordinates of the record that was given up; empty where they are not known.
    """

    record: Record
    stage: Stage
    reason: str
    message: str
    stack: str
    version: str
    time: datetime
    source: str

    @property
    def id(self) -> str:
        """What names it: `<dead-letter topic>/<partition>/<offset>`."""
        return self.record.coordinates

    @property
    def is_readable(self) -> bool:
        """Whether its value is that of the record, and not the bytes of one that could not be read."""
        return DEAD_LETTER_RAW not in own_headers(self.record.headers)

    @property
    def headers(self) -> tuple[Header, ...]:
        """The headers that the record had when it was received."""
        return received_headers(self.record.headers)


def mark(record: Record) -> str:
    """Return what a dead letter is noted by: where it stands, and since when.

    The place alone would mean another record after its topic has been deleted and made anew.
    """
    return f"{record.coordinates}@{record.timestamp}"


def parsed(stage: Stage, record: Record) -> Letter | None:
    """Return the dead letter in a record of a stage's dead-letter topic; None where somebody else wrote it."""
    ours = own_headers(record.headers)

    def told(name: str) -> str:
        return decode_text(ours.get(DEAD_LETTER_PREFIX + name))

    if not told("reason"):
        return None
    source = f"{told('topic')}/{told('partition')}/{told('offset')}"
    return Letter(
        record=record,
        stage=stage,
        reason=told("reason"),
        message=told("message"),
        stack=told("stack"),
        version=told("version"),
        time=_time(told("time"), record.timestamp),
        source=source if parse_coordinates(source) is not None else "",
    )


def _time(stated: str, timestamp: int) -> datetime:
    """Return when a record was given up: as stated, or else when its dead letter arrived."""
    try:
        time = datetime.fromisoformat(stated)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # an offset may lead out of the years that there are
        return instant(timestamp) or datetime.fromtimestamp(0, UTC)


async def letters(
    settings: KafkaSettings, stages: Sequence[Stage], *, since_ms: int | None = None
) -> AsyncGenerator[Letter]:
    """Yield the dead letters of stages that are there now, oldest first within a partition; close with `aclosing`.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    by_topic = {settings.on_cluster(stage.dead_letter_topic.name): stage for stage in stages}
    counts = await topics.partitions(settings, list(by_topic))
    partitions = [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]
    if not partitions:
        return
    spans = await ends(settings, partitions, since_ms=since_ms)
    async with contextlib.aclosing(between(settings, spans)) as reading:
        async for record in reading:
            if (found := parsed(by_topic[record.topic], record)) is not None:
                yield found
