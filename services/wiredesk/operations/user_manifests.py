"""The users of a cluster as manifests: for each service a KafkaUser of Strimzi, with the least ACLs that it needs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wiredesk import registry
from wiredesk.operations.acls import Acl
from wiredesk.operations.command_acls import Request, needed, strimzi
from wiredesk.operations.topic_manifests import object_name
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage

COMMANDS_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "topics": ("topics create", "topics alter"),
        "intake": ("intake",),
        # People with the role for it redrive and purge in the page.
        "web": ("web", "dlq redrive", "dlq purge"),
        "canary": ("canary",),
        "audit": ("audit continuous",),
        "archive": ("archive", "archive forget"),
        "notify": ("notify",),
    }
)
"""What each service runs, beside the workers of stages."""


@dataclass(frozen=True, slots=True)
class DeclaredUser:
    """A user as a manifest declares it.

    Attributes:
        service: what authenticates as it.
        name: of the user, prefix included.
        acls: what it may do.
    """

    service: str
    name: str
    acls: list[Acl]


def declared_users(kafka: KafkaSettings, work: WorkerSettings) -> list[DeclaredUser]:
    """Return a user for the workers of each stage, and one for each other service.

    Args:
        kafka: settings of the connection; the prefix is part of every name.
        work: settings of the workers; the guarantee decides whether they need transactions.
    """
    stages = registry.stages()
    wanted: dict[str, tuple[tuple[str, ...], tuple[Stage, ...]]]
    wanted = {name: (("worker",), (stage,)) for name, stage in stages.items()}
    wanted |= {name: (commands, tuple(stages.values())) for name, commands in COMMANDS_OF.items()}
    return [
        DeclaredUser(
            service,
            object_name(kafka.on_cluster(f"wiredesk-{service}")),
            needed(Request(kafka, work, of_stages), commands)[0],
        )
        for service, (commands, of_stages) in wanted.items()
    ]


def strimzi_users(users: list[DeclaredUser], cluster: str, authentication: str) -> Iterator[str]:
    """Yield the lines of a YAML stream of KafkaUser objects.

    Args:
        users: what they declare.
        cluster: name of the Kafka object that they are of.
        authentication: how they authenticate: `scram-sha-512` or `tls`.
    """
    for user in users:
        yield from (
            "---",
            f"# {user.service}",
            "apiVersion: kafka.strimzi.io/v1beta2",
            "kind: KafkaUser",
            "metadata:",
            f"  name: {json.dumps(user.name)}",
            "  labels:",
            f"    strimzi.io/cluster: {json.dumps(cluster)}",
            "spec:",
            "  authentication:",
            f"    type: {authentication}",
        )
        yield from (f"  {line}" for line in strimzi(user.acls))
