"""Dead letters: the record as received, and after its own headers ours, saying why."""

from datetime import UTC, datetime

from wiredesk.runtime.headers import DEAD_LETTER, set_aside
from wiredesk.runtime.records import Failure, Header, Output, Record
from wiredesk.runtime.topology import Stage

RAW = "wiredesk_dlq_raw"
"""Its value is the bytes of a record, or of a batch of them, that could not be read; it cannot go back as a record."""

RAW_HEADERS = "wiredesk_dlq_raw_headers"
"""The record's headers as they came, on the wire: a name among them is none, and stands in the dead letter escaped."""

MAX_MESSAGE = 2000
MAX_STACK = 8000
"""Characters kept: the last calls of a stack say where; thousands of frames of a recursion say nothing more."""


def dead_letter(stage: Stage, version: str, record: Record, failure: Failure) -> Output:
    """Return the dead letter of a record: key, value and headers byte for byte, then the reason in headers.

    What the record bears under our names is kept under other ones, so that nobody takes it for ours.
    """
    told = {
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
        told["stack"] = failure.stack[-MAX_STACK:]
    headers: list[Header] = [(DEAD_LETTER + name, text.encode("utf-8", "replace")) for name, text in told.items()]
    if record.defect is not None:
        headers.append((RAW_HEADERS, record.defect.headers) if record.defect.headers is not None else (RAW, b"value"))
    return Output(stage.dead_letter_topic.name, record.key, record.value, (*set_aside(record.headers), *headers))
