"""The audit: what became of every raw page, determined from the topics alone, not from what workers report.

Records are joined by the origin that each of them carries: the coordinates of the raw page from which it was made. What
became of a raw page is one byte in a ledger. What is read, in this order:

1. The committed offsets of all stages, before anything else: what a stage commits afterwards can only make a record
more advanced than the audit reports. Then, which dead letters were redriven: their outcome is in later records. 2. The
end offsets of all topics, and then, once no earlier transaction is open, the *terminal topics* from their
   beginning. Outputs of a replay are counted separately: they are no second outcome of the page, and each must exist
   once.
3. Of the topics between stages, only the records that the next stage has not committed: they are in flight.
4. Of the topic of raw pages nothing, as long as every offset in it has ended or is in flight. Otherwise the offsets
around the missing one are read: it may be the marker of a publisher's transaction.

A side stage, such as one of a plug-in, is not part of the flow: its output does not end a page. Its input topic and its
output topics are read, too, and joined by the same origins. If it is declared as `one_to_one`, it must make exactly one
event or dead letter from each record; otherwise a record without output counts as "published nothing". See
docs/decisions/0018.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from aiokafka import TopicPartition

from wiredesk.operations.dead_letters.redrive_log import RedriveLog, read_redrive_log
from wiredesk.operations.flow_topics import FlowTopics
from wiredesk.operations.ledger import Ledger
from wiredesk.operations.outcome_kinds import MAX_KINDS, UNKNOWN, outcome_kind
from wiredesk.operations.progress import ProgressCallback, ignore_progress
from wiredesk.operations.replays.run import SavedRun, load_runs
from wiredesk.runtime.dead_letters import letter_key
from wiredesk.runtime.errors import ForbiddenError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.group_offsets import CommittedOffset
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.lineage import origin_seconds, replay_of
from wiredesk.runtime.records import Record, parse_coordinates
from wiredesk.runtime.topology import Stage
from wiredesk_schemas.headers import EVENT_ID, REDRIVE_COUNT, last_value

MAX_NAMED_RECORDS = 1000
"""How many missing and how many duplicated records are named; all are counted."""

MAX_CHECKED_BACKLOG = 10_000
"""The longest backlog, in offsets, from which transaction markers are subtracted; in a longer one they are counted,
too."""

PATIENCE_SECONDS = 120
"""How long to wait for open transactions: the broker aborts them after their timeout."""

DONE = 1
"""The number of the topic in ledgers of replays and of side stages, which do not distinguish topics."""

PROGRESS_RECORDS = 1000
"""Progress is reported after this number of records."""

type _Ranges = Mapping[TopicPartition, OffsetRange]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A record that has ended more than once, and the coordinates of its outcomes (empty: not looked up)."""

    origin: str
    ended_at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideReconciliation:
    """What a side stage has made of the records in its input topic.

    Attributes:
        done: it has published at least one event or dead letter; each record is counted once.
        in_flight: it has not committed the record yet.
        missing: it has committed the record without an output, though it is `one_to_one`.
        duplicated: it has made several outputs, though it is `one_to_one`; or it has published one event twice.
        published_nothing: it has committed the record without an output, as it may.
        missing_records: origins of the first missing records.
        duplicated_records: origins of the first duplicated records.
    """

    done: int
    in_flight: int
    missing: int
    duplicated: int
    published_nothing: int = 0
    missing_records: tuple[str, ...] = ()
    duplicated_records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What became of the raw pages.

    Attributes:
        ended: raw pages by the terminal topic in which they ended, by name in the topology.
        kinds: the same, and for each topic by what became of the page: see `outcome_kinds`.
        in_flight: a stage has not committed them yet.
        missing: neither ended nor in flight.
        duplicated: ended more than once; counted in `ended` once.
        missing_records: coordinates of the first missing raw pages.
        duplicated_records: the first duplicated raw pages.
        forgotten: raw pages that ended as a tombstone: they were to be forgotten while a stage had them.
        compacted: raw pages without an outcome, so old that compaction may have removed it; not counted as missing.
        replayed: raw pages with an outcome from a replay, by the id of the run.
        expired: by stage, all offsets of its input that retention deleted before the stage read them. In the topic of
            raw pages they are not part of `entered`: whether they were pages cannot be known.
        side_stages: the result of each side stage, by name.
    """

    ended: Mapping[str, int]
    in_flight: int
    missing: int
    duplicated: int
    missing_records: tuple[str, ...] = ()
    duplicated_records: tuple[Duplicate, ...] = ()
    kinds: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    forgotten: int = 0
    compacted: int = 0
    replayed: Mapping[str, int] = field(default_factory=dict)
    expired: Mapping[str, int] = field(default_factory=dict)
    side_stages: Mapping[str, SideReconciliation] = field(default_factory=dict)

    @property
    def entered(self) -> int:
        """All raw pages that are accounted for."""
        return sum(self.ended.values()) + self.forgotten + self.in_flight + self.missing + self.compacted

    @property
    def is_balanced(self) -> bool:
        """Whether nothing is missing and nothing is duplicated, in the flow and in side stages."""
        beside = any(stage.missing or stage.duplicated for stage in self.side_stages.values())
        return not (self.missing or self.duplicated or beside)


async def reconcile(
    cluster: Cluster,
    flow: Sequence[Stage],
    side_stages: Iterable[Stage] = (),
    *,
    since_ms: int | None = None,
    progress: ProgressCallback = ignore_progress,
) -> Reconciliation:
    """Determine what became of every raw page.

    Args:
        cluster: the cluster.
        flow: the stages from raw pages to terminal topics; the stage that reads raw pages is the first.
        side_stages: other stages, which read what the flow writes.
        since_ms: only raw pages that arrived at this time or later, in milliseconds since 1970.
        progress: called with the numbers of records that were read and that are to be read.

    Raises:
        UnavailableError: the cluster does not answer, lacks a topic of a stage, or a transaction stays open.
    """
    return await _Audit(cluster, flow, list(side_stages), progress).run(since_ms)


async def compaction_horizon(cluster: Cluster, topics: FlowTopics) -> int:
    """Return the time before which outcomes may have been compacted, in milliseconds since 1970; 0: none can have been.

    An outcome is younger than its raw page, and is kept at least for the minimum lag of its topic's compaction: the
    outcome of a raw page that is younger than that cannot have been compacted.
    """
    try:
        settings = await cluster.topic_settings(sorted({*topics.numbers, *topics.between} - {topics.entry}))
    except ForbiddenError:
        return 0  # pages without an outcome are reported as missing, as on a cluster without compaction
    lags = [
        int(of_topic["min.compaction.lag.ms"])
        for of_topic in settings.values()
        if "compact" in of_topic["cleanup.policy"]
    ]
    return int(time.time() * 1000) - min(lags) if lags else 0


class _Audit:
    def __init__(
        self, cluster: Cluster, flow: Sequence[Stage], sides: Sequence[Stage], progress: ProgressCallback
    ) -> None:
        self._cluster = cluster
        self._flow = flow
        self._sides = [stage for stage in sides if not stage.entry]  # what another entry reads is no raw page of ours
        self._progress = progress
        self._topics = FlowTopics(flow, self._sides, cluster.settings.on_cluster)
        self._entry = self._topics.entry
        self._terminal = self._topics.terminal
        self._forgotten = self._topics.forgotten
        self._numbers = self._topics.numbers
        self._intermediate = self._topics.between
        self._entry_ids: tuple[str, ...] = ("",)
        self._redriven = RedriveLog()
        self._runs: Mapping[str, SavedRun] = {}
        self._replays: dict[str, Ledger] = {}
        self._kinds: dict[str, Counter[str]] = {topic.name: Counter() for topic in self._terminal}

    async def run(self, since_ms: int | None) -> Reconciliation:
        on_cluster = self._cluster.settings.on_cluster
        sides = [
            on_cluster(topic.name)
            for stage in self._sides
            for topic in (stage.consumes, *stage.produces, stage.dead_letter_topic)
        ]
        names = dict.fromkeys([self._entry, *self._intermediate, *self._numbers, *sides])
        topics = await self._cluster.required_topics(names)
        self._entry_ids = ("", topics[self._entry].id)
        committed = {stage.name: await self._cluster.committed_offsets(stage) for stage in (*self._flow, *self._sides)}
        self._redriven = await read_redrive_log(self._cluster)
        self._runs = await load_runs(self._cluster)
        partitions = [partition for topic in topics.values() for partition in topic.topic_partitions]
        ranges = await self._cluster.offset_ranges(partitions, since_ms=since_ms, patience=PATIENCE_SECONDS)
        positions = {tp: at.offset for stage in self._flow for tp, at in committed[stage.name].items()}
        # What a stage has not committed yet, by its input partition.
        backlog = {
            tp: offsets.intersection(positions.get(tp, offsets.start))
            for tp, offsets in ranges.items()
            if tp.topic == self._entry or tp.topic in self._intermediate
        }
        ledger = Ledger({tp.partition: offsets for tp, offsets in ranges.items() if tp.topic == self._entry})
        for tp, offsets in backlog.items():
            if tp.topic == self._entry:
                for offset in range(offsets.start, offsets.stop):
                    ledger.in_flight(tp.partition, offset)
        await self._read_terminal_topics(ledger, ranges)
        await self._read_intermediate_topics(ledger, backlog)
        await self._read_entry_topic(ledger, backlog)
        if since_ms is not None and ledger.count_missing:
            await self._read_earlier_records(ledger, ranges, positions)
        compacted = await self._set_aside_compacted(ledger) if ledger.count_missing else 0
        suspects = list(islice(ledger.duplicated(), MAX_NAMED_RECORDS))
        duplicates = await self._find_duplicates(suspects, ranges)
        duplicated = ledger.count_duplicated - (len(suspects) - len(duplicates))
        duplicates += [
            Duplicate(f"{partition}/{offset} of {run}", ())
            for run, of_run in self._replays.items()
            for partition, offset in islice(of_run.duplicated(), MAX_NAMED_RECORDS)
        ]
        return Reconciliation(
            ended={topic.name: ledger.count(number) for number, topic in enumerate(self._terminal, start=1)},
            in_flight=ledger.count_in_flight,
            missing=ledger.count_missing,
            duplicated=duplicated + sum(of_run.count_duplicated for of_run in self._replays.values()),
            missing_records=self._names(ledger.missing()),
            duplicated_records=tuple(duplicates),
            kinds={topic: dict(counts.most_common()) for topic, counts in self._kinds.items()},
            forgotten=ledger.count(self._forgotten),
            compacted=compacted,
            replayed={run: count for run, of_run in self._replays.items() if (count := of_run.count(DONE))},
            expired=await self._expired({stage: committed[stage.name] for stage in self._flow}),
            side_stages={
                stage.name: await self._reconcile_side(stage, ranges, committed[stage.name]) for stage in self._sides
            },
        )

    def _count_kind(self, topic: str, record: Record) -> None:
        kind, counts = outcome_kind(topic, record), self._kinds[topic]
        counts[kind if kind in counts or len(counts) < MAX_KINDS else UNKNOWN] += 1

    async def _set_aside_compacted(self, ledger: Ledger) -> int:
        """Take raw pages whose outcome may have been compacted from the missing ones; return how many."""
        horizon = await compaction_horizon(self._cluster, self._topics)
        if not horizon:
            return 0
        partitions = await self._cluster.required_partitions([self._entry])
        kept = await self._cluster.offset_ranges(partitions, since_ms=horizon)
        firsts = {tp.partition: offsets.start for tp, offsets in kept.items()}
        compacted = [at for at in ledger.missing() if at[1] < firsts[at[0]]]
        for at in compacted:
            ledger.absent(*at)
        return len(compacted)

    async def _expired(self, committed: Mapping[Stage, Mapping[TopicPartition, CommittedOffset]]) -> Mapping[str, int]:
        """Return how many offsets retention deleted before each stage read them, noticed by the stage or not."""
        partitions = {tp for offsets in committed.values() for tp in offsets}
        kept = await self._cluster.offset_ranges(partitions)
        counts = {
            stage.name: sum(at.note.expired + max(0, kept[tp].start - at.offset) for tp, at in offsets.items())
            for stage, offsets in committed.items()
        }
        return {name: count for name, count in counts.items() if count}

    async def _read_terminal_topics(self, ledger: Ledger, ranges: _Ranges) -> None:
        terminal = {tp: offsets for tp, offsets in ranges.items() if tp.topic in self._numbers}
        total, done = sum(offsets.size for offsets in terminal.values()), 0
        async with contextlib.aclosing(self._cluster.read_range(terminal)) as records:
            async for record in records:
                if self._topics.is_redriven(record, self._redriven) or self._topics.is_resent(record):
                    pass
                elif replay := replay_of(record):
                    self._note_replayed(*replay)
                elif (origin := self._origin(record)) is not None:
                    number = self._topics.number(record)
                    if ledger.ended(*origin, number) and number != self._forgotten:
                        self._count_kind(self._terminal[number - 1].name, record)
                done += 1
                if not done % PROGRESS_RECORDS:
                    self._progress(done, total)
        self._progress(total, total)

    def _note_replayed(self, run: str, replayed: str) -> None:
        coordinates, saved = parse_coordinates(replayed), self._runs.get(run)
        if coordinates is None or saved is None:
            return
        if run not in self._replays:
            self._replays[run] = Ledger(saved.run.ranges)
        self._replays[run].ended(coordinates[1], coordinates[2], DONE)

    async def _read_intermediate_topics(self, ledger: Ledger, backlog: _Ranges) -> None:
        waiting = {tp: offsets for tp, offsets in backlog.items() if tp.topic in self._intermediate}
        async with contextlib.aclosing(self._cluster.read_range(waiting)) as records:
            async for record in records:
                if (origin := self._origin(record)) is not None:
                    ledger.in_flight(*origin)

    async def _read_entry_topic(self, ledger: Ledger, backlog: _Ranges) -> None:
        """Find out which offsets have no record, such as those of transaction markers, where it matters."""
        checked: dict[TopicPartition, OffsetRange] = {}
        for tp, waiting in backlog.items():
            if tp.topic != self._entry:
                continue
            parts = [missing] if (missing := ledger.missing_range(tp.partition)) else []
            if 0 < waiting.size <= MAX_CHECKED_BACKLOG:
                parts.append(waiting)
            if parts:
                checked[tp] = OffsetRange(min(part.start for part in parts), max(part.stop for part in parts))
        nexts = {tp.partition: offsets.start for tp, offsets in checked.items()}
        async with contextlib.aclosing(self._cluster.read_range(checked)) as records:
            async for record in records:
                for offset in range(nexts[record.partition], record.offset):
                    ledger.absent(record.partition, offset)
                nexts[record.partition] = record.offset + 1
                batch_offset = None if record.defect is None else record.defect.batch_offset
                if batch_offset is not None and batch_offset < record.offset:
                    # Of a batch that counts as one record, at its first offset.
                    ledger.absent(record.partition, record.offset)
        for tp, offsets in checked.items():
            for offset in range(nexts[tp.partition], offsets.stop):
                ledger.absent(tp.partition, offset)

    async def _read_earlier_records(
        self, ledger: Ledger, ranges: _Ranges, positions: Mapping[TopicPartition, int]
    ) -> None:
        """Look for the outcomes of missing raw pages in records older than `since_ms`.

        A raw page may have a later timestamp than its outcome: if its topic has CreateTime, or if the clocks of brokers
        differ.
        """
        kept = await self._cluster.offset_ranges(list(ranges))
        earlier = {tp: offsets.intersection(0, ranges[tp].start) for tp, offsets in kept.items()}
        await self._read_terminal_topics(ledger, earlier)
        await self._read_intermediate_topics(
            ledger, {tp: offsets.intersection(positions.get(tp, offsets.start)) for tp, offsets in earlier.items()}
        )

    async def _find_duplicates(self, suspects: Sequence[tuple[int, int]], ranges: _Ranges) -> list[Duplicate]:
        """Return where the records of some origins ended.

        An unclean leader election truncates a log, and its offsets are assigned to other records: then two raw pages
        have the same origin, but arrived at different times, and neither is a duplicate.
        """
        if not suspects:
            return []
        outcomes: dict[tuple[int, int], list[tuple[str, float]]] = {origin: [] for origin in suspects}
        terminal = {tp: offsets for tp, offsets in ranges.items() if tp.topic in self._numbers}
        async with contextlib.aclosing(self._cluster.read_range(terminal)) as records:
            async for record in records:
                origin = self._origin(record)
                if origin in outcomes and replay_of(record) is None:
                    outcomes[origin].append((record.coordinates, origin_seconds(record.headers)))
        return [
            Duplicate(self._name(*origin), tuple(coordinates for coordinates, _ in of_origin))
            for origin, of_origin in outcomes.items()
            if len({arrived for _, arrived in of_origin}) < len(of_origin)
        ]

    async def _reconcile_side(
        self, stage: Stage, ranges: _Ranges, committed: Mapping[TopicPartition, CommittedOffset]
    ) -> SideReconciliation:
        """Join the input topic of a side stage with its output topics."""
        on_cluster = self._cluster.settings.on_cluster
        input_topic = on_cluster(stage.consumes.name)
        outputs = {on_cluster(topic.name) for topic in (*stage.produces, stage.dead_letter_topic)}
        entered = {tp.partition: offsets for tp, offsets in ranges.items() if tp.topic == self._entry}
        ledger = Ledger(entered, all_present=False)
        one_of_each = stage.one_to_one and not self._may_share_origins(stage)
        events, twice = set[int](), dict[tuple[int, int], None]()
        resent = set[tuple[int, int]]()
        # The outputs of a record are written after it: if only later inputs are read, so are the outputs.
        wanted = {tp: offsets for tp, offsets in ranges.items() if tp.topic == input_topic or tp.topic in outputs}
        async with contextlib.aclosing(self._cluster.read_range(wanted)) as records:
            async for record in records:
                origin = self._origin(record)
                if origin is None or replay_of(record) is not None or letter_key(record) in self._redriven:
                    continue
                if record.topic != input_topic:
                    ledger.ended(*origin, DONE)
                    if not one_of_each:
                        event = hash((origin, record.topic, last_value(record.headers, EVENT_ID)))
                        if event in events:
                            twice[origin] = None
                        events.add(event)
                    continue
                ledger.present(*origin)
                if last_value(record.headers, REDRIVE_COUNT) is not None:
                    resent.add(origin)
                source = TopicPartition(record.topic, record.partition)
                if source not in committed or record.offset >= committed[source].offset:
                    ledger.in_flight(*origin)
        # A redriven record, of this stage or another one, is read and published again, under the same id.
        repeated = ledger.duplicated() if one_of_each else iter(twice)
        duplicated = [origin for origin in repeated if origin not in resent]
        return SideReconciliation(
            done=ledger.count(DONE),
            in_flight=ledger.count_in_flight,
            missing=ledger.count_missing if stage.one_to_one else 0,
            duplicated=len(duplicated),
            published_nothing=0 if stage.one_to_one else ledger.count_missing,
            missing_records=self._names(ledger.missing()) if stage.one_to_one else (),
            duplicated_records=self._names(duplicated),
        )

    def _may_share_origins(self, stage: Stage) -> bool:
        """Whether several records that a stage reads may have one origin: a stage before it may publish several."""
        writers = [side for side in self._sides if stage.consumes in side.produces]
        return any(not writer.one_to_one or self._may_share_origins(writer) for writer in writers)

    def _origin(self, record: Record) -> tuple[int, int] | None:
        return self._topics.origin(record, self._entry_ids)

    def _name(self, partition: int, offset: int) -> str:
        return f"{self._entry}/{partition}/{offset}"

    def _names(self, records: Iterable[tuple[int, int]]) -> tuple[str, ...]:
        return tuple(self._name(*record) for record in islice(records, MAX_NAMED_RECORDS))
