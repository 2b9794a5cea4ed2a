"""The audit: what became of every raw page, determined from the topics alone, and from nothing that a worker claims.

Records are joined by the origin that each of them carries: the coordinates of the raw page from which it was made. What
became of a raw page is one byte in a ledger. What is read, and what need not be:

1. The committed offsets of all stages, before anything else: what a stage commits later can only make a record look
   more advanced than the audit says. Then, which dead letters were redriven: their outcome is in later records.
2. The end offsets of all topics, and then, once no earlier transaction is open, the *terminal topics* from their
   beginning. What a replay has published once more is counted separately: it is no second end of the page, and must
   itself exist once.
3. Of the topics between stages, only what the next stage has not committed: those records are in flight.
4. Of the topic of raw pages nothing, as long as every offset in it has ended or is in flight. Where one has not, the
   offsets around it are read: it may be the marker of a publisher's transaction.

A stage beside the flow, such as that of a plug-in, ends no page. Its input topic and its output topics are read, too,
and joined by the same origins. That it makes exactly one record of each is checked if it declares so (`one_to_one`);
otherwise a record without output counts as one for which it published nothing. See docs/decisions/0018.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from aiokafka import TopicPartition

from wiredesk.operations.dead_letters.redrive_log import RedriveLog, read_redrive_log
from wiredesk.operations.ledger import Ledger
from wiredesk.operations.progress import ProgressCallback, ignore_progress
from wiredesk.operations.replays.run import SavedRun, load_runs
from wiredesk.runtime.dead_letters import letter_key
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.group_offsets import CommittedOffset
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.lineage import origin_of, origin_seconds, origin_topic_id, replay_of
from wiredesk.runtime.records import Record, parse_coordinates
from wiredesk.runtime.topology import Stage, Topic
from wiredesk_schemas.headers import EVENT_ID, REDRIVE_COUNT, last_value

MAX_NAMED_RECORDS = 1000
"""Missing and duplicated records that are named, of each; all are counted."""

MAX_CHECKED_BACKLOG = 10_000
"""The longest backlog, in offsets, from which transaction markers are subtracted; a longer one counts as it is."""

PATIENCE_SECONDS = 120
"""How long open transactions are waited for: the broker itself ends them after their timeout."""

DONE = 1
"""The number of the only end in the ledgers of replays and of side stages: in which topic it was does not matter."""

PROGRESS_RECORDS = 1000
"""Progress is reported whenever so many records have been read."""

type _Ranges = Mapping[TopicPartition, OffsetRange]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A record that has ended more than once, and the coordinates of the records that say so (empty: not looked up)."""

    origin: str
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideReconciliation:
    """What a stage beside the flow has made of the records in its input topic.

    Attributes:
        done: it has published an event or a dead letter, or more, counted once.
        in_flight: it has not committed the record yet.
        missing: it has committed the record and made nothing of it, though it is to make one of each.
        duplicated: it has made several, though it is to make one of each; or it has published one event twice.
        published_nothing: it has committed the record and made nothing of it, as it may.
        missing_records: origins of the first of the missing ones.
        duplicated_records: origins of the first of the duplicated ones.
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
        in_flight: a stage has not committed them yet.
        missing: neither ended nor in flight.
        duplicated: ended more than once; counted in `ended` once.
        missing_records: coordinates of the first of the missing raw pages.
        duplicated_records: the first of the duplicated ones.
        replayed: raw pages that a replay has brought to an end once more, by the id of its run.
        expired: by stage, offsets of its input that retention had deleted before the stage read them, ever. Those of
            the topic of raw pages are no part of `entered`: what they were cannot be known.
        side_stages: what stages beside the flow have made, by stage.
    """

    ended: Mapping[str, int]
    in_flight: int
    missing: int
    duplicated: int
    missing_records: tuple[str, ...] = ()
    duplicated_records: tuple[Duplicate, ...] = ()
    replayed: Mapping[str, int] = field(default_factory=dict)
    expired: Mapping[str, int] = field(default_factory=dict)
    side_stages: Mapping[str, SideReconciliation] = field(default_factory=dict)

    @property
    def entered(self) -> int:
        """All raw pages that are accounted for."""
        return sum(self.ended.values()) + self.in_flight + self.missing

    @property
    def is_balanced(self) -> bool:
        """Whether nothing is missing and nothing is duplicated, in the flow and beside it."""
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
        cluster: is asked.
        flow: the stages from raw pages to terminal topics, that which reads raw pages first.
        side_stages: further stages, which read what the flow writes.
        since_ms: only raw pages that arrived at that time or later, in milliseconds since 1970.
        progress: is called with the records that were read and that are to be read.

    Raises:
        UnavailableError: the cluster does not answer, lacks a topic of a stage, or a transaction stays open.
    """
    return await _Audit(cluster, flow, list(side_stages), progress).run(since_ms)


class _Audit:
    def __init__(
        self, cluster: Cluster, flow: Sequence[Stage], sides: Sequence[Stage], progress: ProgressCallback
    ) -> None:
        self._cluster = cluster
        self._flow = flow
        self._sides = [stage for stage in sides if not stage.entry]  # what another entry reads is no raw page of ours
        self._progress = progress
        on_cluster = cluster.settings.on_cluster
        self._entry = on_cluster(flow[0].consumes.name)
        self._entry_letters = on_cluster(flow[0].dead_letter_topic.name)
        inputs = {stage.consumes for stage in flow}
        outputs = [topic for stage in flow for topic in (*stage.produces, stage.dead_letter_topic)]
        self._terminal: list[Topic] = [topic for topic in dict.fromkeys(outputs) if topic not in inputs]
        self._numbers = {on_cluster(topic.name): n for n, topic in enumerate(self._terminal, start=1)}
        # Publishers write to the topics of entry stages: what headers there say of origins is not believed.
        self._intermediate = {on_cluster(stage.consumes.name) for stage in flow if not stage.entry}
        self._side_inputs = {on_cluster(stage.consumes.name) for stage in self._sides}
        self._entry_ids: tuple[str, ...] = ("",)
        self._redriven = RedriveLog()
        self._runs: Mapping[str, SavedRun] = {}
        self._replays: dict[str, Ledger] = {}

    async def run(self, since_ms: int | None) -> Reconciliation:
        on_cluster = self._cluster.settings.on_cluster
        sides = [on_cluster(topic.name) for stage in self._sides for topic in stage.topics]
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
            replayed={run: count for run, of_run in self._replays.items() if (count := of_run.count(DONE))},
            expired=await self._expired({stage: committed[stage.name] for stage in self._flow}),
            side_stages={
                stage.name: await self._reconcile_side(stage, ranges, committed[stage.name]) for stage in self._sides
            },
        )

    async def _expired(self, committed: Mapping[Stage, Mapping[TopicPartition, CommittedOffset]]) -> Mapping[str, int]:
        """Return how many offsets retention deleted before each stage read them, whether it has noticed or not."""
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
                if self._is_redriven(record) or self._is_resent(record):
                    pass
                elif replay := replay_of(record):
                    self._note_replayed(*replay)
                elif (origin := self._origin(record)) is not None:
                    ledger.ended(*origin, self._numbers[record.topic])
                done += 1
                if not done % PROGRESS_RECORDS:
                    self._progress(done, total)
        self._progress(total, total)

    def _is_redriven(self, record: Record) -> bool:
        """Whether a record is a dead letter that is no end any more: what became of it after it was redriven is.

        A dead letter of the topic of raw pages stays: its record was redriven as another one, with its own origin.
        """
        return letter_key(record) in self._redriven and record.topic != self._entry_letters

    def _is_resent(self, record: Record) -> bool:
        """Whether a record ended its page before: it is a dead letter of a side stage that went back to be read again.

        What the flow makes of a record that was redriven does not carry the header.
        """
        return record.topic in self._side_inputs and last_value(record.headers, REDRIVE_COUNT) is not None

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
        """Note which offsets have no record, such as those of transaction markers, where that makes a difference."""
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
                    ledger.absent(record.partition, record.offset)  # of a batch that counts as the record at its start
        for tp, offsets in checked.items():
            for offset in range(nexts[tp.partition], offsets.stop):
                ledger.absent(tp.partition, offset)

    async def _read_earlier_records(
        self, ledger: Ledger, ranges: _Ranges, positions: Mapping[TopicPartition, int]
    ) -> None:
        """Look for missing raw pages in records that are older than the time that was asked for.

        A raw page may say that it arrived later than it did, and so have ended before: where its topic keeps the
        timestamps of publishers, or the clocks of brokers differ.
        """
        kept = await self._cluster.offset_ranges(list(ranges))
        earlier = {tp: offsets.intersection(0, ranges[tp].start) for tp, offsets in kept.items()}
        await self._read_terminal_topics(ledger, earlier)
        await self._read_intermediate_topics(
            ledger, {tp: offsets.intersection(positions.get(tp, offsets.start)) for tp, offsets in earlier.items()}
        )

    async def _find_duplicates(self, suspects: Sequence[tuple[int, int]], ranges: _Ranges) -> list[Duplicate]:
        """Return where the records of some origins ended.

        An unclean leader election truncates a log, and its offsets are given to other records: then two raw pages have
        one origin, but arrived at different times, and neither is a duplicate.
        """
        if not suspects:
            return []
        ends: dict[tuple[int, int], list[tuple[str, float]]] = {origin: [] for origin in suspects}
        terminal = {tp: offsets for tp, offsets in ranges.items() if tp.topic in self._numbers}
        async with contextlib.aclosing(self._cluster.read_range(terminal)) as records:
            async for record in records:
                origin = self._origin(record)
                if origin in ends and replay_of(record) is None:
                    ends[origin].append((record.coordinates, origin_seconds(record.headers)))
        return [
            Duplicate(self._name(*origin), tuple(coordinates for coordinates, _ in of_origin))
            for origin, of_origin in ends.items()
            if len({arrived for _, arrived in of_origin}) < len(of_origin)
        ]

    async def _reconcile_side(
        self, stage: Stage, ranges: _Ranges, committed: Mapping[TopicPartition, CommittedOffset]
    ) -> SideReconciliation:
        """Join the input topic of a stage beside the flow with its output topics."""
        on_cluster = self._cluster.settings.on_cluster
        input_topic = on_cluster(stage.consumes.name)
        outputs = {on_cluster(topic.name) for topic in (*stage.produces, stage.dead_letter_topic)}
        entered = {tp.partition: offsets for tp, offsets in ranges.items() if tp.topic == self._entry}
        ledger = Ledger(entered, all_present=False)
        one_of_each = stage.one_to_one and not self._may_share_origins(stage)
        events, twice = set[int](), dict[tuple[int, int], None]()
        resent = set[tuple[int, int]]()
        # What was made of a record is written after it: where the input is cut off, so are the outputs.
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
        # A record that was redriven, for this stage or another one, is read and published again, under the same id.
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
        """Return partition and offset of a record's origin; None where that is no raw page of this audit.

        Nor where it is one of a topic of the same name that was deleted and created again since.
        """
        coordinates = parse_coordinates(origin_of(record))
        if coordinates is None or coordinates[0] != self._entry or origin_topic_id(record) not in self._entry_ids:
            return None
        return coordinates[1:]

    def _name(self, partition: int, offset: int) -> str:
        return f"{self._entry}/{partition}/{offset}"

    def _names(self, records: Iterable[tuple[int, int]]) -> tuple[str, ...]:
        return tuple(self._name(*record) for record in islice(records, MAX_NAMED_RECORDS))
