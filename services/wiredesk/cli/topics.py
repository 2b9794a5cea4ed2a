"""`wiredesk topics`: the pipeline's topics on the cluster."""

from typing import Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.compare import compare
from wiredesk.cli.options import with_settings
from wiredesk.runtime.settings import KafkaSettings

app = typer.Typer(help="Create, list and compare topics.", no_args_is_help=True)
app.command("compare")(compare)


@app.command()
@with_settings(kafka=KafkaSettings)
def create(
    *,
    partitions: Annotated[
        int | None, typer.Option(min=1, help="Partitions of each topic, dead-letter topics aside; default: 6.")
    ] = None,
    replication: Annotated[int, typer.Option(min=1, help="Copies of each partition, on as many brokers.")] = 1,
    kafka: KafkaSettings,
) -> None:
    """Create the topics that are missing. Those that exist stay as they are: it can be run again at any time."""
    import asyncio

    from wiredesk import registry
    from wiredesk.runtime import logs
    from wiredesk.runtime.kafka import topics

    logs.quiet()
    created = asyncio.run(topics.create(kafka, registry.topics(), partitions=partitions, replication=replication))
    for name in created:
        console.line(f"created {name}")
    console.line(f"{len(created)} topics created, {len(registry.topics()) - len(created)} were there")


@app.command("list")
@with_settings(kafka=KafkaSettings)
def list_topics(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    kafka: KafkaSettings,
) -> None:
    """List the pipeline's topics as they are on the cluster."""
    import asyncio

    from wiredesk import registry
    from wiredesk.runtime import logs
    from wiredesk.runtime.kafka import topics

    logs.quiet()
    states = asyncio.run(topics.states(kafka, registry.topics()))
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
