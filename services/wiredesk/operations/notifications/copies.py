"""Which pages carry the same story, as `articles.copies` says now."""

import contextlib
from dataclasses import dataclass

from aiokafka import TopicPartition

from wiredesk.pipeline import ARTICLES_COPIES
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.records import Record
from wiredesk_schemas import ArticleCopies
from wiredesk_schemas.article_copies import CopyKind
from wiredesk_schemas.event import InvalidEventError
from wiredesk_schemas.headers import decode_text


@dataclass(frozen=True, slots=True)
class Story:
    """A story: a page, and those that carry the same text.

    Attributes:
        pages: their ids.
        group: id of the group; None: the page has no copies.
        earlier: ids of groups that became part of it.
    """

    pages: frozenset[str]
    group: str | None = None
    earlier: frozenset[str] = frozenset()

    @property
    def ids(self) -> frozenset[str]:
        """Everything under which the story may have been sent."""
        return self.pages | self.earlier | ({self.group} if self.group is not None else frozenset())


class Copies:
    """The groups of copies, by page."""

    def __init__(self) -> None:
        self._groups: dict[str, Story] = {}
        self._group_of: dict[str, str] = {}
        self._merged: dict[str, set[str]] = {}
        self._positions: dict[TopicPartition, int] = {}

    def story(self, page: str) -> Story:
        """Return the story of a page."""
        group = self._group_of.get(page)
        return Story(frozenset({page})) if group is None else self._groups[group]

    def apply(self, record: Record) -> None:
        """Take a group as a record says that it is. A record that holds no group changes nothing."""
        if record.value is None:
            self._remove(decode_text(record.key))
            return
        try:
            event = ArticleCopies.from_json(record.value)
        except InvalidEventError:
            return
        self._remove(event.group_id)
        earlier = self._merged.setdefault(event.merged_into or event.group_id, set())
        earlier.update(event.merged_groups)
        if event.merged_into is not None:
            earlier |= self._merged.pop(event.group_id, set()) | {event.group_id}
            if (into := self._groups.get(event.merged_into)) is not None:
                self._groups[event.merged_into] = Story(into.pages, into.group, frozenset(earlier))
            return
        # A page that quotes another is listed, and is a story of its own.
        others = (copy.page_id for copy in event.copies if copy.kind is not CopyKind.QUOTED)
        pages = frozenset({event.original.page_id, *others})
        self._groups[event.group_id] = Story(pages, event.group_id, frozenset(earlier))
        self._group_of.update(dict.fromkeys(pages, event.group_id))

    def _remove(self, group: str) -> None:
        known = self._groups.pop(group, None)
        for page in known.pages if known is not None else ():
            if self._group_of.get(page) == group:
                del self._group_of[page]

    async def catch_up(self, cluster: Cluster) -> None:
        """Read what was written since the last call, up to the present end.

        Raises:
            UnavailableError: the cluster cannot be reached.
        """
        partitions = await cluster.required_partitions([cluster.settings.on_cluster(ARTICLES_COPIES.name)])
        ranges = {}
        for tp, there in (await cluster.offset_ranges(partitions)).items():
            # A topic that was created again begins again.
            known = self._positions.get(tp, there.start)
            ranges[tp] = OffsetRange(known if known <= there.stop else there.start, there.stop)
        async with contextlib.aclosing(cluster.read_range(ranges)) as records:
            async for record in records:
                self.apply(record)
        self._positions = {tp: offsets.stop for tp, offsets in ranges.items()}
