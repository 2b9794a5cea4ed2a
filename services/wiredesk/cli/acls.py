"""`wiredesk acls`: the least access that a principal needs on the cluster, to be granted by whoever runs Kafka."""

import shlex
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer

from wiredesk import registry
from wiredesk.cli import console
from wiredesk.cli.options import topic_name, with_settings
from wiredesk.operations import acls as needs
from wiredesk.operations.acls import Acl, Acls, Operation, Resource
from wiredesk.operations.dead_letters.files import TRANSACTIONAL_ID as IMPORT_ID
from wiredesk.pipeline import ARTICLES_ENRICHED, PAGES_RAW, PAGES_SKIPPED
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.printable import json_text
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage, Topic


class Format(StrEnum):
    """What the access is printed as."""

    TABLE = "table"
    KAFKA_ACLS = "kafka-acls"
    STRIMZI = "strimzi"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the principal is to do with what.

    Attributes:
        into: topics that replays write; none: they repair the live ones.
        topics: that are tailed or compared; none: those of the topology.
    """

    kafka: KafkaSettings
    work: WorkerSettings
    stages: tuple[Stage, ...]
    into: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()


def _workers(asked: Asked) -> Acls:
    return frozenset(acl for stage in asked.stages for acl in needs.worker(asked.kafka, asked.work, stage))


def _replays(asked: Asked, of: Callable[[KafkaSettings, WorkerSettings, Stage, str | None], Acls]) -> Acls:
    return frozenset(
        acl
        for stage in asked.stages
        for into in asked.into or (None,)
        for acl in of(asked.kafka, asked.work, stage, into)
    )


def _status(asked: Asked) -> Acls:
    stages = registry.stages().values()
    topics = {PAGES_SKIPPED, *(t for stage in stages for t in (stage.consumes, stage.dead_letter_topic))}
    return needs.on_topics(asked.kafka, topics, Operation.READ) | needs.positions(asked.kafka, stages)


def _compared(asked: Asked) -> Acls:
    topics = asked.topics or (ARTICLES_ENRICHED, *(Topic(name, "") for name in asked.into))
    return needs.on_topics(asked.kafka, topics, Operation.READ)


def _imports(asked: Asked) -> Acls:
    letters = [stage.dead_letter_topic for stage in registry.stages().values()]
    return needs.on_topics(asked.kafka, letters, Operation.READ, Operation.WRITE) | needs.transactions(
        asked.kafka, IMPORT_ID
    )


COMMANDS: dict[str, Callable[[Asked], Acls]] = {
    "worker": _workers,
    "topics create": lambda a: needs.on_topics(a.kafka, registry.topics(), Operation.CREATE, Operation.DESCRIBE),
    "topics list": lambda a: needs.on_topics(a.kafka, registry.topics(), Operation.DESCRIBE),
    "topics compare": _compared,
    "publish": lambda a: needs.on_topics(a.kafka, [PAGES_RAW], Operation.WRITE),
    "tail": lambda a: needs.on_topics(a.kafka, a.topics or registry.topics(), Operation.READ),
    "status": _status,
    "audit": lambda a: needs.audit(a.kafka, registry.stages().values()),
    "trace": lambda a: (
        needs.on_topics(a.kafka, registry.topics(), Operation.READ)
        | needs.positions(a.kafka, registry.stages().values())
    ),
    "dlq list": lambda a: needs.list_letters(a.kafka, a.stages),
    "dlq show": lambda a: needs.list_letters(a.kafka, a.stages),
    "dlq export": lambda a: needs.read_letters(a.kafka, a.stages),
    "dlq import": _imports,
    "dlq redrive": lambda a: needs.redrive(a.kafka, a.stages),
    "dlq purge": lambda a: needs.purge(a.kafka, a.stages),
    "replay": lambda a: _replays(a, needs.replay),
    "replay resume": lambda a: _replays(a, needs.resume),
    "replay rewind": lambda a: frozenset(acl for stage in a.stages for acl in needs.rewind(a.kafka, stage)),
    "replay list": lambda a: needs.list_replays(a.kafka),
}
"""What each command needs; the others need no Kafka, or one of their own."""


@with_settings(kafka=KafkaSettings, settings=WorkerSettings)
def acls(  # noqa: PLR0913 - each is an option
    *,
    principal: Annotated[
        str, typer.Option(metavar="P", help="Who is to be allowed: User:desk; a name without a type is a User.")
    ],
    stage: Annotated[
        list[str] | None,
        typer.Option(metavar="STAGE", help="Only for this stage; can be repeated. Default: every stage."),
    ] = None,
    command: Annotated[
        list[str] | None,
        typer.Option(
            metavar="C",
            help=f"For this command; can be repeated. Default: worker. One of: {', '.join(COMMANDS)}; dlq: all of dlq.",
        ),
    ] = None,
    into: Annotated[
        list[str] | None, typer.Option(metavar="TOPIC", help="Replays write this topic; can be repeated.")
    ] = None,
    topic: Annotated[
        list[str] | None, typer.Option(metavar="TOPIC", help="Of tail and compare; can be repeated.")
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="A table, commands to paste, or a KafkaUser's authorization.")
    ] = Format.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    kafka: KafkaSettings,
    settings: WorkerSettings,
) -> None:
    """Print the least ACLs that a principal needs: for workers of each stage, for commands, for replays.

    It is computed from the topology and the settings (prefix, guarantee), and asks no broker. Give each service a
    principal of its own: 'wiredesk acls --principal User:ingest --stage ingest'.
    """
    who = _principal(principal)
    asked = Asked(
        kafka,
        settings,
        tuple(registry.registry().stage(name) for name in stage or registry.stages()),
        tuple(topic_name("--into", name) for name in into or ()),
        tuple(Topic(topic_name("--topic", name), "") for name in topic or ()),
    )
    found, purposes = _needed(asked, command or ["worker"])
    if as_json:
        for acl in found:
            console.json({"principal": who, **_object(acl), "for": purposes[acl]})
    elif form is Format.KAFKA_ACLS:
        for line in kafka_acls(who, found, kafka.bootstrap_servers):
            console.line(line)
    elif form is Format.STRIMZI:
        for line in strimzi(found):
            console.line(line)
    else:
        console.table(
            f"ACLs of {who}",
            ("resource", "pattern", "name", "operation", "for"),
            [(a.resource, _pattern(a), a.name, a.operation, ", ".join(purposes[a])) for a in found],
        )


def _principal(name: str) -> str:
    if not name.strip() or not name.isprintable():
        raise UsageError("--principal: give a name, like User:desk")
    return name if ":" in name else f"User:{name}"


def _needed(asked: Asked, commands: Iterable[str]) -> tuple[list[Acl], dict[Acl, list[str]]]:
    """Return what commands need together, and for each part of it the commands that need it."""
    purposes: defaultdict[Acl, list[str]] = defaultdict(list)
    for given in commands:
        names = [given] if given in COMMANDS else [name for name in COMMANDS if name.startswith(f"{given} ")]
        if not names:
            raise UsageError(f"--command {given}: there are {', '.join(COMMANDS)}")
        for name in names:
            for acl in COMMANDS[name](asked):
                if name not in purposes[acl]:
                    purposes[acl].append(name)
    return needs.least(purposes), purposes


def kafka_acls(principal: str, found: Sequence[Acl], servers: str) -> list[str]:
    """Return commands of Kafka's own tool, one for each resource."""
    lines = []
    for (resource, name, prefixed), operations in _by_resource(found).items():
        arguments = ["kafka-acls.sh", "--bootstrap-server", servers, "--add", "--allow-principal", principal]
        for operation in operations:
            arguments += ["--operation", operation.capitalize()]
        arguments += [f"--{resource}", name, "--resource-pattern-type", "prefixed" if prefixed else "literal"]
        lines.append(shlex.join(arguments))
    return lines


_STRIMZI = {Resource.TOPIC: "topic", Resource.GROUP: "group", Resource.TRANSACTIONAL_ID: "transactionalId"}


def strimzi(found: Sequence[Acl]) -> list[str]:
    """Return the `authorization` of a KafkaUser's specification, as YAML; names are quoted as JSON strings are."""
    lines = ["authorization:", "  type: simple", "  acls:"]
    for (resource, name, prefixed), operations in _by_resource(found).items():
        lines += [
            "    - resource:",
            f"        type: {_STRIMZI[resource]}",
            f"        name: {json_text(name)}",
            f"        patternType: {'prefix' if prefixed else 'literal'}",
            f"      operations: [{', '.join(operation.capitalize() for operation in operations)}]",
            '      host: "*"',
        ]
    return lines


def _by_resource(found: Sequence[Acl]) -> dict[tuple[Resource, str, bool], list[Operation]]:
    resources: defaultdict[tuple[Resource, str, bool], list[Operation]] = defaultdict(list)
    for acl in found:
        resources[acl.resource, acl.name, acl.prefixed].append(acl.operation)
    return resources


def _pattern(acl: Acl) -> str:
    return "prefixed" if acl.prefixed else "literal"


def _object(acl: Acl) -> dict[str, str]:
    return {
        "resource": acl.resource,
        "pattern": _pattern(acl),
        "name": acl.name,
        "operation": acl.operation,
        "permission": "ALLOW",
        "host": "*",
    }
