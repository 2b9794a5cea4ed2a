"""The marks: how far the continuous audit is, as committed offsets of a consumer group that nobody joins.

Beside the marks of raw pages there are those of the terminal topics: the outcomes of all pages after the marks are
after them, whatever the timestamps say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import orjson
from aiokafka import TopicPartition

from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.group_offsets import CommitNote

GROUP = "wiredesk.audit"
"""The consumer group of the marks."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Places in topics, of one time.

    Attributes:
        pages: of raw pages, by partition.
        outcomes: in terminal topics: what becomes of a page after `pages` is there or later.
        at: the time of these places, in seconds since 1970.
    """

    pages: Mapping[int, int]
    outcomes: Mapping[TopicPartition, int]
    at: float

    def cut(self, number: int, stop: int) -> "Marks":
        """Return the place of this time where a partition of raw pages ended, now that it was cut back to `stop`."""
        if self.pages.get(number, 0) <= stop:
            return self
        return replace(self, pages={**self.pages, number: stop})


async def load_marks(cluster: Cluster, entry: str, topic_ids: Mapping[str, str]) -> Marks | None:
    """Return the marks that were saved last; None if there are none for these topics.

    Args:
        entry: the topic of raw pages.
        topic_ids: by name: offsets of a deleted topic of the same name do not count.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    pages, outcomes, at = dict[int, int](), dict[TopicPartition, int](), 0.0
    noted = await cluster.group_notes(cluster.settings.on_cluster(GROUP))
    for partition, (offset, text) in noted.items():
        note = CommitNote.parse(text)
        if note.topic_id in ("", topic_ids.get(partition.topic)) and partition.topic in topic_ids:
            at = max(at, note.time_ms / 1000)
            if partition.topic == entry:
                pages[partition.partition] = offset
            else:
                outcomes[partition] = offset
    return Marks(pages, outcomes, at) if pages else None


async def save_marks(cluster: Cluster, entry: str, topic_ids: Mapping[str, str], marks: Marks) -> None:
    """Save marks.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    offsets = {TopicPartition(entry, number): offset for number, offset in marks.pages.items()} | dict(marks.outcomes)
    noted = {
        partition: (offset, _note(topic_ids.get(partition.topic, ""), marks.at))
        for partition, offset in offsets.items()
    }
    await cluster.set_group_notes(cluster.settings.on_cluster(GROUP), noted)


def _note(topic_id: str, at: float) -> str:
    return orjson.dumps({"topic_id": topic_id, "time_ms": int(at * 1000)}).decode()
