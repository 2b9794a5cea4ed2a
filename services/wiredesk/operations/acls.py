"""The minimal ACLs of a principal, computed from the topology and the settings.

READ, WRITE and DELETE imply DESCRIBE in Kafka; where one of them is needed, DESCRIBE is not listed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from wiredesk.operations.completeness.marks import GROUP as AUDIT_GROUP
from wiredesk.operations.dead_letters.redrive import TRANSACTIONAL_ID as REDRIVE_ID
from wiredesk.operations.dead_letters.redrive_log import REDRIVEN_TOPIC
from wiredesk.operations.forgetting.keys import is_keyed_by_page
from wiredesk.operations.notifications.ledger import NOTIFICATIONS_TOPIC
from wiredesk.operations.notifications.ledger import TRANSACTIONAL_ID as NOTIFIER_ID
from wiredesk.operations.replays.run import GROUP_PREFIX as RUN_GROUPS
from wiredesk.operations.replays.run import RUNS_TOPIC, output_topics
from wiredesk.pipeline import ARTICLES_COPIES, ARTICLES_ENRICHED, FORGOTTEN
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage, Topic, changelogs_of


class Resource(StrEnum):
    """Kinds of resources in Kafka."""

    TOPIC = "topic"
    GROUP = "group"
    TRANSACTIONAL_ID = "transactional-id"


class Operation(StrEnum):
    """Operations, in Kafka's words."""

    READ = "READ"
    WRITE = "WRITE"
    CREATE = "CREATE"
    DELETE = "DELETE"
    DESCRIBE = "DESCRIBE"
    DESCRIBE_CONFIGS = "DESCRIBE_CONFIGS"
    ALTER_CONFIGS = "ALTER_CONFIGS"

    @property
    def camel_case(self) -> str:
        """The operation as Kafka's tools write it: `DescribeConfigs`."""
        return "".join(word.capitalize() for word in self.value.split("_"))


IMPLY_DESCRIBE = (Operation.READ, Operation.WRITE, Operation.DELETE)
"""Operations that imply DESCRIBE."""


@dataclass(frozen=True, order=True, slots=True)
class Acl:
    """An ACL: it allows an operation on a resource, from any host.

    Attributes:
        resource: the kind of the resource.
        name: the name of the resource on the cluster.
        operation: what is allowed.
        prefixed: it is allowed on all resources whose names begin with `name`.
    """

    resource: Resource
    name: str
    operation: Operation
    prefixed: bool = False


type Acls = frozenset[Acl]


def least(acls: Iterable[Acl]) -> list[Acl]:
    """Return ACLs in order, without operations that others imply."""
    distinct = set(acls)
    strong = {(acl.resource, acl.name, acl.prefixed) for acl in distinct if acl.operation in IMPLY_DESCRIBE}
    return sorted(
        acl
        for acl in distinct
        if acl.operation is not Operation.DESCRIBE or (acl.resource, acl.name, acl.prefixed) not in strong
    )


def on_topics(settings: KafkaSettings, topics: Iterable[Topic], *operations: Operation) -> Acls:
    """Return the ACLs for an operation on topics of the topology."""
    return frozenset(
        Acl(Resource.TOPIC, settings.on_cluster(topic.name), operation) for topic in topics for operation in operations
    )


def on_group(settings: KafkaSettings, name: str, operation: Operation, *, prefixed: bool = False) -> Acls:
    """Return the ACLs for a consumer group, or for all groups whose names begin with the name."""
    return frozenset({Acl(Resource.GROUP, settings.on_cluster(name), operation, prefixed)})


def transactions(settings: KafkaSettings, name: str, *, prefixed: bool = False) -> Acls:
    """Return the ACLs for a transactional id, or for all ids that begin with the name."""
    return frozenset({Acl(Resource.TRANSACTIONAL_ID, settings.on_cluster(name), Operation.WRITE, prefixed)})


def worker(settings: KafkaSettings, work: WorkerSettings, stage: Stage) -> Acls:
    """Return the ACLs that a worker of a stage needs."""
    acls = (
        on_topics(settings, [stage.consumes, *_lists(stage)], Operation.READ)
        | on_topics(settings, (*stage.produces, stage.dead_letter_topic), Operation.WRITE)
        | on_topics(settings, changelogs_of([stage]), Operation.READ, Operation.WRITE)
        | on_group(settings, stage.group, Operation.READ)
    )
    if stage.store is not None:
        acls |= on_group(settings, stage.restoring_group, Operation.READ)
    if work.guarantee == "at_least_once":
        return acls
    # One for each partition of the input: `<group>.<topic>.<partition>`, both with the prefix.
    source = settings.on_cluster(stage.consumes.name)
    return acls | transactions(settings, f"{stage.group}.{source}.", prefixed=True)


def _lists(stage: Stage) -> tuple[Topic, ...]:
    """Return the list of keys that the workers of a stage must not write; none for a stage without one."""
    return () if stage.suppression is None else (stage.suppression.topic,)


def replay(settings: KafkaSettings, work: WorkerSettings, stage: Stage, into: str | None) -> Acls:
    """Return the ACLs for planning, processing and reconciling a replay of a stage.

    Args:
        into: the topic to write instead of the stage's own; None: a repair of the live topics.
    """
    acls = _run(settings, work, stage, into) | on_topics(settings, [RUNS_TOPIC], Operation.CREATE)
    return acls if into is None else acls | on_topics(settings, output_topics(stage, into).values(), Operation.CREATE)


def resume(settings: KafkaSettings, work: WorkerSettings, stage: Stage, into: str | None) -> Acls:
    """Return the ACLs for resuming or joining a replay of a stage; `into` as for `replay`."""
    return _run(settings, work, stage, into) | on_topics(settings, [RUNS_TOPIC], Operation.READ)


def _run(settings: KafkaSettings, work: WorkerSettings, stage: Stage, into: str | None) -> Acls:
    live = (*stage.produces, stage.dead_letter_topic)
    runs = f"{RUN_GROUPS}{stage.name}-"
    acls = (
        on_topics(settings, [stage.consumes, *_lists(stage)], Operation.READ)
        | on_topics(settings, live, Operation.DESCRIBE)
        | on_topics(settings, output_topics(stage, into).values(), Operation.READ, Operation.WRITE)
        | on_topics(settings, [RUNS_TOPIC], Operation.WRITE)
        | on_group(settings, runs, Operation.READ, prefixed=True)
        | on_group(settings, runs, Operation.DELETE, prefixed=True)
    )
    if stage.store is not None:
        # The changes of the run's own state: `<group>.<store>.changes`.
        states = settings.on_cluster(runs)
        used = (Operation.CREATE, Operation.READ, Operation.WRITE, Operation.DELETE)
        acls |= {Acl(Resource.TOPIC, states, operation, prefixed=True) for operation in used}
        acls |= on_topics(settings, changelogs_of([stage]), Operation.DESCRIBE)
    if work.guarantee == "exactly_once":
        acls |= transactions(settings, runs, prefixed=True)
    return acls


def rewind(settings: KafkaSettings, stage: Stage) -> Acls:
    """Return the ACLs for moving a stage's committed offsets, and for emptying its state."""
    return (
        on_topics(settings, changelogs_of([stage]), Operation.CREATE, Operation.DELETE)
        | on_topics(settings, [stage.consumes], Operation.READ)
        | on_topics(settings, (*stage.topics, *changelogs_of([stage])), Operation.DESCRIBE)
        | on_group(settings, stage.group, Operation.READ)
    )


def list_replays(settings: KafkaSettings) -> Acls:
    """Return the ACLs for listing replays."""
    return on_topics(settings, [RUNS_TOPIC], Operation.READ) | on_group(
        settings, RUN_GROUPS, Operation.DESCRIBE, prefixed=True
    )


def read_letters(settings: KafkaSettings, stages: Iterable[Stage]) -> Acls:
    """Return the ACLs for reading the dead letters of stages."""
    return on_topics(settings, [stage.dead_letter_topic for stage in stages], Operation.READ)


def list_letters(settings: KafkaSettings, stages: Iterable[Stage]) -> Acls:
    """Return the ACLs for reading dead letters, and how often each was redriven."""
    return read_letters(settings, stages) | on_topics(settings, [REDRIVEN_TOPIC], Operation.READ)


def redrive(settings: KafkaSettings, stages: Iterable[Stage]) -> Acls:
    """Return the ACLs for redriving dead letters."""
    stages = list(stages)
    return (
        list_letters(settings, stages)
        | on_topics(settings, [FORGOTTEN], Operation.READ)
        | on_topics(settings, [stage.consumes for stage in stages], Operation.WRITE)
        | on_topics(settings, [REDRIVEN_TOPIC], Operation.WRITE, Operation.CREATE)
        | transactions(settings, REDRIVE_ID)
    )


def purge(settings: KafkaSettings, stages: Iterable[Stage]) -> Acls:
    """Return the ACLs for deleting dead letters."""
    return on_topics(settings, [stage.dead_letter_topic for stage in stages], Operation.READ, Operation.DELETE)


def search(settings: KafkaSettings, topics: Iterable[Topic]) -> Acls:
    """Return the ACLs for searching topics for a page to be forgotten; beside them, the list of what is forgotten."""
    topics = list(topics)
    return on_topics(settings, {*topics, RUNS_TOPIC}, Operation.READ) | on_topics(
        settings, [topic for topic in topics if topic != FORGOTTEN], Operation.DESCRIBE_CONFIGS
    )


def forget(settings: KafkaSettings, topics: Iterable[Topic]) -> Acls:
    """Return the ACLs for forgetting a page: it writes the list, and every topic that is keyed by page."""
    topics = list(topics)
    written = [FORGOTTEN, *(topic for topic in topics if is_keyed_by_page(topic))]
    return search(settings, topics) | on_topics(settings, written, Operation.WRITE)


def audit(settings: KafkaSettings, stages: Iterable[Stage]) -> Acls:
    """Return the ACLs for an audit: it reads all topics, and the offsets of all groups."""
    stages = list(stages)
    topics = {topic for stage in stages for topic in (stage.consumes, *stage.produces, stage.dead_letter_topic)}
    return on_topics(settings, {*topics, REDRIVEN_TOPIC, RUNS_TOPIC}, Operation.READ) | positions(settings, stages)


def continuous_audit(settings: KafkaSettings, flow: Iterable[Stage]) -> Acls:
    """Return the ACLs for the audit that goes on: it reads the topics of the flow, and commits its marks."""
    flow = list(flow)
    topics = {topic for stage in flow for topic in (stage.consumes, *stage.produces, stage.dead_letter_topic)}
    return (
        on_topics(settings, {*topics, REDRIVEN_TOPIC}, Operation.READ)
        | positions(settings, flow)
        | on_group(settings, AUDIT_GROUP, Operation.READ)
    )


def restores(settings: KafkaSettings, stages: Iterable[Stage]) -> Acls:
    """Return the ACLs for reading how far stages are in the restore of their states."""
    groups = (stage.restoring_group for stage in stages if stage.store is not None)
    return frozenset(acl for group in groups for acl in on_group(settings, group, Operation.DESCRIBE))


def notify(settings: KafkaSettings) -> Acls:
    """Return the ACLs for sending alerts: the ledger of a notifier is a topic of its own."""
    return (
        on_topics(settings, [ARTICLES_ENRICHED, ARTICLES_COPIES], Operation.READ)
        | on_topics(settings, [NOTIFICATIONS_TOPIC], Operation.CREATE, Operation.READ, Operation.WRITE)
        | transactions(settings, NOTIFIER_ID, prefixed=True)
    )


def positions(settings: KafkaSettings, stages: Iterable[Stage]) -> Acls:
    """Return the ACLs for reading the state and the offsets of stages' groups."""
    return frozenset(acl for stage in stages for acl in on_group(settings, stage.group, Operation.DESCRIBE))
