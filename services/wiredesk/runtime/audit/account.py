"""Reading the topics into a ledger.

What is read, and what need not be:

1. The committed offsets of all stages, before anything else: what a stage commits afterwards can only make a record
   look more advanced than it is said to be. Then which dead letters went back: what they became is below the ends.
2. Where all topics end, and then, once no transaction is open below that, the *end topics* from their beginning:
   each record there names its origin. What a replay has published once more is counted apart: it is no second end of
   the page, and must itself be there once.
3. Of the topics between stages only what their readers have not committed yet: those records are in flight.
4. Of the entry topic nothing at all, as long as every offset in it has an end or is in flight. Where one has neither,
   its neighbourhood is read: it may be the marker of a publisher's transaction.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from wiredesk.operations.dead_letters.redrive_log import RedriveLog, read_redrive_log
from wiredesk.operations.replays.run import SavedRun, load_runs
from wiredesk.runtime.audit.result import Account, Duplicate
from wiredesk.runtime.dead_letters import letter_key
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.kafka import clients, topics
from wiredesk.runtime.kafka import progress as stage_progress
from wiredesk.runtime.kafka.commit_note import Committed
from wiredesk.runtime.kafka.delivery import format_error
from wiredesk.runtime.kafka.partition_life import topic_id
from wiredesk.runtime.kafka.reading import between, ends
from wiredesk.runtime.ledger import Ledger, Range
from wiredesk.runtime.lineage import origin_of, origin_seconds, origin_topic_id, replay_of
from wiredesk.runtime.records import Record, parse_coordinates
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage, Topic

NAMED = 1000
"""Most records that are named; all are counted."""

TAIL = 10_000
"""Offsets of a backlog that are looked at one by one, to tell records from markers; a longer one counts as it is."""

PATIENCE_SECONDS = 120
"""For open transactions: the broker itself ends them after their timeout."""

REPLAYED_END = 1
"""In the ledger of a run, wherever it was that a record ended."""

type Progress = Callable[[int, int], None]
"""Called with records read and records to be read, as far as offsets tell."""


async def account(
    settings: KafkaSettings,
    stages: Sequence[Stage],
    *,
    since_ms: int | None = None,
    progress: Progress | None = None,
) -> Account:
    """Account for every record of the entry topic.

    Args:
        stages: of the pipeline, the entry stage first.
        since_ms: only records that arrived at that time or later, in milliseconds since 1970.

    Raises:
        UsageError: a topic does not exist.
        UnavailableError: the cluster cannot be reached, or a transaction stays open.
    """
    try:
        return await _Audit(settings, stages, progress or (lambda *_: None)).run(since_ms)
    except (KafkaError, OSError) as error:
        raise UnavailableError(
            f"Kafka at {settings.bootstrap_servers} stopped answering: {format_error(error)}; run the audit again"
        ) from error


class _Audit:
    def __init__(self, settings: KafkaSettings, stages: Sequence[Stage], progress: Progress) -> None:
        self._settings = settings
        self._stages = stages
        self._progress = progress
        self._entry = settings.on_cluster(stages[0].consumes.name)
        consumed = {stage.consumes for stage in stages}
        produced = [topic for stage in stages for topic in (*stage.produces, stage.dead_letter_topic)]
        self._ends: list[Topic] = [topic for topic in dict.fromkeys(produced) if topic not in consumed]
        self._numbers = {settings.on_cluster(topic.name): n for n, topic in enumerate(self._ends, start=1)}
        self._between = [settings.on_cluster(stage.consumes.name) for stage in stages[1:]]
        self._entry_lives: tuple[str, ...] = ("",)
        self._runs: dict[str, SavedRun] = {}
        self._replays: dict[str, Ledger] = {}

    async def run(self, since_ms: int | None) -> Account:
        partitions = await self._partitions()
        positions = await stage_progress.committed(self._settings, self._stages)
        committed = {tp: position.offset for tp, position in positions.items()}
        async with clients.started(clients.admin(self._settings), self._settings) as admin:
            self._entry_lives = ("", await topic_id(admin, self._entry))
        again = await read_redrive_log(self._settings)
        self._runs = await load_runs(self._settings)
        latest = await ends(self._settings, partitions, since_ms=since_ms, patience=PATIENCE_SECONDS)
        ledger = Ledger({tp.partition: Range(*latest[tp]) for tp in partitions if tp.topic == self._entry})
        self._mark_backlog(ledger, committed, latest)
        await self._read_ends(ledger, latest, again)
        await self._read_between(ledger, committed, latest)
        await self._read_entry(ledger, committed, latest)
        if since_ms is not None and ledger.count_missing:
            await self._read_earlier(ledger, committed, latest, again)
        suspects = list(islice(ledger.duplicated(), NAMED))
        named = await self._name_duplicates(suspects, latest)
        duplicated = ledger.count_duplicated - (len(suspects) - len(named))
        named += [
            Duplicate(f"{partition}/{offset} of {run}", ())
            for run, of_run in self._replays.items()
            for partition, offset in islice(of_run.duplicated(), NAMED)
        ]
        return Account(
            ended={topic.name: ledger.count(number) for number, topic in enumerate(self._ends, start=1)},
            in_flight=ledger.count_in_flight,
            missing=ledger.count_missing,
            duplicated=duplicated + sum(one.count_duplicated for one in self._replays.values()),
            missing_records=[self._name(*found) for found in islice(ledger.missing(), NAMED)],
            duplicated_records=named,
            replayed={run: count for run, one in self._replays.items() if (count := one.count(REPLAYED_END))},
            expired=await self._expired(positions),
        )

    async def _expired(self, positions: Mapping[TopicPartition, Committed]) -> dict[str, int]:
        """Return what each stage has found deleted, and what it will when it reads on."""
        there = await ends(self._settings, list(positions)) if positions else {}
        counts = {stage.name: 0 for stage in self._stages}
        names = {self._settings.on_cluster(stage.consumes.name): stage.name for stage in self._stages}
        for tp, position in positions.items():
            counts[names[tp.topic]] += position.note.expired + max(0, there[tp][0] - position.offset)
        return {name: count for name, count in counts.items() if count}

    async def _partitions(self) -> list[TopicPartition]:
        names = [self._entry, *self._between, *self._numbers]
        counts = await topics.partitions(self._settings, names)
        if missing := [name for name in names if name not in counts]:
            raise UsageError(f"no topic {', '.join(missing)} on the cluster: run 'wiredesk topics create' first")
        return [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]

    def _mark_backlog(
        self, ledger: Ledger, committed: Mapping[TopicPartition, int], latest: Mapping[TopicPartition, tuple[int, int]]
    ) -> None:
        for tp, (start, end) in latest.items():
            if tp.topic == self._entry:
                for offset in range(max(start, committed.get(tp, start)), end):
                    ledger.in_flight(tp.partition, offset)

    async def _read_ends(
        self, ledger: Ledger, latest: Mapping[TopicPartition, tuple[int, int]], again: RedriveLog
    ) -> None:
        ranges = {tp: span for tp, span in latest.items() if tp.topic in self._numbers}
        total, done = sum(end - start for start, end in ranges.values()), 0
        async with contextlib.aclosing(between(self._settings, ranges)) as reading:
            async for record in reading:
                # A dead letter that went back is no end: what comes of it now is. One of the entry topic stays, as its
                # record went back as another one, with an origin of its own.
                is_back = letter_key(record) in again and not record.topic.startswith(f"{self._entry}.")
                if is_back:
                    pass
                elif replay := replay_of(record):
                    self._note_replayed(*replay)
                elif (origin := self._origin(record)) is not None:
                    ledger.ended(*origin, self._numbers[record.topic])
                done += 1
                if not done % 1000:
                    self._progress(done, total)
        self._progress(total, total)

    def _note_replayed(self, run: str, replayed: str) -> None:
        at, noted = parse_coordinates(replayed), self._runs.get(run)
        if at is None or noted is None:
            return
        if run not in self._replays:
            self._replays[run] = Ledger({number: Range(*span) for number, span in noted.run.spans.items()})
        self._replays[run].ended(at[1], at[2], REPLAYED_END)

    async def _read_between(
        self, ledger: Ledger, committed: Mapping[TopicPartition, int], latest: Mapping[TopicPartition, tuple[int, int]]
    ) -> None:
        ranges = {
            tp: (max(start, committed.get(tp, start)), end)
            for tp, (start, end) in latest.items()
            if tp.topic in self._between
        }
        async with contextlib.aclosing(between(self._settings, ranges)) as reading:
            async for record in reading:
                if (origin := self._origin(record)) is not None:
                    ledger.in_flight(*origin)

    async def _read_entry(
        self, ledger: Ledger, committed: Mapping[TopicPartition, int], latest: Mapping[TopicPartition, tuple[int, int]]
    ) -> None:
        """Tell records from markers, where it makes a difference."""
        looked_at: dict[TopicPartition, tuple[int, int]] = {}
        for tp, (start, end) in latest.items():
            if tp.topic != self._entry:
                continue
            missing = ledger.missing_range(tp.partition)
            backlog = max(start, committed.get(tp, start)), end
            parts = [(missing.start, missing.end)] if missing else []
            if 0 < backlog[1] - backlog[0] <= TAIL:
                parts.append(backlog)
            if parts:
                looked_at[tp] = min(first for first, _ in parts), max(last for _, last in parts)
        nexts = {tp.partition: first for tp, (first, _) in looked_at.items()}
        async with contextlib.aclosing(between(self._settings, looked_at)) as reading:
            async for record in reading:
                for offset in range(nexts[record.partition], record.offset):
                    ledger.absent(record.partition, offset)
                nexts[record.partition] = record.offset + 1
                begin = None if record.defect is None else record.defect.batch_offset
                if begin is not None and begin < record.offset:
                    ledger.absent(record.partition, record.offset)  # of a batch that is one record, further in front
        for tp, (_, last) in looked_at.items():
            for offset in range(nexts[tp.partition], last):
                ledger.absent(tp.partition, offset)

    async def _read_earlier(
        self,
        ledger: Ledger,
        committed: Mapping[TopicPartition, int],
        latest: Mapping[TopicPartition, tuple[int, int]],
        again: RedriveLog,
    ) -> None:
        """Look for missing records in what is older than the time that was asked for.

        A record may say that it arrived later than it did, and so have ended before: where an entry topic keeps the
        timestamps of its publishers, or the clocks of brokers differ.
        """
        whole = await ends(self._settings, list(latest))
        earlier = {tp: (first, max(first, latest[tp][0])) for tp, (first, _) in whole.items()}
        await self._read_ends(ledger, earlier, again)
        await self._read_between(ledger, committed, earlier)

    async def _name_duplicates(
        self, duplicated: Sequence[tuple[int, int]], latest: Mapping[TopicPartition, tuple[int, int]]
    ) -> list[Duplicate]:
        """Return where the records of some origins ended.

        An unclean election of a leader cuts a log back, and its offsets are given again: then there are two records of
        one origin, which arrived at different times, and neither is a duplicate.
        """
        if not duplicated:
            return []
        found: dict[tuple[int, int], list[tuple[str, float]]] = {origin: [] for origin in duplicated}
        ranges = {tp: span for tp, span in latest.items() if tp.topic in self._numbers}
        async with contextlib.aclosing(between(self._settings, ranges)) as reading:
            async for record in reading:
                origin = self._origin(record)
                if origin in found and replay_of(record) is None:
                    found[origin].append((record.coordinates, origin_seconds(record.headers)))
        return [
            Duplicate(self._name(*origin), tuple(place for place, _ in at))
            for origin, at in found.items()
            if len({arrived for _, arrived in at}) < len(at)
        ]

    def _origin(self, record: Record) -> tuple[int, int] | None:
        """Return partition and offset of a record's origin, None where it did not begin in the entry topic.

        Nor where that was the topic of this name before it was deleted and made anew.
        """
        at = parse_coordinates(origin_of(record))
        if at is None or at[0] != self._entry or origin_topic_id(record) not in self._entry_lives:
            return None
        return at[1:]

    def _name(self, partition: int, offset: int) -> str:
        return f"{self._entry}/{partition}/{offset}"
