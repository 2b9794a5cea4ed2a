"""A dead letter: a record that a stage could not process, as received, with the reason in its headers."""

from datetime import datetime
from typing import Self

from pydantic import ConfigDict, Field

from wiredesk_schemas.event import InvalidEventError, Part
from wiredesk_schemas.headers import DEAD_LETTER_PREFIX, Headers, header


class DeadLetterHeaders(Part):
    """The headers that a dead letter carries beside its own; on the wire each name begins with `wiredesk_dlq_`.

    Key, value and headers of the record are those it was received with, byte for byte; these headers come after them.
    A received header whose name begins with `wiredesk_` is renamed to `received_wiredesk_...`. So every name that
    begins with `wiredesk_` in a dead letter was written by the runtime.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)  # a header without a value is left out

    reason: str = Field(
        description="invalid_event, unknown_version, invalid_url, empty, binary, too_large, undecodable (the page); "
        "error, timeout, memory, crash, output_too_large (its processing); unreadable_record, unreadable_batch (bytes "
        "that no client can make a record of); oversized_record (it fits into no topic: the value is its batch)"
    )
    message: str = Field(description="for a reader: what and where")
    stage: str
    version: str = Field(description="of the stage; empty where it is not known")
    topic: str = Field(description="the topic that the record was read from")
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)
    time: datetime = Field(description="when it was given up, with offset")
    stack: str | None = Field(default=None, description="the end of the stack trace, where there is one")
    raw: str | None = Field(
        default=None,
        description="`value`: the value is the bytes of a record or batch that cannot be read, as they came",
    )
    raw_headers: str | None = Field(
        default=None,
        description="the bytes of the record's headers as they came, where a name among them is no text; in the dead "
        "letter that name has escapes",
    )

    @classmethod
    def from_headers(cls, headers: Headers) -> Self:
        """Read a dead letter's headers.

        Raises:
            InvalidEventError: the record is no dead letter.
        """
        found = {name: header(headers, DEAD_LETTER_PREFIX + name) for name in cls.model_fields}
        try:
            return cls.model_validate({name: value for name, value in found.items() if value is not None})
        except ValueError as error:
            raise InvalidEventError(f"no dead letter: {error}") from error
