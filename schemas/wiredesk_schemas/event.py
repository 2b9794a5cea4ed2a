"""Base classes of all events: frozen models, JSON on the wire, with a schema version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from wiredesk_schemas.headers import Headers
from wiredesk_schemas.ids import derived_event_id
from wiredesk_schemas.storable_text import well_formed

MAX_ERRORS_LISTED = 3
"""Errors of one event that a message lists, at most."""


class InvalidEventError(ValueError):
    """A value is not an event of the expected type. The message names the invalid fields and says what is wrong."""


class UnknownVersionError(InvalidEventError):
    """An event of a major version that this reader does not understand."""


@dataclass(frozen=True, slots=True)
class Since:
    """Marks a field that a later minor version added: older events of the same major version do not have it."""

    version: str


class Part(BaseModel):
    """A part of an event. Unknown fields are ignored, so a reader keeps working when a minor version adds fields.

    In the JSON Schema of what we write (mode `serialization`) every field is required that all events of the major
    version have: all but those marked with `Since`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_serialization_defaults_required=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the model's JSON Schema, which says which fields each event has, and since which version."""
        generated = handler(core_schema)
        schema = handler.resolve_ref_schema(generated)
        added = {name: mark.version for name, info in cls.model_fields.items() for mark in _marks(info.metadata)}
        required = [name for name in schema.get("required", ()) if name not in added]
        for name, field in schema.get("properties", {}).items():
            if name in added:
                field["description"] = "; ".join(filter(None, (field.get("description"), f"since {added[name]}")))
            elif name in required:
                field.pop("default", None)  # always written, so readers need no default
        if "required" in schema:
            schema["required"] = required
        return generated


class Event(Part):
    """An event on the wire.

    `TYPE` is the CloudEvents type, which ends with the schema's major version; `schema_version` in the value has the
    minor version, too. Within a major version fields are only added.
    """

    TYPE: ClassVar[str]

    def to_json(self) -> bytes:
        """Return the event's value: UTF-8 JSON, fields in the order of the model, absent ones as null."""
        fields = self.model_dump(mode="json")
        try:
            return orjson.dumps(fields)
        except TypeError:  # an unpaired surrogate, in an event that was made without validation
            return orjson.dumps(_well_formed(fields))

    @property
    def stated_time(self) -> datetime | None:
        """The time of what the event reports, as its publisher states it; None if it does not.

        It is used for events in the topic of an entry stage, and becomes the time of every event that is derived from
        them.
        """
        return None

    @classmethod
    def from_record(cls, value: bytes | None, headers: Headers) -> Self:  # noqa: ARG003 - some events are in them
        """Read an event from a Kafka record.

        Raises:
            InvalidEventError: the value is not a JSON object, or not one of this event.
        """
        return cls.from_json(value)

    @classmethod
    def from_null(cls, key: bytes | None, headers: Headers) -> Self:  # noqa: ARG003 - some events are in them
        """Read an event from a record without value, which Kafka calls a tombstone.

        Raises:
            InvalidEventError: events of this type have a value.
        """
        raise InvalidEventError("the value is empty")

    @classmethod
    def from_json(cls, value: bytes | None) -> Self:
        """Read an event's value.

        Raises:
            InvalidEventError: the value is not a JSON object, or not one of this event.
        """
        return cls.from_object(parse_object(value))

    @classmethod
    def from_object(cls, fields: dict[str, Any]) -> Self:
        """Read an event from its parsed JSON object.

        Raises:
            UnknownVersionError: it is of another major version.
            InvalidEventError: a field is missing, of the wrong type or out of bounds.
        """
        major, version = cls.TYPE.rpartition(".v")[2], fields.get("schema_version")
        if isinstance(version, str) and version.partition(".")[0].isdigit() and version.partition(".")[0] != major:
            raise UnknownVersionError(
                f"schema_version: {version[:20]!r} is another major version of {cls.__name__} than {major}, which this "
                "reader understands"
            )
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise InvalidEventError(f"not a valid {cls.__name__}: {_what_and_where(error)}") from error


class DerivedEvent(Event):
    """An event that a stage derived from a raw page: the identifiers that all of them carry."""

    schema_version: str = Field(pattern=r"^1\.\d+$", description="major.minor; this reader understands major 1")
    event_id: str = Field(
        description="UUIDv5 of page id, revision, and the stages passed, with their versions: a replay by the same "
        "versions gives the same id, so that a consumer can upsert"
    )
    page_id: str = Field(description="UUIDv5 of the canonical URL; also the record's key")
    revision: str = Field(description="SHA-256 of the decoded body, hexadecimal: changes when the page does")
    url: str = Field(
        description="where the page was fetched, as its publisher wrote it; without credentials. Of a withdrawn page "
        "whose key is no URL it is a URN"
    )
    canonical_url: str = Field(
        description="what identifies the page: its URL in canonical form, without fragment and tracking, or one that "
        "the page declares as its own (`canonical_evidence`)"
    )

    KEY: ClassVar[str] = "the page id"
    """What the key of the event's record is, for readers."""

    @property
    def key(self) -> str:
        """The key of the event's record: of the events of one key, the later one says what is so now."""
        return self.page_id

    @classmethod
    def derived_from(cls, parent: "DerivedEvent", stage: str, version: str, /, **fields: Any) -> Self:
        """Return an event that a stage derived from another one, with the identifiers of the same page.

        Args:
            parent: the event that the stage has read.
            stage: its name.
            version: of the stage: another version gives another event id.
            fields: all other fields of the event.
        """
        identifiers = {name: getattr(parent, name) for name in ("page_id", "revision", "url", "canonical_url")}
        event_id = derived_event_id(parent.event_id, stage, version)
        return cls.model_validate({**identifiers, "event_id": event_id, **fields})


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Stands for a record without value: what earlier events of its key say is not so any more.

    Attributes:
        key: of the record.
        of: the class of these events, in whose topic it is written.
    """

    key: str
    of: type[DerivedEvent]


def _well_formed(value: Any) -> Any:
    if isinstance(value, dict):
        return {well_formed(name): _well_formed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_well_formed(item) for item in value]
    return well_formed(value) if isinstance(value, str) else value


def _marks(metadata: list[Any]) -> list[Since]:
    return [mark for mark in metadata if isinstance(mark, Since)]


def parse_object(value: bytes | None) -> dict[str, Any]:
    """Parse a JSON object; anything else raises an error that names what it is instead."""
    if not value:
        raise InvalidEventError("the value is empty")
    try:
        fields = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise InvalidEventError(f"the value is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise InvalidEventError(f"the value is a JSON {type(fields).__name__}, not an object")
    return fields


def _what_and_where(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    listed = [f"{'.'.join(map(str, p['loc'])) or 'event'}: {p['msg']}" for p in problems[:MAX_ERRORS_LISTED]]
    more = len(problems) - len(listed)
    return "; ".join(listed) + (f"; and {more} more" if more > 0 else "")
