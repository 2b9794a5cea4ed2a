"""What a topology is made of: topics, and stages between them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

DAY_MS = 24 * 60 * 60 * 1000
"""Milliseconds of a day, the unit of retention."""

MIB = 1024 * 1024
"""Bytes of a mebibyte."""

RESERVED_PREFIX = "wiredesk."
"""Prefix of the names of the runtime's own topics, such as the log of replays."""

_STAGE_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_STORE_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TOPIC_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_LOADABLE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_OPTIONAL = frozenset({"settings", "dead_letters"})

_ANY_MS = str(2**63 - 1)
"""The longest time of a setting in milliseconds: no limit."""


@dataclass(frozen=True, slots=True)
class Compaction:
    """How a broker compacts a topic: of each key, it keeps the newest record, and a null value removes the key.

    Attributes:
        min_lag_ms: a record stays at least this long, even if there is a newer one of its key.
        max_lag_ms: a record that has a newer one of its key is off the disk after this time, as long as its partition
            receives records.
        tombstone_ms: how long readers can see a null value once nothing older of its key is left.
    """

    min_lag_ms: int = 0
    max_lag_ms: int = 30 * DAY_MS
    tombstone_ms: int = 7 * DAY_MS

    def settings(self) -> dict[str, str]:
        """Return its settings by their names in Kafka."""
        return {
            "min.compaction.lag.ms": str(self.min_lag_ms),
            "max.compaction.lag.ms": str(self.max_lag_ms),
            "delete.retention.ms": str(self.tombstone_ms),
        }


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and its settings on the broker.

    Attributes:
        name: in the topology, without prefix.
        description: one line for people.
        partitions: default at creation; the number limits how many workers of a stage can share the load.
        retention_ms: how long records are kept; -1 keeps them for ever.
        max_message_bytes: largest batch, after compression, that the broker accepts.
        dead_letters: it holds the dead letters of a stage.
        events: classes of the events that its records carry. The runtime does not look at them.
        terminal: a page's path through the pipeline ends here. Stages may still read it; what they publish is no
            second end of the page.
        compaction: only the newest record of each key is kept, in addition to `retention_ms`; every record then has a
            key. None: records are deleted by their age alone.
        segment_ms: after this time the broker begins another file. Records are deleted a file at a time, so this is how
            much longer than `retention_ms` a record may stay.
        timestamps: whose clock the records carry: the broker's (`LogAppendTime`) or their producer's (`CreateTime`).
        partitioned_as: name of a topic with which it has the number of partitions in common, whatever that is.
    """

    name: str
    description: str
    partitions: int = 6
    retention_ms: int = 7 * DAY_MS
    max_message_bytes: int = 32 * MIB
    dead_letters: bool = False
    events: tuple[type[Any], ...] = ()
    terminal: bool = False
    compaction: Compaction | None = None
    segment_ms: int = DAY_MS
    timestamps: Literal["LogAppendTime", "CreateTime"] = "LogAppendTime"
    partitioned_as: str | None = None

    def partitions_of(self, wanted: int | None) -> int:
        """Return how many partitions it is created with, where others get a number; a topic of one always has one.

        Its records need one order, or there are few of them.
        """
        return self.partitions if wanted is None or self.partitions == 1 else wanted

    def settings(self) -> dict[str, str]:
        """Return the topic's settings by their names in Kafka."""
        # Brokers refuse times that are more than an hour ahead of their clock: that would stop a changelog.
        any_time = {"message.timestamp.after.max.ms": _ANY_MS} if self.timestamps == "CreateTime" else {}
        return {
            "cleanup.policy": self._cleanup(),
            **(self.compaction.settings() if self.compaction is not None else {}),
            "retention.ms": str(self.retention_ms),
            "segment.ms": str(self.segment_ms),
            "max.message.bytes": str(self.max_message_bytes),
            # The broker keeps the producer's codec: it does not compress every batch again.
            "compression.type": "producer",
            # Lag in seconds and latency need the broker's clock: a crawler's clock may be wrong by years.
            "message.timestamp.type": self.timestamps,
            **any_time,
        }

    def _cleanup(self) -> str:
        if self.compaction is None:
            return "delete"
        return "compact" if self.retention_ms < 0 else "compact,delete"


@dataclass(frozen=True, slots=True)
class Store:
    """What a stateful stage remembers, for each partition of its input.

    Attributes:
        name: of the store: lower-case letters, digits and '-'. Its changes are in `wiredesk.<stage>.<name>.changes`.
        retention_ms: after this time, by the clock of the input, the stage needs no key that was not changed since;
            -1: it needs every key for ever. The handler's state forgets such keys by itself, as `KeyedState` does.
    """

    name: str
    retention_ms: int = -1


@dataclass(frozen=True, slots=True)
class Suppression:
    """A list of keys: a stage that has it writes nothing under a key of the list.

    Attributes:
        topic: the list, a compacted topic of one partition: the key of a record is in the list unless its value is
            null.
        suppressor: `module:function`, called without arguments in a worker; it returns a `Suppressor`.
    """

    topic: Topic
    suppressor: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: what it reads, what it writes, and where its handler comes from.

    An installed package adds a stage by an entry point of the group `wiredesk.stages`, named as the stage is; see
    `docs/extending.md`.

    Attributes:
        name: of the stage: lower-case letters, digits and '-'. Its consumer group is `wiredesk.<name>`.
        description: one line for people.
        consumes: the topic that it reads.
        produces: the topics that it writes; empty: it publishes nothing, and writes to another system.
        handler: `module:function`, called without arguments in the processes that do the work, and only there.
        entry: it reads what others publish: its records are origins, whatever their headers claim.
        default_processes: child processes of one worker, if `WIREDESK_PROCESSES` is not set.
        settings: `module:Class` of its own settings, a subclass of `Settings`; None: it has none.
        one_to_one: every record becomes exactly one event or dead letter, which `wiredesk audit` then proves. False: a
            record may become no event, one, or several.
        dead_letters: name of its dead-letter topic; None: `<input topic>.dlq`. Where stages share an input topic, each
            has a dead-letter topic of its own.
        store: what it remembers; its handler is then a `StatefulHandler`. None: it remembers nothing.
        suppression: the keys under which it must not write; None: there are none.
    """

    name: str
    description: str
    consumes: Topic
    produces: tuple[Topic, ...]
    handler: str
    entry: bool = False
    default_processes: int = 1
    settings: str | None = None
    one_to_one: bool = True
    dead_letters: str | None = None
    store: Store | None = None
    suppression: Suppression | None = None

    @property
    def group(self) -> str:
        """The consumer group, without prefix."""
        return f"wiredesk.{self.name}"

    @property
    def dead_letter_topic(self) -> Topic:
        """The dead-letter topic of this stage: kept longer than its input.

        It also accepts larger batches: a record that another client compressed well must still fit when our codec
        compresses it less, and a record of `MAX_RECORD_BYTES` (`kafka/batches.py`) when it is not compressed at all. A
        broker takes requests of 100 MiB by default (`socket.request.max.bytes`).
        """
        return Topic(
            name=self.dead_letters or f"{self.consumes.name}.dlq",
            description=f"Records of {self.consumes.name} that {self.name} could not process, as received",
            partitions=1,
            # With a segment and some minutes, 30 days at most: what was forgotten is gone within a month here, too.
            retention_ms=28 * DAY_MS,
            max_message_bytes=3 * self.consumes.max_message_bytes,
            dead_letters=True,
        )

    @property
    def changelog(self) -> Topic | None:
        """The topic of the changes of its store; None if it has none."""
        return None if self.store is None else self.changelog_of(self.group)

    @property
    def restoring_group(self) -> str:
        """The group without members for which workers note how far the restore of a state is."""
        return f"{self.group}.restoring"

    def changelog_of(self, group: str) -> Topic:
        """Return the topic of the changes that a group of workers makes: a replay has a state of its own.

        Partition i has the changes that partition i of the input made, with the times of that input. A record may be
        processed as long as the input is kept, and then needs the state of its own time: changes are kept for that
        long, too, before the retention of the store begins.
        """
        if self.store is None:
            raise ValueError(f"the stage {self.name} has no store")
        kept = (self.store.retention_ms, self.consumes.retention_ms)
        expires = min(kept) >= 0
        return Topic(
            name=f"{group}.{self.store.name}.changes",
            description=f"Changes of the store {self.store.name} of {self.name}: the runtime's own",
            partitions=self.consumes.partitions,
            retention_ms=sum(kept) if expires else -1,
            compaction=Compaction(),
            timestamps="CreateTime",
            partitioned_as=self.consumes.name,
        )

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics of the stage that others know, too: input, outputs, dead letters, list of suppressed keys."""
        lists = () if self.suppression is None else (self.suppression.topic,)
        return (self.consumes, *self.produces, self.dead_letter_topic, *lists)

    @property
    def routes(self) -> Mapping[type[Any], Topic]:
        """The topic for each class of event that the stage publishes."""
        return {event: topic for topic in self.produces for event in topic.events}

    def defects(self) -> list[str]:
        """Return the problems of the stage's definition, one line each; empty if there are none."""
        if problems := self._type_problems():
            return problems
        if not _STAGE_NAME.fullmatch(self.name):
            problems.append(f"{self.name!r} is not a valid stage name: lower-case letters, digits and '-', at most 40")
        problems += [
            f"{topic.name!r} is not a valid topic name: letters, digits, '.', '_' and '-', at most 200"
            for topic in self.topics
            if not _TOPIC_NAME.fullmatch(topic.name)
        ]
        problems += [
            f"{topic.name}: topics whose names begin with {RESERVED_PREFIX!r} are the runtime's own"
            for topic in (self.consumes, *self.produces, self.dead_letter_topic)
            if topic.name.startswith(RESERVED_PREFIX)
        ]
        suppressor = None if self.suppression is None else self.suppression.suppressor
        problems += [
            f"{value!r} is not of the form module:name"
            for value in (self.handler, self.settings, suppressor)
            if value is not None and not _LOADABLE.fullmatch(value)
        ]
        if self.consumes in self.produces:
            problems.append(f"it reads and writes {self.consumes.name}")
        if self.store is not None and not _STORE_NAME.fullmatch(self.store.name):
            problems.append(
                f"{self.store.name!r} is not a valid store name: lower-case letters, digits and '-', at most 40"
            )
        classes = [event for topic in self.produces for event in topic.events]
        problems += [
            f"{event.__name__} is in several topics that it writes: give each topic a class of its own"
            for event in dict.fromkeys(classes)
            if classes.count(event) > 1
        ]
        return problems

    def _type_problems(self) -> list[str]:
        """Return which fields do not have their types, one line each, such as a topic instead of a tuple of topics."""
        given: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        wrong = [
            f"{name} is of the type {type(given[name]).__name__}, not str"
            for name in ("name", "description", "handler", "settings", "dead_letters")
            if not isinstance(given[name], str) and not (given[name] is None and name in _OPTIONAL)
        ]
        if not isinstance(given["consumes"], Topic):
            wrong.append(f"consumes is of the type {type(given['consumes']).__name__}, not Topic")
        if not _is_tuple_of(Topic, given["produces"]):
            wrong.append("produces is not a tuple of topics: write (TOPIC,)")
        if not isinstance(given["suppression"], Suppression | None):
            wrong.append(f"suppression is of the type {type(given['suppression']).__name__}, not Suppression")
        if given["store"] is not None and not isinstance(given["store"], Store):
            wrong.append(f"store is of the type {type(given['store']).__name__}, not Store")
        if wrong:
            return wrong
        return [
            f"events of the topic {topic.name} is not a tuple of classes: write (Event,)"
            for topic in (self.consumes, *self.produces)
            if not _is_tuple_of(type, topic.events)
        ]


def _is_tuple_of(kind: type, value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, kind) for item in value)


def topics_of(stages: Iterable[Stage]) -> tuple[Topic, ...]:
    """Return the topics of stages, each once: what they read, what else they write, dead letters, lists of keys.

    The changes of their stores are not among them: nobody but the runtime reads these; see `changelogs_of`.
    """
    ordered = list(stages)
    read = [stage.consumes for stage in ordered]
    written = [topic for stage in ordered for topic in stage.produces]
    letters = [stage.dead_letter_topic for stage in ordered]
    lists = [stage.suppression.topic for stage in ordered if stage.suppression is not None]
    return tuple(dict.fromkeys((*read, *written, *letters, *lists)))


def changelogs_of(stages: Iterable[Stage]) -> tuple[Topic, ...]:
    """Return the topics of the changes of stages' stores."""
    return tuple(stage.changelog for stage in stages if stage.changelog is not None)
