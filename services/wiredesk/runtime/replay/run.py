"""A run, and the topic in which runs are noted: any process can take one up by its id."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from aiokafka import TopicPartition
from pydantic import BaseModel, ConfigDict, ValidationError

from wiredesk.runtime.errors import ForbiddenError, UnavailableError
from wiredesk.runtime.kafka import authorization, clients, topics
from wiredesk.runtime.kafka.delivery import CLIENT_ERRORS, format_error
from wiredesk.runtime.kafka.reading import Span, read
from wiredesk.runtime.replay.account import RunAccount
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage, Topic
from wiredesk.runtime.worker.replay_scope import RecordFilter, ReplayScope

NOTES = Topic("wiredesk.replays", "Replays: what each run reads and where it goes, and its account", 1, retention_ms=-1)

GROUPS = "wiredesk.replay."
"""Before the id of a run, which begins with its stage: its consumer group."""


class Run(BaseModel):
    """A bounded run of a stage.

    Attributes:
        id: names it, in commands and in the header of all that it writes.
        version: of the stage, when the run was planned; another one does not go on with it.
        into: the topic written instead of the stage's own; None: a repair, into the live one.
        spans: offsets to be read, by partition of the stage's input topic.
        outputs: where the topics that it writes ended when it was planned, by name in the topology and partition.
        filters: which records are wanted, in the words of whoever planned it.
        rate: records a second for each process, at most.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    stage: str
    version: str
    into: str | None
    spans: dict[int, Span]
    outputs: dict[str, dict[int, int]] = {}
    filters: dict[str, tuple[str, ...]] = {}
    rate: float | None = None
    planned_at: datetime

    @property
    def group(self) -> str:
        """The consumer group of its workers, without prefix."""
        return f"{GROUPS}{self.id}"

    @property
    def size(self) -> int:
        """Offsets to be read."""
        return sum(last - first for first, last in self.spans.values())

    def sources(self, settings: KafkaSettings, stage: Stage) -> dict[TopicPartition, Span]:
        """Return what is to be read, as named on the cluster."""
        topic = settings.on_cluster(stage.consumes.name)
        return {TopicPartition(topic, number): span for number, span in self.spans.items()}

    def scope(self, stage: Stage, record_filter: RecordFilter, rate: float | None) -> ReplayScope:
        """Return the run as its workers see it."""
        return ReplayScope(
            run=self.id,
            group=self.group,
            stop_offsets={number: last for number, (_, last) in self.spans.items()},
            record_filter=record_filter,
            output_topics={name: topic.name for name, topic in targets(stage, self.into).items()},
            rate=rate,
        )


@dataclass(frozen=True, slots=True)
class NotedRun:
    """A run, and its account where it has been done."""

    run: Run
    account: RunAccount | None = None


def targets(stage: Stage, into: str | None) -> dict[str, Topic]:
    """Return the topics that a run writes, by the name of the one of the topology that each stands for.

    With a topic of its own for what the stage produces in the first place, all else goes beside it (`<into>.skipped`,
    `<into>.dlq`): the live topics are left alone, and the books of the live stream with them.
    """
    written = (*stage.produces, stage.dead_letter_topic)
    if into is None:
        return {topic.name: topic for topic in written}
    names = {topic.name: f"{into}.{topic.name.rpartition('.')[2]}" for topic in written}
    names[stage.produces[0].name] = into
    return {
        topic.name: Topic(
            name=names[topic.name],
            description=topic.description,
            partitions=topic.partitions,
            retention_ms=topic.retention_ms,
            max_message_bytes=topic.max_message_bytes,
            dead_letters=topic.dead_letters,
        )
        for topic in written
    }


async def noted_runs(settings: KafkaSettings) -> dict[str, NotedRun]:
    """Return all runs that were ever planned, oldest first, by id.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    name = settings.on_cluster(NOTES.name)
    if name not in await topics.partitions(settings, [name]):
        return {}
    found: dict[str, NotedRun] = {}
    async with contextlib.aclosing(read(settings, [name], from_beginning=True, until_end=True)) as notes:
        async for note in notes:
            if note is None or note.value is None or note.key is None:
                continue
            key = note.key.decode("utf-8", "replace")
            with contextlib.suppress(ValidationError, orjson.JSONDecodeError, KeyError, TypeError):  # not one of ours
                fields = orjson.loads(note.value)
                if "run" in fields:
                    found[key] = NotedRun(Run.model_validate(fields["run"]))
                elif key in found:
                    found[key] = NotedRun(found[key].run, RunAccount.model_validate(fields["account"]))
    return found


async def note_run(settings: KafkaSettings, run: Run, replication: int) -> None:
    """Note a run that has been planned.

    Args:
        replication: copies of the notes, where their topic is new.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    await topics.create(settings, [NOTES], replication=replication)
    await _note(settings, run.id, {"run": run.model_dump(mode="json")})


async def note_account(settings: KafkaSettings, run: Run, account: RunAccount) -> None:
    """Note what a run came to.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    await _note(settings, run.id, {"account": account.model_dump(mode="json"), "at": now})


async def _note(settings: KafkaSettings, key: str, fields: Mapping[str, object]) -> None:
    name = settings.on_cluster(NOTES.name)
    async with clients.started(clients.producer(settings, "wiredesk-replay"), settings) as producer:
        try:
            value = orjson.dumps(fields, option=orjson.OPT_NON_STR_KEYS)
            await producer.send_and_wait(name, value, key=key.encode())
        except CLIENT_ERRORS as error:
            if (line := authorization.refusal(error, settings, authorization.PRODUCING)) is not None:
                raise ForbiddenError(line) from error
            raise UnavailableError(f"{name} cannot be written: {format_error(error)}") from error
