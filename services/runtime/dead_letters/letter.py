"""A dead letter read back, and the record that it was."""

import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import TopicPartition

from services.runtime.dead_letters.writing import PREFIX
from services.runtime.kafka import topics
from services.runtime.kafka.reading import between, ends
from services.runtime.lineage import NAMES
from services.runtime.records import Header, Record
from services.runtime.settings import KafkaSettings
from services.runtime.topology import Stage

ROUNDS = "wiredesk_redrives"
"""How often the record has been redriven, in a header that it carries along."""

KEPT_AS = "wiredesk_kept_as"
"""In a header: what a dead letter was called when it was exported to a file. It comes back once."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter.

    Attributes:
        record: as it stands in the dead-letter topic.
        stage: that gave the record up.
        time: when it did.
        version: of the stage, then.
        rounds: how often it has been redriven before.
    """

    record: Record
    stage: Stage
    reason: str
    message: str
    stack: str
    version: str
    time: datetime
    rounds: int

    @property
    def id(self) -> str:
        """What names it: `<dead-letter topic>/<partition>/<offset>`."""
        return self.record.coordinates

    @property
    def headers(self) -> tuple[Header, ...]:
        """The headers that the record had when it was received."""
        headers = list(self.record.headers)
        while headers and headers[-1][0] in NAMES and len(self.record.headers) - len(headers) < len(NAMES):
            headers.pop()
        while headers and headers[-1][0].startswith(PREFIX):
            headers.pop()
        return tuple(header for header in headers if header[0] != KEPT_AS)


def mark(record: Record) -> str:
    """Return what a dead letter is noted by: where it stands, and since when.

    The place alone would mean another record after its topic has been deleted and made anew.
    """
    return f"{record.coordinates}@{record.timestamp}"


def parsed(stage: Stage, record: Record) -> Letter | None:
    """Return the dead letter in a record of a stage's dead-letter topic; None where somebody else wrote it."""
    told = {name.removeprefix(PREFIX): value for name, value in record.headers if name.startswith(PREFIX)}
    if not told.get("reason"):
        return None

    def text(name: str) -> str:
        return (told.get(name) or b"").decode("utf-8", "replace")

    rounds = next((value for name, value in reversed(record.headers) if name == ROUNDS), None) or b"0"
    try:
        time = datetime.fromisoformat(text("time"))
    except ValueError:
        time = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    return Letter(
        record=record,
        stage=stage,
        reason=text("reason"),
        message=text("message"),
        stack=text("stack"),
        version=text("version"),
        time=time if time.tzinfo else time.replace(tzinfo=UTC),
        rounds=int(rounds) if rounds.isdigit() else 0,
    )


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
