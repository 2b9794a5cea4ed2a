"""`wiredesk tail`: a topic's records as they arrive."""

import asyncio
import base64
import contextlib
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer
from rich.json import JSON
from rich.markup import escape

from services.cli import console, desk
from services.cli.options import with_settings
from services.runtime import logs
from services.runtime.kafka.reading import read
from services.runtime.records import Record
from services.runtime.settings import KafkaSettings


@with_settings(kafka=KafkaSettings)
def tail(
    topic: Annotated[str, typer.Argument(help="Name without the prefix: articles.enriched, pages.raw.dlq, ...")],
    *,
    from_beginning: Annotated[bool, typer.Option("--from-beginning", help="Begin with the oldest record.")] = False,
    until_end: Annotated[bool, typer.Option("--until-end", help="Stop where the topic ended when we began.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many records.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Print a topic's records as they are committed, until Ctrl-C.

    With --json each line has topic, partition, offset, key, timestamp (milliseconds), headers, and the value: parsed
    where it is JSON, a string where it is text, {"base64": ...} where it is neither. Where headers share a name the
    last one is shown.
    """
    logs.quiet()
    asyncio.run(_tail(kafka, topic, from_beginning=from_beginning, until_end=until_end, limit=limit, as_json=as_json))


async def _tail(
    kafka: KafkaSettings, topic: str, *, from_beginning: bool, until_end: bool, limit: int | None, as_json: bool
) -> None:
    shown = 0
    reading = read(kafka, [kafka.on_cluster(topic)], from_beginning=from_beginning, until_end=until_end)
    with desk.stopping() as stop:
        async with contextlib.aclosing(reading):
            async for record in reading:
                if stop.is_set():
                    return
                if record is None:
                    continue
                _show(record, as_json=as_json)
                shown += 1
                if shown == limit:
                    return


def _show(record: Record, *, as_json: bool) -> None:
    if as_json:
        print(orjson.dumps(as_object(record)).decode(), flush=True)  # noqa: T201 - rich would wrap and mark up
        return
    when = datetime.fromtimestamp(record.timestamp / 1000, UTC).isoformat(timespec="milliseconds")
    told = as_object(record)
    headers = " ".join(f"{name}={value}" for name, value in told["headers"].items())
    head = f"{record.coordinates}  {when}  key={told['key']}"
    if not console.out.is_terminal:
        console.plain(f"{head}  {headers}  {orjson.dumps(told['value']).decode()}")
        return
    console.out.rule(escape(console.printable(head)), align="left")
    console.out.print(console.printable(headers), style="dim", markup=False)
    if isinstance(told["value"], dict | list):
        console.out.print(JSON.from_data(told["value"]))
    else:
        console.plain(str(told["value"]))


def as_object(record: Record) -> dict[str, Any]:
    """Return a record as a JSON object."""
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": _text(record.key),
        "timestamp": record.timestamp,
        "headers": {name: _text(value) for name, value in record.headers},
        "value": _value(record.value),
    }


def _value(value: bytes | None) -> Any:
    try:
        return orjson.loads(value or b"null")
    except orjson.JSONDecodeError:
        return _text(value)


def _text(value: bytes | None) -> Any:
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode("ascii")}
