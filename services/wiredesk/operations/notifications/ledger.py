"""What was sent and what is pending, and how far the articles were read: in a compacted topic.

Each decision is one transaction: which deliveries are pending, which stories are sent, and the offset after the record
that was decided. So a decision is made once, whenever the process is killed; and what is pending is sent after that.
"""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.topology import DAY_MS, Compaction, Topic
from wiredesk_schemas.headers import decode_text

NOTIFICATIONS_TOPIC = Topic(
    "wiredesk.notifications",
    "Alerts: what was sent to whom, and what is pending",
    partitions=1,
    retention_ms=-1,
    compaction=Compaction(max_lag_ms=DAY_MS),
)
"""The topic of the ledger. What a page left in it is removed with the page, and otherwise after `STORY_DAYS`."""

TRANSACTIONAL_ID = "wiredesk.notify."
"""The prefix of transactional ids; the name of the notifier follows. A second process of a name ends the first."""

STORY_DAYS = 30
"""Days after which a story counts as new: copies are found for three days, and updates come for some more."""

_STORY, _DELIVERY, _POSITION = "story", "delivery", "position"


@dataclass(frozen=True, slots=True)
class Sent:
    """That a story was sent to a receiver.

    Attributes:
        at_ms: when it was decided, in milliseconds since 1970.
        rules: names of the rules that it matched; empty: of a group whose other page was sent.
        number: of the newest revision that was sent: a replay publishes the same ones again.
    """

    at_ms: int
    rules: tuple[str, ...]
    number: int = 0


@dataclass(frozen=True, slots=True)
class Pending:
    """A delivery that is to be sent.

    Attributes:
        id: of the delivery, the same in each attempt.
        receiver: its name.
        page: id of the page that it is about.
        at_ms: when it was decided, in milliseconds since 1970.
        body: of the request.
    """

    id: str
    receiver: str
    page: str
    at_ms: int
    body: bytes


@dataclass(slots=True)
class Ledger:
    """The ledger of a notifier, in memory, and how its changes are written.

    Attributes:
        name: of the notifier.
        stories: by receiver and id, of a page or of a group.
        pending: by id, in the order in which they were decided.
        positions: by partition of the articles, the next offset to be read.
    """

    name: str
    stories: dict[tuple[str, str], Sent] = field(default_factory=dict)
    pending: dict[str, Pending] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)
    topic_id: str = ""

    def send(self, delivery: Pending) -> Output:
        """Enter a delivery."""
        self.pending[delivery.id] = delivery
        value = {"receiver": delivery.receiver, "page": delivery.page, "at": delivery.at_ms}
        return self._output(_DELIVERY, delivery.id, value | {"body": delivery.body.decode()})

    def settle(self, delivery: str) -> Output:
        """Remove a delivery: it was sent, or is not to be sent any more."""
        self.pending.pop(delivery, None)
        return self._output(_DELIVERY, delivery, None)

    def mark(self, receiver: str, story: str, sent: Sent) -> Output:
        """Enter that a story was sent."""
        self.stories[receiver, story] = sent
        return self._output(_STORY, f"{receiver}/{story}", asdict(sent))

    def forget(self, page: str) -> list[Output]:
        """Remove all that is known of a page."""
        removed = [self.settle(one.id) for one in list(self.pending.values()) if one.page == page]
        return removed + [self._unmark(key) for key in list(self.stories) if key[1] == page]

    def expire(self, now_ms: int) -> list[Output]:
        """Remove stories that are too old to come again."""
        before = now_ms - STORY_DAYS * DAY_MS
        return [self._unmark(key) for key, sent in list(self.stories.items()) if sent.at_ms < before]

    def begin(self, now_ms: int) -> Output:
        """Enter that a process has begun: so it is known whether it may write, before it sends anything."""
        return self._output("begun", "", {"at_ms": now_ms})

    def move(self, partition: int, offset: int) -> Output:
        """Enter the next offset to be read."""
        self.positions[partition] = offset
        return self._output(_POSITION, str(partition), {"offset": offset, "topic_id": self.topic_id})

    def _unmark(self, key: tuple[str, str]) -> Output:
        self.stories.pop(key, None)
        return self._output(_STORY, "/".join(key), None)

    def _output(self, kind: str, key: str, value: Mapping[str, Any] | None) -> Output:
        data = None if value is None else orjson.dumps(value)
        return Output(NOTIFICATIONS_TOPIC.name, f"{self.name}/{kind}/{key}".encode(), data)

    def apply(self, record: Record) -> None:
        """Take what a record of the topic says; what is of another notifier, or cannot be read, changes nothing."""
        name, _, rest = decode_text(record.key).partition("/")
        kind, _, key = rest.partition("/")
        if name != self.name:
            return
        with contextlib.suppress(orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            self._apply(kind, key, None if record.value is None else orjson.loads(record.value))

    def _apply(self, kind: str, key: str, value: Any) -> None:
        receiver, _, story = key.partition("/")
        if kind == _STORY:
            if value is None:
                self.stories.pop((receiver, story), None)
            else:
                self.stories[receiver, story] = Sent(
                    int(value["at_ms"]), tuple(map(str, value["rules"])), int(value["number"])
                )
        elif kind == _DELIVERY:
            self.pending.pop(key, None)
            if value is not None:
                body = str(value["body"]).encode()
                self.pending[key] = Pending(key, str(value["receiver"]), str(value["page"]), int(value["at"]), body)
        elif kind == _POSITION and value is not None and value["topic_id"] in ("", self.topic_id):
            self.positions[int(key)] = int(value["offset"])


async def load_ledger(cluster: Cluster, name: str, topic_id: str) -> Ledger:
    """Read the ledger of a notifier.

    Args:
        topic_id: id of the topic of articles: offsets of a topic that was deleted since then do not count.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    ledger = Ledger(name, topic_id=topic_id)
    partitions = await cluster.required_partitions([cluster.settings.on_cluster(NOTIFICATIONS_TOPIC.name)])
    ranges = await cluster.offset_ranges(partitions, patience=cluster.settings.request_timeout)
    async with contextlib.aclosing(cluster.read_range(ranges)) as records:
        async for record in records:
            ledger.apply(record)
    return ledger


def deliveries_of(pending: Iterable[Pending], receiver: str) -> list[Pending]:
    """Return the deliveries of a receiver, in their order."""
    return [one for one in pending if one.receiver == receiver]
