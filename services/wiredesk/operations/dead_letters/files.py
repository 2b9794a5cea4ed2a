"""Exporting dead letters to a file, completely, and importing them again."""

import base64
import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import orjson

from wiredesk.operations.dead_letters.reading import Selection, read_letters
from wiredesk.runtime.dead_letters import DeadLetter, letter_key
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.records import Output
from wiredesk.runtime.topology import Stage
from wiredesk_schemas.headers import EXPORTED_ID, Header, decode_text, own_headers

TRANSACTIONAL_ID = "wiredesk.dlq.import"
"""Transactional id of every import, without prefix: one import fences the other."""

BATCH_RECORDS = 200
"""Dead letters in one transaction."""

TRANSACTION_SECONDS = 60.0
"""Timeout after which the broker aborts the transaction of an import that was killed."""


async def export_letters(cluster: Cluster, selection: Selection, path: Path) -> int:
    """Write the selected dead letters to a new file, one JSON object a line, bytes as base64; return how many.

    Raises:
        UsageError: the file exists.
        UnavailableError: the file cannot be written, or the cluster cannot be reached; then there is no file.
    """
    count = 0
    try:
        with _new_file(path) as file:
            async with contextlib.aclosing(read_letters(cluster, selection)) as letters:
                async for letter in letters:
                    file.write(orjson.dumps(to_json(letter)) + b"\n")
                    count += 1
    except FileExistsError:
        raise UsageError(f"{path} exists already: name a new file") from None
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror or error}") from error
    return count


def read_file(path: Path, stages: Iterable[Stage]) -> list[tuple[str, Output]]:
    """Return the dead letters of a file, each with the key under which it was exported.

    Raises:
        UsageError: the file cannot be read, or a line of it is not an exported dead letter of one of the stages.
    """
    topics = {stage.dead_letter_topic.name for stage in stages}
    letters = []
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    letters.append(from_json(line, topics))
                except orjson.JSONDecodeError as error:
                    raise UsageError(f"{path}, line {number}: not JSON: {error}") from error
                except KeyError as error:
                    raise UsageError(f"{path}, line {number}: not an exported dead letter: no {error}") from error
                except (TypeError, ValueError) as error:
                    raise UsageError(f"{path}, line {number}: not an exported dead letter: {error}") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    return letters


async def import_letters(cluster: Cluster, stages: Sequence[Stage], letters: Sequence[tuple[str, Output]]) -> int:
    """Write exported dead letters (see `read_file`) into their topics, except those that are there; return the number.

    Raises:
        UnavailableError: the cluster cannot be reached.
        TransactionError: a transaction failed; run it again: nothing is written twice.
    """
    transactional_id = cluster.settings.on_cluster(TRANSACTIONAL_ID)
    async with TransactionalProducer(cluster.settings, transactional_id, TRANSACTION_SECONDS) as producer:
        there: set[str] = set()
        async with contextlib.aclosing(read_letters(cluster, Selection(tuple(stages)))) as reading:
            async for letter in reading:
                key = exported_key(letter)
                there |= {key, key.partition("@")[0]}  # files of older versions have no timestamp in the key
        new = [output for key, output in dict(letters).items() if key not in there]
        for start in range(0, len(new), BATCH_RECORDS):
            await producer.write(new[start : start + BATCH_RECORDS])
    return len(new)


def exported_key(letter: DeadLetter) -> str:
    """Return the key of a dead letter in files: the key at the place where it was first written."""
    return decode_text(own_headers(letter.record.headers).get(EXPORTED_ID)) or letter_key(letter.record)


def to_json(letter: DeadLetter) -> dict[str, Any]:
    """Return a dead letter as the JSON object of a file."""
    record = letter.record
    return {
        "id": letter.id,
        "mark": exported_key(letter),
        "topic": letter.stage.dead_letter_topic.name,
        "reason": letter.reason,
        "key": _to_base64(record.key),
        "value": _to_base64(record.value),
        "headers": [[name, _to_base64(value)] for name, value in record.headers],
    }


def from_json(line: bytes, topics: set[str]) -> tuple[str, Output]:
    """Return the dead letter in a line of a file, with its key.

    Args:
        topics: the existing dead-letter topics.

    Raises:
        KeyError, TypeError, ValueError: the line is not an exported dead letter.
    """
    row = orjson.loads(line)
    if not isinstance(row, dict):
        raise TypeError("it is no JSON object")
    if row["topic"] not in topics:
        raise ValueError(f"no dead-letter topic {row['topic']}")
    headers: list[Header] = [(str(name), _from_base64(value)) for name, value in row["headers"]]
    # Files of older versions have only the id, which names another record after its topic was recreated.
    key = str(row.get("mark", row["id"]))
    if EXPORTED_ID not in own_headers(headers):
        headers.append((EXPORTED_ID, key.encode()))  # last: only there it is one of the runtime's own
    return key, Output(row["topic"], _from_base64(row["key"]), _from_base64(row["value"]), tuple(headers))


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that does not exist yet; delete it again if it was not written completely."""
    with path.open("xb") as file:
        try:
            yield file
            file.flush()
        except BaseException:
            path.unlink()
            raise


def _to_base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode("ascii")


def _from_base64(value: str | None) -> bytes | None:
    return None if value is None else base64.b64decode(value, validate=True)
