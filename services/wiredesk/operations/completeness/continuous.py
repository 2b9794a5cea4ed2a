"""A round of the continuous audit: read the outcomes since the last round, and close the pages that are accounted for.

Each outcome is read once. A page that is due and has no outcome is in flight if a stage has not committed it, as in
`wiredesk audit`; the mark of its partition waits for it. Otherwise it is missing. Outcomes of replays, and what side
stages write, do not count: `wiredesk audit` has them.
"""

import contextlib
import time
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from wiredesk.operations.audit import MAX_NAMED_RECORDS, PATIENCE_SECONDS, Duplicate, compaction_horizon
from wiredesk.operations.completeness.marks import Marks, load_marks, save_marks
from wiredesk.operations.completeness.open_pages import ABSENT, MISSING, UNKNOWN, UNSETTLED, End, OpenPages
from wiredesk.operations.dead_letters.redrive_log import REDRIVEN_TOPIC, RedriveLog
from wiredesk.operations.flow_topics import FlowTopics
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.group_offsets import CommittedOffset
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.lineage import origin_seconds, replay_of
from wiredesk.runtime.records import Record, parse_coordinates
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage

MAX_OPEN_PAGES = 50_000_000
"""The most pages that are open, at a byte for each; older ones are closed as unsettled."""

MAX_EXAMINED = 10_000
"""The most pages without an outcome that are looked for at a time, in what stages have not committed. The oldest are
looked for first: they are at the beginning of that."""

MAX_PLACES = 5_000
"""The most places that are remembered, one for each round. Of more, each second one is forgotten."""

SINCE_SLACK_MS = 600_000
"""How much earlier than its pages outcomes are read for `--since`: the clocks of brokers differ."""

type _Origin = tuple[int, int]
type _Ranges = Mapping[TopicPartition, OffsetRange]


@dataclass(slots=True)
class Round:
    """What a round has found, and rounds before it that failed.

    Attributes:
        due: pages of which it is known now what became of them.
        accounted: those that have an outcome.
        missing: those that have none, counted when they are found: also where the mark waits for a page before them.
        duplicated: pages with a second outcome, also of earlier rounds.
        unsettled: pages that were not audited.
        late: pages that are due, and that a stage has not committed yet; at most `MAX_EXAMINED` are counted.
        open: pages after the marks.
        lag: age of the oldest of these, in seconds.
        missing_records: coordinates of the first missing pages.
        duplicated_records: the first pages that have ended twice.
        recovered: coordinates of pages that were missing in an earlier round, and have ended since.
    """

    due: Counter[int] = field(default_factory=Counter)
    accounted: Counter[int] = field(default_factory=Counter)
    missing: Counter[int] = field(default_factory=Counter)
    duplicated: Counter[int] = field(default_factory=Counter)
    unsettled: Counter[int] = field(default_factory=Counter)
    late: int = 0
    open: int = 0
    lag: float = 0.0
    missing_records: list[str] = field(default_factory=list)
    duplicated_records: list[Duplicate] = field(default_factory=list)
    recovered: list[str] = field(default_factory=list)

    @property
    def is_balanced(self) -> bool:
        """Whether no page is missing, and none has ended twice."""
        return not (self.missing.total() or self.duplicated.total())


class CompletenessAudit:
    """The audit over its rounds. After a round that failed the next one goes on where it ended, with what it found.

    Args:
        flow: the stages from raw pages to terminal topics.
        sides: other stages, which read what the flow writes.
        settle: seconds after which a page must have ended.
        since_ms: where the first audit begins, in milliseconds since 1970; None: with the next page.
    """

    def __init__(
        self, kafka: KafkaSettings, flow: Sequence[Stage], sides: Sequence[Stage], settle: float, since_ms: int | None
    ) -> None:
        on_cluster = kafka.on_cluster
        self._flow = flow
        self._topics = FlowTopics(flow, [stage for stage in sides if not stage.entry], on_cluster)
        self._redriven_topic = on_cluster(REDRIVEN_TOPIC.name)
        self._settle = settle
        self._since_ms = since_ms
        self._pages = OpenPages()
        self._topic_ids: Mapping[str, str] = {}
        self._positions: dict[TopicPartition, int] = {}
        self._places: deque[Marks] = deque()
        self._log = RedriveLog()
        self._log_positions: dict[TopicPartition, int] = {}
        self._sent_back: set[_Origin] = set()
        # A second outcome may be that of a redriven dead letter, whose entry is read in the next round.
        self._suspects: dict[_Origin, None] = {}
        self._unconfirmed: list[_Origin] = []
        self._missing: dict[_Origin, None] = {}
        self._found = Round()
        self._marks_before: Marks | None = None

    def take(self) -> Round:
        """Return what was found since the last time."""
        result, self._found = self._found, Round()
        return result

    async def save(self, cluster: Cluster) -> None:
        """Save how far the audit is: another process goes on there, and reports what comes after it.

        Raises:
            UnavailableError: the cluster cannot be reached, or refuses.
        """
        marks, before = self._marks(), self._marks_before
        # A second outcome is confirmed in the next round: a process that goes on instead must read it again.
        to_save = before if self._suspects and before is not None else marks
        await save_marks(cluster, self._topics.entry, self._topic_ids, to_save)
        self._marks_before = marks

    async def round(self, cluster: Cluster) -> None:
        """Do a round. Pages that have ended twice are found in one, and confirmed in the next.

        Raises:
            UnavailableError: the cluster does not answer, lacks a topic of a stage, or a transaction stays open.
        """
        now, result = time.time(), self._found
        result.late = 0
        partitions = await self._begin(cluster, now)
        committed = {stage.name: await cluster.committed_offsets(stage) for stage in self._flow}
        await self._read_redrive_log(cluster)
        self._unconfirmed += self._suspects
        self._suspects = {}
        read_until = dict(self._positions)
        ranges = await cluster.offset_ranges(partitions, patience=PATIENCE_SECONDS)
        raw = [tp for tp in partitions if tp.topic == self._topics.entry]
        # Asked for after the ends of the outcomes: each outcome before those is of a page before these.
        ends = await cluster.log_end_offsets(raw)
        kept = {tp.partition: OffsetRange(ranges[tp].start, ends[tp]) for tp in raw}
        self._open(result, kept)
        self._remember(Marks({tp.partition: ends[tp] for tp in raw}, read_until, now))
        await self._read_outcomes(cluster, ranges, result)
        for number, offsets in kept.items():
            self._pages.give_up(number, offsets.start)
        due = await self._due(cluster, raw, now)
        await self._settle_unknown(cluster, due, ranges, committed, result)
        for partition, stop in due.items():
            self._count(result, partition, self._pages.close(partition, stop))
        await self._confirm(cluster, ranges, result)
        result.open, result.lag = len(self._pages), max(0.0, time.time() - self._marks().at)

    async def _begin(self, cluster: Cluster, now: float) -> list[TopicPartition]:
        """Return the partitions that are read; begin where the marks are, or where the first audit is to begin."""
        topics = await cluster.required_topics([self._topics.entry, *self._topics.between, *self._topics.numbers])
        partitions = [partition for topic in topics.values() for partition in topic.topic_partitions]
        before, self._topic_ids = self._topic_ids, {name: topic.id for name, topic in topics.items()}
        if not before:
            await self._load(cluster, partitions, now)
        self._forget_topics({name for name in before if before[name] != self._topic_ids.get(name)})
        return partitions

    async def _load(self, cluster: Cluster, partitions: Sequence[TopicPartition], now: float) -> None:
        kept = await cluster.offset_ranges([tp for tp in partitions if tp.topic not in self._topics.between])
        marks = await load_marks(cluster, self._topics.entry, self._topic_ids)
        if marks is None:
            marks = await self._first_marks(cluster, kept, now)
        self._marks_before = marks
        for tp, offsets in kept.items():
            if tp.topic == self._topics.entry:
                # A partition that was added meanwhile is audited from its beginning.
                self._pages.begin(tp.partition, marks.pages.get(tp.partition, offsets.start))
            else:
                self._positions[tp] = marks.outcomes.get(tp, offsets.start)
        self._places.append(Marks(self._pages.marks, dict(self._positions), marks.at or now))

    def _forget_topics(self, recreated: Collection[str]) -> None:
        """Forget what is known of topics that were deleted and created again: they are read from their beginning."""
        if self._topics.entry in recreated:
            self._pages, self._suspects, self._unconfirmed, self._missing = OpenPages(), {}, [], {}
        if recreated:
            self._marks_before = None
            self._positions = {tp: at for tp, at in self._positions.items() if tp.topic not in recreated}
            self._places = deque(
                Marks(
                    {} if self._topics.entry in recreated else place.pages,
                    {tp: at for tp, at in place.outcomes.items() if tp.topic not in recreated},
                    place.at,
                )
                for place in self._places
            )

    async def _first_marks(self, cluster: Cluster, kept: _Ranges, now: float) -> Marks:
        """Return where the first audit begins."""
        entry = [tp for tp in kept if tp.topic == self._topics.entry]
        outcomes = {tp: offsets for tp, offsets in kept.items() if tp.topic != self._topics.entry}
        if self._since_ms is None:
            ends = await cluster.log_end_offsets(entry)
            pages = {tp.partition: offset for tp, offset in ends.items()}
            return Marks(pages, {tp: offsets.stop for tp, offsets in outcomes.items()}, now)
        first = await cluster.offset_ranges(entry, since_ms=self._since_ms)
        ended = await cluster.offset_ranges(outcomes, since_ms=max(0, self._since_ms - SINCE_SLACK_MS))
        pages = {tp.partition: offsets.start for tp, offsets in first.items()}
        return Marks(pages, {tp: offsets.start for tp, offsets in ended.items()}, self._since_ms / 1000)

    def _open(self, result: Round, raw: Mapping[int, OffsetRange]) -> None:
        """Open the pages that have come; close those that retention deleted before that, or that are too many."""
        for number, end in self._pages.ends.items():
            if number in raw and raw[number].stop < end:
                self._forget_from(number, raw[number].stop)
        for number, closed in self._pages.open(raw, MAX_OPEN_PAGES).items():
            self._count(result, number, closed)

    def _forget_from(self, number: int, stop: int) -> None:
        """Forget the pages that an unclean leader election has cut off: other pages will be at their offsets."""

        def stays(origin: _Origin) -> bool:
            return origin[0] != number or origin[1] < stop

        self._suspects = dict.fromkeys(filter(stays, self._suspects))
        self._unconfirmed = [*filter(stays, self._unconfirmed)]
        self._missing = dict.fromkeys(filter(stays, self._missing))
        self._sent_back = {*filter(stays, self._sent_back)}
        self._places = deque(place.cut(number, stop) for place in self._places)

    def _remember(self, place: Marks) -> None:
        self._places.append(place)
        if len(self._places) > MAX_PLACES:
            self._places = deque(list(self._places)[::2])

    async def _read_redrive_log(self, cluster: Cluster) -> None:
        kept = await cluster.offset_ranges(await cluster.partitions([self._redriven_topic]))
        new = {tp: offsets.intersection(self._log_positions.get(tp, 0)) for tp, offsets in kept.items()}
        async with contextlib.aclosing(cluster.read_range(new)) as records:
            async for record in records:
                if record.key is not None:
                    self._send_back(record.key.decode("utf-8", "replace"), record.value)
                self._log_positions[TopicPartition(record.topic, record.partition)] = record.next_offset
        self._log_positions |= {tp: offsets.stop for tp, offsets in kept.items()}

    def _send_back(self, letter: str, entry: bytes | None) -> None:
        """Note that a dead letter was redriven: it is no outcome any more, and another one will come."""
        if letter in self._log:
            return
        origin = parse_coordinates(self._log.add(letter, entry))
        if origin is None or origin[0] != self._topics.entry or not self._topics.reopens(letter):
            return
        if origin[1:] not in self._suspects:  # otherwise the other outcome is here already
            self._pages.set(*origin[1:], UNKNOWN)
        self._sent_back.add(origin[1:])

    async def _read_outcomes(self, cluster: Cluster, ranges: _Ranges, result: Round) -> None:
        terminal = {tp: offsets for tp, offsets in ranges.items() if tp.topic in self._topics.numbers}
        new = {tp: offsets.intersection(self._positions.get(tp, offsets.start)) for tp, offsets in terminal.items()}
        async with contextlib.aclosing(cluster.read_range(new)) as records:
            async for record in records:
                self._note_outcome(record, result)
                self._positions[TopicPartition(record.topic, record.partition)] = record.next_offset
        self._positions |= {tp: offsets.stop for tp, offsets in terminal.items()}

    def _note_outcome(self, record: Record, result: Round) -> None:
        origin = self._origin_of_outcome(record)
        if origin is None or self._pages.ended(*origin, self._topics.number(record)) is not End.AGAIN:
            return
        if origin in self._missing:
            del self._missing[origin]
            result.recovered.append(self._name(origin))
        else:
            self._suspects[origin] = None

    def _origin_of_outcome(self, record: Record) -> _Origin | None:
        """Return the page of which a record is the outcome; None if it is none of the live stream."""
        topics = self._topics
        if topics.is_redriven(record, self._log) or topics.is_resent(record) or replay_of(record) is not None:
            return None
        return topics.origin(record, self._entry_ids)

    @property
    def _entry_ids(self) -> tuple[str, str]:
        return "", self._topic_ids[self._topics.entry]

    async def _due(self, cluster: Cluster, raw: Sequence[TopicPartition], now: float) -> dict[int, int]:
        """Return the offset before which pages are due: by their timestamps, and by how long they have been seen.

        A timestamp may be anything, and after a start nothing has been seen for long.
        """
        before = await cluster.offset_ranges(raw, since_ms=int((now - self._settle) * 1000))
        seen = max(
            (place for place in self._places if place.at <= now - self._settle), key=lambda p: p.at, default=None
        )
        known = {} if seen is None else seen.pages
        return {tp.partition: max(before[tp].start, known.get(tp.partition, 0)) for tp in raw}

    async def _settle_unknown(
        self,
        cluster: Cluster,
        due: Mapping[int, int],
        ranges: _Ranges,
        committed: Mapping[str, Mapping[TopicPartition, CommittedOffset]],
        result: Round,
    ) -> None:
        """Find out what the pages are that are due and have no outcome: in flight, absent, or missing."""
        left, most = set(due), max(1, MAX_EXAMINED // max(1, len(due)))
        while left:
            unknown = {(n, offset) for n in left for offset in self._pages.unknown(n, due[n], most)}
            in_flight = await self._in_flight(cluster, unknown, ranges, committed)
            await self._look_at_pages(cluster, unknown - in_flight, result)
            result.late += len(in_flight)
            left = {number for number, _ in unknown} - {number for number, _ in in_flight}

    async def _in_flight(
        self,
        cluster: Cluster,
        unknown: set[_Origin],
        ranges: _Ranges,
        committed: Mapping[str, Mapping[TopicPartition, CommittedOffset]],
    ) -> set[_Origin]:
        """Return those pages that a stage has not committed."""
        positions = {tp: at.offset for stage in self._flow for tp, at in committed[stage.name].items()}
        waiting = {tp: offsets.intersection(positions.get(tp, offsets.start)) for tp, offsets in ranges.items()}
        starts = {tp.partition: offsets.start for tp, offsets in waiting.items() if tp.topic == self._topics.entry}
        in_flight = {(number, offset) for number, offset in unknown if offset >= starts[number]}
        wanted = unknown - in_flight
        if not wanted:
            return in_flight
        between = {tp: offsets for tp, offsets in waiting.items() if tp.topic in self._topics.between}
        async with contextlib.aclosing(cluster.read_range(between)) as records:
            async for record in records:
                origin = self._topics.origin(record, self._entry_ids)
                if origin is not None and origin in wanted:
                    wanted.discard(origin)
                    in_flight.add(origin)
                    if not wanted:
                        break
        return in_flight

    async def _look_at_pages(self, cluster: Cluster, unknown: set[_Origin], result: Round) -> None:
        """Close offsets that have no record as absent, and the others as missing."""
        if not unknown:
            return
        by_partition: defaultdict[int, list[int]] = defaultdict(list)
        for number, offset in unknown:
            by_partition[number].append(offset)
        wanted = {
            TopicPartition(self._topics.entry, number): OffsetRange(min(offsets), max(offsets) + 1)
            for number, offsets in by_partition.items()
        }
        there: dict[_Origin, int] = {}
        async with contextlib.aclosing(cluster.read_range(wanted)) as records:
            async for record in records:
                batch_offset = None if record.defect is None else record.defect.batch_offset
                # A batch that counts as one record is at its first offset.
                offset = record.offset if batch_offset is None else batch_offset
                if (record.partition, offset) in unknown:
                    there[record.partition, offset] = record.timestamp
        horizon = await compaction_horizon(cluster, self._topics) if there else 0
        for origin in sorted(unknown):
            if origin not in there:
                self._pages.set(*origin, ABSENT)
            elif there[origin] < horizon:
                self._pages.set(*origin, UNSETTLED)
            else:
                self._pages.set(*origin, MISSING)
                self._note_missing(origin, result)

    def _note_missing(self, origin: _Origin, result: Round) -> None:
        """Count a missing page, and name it; it is not counted again when it is closed, whatever becomes of it."""
        result.due[origin[0]] += 1
        result.missing[origin[0]] += 1
        if len(result.missing_records) < MAX_NAMED_RECORDS:
            result.missing_records.append(self._name(origin))
        if len(self._missing) < MAX_EXAMINED:
            self._missing[origin] = None

    def _count(self, result: Round, partition: int, closed: Counter[int]) -> None:
        accounted = sum(count for value, count in closed.items() if value not in (MISSING, UNSETTLED, ABSENT))
        result.accounted[partition] += accounted
        result.unsettled[partition] += closed[UNSETTLED]
        result.due[partition] += accounted

    async def _confirm(self, cluster: Cluster, ranges: _Ranges, result: Round) -> None:
        """Count the pages that ended twice by the round before this one."""
        duplicated = [origin for origin in self._unconfirmed if origin not in self._sent_back]
        ends = await self._ends(cluster, duplicated[:MAX_NAMED_RECORDS], ranges) if duplicated else {}
        for origin in duplicated:
            of_page = ends.get(origin, [])
            arrived = {at for _, at in of_page}
            if 1 < len(of_page) == len(arrived):
                continue  # two pages with one origin: see the audit, on unclean leader elections
            result.duplicated[origin[0]] += 1
            if len(result.duplicated_records) < MAX_NAMED_RECORDS:
                result.duplicated_records.append(Duplicate(self._name(origin), tuple(place for place, _ in of_page)))
        self._unconfirmed = []

    async def _ends(
        self, cluster: Cluster, origins: Sequence[_Origin], ranges: _Ranges
    ) -> dict[_Origin, list[tuple[str, float]]]:
        """Return the outcomes of pages since the marks: where each is, and when its page had arrived."""
        ends: dict[_Origin, list[tuple[str, float]]] = {origin: [] for origin in origins}
        first = self._places[0].outcomes
        terminal = {
            tp: offsets.intersection(first.get(tp, offsets.start))
            for tp, offsets in ranges.items()
            if tp.topic in self._topics.numbers
        }
        async with contextlib.aclosing(cluster.read_range(terminal)) as records:
            async for record in records:
                origin = self._origin_of_outcome(record)
                if origin is not None and origin in ends:
                    ends[origin].append((record.coordinates, origin_seconds(record.headers)))
        return ends

    def _marks(self) -> Marks:
        """Return the first open pages, and the newest place before all of them; forget the places before that."""
        pages = self._pages.marks
        while len(self._places) > 1 and all(pages.get(n, 0) >= at for n, at in self._places[1].pages.items()):
            self._places.popleft()
        return Marks(pages, self._places[0].outcomes, self._places[0].at)

    def _name(self, origin: _Origin) -> str:
        return f"{self._topics.entry}/{origin[0]}/{origin[1]}"
