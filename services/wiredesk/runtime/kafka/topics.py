"""Topics on the cluster: created as the topology says, and listed beside it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from aiokafka.protocol.metadata import MetadataRequest

from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.kafka import authorization, clients
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage, Topic

CREATE_TIMEOUT_MS = 30_000
SPREAD_SECONDS = 30
SPREAD_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic of the topology, as it is on the cluster; `partitions` is 0 where it is missing."""

    topic: Topic
    partitions: int
    replication: int


async def create(
    settings: KafkaSettings, topics: Sequence[Topic], *, partitions: int | None = None, replication: int = 1
) -> list[str]:
    """Create the topics that are missing; return their names on the cluster. Those that exist stay as they are.

    When it returns, every broker that answers knows them: whoever is asked next does not deny them.

    Args:
        partitions: for every topic, instead of its own number; dead-letter topics keep theirs.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses one.
    """
    created = []
    names = [settings.on_cluster(topic.name) for topic in topics]
    async with clients.started(clients.admin(settings), settings) as admin:
        # Kafka wants the right to create even for topics that exist: who only uses them need not have it.
        there = await _describe(admin, settings, names)
        missing = [
            NewTopic(
                name=name,
                num_partitions=topic.partitions if partitions is None or topic.dead_letters else partitions,
                replication_factor=replication,
                topic_configs=topic.settings(),
            )
            for name, topic in zip(names, topics, strict=True)
            if name not in there
        ]
        answer: Any = await admin.create_topics(missing, timeout_ms=CREATE_TIMEOUT_MS) if missing else None
        for name, code, message in answer.topic_errors if missing else ():
            if code == 0:
                created.append(name)
            elif code in (authorization.TOPIC_REFUSED, authorization.CLUSTER_REFUSED):
                raise authorization.forbidden(settings, "CREATE", f"topic {name}")
            elif code != TopicAlreadyExistsError.errno:
                raise UnavailableError(f"topic {name} cannot be created: {message or for_code(code).__name__}")
        await _until_known(admin, names)
    return created


async def states(settings: KafkaSettings, topics: Sequence[Topic]) -> list[TopicState]:
    """Return each topic's state on the cluster.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    async with clients.started(clients.admin(settings), settings) as admin:
        found = await _describe(admin, settings, [settings.on_cluster(topic.name) for topic in topics])
    return [TopicState(topic, *found.get(settings.on_cluster(topic.name), (0, 0))) for topic in topics]


async def require(settings: KafkaSettings, stage: Stage) -> int:
    """Check that a stage's topics exist; return how many partitions its input has.

    Raises:
        UnavailableError: one is missing, or the cluster cannot be reached.
    """
    needed = [stage.consumes, *stage.produces, stage.dead_letter_topic]
    there = await states(settings, needed)
    missing = [settings.on_cluster(s.topic.name) for s in there if not s.partitions]
    if missing:
        raise UnavailableError(f"no topic {', '.join(missing)} on the cluster: run 'wiredesk topics create' first")
    return there[0].partitions


async def partitions(settings: KafkaSettings, names: Sequence[str]) -> dict[str, int]:
    """Return the number of partitions of topics, by their names on the cluster; those that are missing are left out.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    async with clients.started(clients.admin(settings), settings) as admin:
        return {name: count for name, (count, _) in (await _describe(admin, settings, list(names))).items()}


async def inputs(settings: KafkaSettings, stage: Stage, asked: Iterable[int] = ()) -> list[TopicPartition]:
    """Return the partitions of a stage's input topic.

    Args:
        asked: numbers of partitions that must be among them.

    Raises:
        UsageError: there is no such partition.
        UnavailableError: a topic of the stage is missing, or the cluster cannot be reached.
    """
    await require(settings, stage)
    topic = settings.on_cluster(stage.consumes.name)
    count = (await partitions(settings, [topic]))[topic]
    if wrong := [number for number in asked if number >= count]:
        raise UsageError(f"{topic} has no partition {wrong[0]}: they are 0 to {count - 1}")
    return [TopicPartition(topic, number) for number in range(count)]


async def _until_known(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    """Wait until every broker has heard of the topics: the controller answers at once, the others read its log.

    Without this a client that asks another broker next may hear that there is no such topic.

    Raises:
        UnavailableError: a broker that answers has not heard of them in time.
    """
    client: Any = admin._client  # noqa: SLF001 - the public methods ask a broker of their own choice
    deadline = asyncio.get_running_loop().time() + SPREAD_SECONDS
    for broker in client.cluster.brokers():
        while True:
            try:
                answer = await client.send(broker.nodeId, MetadataRequest())
            except (KafkaError, TimeoutError):
                break  # it is down: it learns when it is back, before it answers anybody
            missing = set(names) - {topic["topic"] for topic in answer.to_object()["topics"]}
            if not missing:
                break
            if asyncio.get_running_loop().time() > deadline:
                raise UnavailableError(
                    f"topic {min(missing)} exists, but broker {broker.nodeId} does not show it: look at its log, "
                    "and at your right to describe topics"
                )
            await asyncio.sleep(SPREAD_POLL_SECONDS)


async def _describe(
    admin: AIOKafkaAdminClient, settings: KafkaSettings, names: list[str]
) -> dict[str, tuple[int, int]]:
    """Return partitions and replicas of the topics that exist.

    They are asked for by name: a list of all topics leaves out those that we may not see, as if they did not exist.

    Raises:
        ForbiddenError: we may not see one of them.
    """
    if not names:
        return {}
    # The public method has a broker create what it is asked for, where the broker is set to.
    request = MetadataRequest(names, allow_auto_topic_creation=False)
    answer = await admin._send_request(request)  # noqa: SLF001 - see above
    found = {}
    hidden = []
    for described in answer.to_object()["topics"]:
        partitions = described["partitions"]
        if described["error_code"] == authorization.TOPIC_REFUSED:
            hidden.append(described["topic"])
        elif partitions:
            found[described["topic"]] = (len(partitions), len(partitions[0]["replicas"]))
    if hidden:
        raise authorization.invisible(settings, hidden)
    return found
