"""Dead letters: the record as received, and after its own headers ours, saying why."""

from datetime import UTC, datetime

from wiredesk.runtime.records import Failure, Output, Record
from wiredesk.runtime.topology import Stage
from wiredesk_schemas.headers import (
    DEAD_LETTER_PREFIX,
    DEAD_LETTER_RAW,
    DEAD_LETTER_RAW_HEADERS,
    Header,
    encode,
    rename_received,
)

MAX_MESSAGE = 2000
MAX_STACK = 8000
"""Characters kept: the last calls of a stack say where; thousands of frames of a recursion say nothing more."""


def dead_letter(stage: Stage, version: str, record: Record, failure: Failure) -> Output:
    """Return the dead letter of a record: key, value and headers byte for byte, then the reason in headers.

    What the record bears under our names is kept under other ones, so that nobody takes it for ours.
    """
    reason = {
        "reason": failure.reason,
        "message": failure.message[:MAX_MESSAGE],
        "stage": stage.name,
        "version": version,
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    if failure.stack:
        reason["stack"] = failure.stack[-MAX_STACK:]
    headers: list[Header] = [*encode((DEAD_LETTER_PREFIX + name, text) for name, text in reason.items())]
    if record.defect is not None:
        raw = record.defect.headers
        headers.append((DEAD_LETTER_RAW, b"value") if raw is None else (DEAD_LETTER_RAW_HEADERS, raw))
    return Output(stage.dead_letter_topic.name, record.key, record.value, (*rename_received(record.headers), *headers))
