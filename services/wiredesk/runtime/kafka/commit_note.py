"""The note that stands beside a committed offset: which life of the partition it is of, and what was never read.

Kafka keeps a string with each committed offset. Ours is JSON, `{"topic_id": …, "leader_epoch": …, "expired": …}`;
offsets that a person has set with another tool have none, and are taken as they are.
"""

from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wiredesk.runtime.records import MAX_INT32

MAX_BYTES = 1000
"""Of a note that is read: ours have less than a hundred."""


MAX_EXPIRED = 2**62
"""Such a number can still be added to, and written again; whoever may commit for the group may note any."""


class CommitNote(BaseModel):
    """What is noted with a committed offset.

    Attributes:
        topic_id: of the topic whose offset it is; empty where that is not known.
        leader_epoch: of the leader that wrote the last record before the offset; -1 where that is not known.
        expired: offsets that retention has deleted before the group read them, in all.
    """

    model_config = ConfigDict(frozen=True)

    topic_id: str = Field("", max_length=40)
    leader_epoch: int = Field(-1, ge=-1, le=MAX_INT32)
    expired: int = Field(0, ge=0, le=MAX_EXPIRED)

    def text(self) -> str:
        """Return the note as it is committed."""
        return orjson.dumps(self.model_dump()).decode()

    @classmethod
    def parse(cls, text: str | None) -> "CommitNote":
        """Return the note in a committed offset; one that says nothing where it is none of ours."""
        if not text or len(text) > MAX_BYTES:
            return cls()
        try:
            fields: Any = orjson.loads(text)
            return cls.model_validate(fields)
        except (orjson.JSONDecodeError, ValidationError):
            return cls()


@dataclass(frozen=True, slots=True)
class Committed:
    """A committed offset, and the note beside it."""

    offset: int
    note: CommitNote
