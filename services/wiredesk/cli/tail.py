"""`wiredesk tail`: print a topic's records as they are committed."""

from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.time_arg import format_timestamp
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.runtime.records import Record


@with_settings(kafka=KafkaSettings)
def tail(
    topic: Annotated[
        str, typer.Argument(help="Name without the topic prefix: articles.enriched, pages.raw.dlq, and so on.")
    ],
    *,
    from_beginning: Annotated[bool, typer.Option("--from-beginning", help="Start at the oldest record.")] = False,
    until_end: Annotated[bool, typer.Option("--until-end", help="Stop at the topic's current end.")] = False,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Stop after this many records.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Print a topic's records as they are committed, until Ctrl-C.

    With --json each line has topic, partition, offset, key, timestamp (milliseconds since 1970), headers, and value.
    The value is parsed if it is JSON, a string if it is text, and {"base64": ...} otherwise. If headers have the same
    name, the last one is printed.

    Example:
      wiredesk tail articles.enriched --from-beginning --until-end --json
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    asyncio.run(_tail(kafka, topic, from_beginning=from_beginning, until_end=until_end, limit=limit, as_json=as_json))


async def _tail(
    kafka: KafkaSettings, topic: str, *, from_beginning: bool, until_end: bool, limit: int | None, as_json: bool
) -> None:
    import contextlib

    from wiredesk.cli.signals import stop_on_signal
    from wiredesk.runtime.kafka.cluster import Cluster

    shown = 0
    with stop_on_signal() as stop:
        async with (
            Cluster(kafka) as cluster,
            contextlib.aclosing(
                cluster.read_topic([kafka.on_cluster(topic)], from_beginning=from_beginning, until_end=until_end)
            ) as records,
        ):
            async for record in records:
                if stop.is_set():
                    return
                if record is None:
                    continue
                _show(record, as_json=as_json)
                shown += 1
                if shown == limit:
                    return


def _show(record: "Record", *, as_json: bool) -> None:
    from wiredesk.operations.record_view import record_as_object
    from wiredesk.runtime.printable import json_text

    view = record_as_object(record)
    if as_json:
        console.json(view)
        return
    headers = " ".join(f"{name}={value}" for name, value in view["headers"].items())
    head = f"{record.coordinates}  {format_timestamp(record.timestamp)}  key={view['key']}"
    if not console.out.is_terminal:
        console.line(f"{head}  {headers}  {json_text(view['value'])}")
        return
    console.rule(head)
    console.line(headers, style="dim")
    if isinstance(view["value"], str):
        console.indented(view["value"])
    else:
        console.json(view["value"], indent=True)
