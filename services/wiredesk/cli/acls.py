"""`wiredesk acls`: the minimal ACLs of a principal, for the administrators of the cluster."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import topic_name, with_settings
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings

if TYPE_CHECKING:
    from wiredesk.operations.acls import Acl

COMMAND_NAMES = (
    "worker", "topics create", "topics list", "topics compare", "publish", "intake", "canary", "web", "tail",
    "archive", "archive forget", "notify", "status", "audit", "audit continuous", "trace",
    "story", "forget", "forget check", "topics alter",
    "dlq list", "dlq show", "dlq export", "dlq import", "dlq redrive", "dlq purge",
    "replay", "replay resume", "replay rewind", "replay list",
)  # fmt: skip
"""Commands that need ACLs, for the help; `operations.command_acls` has the ACLs."""


class Format(StrEnum):
    """How the ACLs are printed."""

    TABLE = "table"
    KAFKA_ACLS = "kafka-acls"
    STRIMZI = "strimzi"


@with_settings(kafka=KafkaSettings, settings=WorkerSettings)
def acls(  # noqa: PLR0913 - each is an option
    *,
    principal: Annotated[
        str, typer.Option(metavar="P", help="The principal, such as User:ingest; a name without a type is a User.")
    ],
    stage: Annotated[
        list[str] | None,
        typer.Option(metavar="STAGE", help="Only for this stage; can be repeated. Default: every stage."),
    ] = None,
    command: Annotated[
        list[str] | None,
        typer.Option(
            metavar="C",
            help=f"For this command; can be repeated. Default: worker. One of: {', '.join(COMMAND_NAMES)}; "
            "dlq: all of dlq.",
        ),
    ] = None,
    into: Annotated[
        list[str] | None, typer.Option(metavar="TOPIC", help="Topic that replays write; can be repeated.")
    ] = None,
    topic: Annotated[
        list[str] | None, typer.Option(metavar="TOPIC", help="Topic of tail and compare; can be repeated.")
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="A table, commands to paste, or a KafkaUser's authorization.")
    ] = Format.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    kafka: KafkaSettings,
    settings: WorkerSettings,
) -> None:
    """Print the least ACLs that a principal needs: for workers of each stage, for commands, for replays.

    They are computed from the topology and the settings (prefix, guarantee), without a broker. Give each service
    its own principal.

    Example:
      wiredesk acls --principal User:ingest --stage ingest --format kafka-acls
    """
    from wiredesk import registry
    from wiredesk.operations.command_acls import Request, kafka_acls, needed, strimzi
    from wiredesk.runtime.topology import Topic

    who = _principal(principal)
    request = Request(
        kafka,
        settings,
        tuple(registry.registry().stage(name) for name in stage or registry.stages()),
        tuple(topic_name("--into", name) for name in into or ()),
        tuple(Topic(topic_name("--topic", name), "") for name in topic or ()),
    )
    acls_needed, purposes = needed(request, command or ["worker"])
    if as_json:
        for acl in acls_needed:
            console.json({"principal": who, **_object(acl), "for": purposes[acl]})
    elif form is Format.KAFKA_ACLS:
        for line in kafka_acls(who, acls_needed, kafka.bootstrap_servers):
            console.line(line)
    elif form is Format.STRIMZI:
        for line in strimzi(acls_needed):
            console.line(line)
    else:
        console.table(
            f"ACLs of {who}",
            ("resource", "pattern", "name", "operation", "for"),
            [(a.resource, _pattern(a), a.name, a.operation, ", ".join(purposes[a])) for a in acls_needed],
        )


def _principal(name: str) -> str:
    if not name.strip() or not name.isprintable():
        raise UsageError("--principal: give a name, like User:ingest")
    return name if ":" in name else f"User:{name}"


def _pattern(acl: "Acl") -> str:
    return "prefixed" if acl.prefixed else "literal"


def _object(acl: "Acl") -> dict[str, str]:
    return {
        "resource": acl.resource,
        "pattern": _pattern(acl),
        "name": acl.name,
        "operation": acl.operation,
        "permission": "ALLOW",
        "host": "*",
    }
