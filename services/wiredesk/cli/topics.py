"""`wiredesk topics`: the topics of all stages on the cluster."""

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.compare import compare
from wiredesk.cli.help import Command, Group
from wiredesk.cli.options import load, with_settings
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.runtime.kafka.descriptions import TopicState

_CLUSTER = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
"""A name of an object in Kubernetes."""


class Manifest(StrEnum):
    """What declares the topics of a cluster."""

    STRIMZI = "strimzi"
    TERRAFORM = "terraform"


class Authentication(StrEnum):
    """How users of Strimzi authenticate."""

    SCRAM = "scram-sha-512"
    TLS = "tls"


app = typer.Typer(help="Create, alter, list, compare and export topics.", no_args_is_help=True, cls=Group)
app.command("compare", cls=Command)(compare)


@app.command(cls=Command)
@with_settings(kafka=KafkaSettings)
def create(
    *,
    partitions: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Partitions of each topic, except those of one; default: 6."),
    ] = None,
    replication: Annotated[int, typer.Option(metavar="N", min=1, help="Replicas of each partition.")] = 1,
    kafka: KafkaSettings,
) -> None:
    """Create missing topics. Existing topics stay unchanged: it can be run again at any time.

    Example:
      wiredesk topics create --partitions 12 --replication 3
    """
    import asyncio

    from wiredesk import registry
    from wiredesk.runtime import logs

    logs.quiet()
    created = asyncio.run(_create(kafka, partitions, replication))
    for name in created:
        console.line(f"created {name}")
    console.line(f"{len(created)} topics created, {len(registry.all_topics()) - len(created)} existed")


async def _create(kafka: KafkaSettings, partitions: int | None, replication: int) -> list[str]:
    from wiredesk import registry
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        return await cluster.create_topics(registry.all_topics(), partitions=partitions, replication=replication)


@app.command(cls=Command)
@with_settings(kafka=KafkaSettings)
def export(
    *,
    form: Annotated[
        Manifest, typer.Option("--format", help="KafkaTopic objects of Strimzi, or resources of Terraform.")
    ] = Manifest.STRIMZI,
    cluster: Annotated[
        str, typer.Option(metavar="NAME", help="The Kafka object of Strimzi that the topics are of.")
    ] = "kafka",
    partitions: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Partitions of each topic, except those of one; default: 6."),
    ] = None,
    replication: Annotated[int, typer.Option(metavar="N", min=1, help="Replicas of each partition.")] = 3,
    users: Annotated[
        bool, typer.Option("--users/--no-users", help="With strimzi: a KafkaUser for each service, too.")
    ] = True,
    authentication: Annotated[
        Authentication, typer.Option(help="How these users authenticate.")
    ] = Authentication.SCRAM,
    kafka: KafkaSettings,
) -> None:
    """Print manifests of all topics, for a cluster whose topics are declared. It needs no broker.

    For Strimzi there is a KafkaUser, too, for the workers of each stage and for each other service, with the least
    ACLs that it needs: those of 'wiredesk acls', which prints them for other clusters, and for people.

    Example:
      wiredesk topics export --cluster news --partitions 12 > kafka.yaml
    """
    from wiredesk import registry
    from wiredesk.operations import topic_manifests, user_manifests
    from wiredesk.runtime.settings import WorkerSettings

    if not _CLUSTER.fullmatch(cluster):
        raise UsageError(f"--cluster {cluster[:60]!r}: a name has lower-case letters, digits, '-' and '.'")
    topics = topic_manifests.declared(kafka, registry.all_topics(), partitions, replication)
    lines = topic_manifests.strimzi(topics, cluster) if form is Manifest.STRIMZI else topic_manifests.terraform(topics)
    for line in lines:
        console.line(line)
    if users and form is Manifest.STRIMZI:
        declared = user_manifests.declared_users(kafka, load(WorkerSettings))
        for line in user_manifests.strimzi_users(declared, cluster, authentication):
            console.line(line)


@app.command(cls=Command)
@with_settings(kafka=KafkaSettings)
def alter(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what differs.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Give existing topics the settings that new ones get: compaction, retention, sizes. It prints them, and asks.

    Run it after an upgrade. Settings that wiredesk does not set keep their values, and so do numbers of partitions and
    replicas.

    Example:
      wiredesk topics alter --dry-run
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    asyncio.run(_alter(kafka, dry_run=dry_run, yes=yes, as_json=as_json))


async def _alter(kafka: KafkaSettings, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    from wiredesk import registry
    from wiredesk.cli.confirm import confirm
    from wiredesk.runtime.kafka.cluster import Cluster

    topics = {kafka.on_cluster(topic.name): topic for topic in registry.all_topics()}
    async with Cluster(kafka) as cluster:
        there = await cluster.topic_settings(list(await cluster.describe_topics(topics)))
        differing = {
            name: {setting: value for setting, value in topics[name].settings().items() if value != now.get(setting)}
            for name, now in there.items()
        }
        rows = [
            (name, setting, there[name].get(setting, ""), value)
            for name, settings in differing.items()
            for setting, value in settings.items()
        ]
        if as_json:
            for row in rows:
                console.json(dict(zip(("topic", "setting", "now", "then"), row, strict=True)))
        elif rows:
            console.table("Settings that differ", ("topic", "setting", "now", "then"), rows)
        else:
            console.line("nothing differs")
        if dry_run or not rows:
            return
        names = {name: settings for name, settings in differing.items() if settings}
        confirm(f"{len(rows)} settings of {len(names)} topics would be set", "Set them?", yes=yes)
        await cluster.set_topic_settings(names)
        if not as_json:
            console.line(f"{len(rows)} settings of {len(names)} topics are set")


@app.command("list", cls=Command)
@with_settings(kafka=KafkaSettings)
def list_topics(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    kafka: KafkaSettings,
) -> None:
    """List the topics of all stages as they are on the cluster.

    Example:
      wiredesk topics list --json
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    states = asyncio.run(_states(kafka))
    rows = [
        {
            "topic": kafka.on_cluster(state.topic.name),
            "exists": bool(state.partitions),
            "partitions": state.partitions,
            "replication": state.replication,
            "settings": state.topic.settings(),
            "describes": state.topic.description,
        }
        for state in states
    ]
    if as_json:
        for row in rows:
            console.json(row)
        return
    console.table(
        "Topics",
        ("topic", "partitions", "replication", "what"),
        [(r["topic"], r["partitions"] or "missing", r["replication"] or "", r["describes"]) for r in rows],
    )


async def _states(kafka: KafkaSettings) -> "list[TopicState]":
    from wiredesk import registry
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        return await cluster.topic_states(registry.all_topics())
