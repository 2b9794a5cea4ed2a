"""A dead letter: a record that a stage could not process, as received, with the reason in its headers."""

from datetime import datetime
from typing import Self

from pydantic import ConfigDict, Field

from wiredesk_schemas.event import InvalidEventError, Part
from wiredesk_schemas.headers import DEAD_LETTER_PREFIX, Headers, header


class DeadLetterHeaders(Part):
    """The headers that a dead letter has beside those of its record; on the wire each name begins with `wiredesk_dlq_`.

    Key, value and headers of the record are those it was received with, byte for byte; these headers come after them.
    A received header whose name begins with `wiredesk_` is renamed to `received_wiredesk_...`. So every name that
    begins with `wiredesk_` in a dead letter was written by the runtime.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)  # a header without a value is left out

    reason: str = Field(
        description="invalid_event, unknown_version, invalid_url, empty, binary, too_large, undecodable (the page); "
        "error, timeout, memory, crash, output_too_large (its processing); unreadable_record, unreadable_batch (bytes "
        "that cannot be parsed as a record); oversized_record (too large for any topic: the value is its batch)"
    )
    message: str = Field(description="for people: what is wrong, and where")
    stage: str
    version: str = Field(description="of the stage; empty where it is not known")
    topic: str = Field(description="the topic that the record was read from")
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)
    time: datetime = Field(description="when it was dead-lettered, with UTC offset")
    stack: str | None = Field(default=None, description="the end of the stack trace, where there is one")
    raw: str | None = Field(
        default=None,
        description="`value`: the value is the bytes of a record or batch that cannot be read, as received",
    )
    raw_headers: str | None = Field(
        default=None,
        description="the bytes of the record's headers as received, if a header name is not valid UTF-8; the dead "
        "letter has that name with escapes",
    )

    @classmethod
    def from_headers(cls, headers: Headers) -> Self:
        """Read a dead letter's headers.

        Raises:
            InvalidEventError: the record is not a dead letter.
        """
        values = {name: header(headers, DEAD_LETTER_PREFIX + name) for name in cls.model_fields}
        try:
            return cls.model_validate({name: value for name, value in values.items() if value is not None})
        except ValueError as error:
            raise InvalidEventError(f"not a dead letter: {error}") from error
