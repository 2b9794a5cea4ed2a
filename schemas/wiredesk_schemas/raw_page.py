"""A raw page, as crawlers and partners publish it to `pages.raw`: what came over the wire, and from where."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from wiredesk_schemas.event import Event, InvalidEventError, parse_object
from wiredesk_schemas.headers import (
    CONTENT_TYPE,
    HTTP_STATUS,
    JSON,
    LANGUAGE,
    PUBLICATION,
    STRUCTURED_JSON,
    SUBJECT,
    TIME,
    Headers,
    header,
)

JSON_TYPES = frozenset({"", JSON, STRUCTURED_JSON, "text/json"})
"""Content types of a record whose value is a JSON object; with any other, the value is the page itself."""


def _from_base64(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a string of base64")  # noqa: TRY004 - pydantic reports a ValueError with its field
    if len(value) % 4:
        raise ValueError("not valid base64: its length is not a multiple of 4")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"not valid base64: {error}") from error


BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
"""The strings that `_from_base64` accepts, as a pattern for validators of JSON Schema."""


def _as_utc(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class RawPage(Event):
    """A page as fetched. Exactly one of `body` and `body_base64` is given.

    It comes in either content mode of CloudEvents for Kafka:

    *structured, or plain JSON* (content type `application/json`, `application/cloudevents+json`, or none): the value
    is an object of these fields; a CloudEvents envelope around them (`specversion`, `data`) is removed.

    *binary*: the value is the page, the header `content-type` is the page's own, `ce_subject` is the URL and
    `ce_time` the time of the fetch; the extensions `ce_httpstatus`, `ce_publication` and `ce_language` are
    `http_status`, `source` and `language`.
    """

    TYPE: ClassVar[str] = "wiredesk.page.raw.v1"

    url: str = Field(min_length=1, description="absolute http or https URL")
    body: str | None = Field(default=None, description="the page as text, already decoded")
    body_base64: Annotated[
        bytes | None,
        BeforeValidator(lambda value: None if value is None else _from_base64(value)),
        PlainSerializer(lambda value: None if value is None else base64.b64encode(value).decode("ascii")),
        WithJsonSchema(
            {"anyOf": [{"type": "string", "contentEncoding": "base64", "pattern": BASE64}, {"type": "null"}]}
        ),
    ] = Field(
        default=None,
        description="the page as the bytes that came over the wire, in base64",
    )
    content_type: str | None = Field(
        default=None,
        description="the page's media type: text/html; charset=gb2312",
        examples=["text/html; charset=utf-8"],
    )
    charset: str | None = Field(default=None, description="of `body_base64`, where the crawler knows it")
    fetched_at: Annotated[datetime | None, Field(description="without an offset it is read as UTC")] = None
    http_status: int | None = Field(default=None, ge=100, le=599)
    http_headers: dict[str, str] | None = Field(default=None, description="of the response; names in any case")
    source: str | None = Field(default=None, max_length=500, description="the publication, where the crawler knows it")
    language: str | None = Field(default=None, max_length=35, description="BCP 47, where the crawler knows it")

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if (self.body is None) == (self.body_base64 is None):
            raise ValueError("exactly one of body and body_base64 must be given")
        return self

    @property
    def fetched(self) -> datetime | None:
        """The time of the fetch, always with an offset."""
        return _as_utc(self.fetched_at)

    @property
    def stated_time(self) -> datetime | None:
        """The time of the fetch."""
        return self.fetched

    @property
    def declared_type(self) -> str | None:
        """The content type: stated, or else that of the HTTP response."""
        return self.content_type or self.http_header(CONTENT_TYPE)

    def http_header(self, name: str) -> str | None:
        """Return a header of the HTTP response, whatever the case of its name."""
        return next((v for k, v in (self.http_headers or {}).items() if k.lower() == name), None)

    @classmethod
    def from_record(cls, value: bytes | None, headers: Headers) -> Self:
        """Read a raw page from a Kafka record in either content mode.

        Raises:
            InvalidEventError: the value is not JSON, a field is missing or invalid, or a binary page has no URL.
        """
        content_type = header(headers, CONTENT_TYPE) or ""
        if content_type.partition(";")[0].strip().lower() in JSON_TYPES:
            return cls.from_object(_without_envelope(parse_object(value)))
        if not value:
            raise InvalidEventError("the value is empty")
        url = header(headers, SUBJECT)
        if not url:
            raise InvalidEventError(f"a page of content type {content_type[:100]!r} needs its URL in header {SUBJECT}")
        return cls.from_object(
            {
                "url": url,
                "body_base64": value,
                "content_type": content_type,
                "fetched_at": header(headers, TIME),
                "http_status": header(headers, HTTP_STATUS),
                "source": header(headers, PUBLICATION),
                "language": header(headers, LANGUAGE),
            }
        )


def _without_envelope(fields: dict[str, Any]) -> dict[str, Any]:
    """Remove the envelope of a structured CloudEvent; `subject` and `time` are used for what `data` leaves out."""
    if "specversion" not in fields:
        return fields
    data = fields.get("data")
    if not isinstance(data, dict):
        raise InvalidEventError("data: a structured CloudEvent holds the page's fields here, as an object")
    outer = {"url": fields.get("subject"), "fetched_at": fields.get("time")}
    return {**{name: value for name, value in outer.items() if value is not None}, **data}
