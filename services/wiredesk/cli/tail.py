"""`wiredesk tail`: a topic's records as they arrive."""

import asyncio
import base64
import contextlib
from typing import Annotated, Any

import orjson
import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.signals import stop_on_signal
from wiredesk.cli.time_arg import format_timestamp
from wiredesk.runtime import logs
from wiredesk.runtime.kafka.reading import read
from wiredesk.runtime.printable import json_text
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings

MAX_NESTING = 200
"""Brackets of a JSON value up to which it need not be looked at: it cannot be nested too deeply to be written."""


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
    with stop_on_signal() as stop:
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
        console.json(as_object(record))
        return
    told = as_object(record)
    headers = " ".join(f"{name}={value}" for name, value in told["headers"].items())
    head = f"{record.coordinates}  {format_timestamp(record.timestamp)}  key={told['key']}"
    if not console.out.is_terminal:
        console.line(f"{head}  {headers}  {json_text(told['value'])}")
        return
    console.rule(head)
    console.line(headers, style="dim")
    if isinstance(told["value"], str):
        console.indented(told["value"])
    else:
        console.json(told["value"], indent=True)


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
    if value is not None and value.count(b"[") + value.count(b"{") > MAX_NESTING and _is_too_deep(value):
        return _text(value)
    try:
        return orjson.loads(value or b"null")
    except orjson.JSONDecodeError:
        return _text(value)


def _is_too_deep(value: bytes) -> bool:
    """Whether JSON is nested deeper than the library writes it, and than many a reader takes it."""
    with contextlib.suppress(orjson.JSONDecodeError):
        try:
            orjson.dumps({"value": orjson.loads(value)})
        except orjson.JSONEncodeError:
            return True
    return False


def _text(value: bytes | None) -> Any:
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode("ascii")}
