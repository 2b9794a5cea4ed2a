"""Dead letters: records that a stage could not process, byte for byte, with added headers that say why.

`dead_letter` makes one, `parse_letter` parses one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from wiredesk.runtime.records import Failure, Output, Record, instant, parse_coordinates
from wiredesk.runtime.topology import Stage
from wiredesk_schemas.headers import (
    DEAD_LETTER_PREFIX,
    DEAD_LETTER_RAW,
    DEAD_LETTER_RAW_HEADERS,
    REDRIVEN_FOR,
    Header,
    decode_text,
    encode,
    header,
    own_headers,
    received_headers,
    rename_received,
)

MAX_MESSAGE = 2000
"""Characters of the message that are kept."""

MAX_STACK = 8000
"""Characters of the stack trace that are kept, from its end. The last calls show where the error is; thousands of
frames of a recursion add nothing."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter that was read.

    Attributes:
        record: the record in the dead-letter topic.
        stage: the stage that could not process the original record.
        reason: a code for counting, such as `timeout`.
        message: one line for people.
        stack: the end of the stack trace; empty if there is none.
        version: version of the stage at that time.
        time: when the stage dead-lettered the record, in UTC.
        source: coordinates of the original record; empty if they are not known.
    """

    record: Record
    stage: Stage
    reason: str
    message: str
    stack: str
    version: str
    time: datetime
    source: str

    @property
    def id(self) -> str:
        """The name that commands show and take: `<dead-letter topic>/<partition>/<offset>`."""
        return self.record.coordinates

    @property
    def is_readable(self) -> bool:
        """Whether the value is that of the original record, and not the bytes of one that could not be parsed."""
        return DEAD_LETTER_RAW not in own_headers(self.record.headers)

    @property
    def headers(self) -> tuple[Header, ...]:
        """The headers that the original record had when the stage received it."""
        return received_headers(self.record.headers)


def dead_letter(stage: Stage, version: str, record: Record, failure: Failure) -> Output:
    """Return the dead letter of a record: key, value and headers byte for byte, then headers that say why.

    Headers of the record whose names are reserved for the runtime are renamed, so that nobody takes them for the
    runtime's own.
    """
    fields = {
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
        fields["stack"] = failure.stack[-MAX_STACK:]
    headers: list[Header] = [*encode((DEAD_LETTER_PREFIX + name, value) for name, value in fields.items())]
    if record.defect is not None:
        raw_headers = record.defect.headers
        headers.append(
            (DEAD_LETTER_RAW_HEADERS, raw_headers) if raw_headers is not None else (DEAD_LETTER_RAW, b"value")
        )
    return Output(stage.dead_letter_topic.name, record.key, record.value, (*rename_received(record.headers), *headers))


def is_for_another(stage: Stage, record: Record) -> bool:
    """Return whether a record was sent back for another stage that reads the same topic.

    At the entry it is not: there, headers say what a publisher wants them to say.
    """
    stage_name = None if stage.entry else header(record.headers, REDRIVEN_FOR)
    return stage_name not in (None, stage.name)


def parse_letter(stage: Stage, record: Record) -> DeadLetter | None:
    """Return the dead letter in a record of a stage's dead-letter topic; None if wiredesk did not write it."""
    ours = own_headers(record.headers)

    def field(name: str) -> str:
        return decode_text(ours.get(DEAD_LETTER_PREFIX + name))

    if not field("reason"):
        return None
    source = f"{field('topic')}/{field('partition')}/{field('offset')}"
    return DeadLetter(
        record=record,
        stage=stage,
        reason=field("reason"),
        message=field("message"),
        stack=field("stack"),
        version=field("version"),
        time=_parse_time(field("time"), record.timestamp),
        source=source if parse_coordinates(source) is not None else "",
    )


def letter_key(record: Record) -> str:
    """Return the key that identifies a dead letter: its coordinates and its timestamp.

    The coordinates alone name another record once the topic has been deleted and recreated.
    """
    return f"{record.coordinates}@{record.timestamp}"


def _parse_time(stated: str, timestamp: int) -> datetime:
    """Return when the stage dead-lettered the record: from the header, or else when the dead letter was written."""
    try:
        time = datetime.fromisoformat(stated)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # an offset of the time zone may lead out of the years that Python knows
        return instant(timestamp) or datetime.fromtimestamp(0, UTC)
