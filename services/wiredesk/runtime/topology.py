"""The words a topology is written in: topics, and stages between them."""

from dataclasses import dataclass

DAY_MS = 24 * 60 * 60 * 1000
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and its settings on the broker.

    Attributes:
        name: in the topology, without prefix.
        describes: one line for people.
        partitions: default at creation; the number bounds how many workers of a stage can share the load.
        retention_ms: how long records are kept; -1 keeps them for ever.
        max_message_bytes: largest batch, after compression, that the broker takes.
        dead_letters: it holds what a stage gave up.
    """

    name: str
    describes: str
    partitions: int = 6
    retention_ms: int = 7 * DAY_MS
    max_message_bytes: int = 32 * MIB
    dead_letters: bool = False

    def settings(self) -> dict[str, str]:
        """Return the topic's settings by their names on the broker."""
        return {
            "retention.ms": str(self.retention_ms),
            "max.message.bytes": str(self.max_message_bytes),
            # Producers compress; the broker keeps what they chose rather than pack every batch again.
            "compression.type": "producer",
            # Lag in seconds and latency are told from the broker's clock: a crawler's may be wrong by years.
            "message.timestamp.type": "LogAppendTime",
        }


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: what it reads, what it writes, and where its handler comes from.

    Attributes:
        name: of the stage; its consumer group is `wiredesk.<name>`.
        handler: `module:function`, called without arguments in the processes that do the work, and only there.
        entry: it reads what others publish: origins begin with its records, whatever their headers claim.
        default_processes: worker processes of one worker, where nothing else is set.
    """

    name: str
    describes: str
    consumes: Topic
    produces: tuple[Topic, ...]
    handler: str
    entry: bool = False
    default_processes: int = 1

    @property
    def group(self) -> str:
        """The consumer group, without prefix."""
        return f"wiredesk.{self.name}"

    @property
    def dead_letter_topic(self) -> Topic:
        """The dead-letter topic of what this stage reads: kept longer than its input.

        It is wider, too: a record that another client packed tightly must still fit when our codec packs it less so,
        and any that is read as it is (`MAX_RECORD_BYTES` of `kafka/batches.py`) when it is not packed at all. A broker
        takes requests of 100 MiB by default (`socket.request.max.bytes`).
        """
        return Topic(
            name=f"{self.consumes.name}.dlq",
            describes=f"Records of {self.consumes.name} that {self.name} could not process, as received",
            partitions=1,
            retention_ms=30 * DAY_MS,
            max_message_bytes=3 * self.consumes.max_message_bytes,
            dead_letters=True,
        )
