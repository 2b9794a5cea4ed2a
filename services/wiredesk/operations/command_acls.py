"""The ACLs that each command needs, computed from the stages and the settings, without a broker."""

import shlex
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from wiredesk import registry
from wiredesk.operations import acls as needs
from wiredesk.operations.acls import Acl, Acls, Operation, Resource
from wiredesk.operations.canary.canary import LATER_TOPICS
from wiredesk.operations.dead_letters.files import TRANSACTIONAL_ID as IMPORT_ID
from wiredesk.pipeline import (
    ARTICLES_COPIES,
    ARTICLES_ENRICHED,
    ARTICLES_LATEST,
    ARTICLES_REVISED,
    FORGOTTEN,
    PAGES_RAW,
    PAGES_SKIPPED,
)
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.printable import json_text
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage, Topic


@dataclass(frozen=True, slots=True)
class Request:
    """What a principal is to do.

    Attributes:
        kafka: settings of the connection; the prefix is part of every name.
        work: settings of the workers; the guarantee decides whether transactions are needed.
        stages: stages of the workers and commands.
        into: topics that replays write; empty: they repair the live topics.
        topics: topics that are tailed or compared; empty: those of the topology.
    """

    kafka: KafkaSettings
    work: WorkerSettings
    stages: tuple[Stage, ...]
    into: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()


def _workers(request: Request) -> Acls:
    return frozenset(acl for stage in request.stages for acl in needs.worker(request.kafka, request.work, stage))


def _replays(request: Request, of: Callable[[KafkaSettings, WorkerSettings, Stage, str | None], Acls]) -> Acls:
    return frozenset(
        acl
        for stage in request.stages
        for into in request.into or (None,)
        for acl in of(request.kafka, request.work, stage, into)
    )


def _status(request: Request) -> Acls:
    stages = registry.stages().values()
    topics = {PAGES_SKIPPED, *(t for stage in stages for t in (stage.consumes, stage.dead_letter_topic))}
    return (
        needs.on_topics(request.kafka, topics, Operation.READ)
        | needs.positions(request.kafka, stages)
        | needs.restores(request.kafka, stages)
    )


def _compared(request: Request) -> Acls:
    topics = request.topics or (ARTICLES_ENRICHED, *(Topic(name, "") for name in request.into))
    return needs.on_topics(request.kafka, topics, Operation.READ)


def _imports(request: Request) -> Acls:
    letters = [stage.dead_letter_topic for stage in registry.stages().values()]
    return (
        needs.on_topics(request.kafka, letters, Operation.READ, Operation.WRITE)
        | needs.on_topics(request.kafka, [FORGOTTEN], Operation.READ)
        | needs.transactions(request.kafka, IMPORT_ID)
    )


def _canary(request: Request) -> Acls:
    return (
        needs.on_topics(request.kafka, [PAGES_RAW], Operation.WRITE)
        | needs.on_topics(request.kafka, LATER_TOPICS, Operation.DESCRIBE)
        | needs.on_topics(request.kafka, [ARTICLES_ENRICHED], Operation.READ)
    )


COMMANDS: Mapping[str, Callable[[Request], Acls]] = MappingProxyType(
    {
        "worker": _workers,
        "topics create": lambda request: needs.on_topics(
            request.kafka, registry.all_topics(), Operation.CREATE, Operation.DESCRIBE
        ),
        "topics list": lambda request: needs.on_topics(request.kafka, registry.all_topics(), Operation.DESCRIBE),
        "topics compare": _compared,
        "publish": lambda request: needs.on_topics(request.kafka, [PAGES_RAW], Operation.WRITE),
        "intake": lambda request: needs.on_topics(request.kafka, [PAGES_RAW], Operation.WRITE),
        "canary": _canary,
        # For people who look; those who redrive and purge need what these commands need.
        "web": lambda request: (
            _status(request)
            | needs.on_topics(request.kafka, registry.topics(), Operation.READ)
            | needs.list_letters(request.kafka, tuple(registry.stages().values()))
            | needs.list_replays(request.kafka)
        ),
        "tail": lambda request: needs.on_topics(request.kafka, request.topics or registry.topics(), Operation.READ),
        "archive": lambda request: needs.on_topics(request.kafka, [ARTICLES_ENRICHED], Operation.READ),
        "archive forget": lambda request: needs.on_topics(request.kafka, [FORGOTTEN], Operation.READ),
        "notify": lambda request: needs.notify(request.kafka),
        "status": _status,
        "audit": lambda request: needs.audit(request.kafka, registry.stages().values()),
        "audit continuous": lambda request: needs.continuous_audit(request.kafka, registry.registry().flow),
        "trace": lambda request: (
            needs.on_topics(request.kafka, registry.topics(), Operation.READ)
            | needs.positions(request.kafka, registry.stages().values())
        ),
        "story": lambda request: needs.on_topics(
            request.kafka, (ARTICLES_REVISED, ARTICLES_LATEST, PAGES_SKIPPED, ARTICLES_COPIES), Operation.READ
        ),
        "forget": lambda request: needs.forget(request.kafka, registry.all_topics()),
        "forget check": lambda request: needs.search(request.kafka, registry.all_topics()),
        "topics alter": lambda request: needs.on_topics(
            request.kafka,
            registry.all_topics(),
            Operation.DESCRIBE,
            Operation.DESCRIBE_CONFIGS,
            Operation.ALTER_CONFIGS,
        ),
        "dlq list": lambda request: needs.list_letters(request.kafka, request.stages),
        "dlq show": lambda request: needs.list_letters(request.kafka, request.stages),
        "dlq export": lambda request: needs.read_letters(request.kafka, request.stages),
        "dlq import": _imports,
        # Dead letters of a stage that shares its input with the flow cannot be sent back: they are not read.
        "dlq redrive": lambda request: needs.redrive(
            request.kafka, [stage for stage in request.stages if not registry.registry().rivals(stage)]
        ),
        "dlq purge": lambda request: needs.purge(request.kafka, request.stages),
        "replay": lambda request: _replays(request, needs.replay),
        "replay resume": lambda request: _replays(request, needs.resume),
        "replay rewind": lambda request: frozenset(
            acl for stage in request.stages for acl in needs.rewind(request.kafka, stage)
        ),
        "replay list": lambda request: needs.list_replays(request.kafka),
    }
)
"""The ACLs of each command. Commands that are not listed need no Kafka, or start their own."""


def needed(request: Request, commands: Iterable[str]) -> tuple[list[Acl], dict[Acl, list[str]]]:
    """Return the ACLs that commands need, each with the commands that need it.

    Args:
        request: stages and topics that the commands are to act on.
        commands: names of commands; the name of a group of commands, such as `dlq`, means all of its commands.

    Raises:
        UsageError: there is no such command.
    """
    purposes: defaultdict[Acl, list[str]] = defaultdict(list)
    for given in commands:
        names = [given] if given in COMMANDS else [name for name in COMMANDS if name.startswith(f"{given} ")]
        if not names:
            raise UsageError(f"--command {given}: there are {', '.join(COMMANDS)}")
        for name in names:
            for acl in COMMANDS[name](request):
                if name not in purposes[acl]:
                    purposes[acl].append(name)
    return needs.least(purposes), purposes


def kafka_acls(principal: str, acls: Sequence[Acl], servers: str) -> list[str]:
    """Return commands of Kafka's own tool `kafka-acls.sh`, one for each resource."""
    lines = []
    for (resource, name, prefixed), operations in _by_resource(acls).items():
        arguments = ["kafka-acls.sh", "--bootstrap-server", servers, "--add", "--allow-principal", principal]
        for operation in operations:
            arguments += ["--operation", operation.camel_case]
        arguments += [f"--{resource}", name, "--resource-pattern-type", "prefixed" if prefixed else "literal"]
        lines.append(shlex.join(arguments))
    return lines


_STRIMZI = {Resource.TOPIC: "topic", Resource.GROUP: "group", Resource.TRANSACTIONAL_ID: "transactionalId"}


def strimzi(acls: Sequence[Acl]) -> list[str]:
    """Return the `authorization` of a KafkaUser's specification, as YAML; names are quoted as JSON strings are."""
    lines = ["authorization:", "  type: simple", "  acls:"]
    for (resource, name, prefixed), operations in _by_resource(acls).items():
        lines += [
            "    - resource:",
            f"        type: {_STRIMZI[resource]}",
            f"        name: {json_text(name)}",
            f"        patternType: {'prefix' if prefixed else 'literal'}",
            f"      operations: [{', '.join(operation.camel_case for operation in operations)}]",
            '      host: "*"',
        ]
    return lines


def _by_resource(acls: Sequence[Acl]) -> dict[tuple[Resource, str, bool], list[Operation]]:
    resources: defaultdict[tuple[Resource, str, bool], list[Operation]] = defaultdict(list)
    for acl in acls:
        resources[acl.resource, acl.name, acl.prefixed].append(acl.operation)
    return resources
