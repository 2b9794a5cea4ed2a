"""Where a lane starts reading, and whether the partition is still the one from which its records were fetched.

A committed offset is valid for one identity of a partition only: a topic that was deleted and recreated starts at
offset 0 again, and after an unclean leader election the log may be shorter than before. So each commit carries a note
of the topic id and the leader epoch, which the next owner of the partition compares with what it finds.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from wiredesk.runtime import metrics
from wiredesk.runtime.errors import OffsetsMovedError, OpeningError
from wiredesk.runtime.kafka.group_offsets import CommitNote, CommittedOffset, stable_committed_offset
from wiredesk.runtime.kafka.partition_identity import PartitionIdentities, PartitionIdentity, epoch_end_offset
from wiredesk.runtime.records import Record

log = structlog.get_logger(__name__)

IDLE_CHECK_SECONDS = 10.0
"""Pause between two checks of a lane that receives no records. Lanes share the answers: a check costs one request to
each leader."""


@dataclass(frozen=True, slots=True)
class OffsetsMove:
    """The committed offset cannot be used any more.

    Attributes:
        kind: the topic was recreated, the log was truncated (`cut_back`), or retention has deleted records before they
            were read.
        before: the offset at which the group would have continued.
        after: the offset at which it continues.
    """

    kind: Literal["recreated", "cut_back", "expired"]
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Start:
    """Where a lane starts reading.

    Attributes:
        offset: offset of the first record to be read.
        committed: the offset that the group has committed for this identity of the partition; None if there is none.
        identity: topic id and leader epoch of the partition.
        note: note to be committed with the next offset.
        is_noted: whether the committed offset already has a note of this identity.
        moves: why the offset differs from the committed one.
    """

    offset: int
    committed: int | None
    identity: PartitionIdentity
    note: CommitNote
    is_noted: bool = False
    moves: tuple[OffsetsMove, ...] = ()


async def find_start(
    consumer: AIOKafkaConsumer,
    identities: PartitionIdentities,
    group: str,
    source: TopicPartition,
    *,
    needs_offset: bool,
) -> Start:
    """Return where a lane starts reading; to be called once the partition's previous owner is fenced.

    A committed offset of a deleted topic of the same name, or of a truncated part of the log, is not used.

    Args:
        group: on the cluster.
        needs_offset: a committed offset must exist: a replay's start offsets are committed when it is planned.

    Raises:
        OpeningError: a committed offset is needed, and there is none.
        KafkaError: a broker refuses, or does not answer.
    """
    identity = await identities.of(source, asyncio.get_running_loop().time())
    committed = await stable_committed_offset(consumer, group, source)
    first: int = (await consumer.beginning_offsets([source]))[source]
    moves: list[OffsetsMove] = []
    if committed is not None and committed.note.topic_id not in ("", identity.topic_id):
        moves.append(OffsetsMove("recreated", committed.offset, first))
        committed = None
    if committed is None:
        if needs_offset:
            raise OpeningError(f"group {group} has no committed offset any more: its progress is lost")
        start = Start(first, None, identity, CommitNote(topic_id=identity.topic_id), moves=tuple(moves))
    else:
        offset = await _within_log(consumer, source, committed)
        if offset < committed.offset:
            moves.append(OffsetsMove("cut_back", committed.offset, offset))
        expired = max(0, first - offset)
        if expired:
            moves.append(OffsetsMove("expired", offset, first))
        note = CommitNote(
            topic_id=identity.topic_id,
            leader_epoch=committed.note.leader_epoch,
            expired=committed.note.expired + expired,
            time_ms=committed.note.time_ms,
            changelog_id=committed.note.changelog_id,
        )
        is_noted = committed.note.topic_id == identity.topic_id
        start = Start(max(offset, first), committed.offset, identity, note, is_noted, tuple(moves))
    for move in start.moves:
        log.warning(
            "offsets moved",
            kind=move.kind,
            topic=source.topic,
            partition=source.partition,
            before=move.before,
            after=move.after,
        )
    return start


async def _within_log(consumer: AIOKafkaConsumer, source: TopicPartition, committed: CommittedOffset) -> int:
    """Return the committed offset, or an earlier offset at which the log was truncated."""
    if committed.note.leader_epoch >= 0:
        end = await epoch_end_offset(consumer, source, committed.note.leader_epoch)
    else:
        end = (await consumer.end_offsets([source]))[source]
    return committed.offset if end is None else min(end, committed.offset)


class Position:
    """How far a lane has committed, and for which identity of its partition.

    Attributes:
        committed: the offset that the group has committed; None if there is none.
    """

    def __init__(self, source: TopicPartition, identities: PartitionIdentities) -> None:
        self.committed: int | None = None
        self._is_noted = False
        self._source = source
        self._identities = identities
        self._identity = PartitionIdentity("", -1)
        self._note = CommitNote()
        self._uncounted: tuple[OffsetsMove, ...] = ()
        self._fetched: deque[tuple[int, float]] = deque()
        self._checked_at = 0.0

    def start(self, start: Start) -> None:
        """Take over a start."""
        self.committed, self._is_noted = start.committed, start.is_noted
        self._identity, self._note, self._uncounted = start.identity, start.note, start.moves
        self._checked_at = asyncio.get_running_loop().time()
        self._fetched.clear()

    @property
    def topic_id(self) -> str:
        """The id of the topic that is read."""
        return self._identity.topic_id

    def is_committed(self, offset: int) -> bool:
        """Return whether an offset is the committed one and has a note of this identity of the partition.

        An offset that was set with another tool has no note, and an offset may be beyond the end of a truncated log:
        neither may stay committed when the next owner opens the partition.
        """
        return offset == self.committed and self._is_noted

    def note_committed(self, offset: int) -> None:
        """Take note that an offset has been committed.

        Why the offsets moved is counted at the first commit only: a lane that fails before that starts from the same
        committed offset again.
        """
        self.committed, self._is_noted = offset, True
        for move in self._uncounted:
            metrics.OFFSETS_MOVED.labels(move.kind).inc()
            if move.kind == "expired":
                metrics.EXPIRED.inc(move.after - move.before)
        self._uncounted = ()

    def note_fetched(self, records: Sequence[Record]) -> None:
        """Take note of when records were fetched."""
        self._fetched.append((records[-1].offset, asyncio.get_running_loop().time()))

    async def check(self, last: int | None = None) -> None:
        """Check before a commit that the partition is still the one from which the records were fetched.

        A recreated topic has offsets again that are already committed.

        Args:
            last: offset of the last record to be committed; None: everything that has been read.

        Raises:
            OffsetsMovedError: the topic was recreated, or the partition has another leader.
            KafkaError: the leader does not answer.
        """
        not_before = asyncio.get_running_loop().time()
        while last is not None and self._fetched:
            not_before = self._fetched[0][1]
            if self._fetched[0][0] >= last:
                break
            self._fetched.popleft()
        identity = await self._identities.of(self._source, not_before)
        self._check_topic_id(identity)
        if identity.leader_epoch != self._identity.leader_epoch:
            raise OffsetsMovedError(
                f"another leader was elected (epoch {identity.leader_epoch}): its log may be shorter"
            )

    async def check_when_idle(self) -> None:
        """Check from time to time while no records come: a recreated topic may end where the old one ended.

        Raises:
            OffsetsMovedError: the topic was recreated.
        """
        now = asyncio.get_running_loop().time()
        if now - self._checked_at < IDLE_CHECK_SECONDS:
            return
        self._checked_at = now
        with contextlib.suppress(KafkaError, OSError):  # nothing is to be committed: the next check repeats this
            self._check_topic_id(await self._identities.of(self._source, now - IDLE_CHECK_SECONDS / 2))

    def _check_topic_id(self, identity: PartitionIdentity) -> None:
        if identity.topic_id != self._identity.topic_id:
            raise OffsetsMovedError(f"topic {self._source.topic} was deleted and recreated (id {identity.topic_id})")

    def commit_note(self, last: Record | None, state: Mapping[str, Any] = MappingProxyType({})) -> str:
        """Return the note for the offset after the record `last`; None: for the current position.

        Args:
            state: fields of the note that name the state to which the offset belongs.
        """
        epoch = self._identity.leader_epoch if last is None else last.leader_epoch
        self._note = self._note.model_copy(update={"leader_epoch": epoch, **state})
        return self._note.text()
