"""Finding the records of pages or of a host in every topic, and by when each is gone.

Records of topics that are keyed by page are recognised by their key, those of a host by their subject. Raw pages, and
dead letters of raw pages, have the keys that their publishers chose: they are read as ingest reads them, and compared
with the origins that the page's other records name. A record that names the page of another one, such as a group of
copies, is found by the page's id in its value, and a change of a store by the id in its key.
"""

import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from aiokafka import TopicPartition

from wiredesk.ingest.urls import canonical_url
from wiredesk.operations.forgetting.keys import host_of_url, is_keyed_by_page
from wiredesk.operations.forgetting.lifetimes import Lifetime
from wiredesk.operations.forgetting.suppressor import fetched_url
from wiredesk.operations.page_urls import is_on_host, urls_of
from wiredesk.operations.progress import ProgressCallback, ignore_progress
from wiredesk.operations.replays.run import load_runs, output_topics
from wiredesk.registry import Registry
from wiredesk.runtime.errors import RejectedError, UsageError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.lineage import origin_of, origin_topic_id
from wiredesk.runtime.records import Record, instant
from wiredesk.runtime.topology import Topic
from wiredesk_schemas import InvalidEventError, RawPage, page_id
from wiredesk_schemas.headers import SUBJECT, url_header
from wiredesk_schemas.ids import host_id

PATIENCE_SECONDS = 60
"""How long to wait for open transactions: a record in one must not be missed."""

PROGRESS_RECORDS = 1000
"""Progress is reported after this number of records."""

MAX_MENTIONED = 8
"""Pages whose ids are looked for in records of other keys, such as groups of copies."""

MIN_LABELS = 2
"""Labels of a host: a whole top-level domain is not forgotten at once."""

ID_BYTES = 16
"""Bytes of a page id where it is no text: at the end of the keys of some stores."""

_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
"""A label of a host as canonical URLs have it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for.

    Attributes:
        id: of the page or of the host that was named.
        pages: ids of pages.
        url: the page's URL in canonical form; empty if only its id is known.
        host: whose pages are looked for, with those of its subdomains; empty: of none.
    """

    id: str
    pages: frozenset[str] = frozenset()
    url: str = ""
    host: str = ""


def wanted_page(page: str) -> Wanted:
    """Return a page by its URL or its id.

    Raises:
        UsageError: it is neither.
    """
    with contextlib.suppress(ValueError):
        identity = str(UUID(page))
        return Wanted(identity, frozenset({identity}))
    try:
        url = canonical_url(page)
    except (RejectedError, ValueError):
        raise UsageError(f"{page!r} is neither the URL of a page nor a page id") from None
    return Wanted(page_id(url), frozenset({page_id(url)}), url)


def wanted_host(host: str) -> Wanted:
    """Return a host.

    Raises:
        UsageError: it is none, or a whole top-level domain.
    """
    try:
        name = host_of_url(canonical_url(f"https://{host}/"))
    except (RejectedError, ValueError):
        name = ""
    labels = name.split(".")
    if any(character in host for character in "/@?#:") or not all(map(_LABEL.fullmatch, labels)):
        raise UsageError(f"--host {host!r} is no host: write it like news.example")
    if len(labels) < MIN_LABELS:
        raise UsageError(f"--host {host!r} is a whole top-level domain: write a host like news.{name}")
    return Wanted(host_id(name), host=name)


@dataclass(slots=True)
class Found:
    """A record of a page.

    Attributes:
        partition: of the topic.
        offset: in the partition.
        key: of the record.
        size: its bytes.
        time_ms: its timestamp.
        superseded_ms: time of the next record of its key in its partition; None if there is none.
    """

    partition: int
    offset: int
    key: bytes | None
    size: int
    time_ms: int
    superseded_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The records that are in one topic.

    Attributes:
        topic: on the cluster.
        records: how many there are.
        size: their bytes.
        gone_by: when the last of them is off the disk, in UTC; None: it stays.
        is_compacted: it ends by compaction, and not by its age.
        unmarked: records that stay until they are too old, because no newer record of their key follows them, in a
            topic that is compacted: forget the page again.
    """

    topic: str
    records: int
    size: int
    gone_by: datetime | None
    is_compacted: bool
    unmarked: int = 0


@dataclass(slots=True)
class Search:
    """What was found.

    Attributes:
        wanted: what was looked for, with the ids of all pages that were found.
        places: topics that have records, in the order of the topology.
        keyed: the topics on the cluster that are keyed by page.
        partitions: for each of these topics, the partitions that have records of a page, by its id.
        mentions: topic, partition and key of records of other keys that name a page.
    """

    wanted: Wanted
    places: Sequence[Place]
    keyed: Sequence[str]
    partitions: Mapping[tuple[str, str], set[int]] = field(default_factory=dict)
    mentions: Collection[tuple[str, int, bytes]] = ()

    @property
    def records(self) -> int:
        """How many records were found."""
        return sum(place.records for place in self.places)


async def search(
    cluster: Cluster, registry: Registry, wanted: Wanted, progress: ProgressCallback = ignore_progress
) -> Search:
    """Read every topic, and return where records of a page or of a host are.

    Raises:
        ForbiddenError: a topic or its settings may not be read.
        UnavailableError: the cluster cannot be reached, or a transaction stays open.
    """
    while True:
        reading = _Search(cluster, registry, wanted, progress)
        result = await reading.run()
        if reading.others <= wanted.pages:
            return result
        # Its page has the id of another URL, which it declares as its own.
        wanted = Wanted(wanted.id, wanted.pages | reading.others, wanted.url)


class _Search:
    def __init__(self, cluster: Cluster, registry: Registry, wanted: Wanted, progress: ProgressCallback) -> None:
        self.others: set[str] = set()
        self._cluster = cluster
        self._registry = registry
        self._wanted = wanted
        self._progress = progress
        self._pages = set(wanted.pages)
        self._mention = _mention(wanted)
        self._packed = {UUID(page).bytes for page in wanted.pages}
        self._mentioned: set[tuple[str, int, bytes]] = set()
        self._keyed: set[str] = set()
        self._of_events: set[str] = set()
        self._other_keys: set[str] = set()
        self._host = host_of_url(wanted.url)
        self._entries: set[str] = set()
        self._origins: set[tuple[str, str]] = set()
        self._found: dict[str, list[Found]] = {}
        self._newest: dict[tuple[str, int, bytes | None], Found] = {}
        self._partitions: dict[tuple[str, str], set[int]] = {}
        self._ids: Mapping[str, str] = {}
        self._done = self._total = 0

    async def run(self) -> Search:
        cluster, on_cluster = self._cluster, self._cluster.settings.on_cluster
        self._entries = {on_cluster(topic.name) for topic in self._registry.entry_topics}
        topics = {on_cluster(topic.name): topic for topic in self._live_topics()}
        letters = {on_cluster(one.dead_letter_topic.name) for one in self._registry.stages.values() if one.entry}
        changelogs = {on_cluster(one.changelog.name) for one in self._registry.stages.values() if one.changelog}
        for saved in (await load_runs(cluster)).values():
            stage = self._registry.stages.get(saved.run.stage)
            if stage is None or saved.run.into is None:
                continue
            if stage.store is not None and saved.reconciliation is None:  # until then it has a state of its own
                changelog = stage.changelog_of(saved.run.group)
                topics[on_cluster(changelog.name)] = changelog
                changelogs.add(on_cluster(changelog.name))
            events = {topic.name: topic.events for topic in stage.topics}
            for name, topic in output_topics(stage, saved.run.into).items():
                topics.setdefault(on_cluster(topic.name), replace(topic, events=events[name]))
                if stage.entry and topic.dead_letters:
                    letters.add(on_cluster(topic.name))
        self._keyed = {name for name, topic in topics.items() if is_keyed_by_page(topic)}
        self._of_events = {name for name, topic in topics.items() if topic.events and not topic.dead_letters}
        # Keys of groups and of stores: no page is found by them.
        self._other_keys = (self._of_events - self._keyed) | changelogs
        described = await cluster.describe_topics(topics)
        self._ids = {name: topic.id for name, topic in described.items()}
        partitions = [tp for topic in described.values() for tp in topic.topic_partitions]
        ranges = await cluster.offset_ranges(partitions, patience=PATIENCE_SECONDS)
        self._total = sum(offsets.size for offsets in ranges.values())
        raw = self._entries | letters
        # First the others: their origins say of which raw pages they were made.
        await self._read({tp: held for tp, held in ranges.items() if tp.topic not in raw}, self._note_keyed)
        await self._read({tp: held for tp, held in ranges.items() if tp.topic in raw}, self._note_raw)
        return await self._result({name: topics[name] for name in described})

    async def _result(self, topics: Mapping[str, Topic]) -> Search:
        settings = await self._cluster.topic_settings(list(topics))
        places = [
            _place(name, self._found[name], Lifetime.of(settings.get(name, {})))
            for name in topics
            if name in self._found
        ]
        keyed = [name for name in topics if name in self._keyed]
        wanted = replace(self._wanted, pages=frozenset(self._pages))
        return Search(wanted, places, keyed, self._partitions, self._mentioned)

    def _live_topics(self) -> list[Topic]:
        """Return the topics of the stages and of their stores, without lists of keys."""
        stages = self._registry.stages.values()
        lists = {stage.suppression.topic for stage in stages if stage.suppression is not None}
        changelogs = [stage.changelog for stage in stages if stage.changelog is not None]
        return [*(topic for topic in self._registry.topics if topic not in lists), *changelogs]

    async def _read(self, ranges: Mapping[TopicPartition, OffsetRange], note: Callable[[Record], None]) -> None:
        async with contextlib.aclosing(self._cluster.read_range(ranges)) as records:
            async for record in records:
                note(record)
                self._done += 1
                if not self._done % PROGRESS_RECORDS:
                    self._progress(self._done, self._total)

    def _note_keyed(self, record: Record) -> None:
        place = (record.topic, record.partition, record.key)
        if (before := self._newest.pop(place, None)) is not None:
            before.superseded_ms = record.timestamp
            self._mentioned.discard((record.topic, record.partition, before.key or b""))
        if record.value is None:
            return
        page = (record.key or b"").decode("utf-8", "replace")
        subject = url_header(record.headers, SUBJECT) or ""
        if subject == f"urn:uuid:{page}":
            return  # it says that the page is forgotten, and holds nothing else of it
        names_page = record.topic not in self._other_keys
        if page in self._pages or (names_page and self._is_on_host(subject)):
            self._pages.add(page)
            self._origins.add((origin_of(record), origin_topic_id(record)))
            self._partitions.setdefault((record.topic, page), set()).add(record.partition)
            self._newest[place] = self._add(record)
        elif (is_of_page := self._was_fetched_there(record)) and names_page:
            self.others.add(page)
        elif is_of_page or (record.topic not in self._keyed and self._is_named(record)):
            self._newest[place] = self._add(record)
            if record.topic in self._of_events and record.key is not None:
                self._mentioned.add((record.topic, record.partition, record.key))

    def _is_named(self, record: Record) -> bool:
        """Return whether a record that is not of the page names it, in its key or in its value."""
        if record.topic in self._other_keys and (record.key or b"")[-ID_BYTES:] in self._packed:
            return True
        return self._mention is not None and self._mention.search(record.value or b"") is not None

    def _was_fetched_there(self, record: Record) -> bool:
        url = fetched_url(record.value or b"") if self._wanted.url else ""
        may_be = host_of_url(url) == self._host or not url.isascii()
        return bool(url) and may_be and _canonical(url) == self._wanted.url

    def _note_raw(self, record: Record) -> None:
        if record.topic in self._entries:
            origin, topic_id = record.coordinates, self._ids[record.topic]
        else:
            origin, topic_id = origin_of(record), origin_topic_id(record)
        is_origin = (origin, topic_id) in self._origins or (origin, "") in self._origins
        if is_origin or any(self._is_wanted(url) for url in _urls(record)):
            self._add(record)

    def _is_wanted(self, url: str) -> bool:
        if url in self._pages:
            return True
        canonical = _canonical(url)
        return bool(canonical) and (page_id(canonical) in self._pages or self._is_on_host(canonical))

    def _is_on_host(self, url: str) -> bool:
        return bool(self._wanted.host) and is_on_host(url, self._wanted.host)

    def _add(self, record: Record) -> Found:
        occurrence = Found(record.partition, record.offset, record.key, record.size, record.timestamp)
        self._found.setdefault(record.topic, []).append(occurrence)
        return occurrence


def _mention(wanted: Wanted) -> re.Pattern[bytes] | None:
    """Return how a value names a page by its id, or a host and its subdomains in a URL; None: nothing is looked for."""
    if wanted.host:
        host = re.escape(wanted.host.encode())
        return re.compile(rb"//(?:[a-z0-9_.-]{1,253}\.)?" + host + rb'(?::[0-9]{1,5})?[/?#"]')
    pages = b"|".join(page.encode() for page in sorted(wanted.pages)[:MAX_MENTIONED])
    return re.compile(b'"(?:' + pages + b')"') if pages else None


def _urls(record: Record) -> Iterator[str]:
    """Return the URLs and the key by which a raw page may be known; first that which ingest reads."""
    with contextlib.suppress(InvalidEventError):
        page = (
            RawPage.from_null(record.key, record.headers)
            if record.value is None
            else RawPage.from_record(record.value, record.headers)
        )
        yield page.url
    yield from urls_of(record.key, record.value, record.headers)


def _canonical(url: str) -> str:
    try:
        return canonical_url(url)
    except (RejectedError, ValueError):
        return ""


def _place(topic: str, records: Iterable[Found], lifetime: Lifetime) -> Place:
    listed = list(records)
    ends = [lifetime.ends(one.time_ms, one.superseded_ms) for one in listed]
    last = None if None in ends else max(end for end in ends if end is not None)
    is_compacted = lifetime.compaction_ms is not None
    return Place(
        topic=topic,
        records=len(listed),
        size=sum(one.size for one in listed),
        gone_by=None if last is None else instant(last),
        is_compacted=is_compacted,
        unmarked=sum(one.superseded_ms is None for one in listed) if is_compacted else 0,
    )
