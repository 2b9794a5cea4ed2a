"""What became of every record of a run, determined from the topics alone, not from what workers report.

The range is read again, and so are the topics that the run wrote, from their end offsets at the time of planning. They
are joined by the header that names the replayed record.
"""

import contextlib
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Any

from aiokafka import TopicPartition
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from wiredesk.operations.ledger import Ledger
from wiredesk.operations.progress import ProgressCallback, ignore_progress
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import NOTHING, OffsetRange
from wiredesk.runtime.records import Record, parse_coordinates
from wiredesk.runtime.replay_scope import RecordFilter
from wiredesk_schemas.headers import (
    DEAD_LETTER_REASON,
    EVENT_ID,
    REPLAY,
    REPLAYED,
    decode_text,
    last_value,
    own_headers,
)

MAX_NAMED_RECORDS = 20
"""How many missing and how many duplicated records are named; all are counted."""

PATIENCE_SECONDS = 120
"""How long to wait for open transactions: the broker aborts them after their timeout."""


class Reconciliation(BaseModel):
    """What became of the records of a run.

    Attributes:
        read: number of records in the range.
        filtered_out: records that the filters did not accept.
        ended: records with an outcome, by the topic that has it.
        dead_letters: records whose outcome is a dead letter, by reason.
        missing: accepted records without an outcome, if the stage publishes exactly one event for each record.
        duplicated: records with more than one outcome; if the stage may publish several events, records with the same
            event twice. They are counted in `ended` once.
        published_nothing: accepted records without an outcome, if the stage may publish no event for a record.
        unexpected: events that carry the run's id and name no record of its range.
        expired: offsets of the range that retention has deleted and that have no outcome: it is not known whether they
            were records.
        missing_records: coordinates of the first missing records.
        duplicated_records: coordinates of the first duplicated records.
    """

    model_config = ConfigDict(frozen=True)

    read: int
    filtered_out: int = Field(validation_alias=AliasChoices("filtered_out", "passed_over"))
    ended: dict[str, int]
    dead_letters: dict[str, int]
    missing: int
    duplicated: int
    published_nothing: int = 0
    unexpected: int = 0
    expired: int = 0
    missing_records: tuple[str, ...] = ()
    duplicated_records: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_older_version(cls, fields: Any) -> Any:
        if isinstance(fields, dict) and "strange" in fields:  # as version 0.1 saved it
            return {**fields, "unexpected": fields["strange"]}
        return fields

    @property
    def adds_up(self) -> bool:
        """Whether every accepted record has the outcomes that the stage declares, and there are no others."""
        accepted = self.read - self.filtered_out
        return accepted == sum(self.ended.values()) + self.published_nothing and not (
            self.missing or self.duplicated or self.unexpected or self.expired
        )


async def reconcile(
    cluster: Cluster,
    run: str,
    sources: Mapping[TopicPartition, OffsetRange],
    outputs: Mapping[str, Mapping[int, int]],
    accepts: RecordFilter,
    progress: ProgressCallback = ignore_progress,
    *,
    one_to_one: bool = True,
) -> Reconciliation:
    """Determine what became of every record of a run that is done.

    Args:
        run: id of the run.
        sources: the offsets that it read.
        outputs: by output topic (without prefix) and partition, the end offset when the run was planned.
        accepts: which records it processed.
        progress: called with the records read so far and the offsets to read.
        one_to_one: the stage publishes exactly one event for each record; False: none, one, or several. In this case
            the ids of all events are kept in memory, about 100 bytes each.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    there = await cluster.offset_ranges(sources, patience=PATIENCE_SECONDS)
    planned_ends = {
        TopicPartition(cluster.settings.on_cluster(topic), partition): offset
        for topic, offsets in outputs.items()
        for partition, offset in offsets.items()
    }
    now = await cluster.offset_ranges(planned_ends, patience=PATIENCE_SECONDS)
    written = {tp: OffsetRange(max(offset, now[tp].start), now[tp].stop) for tp, offset in planned_ends.items()}
    reader = _Reader(cluster, run, sources, list(outputs), progress, one_to_one=one_to_one)
    reader.total = sum(offsets.size for offsets in (*sources.values(), *written.values()))
    readable = {tp: OffsetRange(max(offsets.start, there[tp].start), offsets.stop) for tp, offsets in sources.items()}
    await reader.read_source(readable, accepts)
    await reader.read_outputs(written)
    return reader.result({tp.partition: held.start for tp, held in there.items()})


class _Reader:
    def __init__(
        self,
        cluster: Cluster,
        run: str,
        sources: Mapping[TopicPartition, OffsetRange],
        outputs: list[str],
        progress: ProgressCallback,
        *,
        one_to_one: bool,
    ) -> None:
        self.total = 0
        self._one_to_one = one_to_one
        self._seen: set[int] = set()
        self._twice: dict[tuple[int, int], None] = {}
        self._cluster = cluster
        self._run = run.encode()
        self._progress = progress
        self._topic = next(iter(sources)).topic
        self._ledger = Ledger({tp.partition: offsets for tp, offsets in sources.items()})
        self._ranges = {tp.partition: offsets for tp, offsets in sources.items()}
        self._numbers = {name: number for number, name in enumerate(outputs, start=1)}
        self._compacted = 0  # the run read them, and compaction has removed them since
        self._read = self._filtered_out = self._unexpected = self._done = 0
        self._reasons: Counter[str] = Counter()

    async def read_source(self, ranges: Mapping[TopicPartition, OffsetRange], accepts: RecordFilter) -> None:
        nexts = {tp.partition: offsets.start for tp, offsets in ranges.items()}
        async with contextlib.aclosing(self._cluster.read_range(ranges)) as records:
            async for record in records:
                self._tick()
                self._read += 1
                self._absent(record.partition, nexts[record.partition], record.offset)
                nexts[record.partition] = record.offset + 1
                if not accepts(record):
                    self._filtered_out += 1
                    self._ledger.in_flight(record.partition, record.offset)  # not a gap, and not missing
                    self._ledger.absent(record.partition, record.offset)
        for tp, offsets in ranges.items():
            self._absent(tp.partition, nexts[tp.partition], offsets.stop)

    async def read_outputs(self, ranges: Mapping[TopicPartition, OffsetRange]) -> None:
        prefix = self._cluster.settings.topic_prefix
        async with contextlib.aclosing(self._cluster.read_range(ranges)) as records:
            async for record in records:
                self._tick()
                ours = own_headers(record.headers)
                if ours.get(REPLAY) != self._run:
                    continue
                number = self._numbers[record.topic.removeprefix(prefix)]
                source = self._source(decode_text(ours.get(REPLAYED)))
                if source is None:
                    self._unexpected += 1
                    continue
                self._compacted += self._ledger.is_absent(*source)
                self._ledger.ended(*source, number)
                if not self._one_to_one:
                    self._note_event(source, record)
                if reason := decode_text(ours.get(DEAD_LETTER_REASON)):
                    self._reasons[reason] += 1

    def _note_event(self, source: tuple[int, int], record: Record) -> None:
        """Count an event of a record that may have several: the record is duplicated if an event exists twice."""
        event = hash((source, record.topic, last_value(record.headers, EVENT_ID)))
        if event in self._seen:
            self._twice[source] = None
        self._seen.add(event)

    def result(self, firsts: Mapping[int, int]) -> Reconciliation:
        """Return the result, given the first offset that each partition of the input still has."""
        ledger = self._ledger
        expired = sum(offset < firsts[partition] for partition, offset in ledger.missing())
        without_outcome = ledger.count_missing - expired
        missing = (at for at in ledger.missing() if self._one_to_one and at[1] >= firsts[at[0]])
        duplicated = ledger.duplicated() if self._one_to_one else iter(self._twice)
        return Reconciliation(
            read=self._read + self._compacted,
            filtered_out=self._filtered_out,
            ended={name: ledger.count(number) for name, number in self._numbers.items()},
            dead_letters=dict(self._reasons),
            missing=without_outcome if self._one_to_one else 0,
            duplicated=ledger.count_duplicated if self._one_to_one else len(self._twice),
            published_nothing=0 if self._one_to_one else without_outcome,
            unexpected=self._unexpected,
            expired=expired,
            missing_records=tuple(self._name(*at) for at in islice(missing, MAX_NAMED_RECORDS)),
            duplicated_records=tuple(self._name(*at) for at in islice(duplicated, MAX_NAMED_RECORDS)),
        )

    def _tick(self) -> None:
        self._done += 1
        if not self._done % 1000:
            self._progress(self._done, self.total)

    def _absent(self, partition: int, first: int, last: int) -> None:
        for offset in range(first, last):
            self._ledger.absent(partition, offset)

    def _source(self, coordinates: str) -> tuple[int, int] | None:
        at = parse_coordinates(coordinates)
        if at is None or at[0] != self._topic:
            return None
        return at[1:] if at[2] in self._ranges.get(at[1], NOTHING) else None

    def _name(self, partition: int, offset: int) -> str:
        return f"{self._topic}/{partition}/{offset}"
