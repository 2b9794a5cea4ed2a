"""How far the restore of a partition's state is, as a note that anyone can read while it runs.

The worker notes it beside an offset of the changelog, committed for a group without members: `<group>.restoring`.
So a command on any machine can say it, without asking the worker.
"""

from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wiredesk.runtime.kafka.group_offsets import MAX_NOTE_BYTES
from wiredesk_schemas.headers import MAX_NUMBER


class RestoreNote(BaseModel):
    """The note beside a position in a changelog.

    Attributes:
        share: of the changelog that is read, from 0 to 1; 1: the state is restored.
        keys: of the state so far.
        size: bytes of its keys and values.
        began: when the restore began, in seconds since 1970.
        noted: when this was written.
    """

    model_config = ConfigDict(frozen=True)

    share: float = Field(ge=0, le=1)
    keys: int = Field(ge=0, le=MAX_NUMBER)
    size: int = Field(ge=0, le=MAX_NUMBER)
    began: float = Field(ge=0, le=MAX_NUMBER)
    noted: float = Field(ge=0, le=MAX_NUMBER)

    def text(self) -> str:
        """Return the note as it is committed."""
        return orjson.dumps(self.model_dump()).decode()

    @classmethod
    def parse(cls, text: str | None) -> "RestoreNote | None":
        """Return the note in the metadata of a committed offset; None if it is none."""
        if not text or len(text) > MAX_NOTE_BYTES:
            return None
        try:
            fields: Any = orjson.loads(text)
            return cls.model_validate(fields)
        except (orjson.JSONDecodeError, ValidationError):
            return None
