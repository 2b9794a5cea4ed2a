"""`dlq export` and `dlq import`: dead letters in a file, whole, and back."""

import asyncio
import base64
import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Annotated, Any

import orjson
import typer

from wiredesk import registry
from wiredesk.cli import console
from wiredesk.cli.dlq.selecting import Host, Reason, Selection, Since, Topic, selection
from wiredesk.cli.options import with_settings
from wiredesk.runtime import logs
from wiredesk.runtime.dead_letters import Letter, letters, mark
from wiredesk.runtime.errors import TransactionError, UnavailableError, UsageError
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.records import Output
from wiredesk.runtime.settings import KafkaSettings
from wiredesk_schemas.headers import EXPORTED_ID, Header, decode_text, own_headers

TRANSACTIONAL_ID = "wiredesk.dlq.import"

BATCH = 200
TRANSACTION_SECONDS = 60.0


@with_settings(kafka=KafkaSettings)
def export(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines; a new file.")],
    *,
    topic: Topic = None,
    reason: Reason = None,
    host: Host = None,
    since: Since = None,
    kafka: KafkaSettings,
) -> None:
    """Write dead letters to a file, whole: one JSON object a line, bytes as base64."""
    logs.quiet()
    chosen = selection(topic, reason, host, since)
    try:
        with _new_file(path) as file:
            count = asyncio.run(_export(kafka, chosen, file))
    except FileExistsError:
        raise UsageError(f"{path} is there already: name a new file") from None
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror or error}") from error
    console.line(f"{count} dead letters in {path}")


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that is not there yet, and take it away where it was not written to its end: half passes for all."""
    with path.open("xb") as file:
        try:
            yield file
            file.flush()
        except BaseException:
            path.unlink()
            raise


async def _export(kafka: KafkaSettings, chosen: Selection, file: IO[bytes]) -> int:
    count = 0
    async with contextlib.aclosing(letters(kafka, chosen.stages, since_ms=chosen.since_ms)) as reading:
        async for letter in reading:
            if chosen.wants(letter):
                file.write(orjson.dumps(_object(letter)) + b"\n")
                count += 1
    return count


def _object(letter: Letter) -> dict[str, Any]:
    record = letter.record
    return {
        "id": letter.id,
        "mark": _name(letter),
        "topic": letter.stage.dead_letter_topic.name,
        "reason": letter.reason,
        "key": _packed(record.key),
        "value": _packed(record.value),
        "headers": [[name, _packed(value)] for name, value in record.headers],
    }


def _name(letter: Letter) -> str:
    """Return what a dead letter is called in files: by where it first stood, and since when."""
    return decode_text(own_headers(letter.record.headers).get(EXPORTED_ID)) or mark(letter.record)


def _packed(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode("ascii")


@with_settings(kafka=KafkaSettings)
def import_letters(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="As 'wiredesk dlq export' wrote it.")],
    *,
    kafka: KafkaSettings,
) -> None:
    """Put dead letters from a file back into their dead-letter topics. Those that are there already stay alone."""
    logs.quiet()
    try:
        kept = list(_read(path))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    try:
        count = asyncio.run(_import(kafka, kept))
    except TransactionError as error:
        raise UnavailableError(f"importing stopped ({error}); run it again: nothing comes back twice") from error
    console.line(f"{count} dead letters imported, {len(kept) - count} were there")


def _read(path: Path) -> Iterator[tuple[str, Output]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield _parsed(line)
            except (KeyError, TypeError, ValueError) as error:
                raise UsageError(f"{path}, line {number}: no exported dead letter: {error}") from error


def _parsed(line: bytes) -> tuple[str, Output]:
    row = orjson.loads(line)
    if row["topic"] not in {stage.dead_letter_topic.name for stage in registry.stages().values()}:
        raise ValueError(f"no dead-letter topic {row['topic']}")
    headers: list[Header] = [(str(name), _unpacked(value)) for name, value in row["headers"]]
    # Files of older versions have only the id: it names another record once its topic has been made anew.
    name = str(row.get("mark", row["id"]))
    if EXPORTED_ID not in own_headers(headers):
        headers.append((EXPORTED_ID, name.encode()))  # last: it counts among the runtime's own headers only
    return name, Output(row["topic"], _unpacked(row["key"]), _unpacked(row["value"]), tuple(headers))


def _unpacked(value: str | None) -> bytes | None:
    return None if value is None else base64.b64decode(value, validate=True)


async def _import(kafka: KafkaSettings, kept: Sequence[tuple[str, Output]]) -> int:
    transactional_id = kafka.on_cluster(TRANSACTIONAL_ID)
    async with TransactionalProducer(kafka, transactional_id, TRANSACTION_SECONDS) as producer:
        there: set[str] = set()
        async with contextlib.aclosing(letters(kafka, list(registry.stages().values()))) as reading:
            async for letter in reading:
                name = _name(letter)
                there |= {name, name.partition("@")[0]}  # files of older versions say no time
        new = [output for letter_id, output in dict(kept).items() if letter_id not in there]
        for i in range(0, len(new), BATCH):
            await producer.write(new[i : i + BATCH])
    return len(new)
