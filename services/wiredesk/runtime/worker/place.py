"""A lane's place: which life of the partition it reads, and how far it has committed there."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from wiredesk.runtime.errors import OffsetsMovedError
from wiredesk.runtime.kafka.commit_note import CommitNote
from wiredesk.runtime.kafka.partition_life import PartitionLife, PartitionLives
from wiredesk.runtime.records import Record
from wiredesk.runtime.worker.opening import Beginning

LOOK_SECONDS = 10.0
"""Between two looks of a lane to which nothing comes. Lanes share the answers: it costs a question to each leader."""


class Place:
    """Where a lane is.

    Attributes:
        committed: the offset that the group has committed; None where it has none.
    """

    def __init__(self, source: TopicPartition, lives: PartitionLives) -> None:
        self.committed: int | None = None
        self._is_noted = False
        self._source = source
        self._lives = lives
        self._life = PartitionLife("", -1)
        self._note = CommitNote()
        self._fetched: deque[tuple[int, float]] = deque()
        self._looked_at = 0.0

    def begin(self, beginning: Beginning) -> None:
        """Take a place."""
        self.committed, self._is_noted = beginning.committed, beginning.is_noted
        self._life, self._note = beginning.life, beginning.note
        self._looked_at = asyncio.get_running_loop().time()
        self._fetched.clear()

    @property
    def topic_id(self) -> str:
        """The id of the topic that is read."""
        return self._life.topic_id

    def is_at(self, offset: int) -> bool:
        """Return whether an offset is the one that is committed, and is noted to be of this life of the partition.

        One that somebody has set by another tool has no note, and one may lie beyond a log that was cut back: neither
        may stand there when the next owner begins.
        """
        return offset == self.committed and self._is_noted

    def came_to(self, offset: int) -> None:
        """Take note of an offset that has been committed."""
        self.committed, self._is_noted = offset, True

    def fetched(self, records: Sequence[Record]) -> None:
        """Note when records came from the broker."""
        self._fetched.append((records[-1].offset, asyncio.get_running_loop().time()))

    async def confirm(self, last: int | None = None) -> None:
        """Check that the partition is still the one from which records were fetched.

        Before a commit: records of a topic that was made anew have offsets of which some are committed already.

        Args:
            last: offset of the last of those records; None: all that was read until now.

        Raises:
            OffsetsMovedError: it is another one.
            KafkaError: its leader does not answer.
        """
        not_before = asyncio.get_running_loop().time()
        while last is not None and self._fetched:
            not_before = self._fetched[0][1]
            if self._fetched[0][0] >= last:
                break
            self._fetched.popleft()
        now = await self._lives.of(self._source, not_before)
        self._see_whether_made_anew(now)
        if now.leader_epoch != self._life.leader_epoch:
            raise OffsetsMovedError(f"another leader was elected (epoch {now.leader_epoch}): its log may be shorter")

    async def look(self) -> None:
        """Check now and then, while nothing comes: a topic that was made anew may end where the old one ended.

        Raises:
            OffsetsMovedError: it was made anew.
        """
        now = asyncio.get_running_loop().time()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        with contextlib.suppress(KafkaError, OSError):  # nothing is to be committed: it is asked again
            self._see_whether_made_anew(await self._lives.of(self._source, now - LOOK_SECONDS / 2))

    def _see_whether_made_anew(self, life: PartitionLife) -> None:
        if life.topic_id != self._life.topic_id:
            raise OffsetsMovedError(f"topic {self._source.topic} was made anew (id {life.topic_id})")

    def note(self, last: Record | None) -> str:
        """Return what is noted beside the offset after a record; None: after all that was read, records or not."""
        epoch = self._life.leader_epoch if last is None else last.leader_epoch
        self._note = self._note.model_copy(update={"leader_epoch": epoch})
        return self._note.text()
