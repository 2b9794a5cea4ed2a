"""A raw page, as crawlers and partners publish it to `pages.raw`: what came over the wire, and from where."""

import base64
import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Self, cast

from pydantic import BeforeValidator, Field, PlainSerializer, PrivateAttr, WithJsonSchema, model_validator

from wiredesk_schemas.event import Event, Since
from wiredesk_schemas.header_lines import lines_of
from wiredesk_schemas.headers import CONTENT_TYPE, Headers, decode_url
from wiredesk_schemas.ingest_note import IngestNote
from wiredesk_schemas.raw_page_reading.envelopes import binary_fields, content_type_of, is_json, structured_fields
from wiredesk_schemas.raw_page_reading.fields import read_fields
from wiredesk_schemas.raw_page_reading.json_values import read_object
from wiredesk_schemas.raw_page_reading.mending import Mending
from wiredesk_schemas.raw_page_reading.record_headers import RecordHeaders
from wiredesk_schemas.raw_page_reading.withdrawn_names import withdrawn_name
from wiredesk_schemas.rights import STATED_RIGHTS

BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
"""The base64 of the contract, as a pattern for validators of JSON Schema; other forms are read, too, with a note."""

_WEB = re.compile(rb"\s*https?:", re.IGNORECASE)


def _bytes(value: Any) -> Any:
    return base64.b64decode(value, validate=True) if isinstance(value, str) else value


def _as_utc(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class RawPage(Event):
    """A page as fetched. Exactly one of `body` and `body_base64` is given.

    An event of this schema is read as it is. Events of other forms are read, too, where their meaning is clear, and
    have notes of what was mended (`ingest_notes` of later events); docs/contracts.md lists the forms.

    It comes in either content mode of CloudEvents for Kafka:

    *structured, or plain JSON* (content type `application/json`, `application/cloudevents+json`, or none): the value
    is an object of these fields; a CloudEvents envelope around them (`specversion`, `data`) is removed.

    *binary*: the value is the page, the header `content-type` is the page's own, `ce_subject` is the URL and
    `ce_time` the time of the fetch; the extensions `ce_httpstatus`, `ce_publication`, `ce_language` and
    `ce_rights` are `http_status`, `source`, `language` and `rights` (as JSON, or as a text).
    """

    TYPE: ClassVar[str] = "wiredesk.page.raw.v1"
    KEY: ClassVar[str] = (
        "the page's URL, without credentials and fragment, so that its fetches stay in their order; it may be "
        "absent. Of a record without value it names the page that is withdrawn"
    )
    """What the key of the event's record is to be, for publishers: see `raw_page_key`."""

    url: str = Field(min_length=1, description="absolute http or https URL")
    body: str | None = Field(default=None, description="the page as text, already decoded")
    body_base64: Annotated[
        bytes | None,
        BeforeValidator(_bytes),
        PlainSerializer(lambda value: None if value is None else base64.b64encode(value).decode("ascii")),
        WithJsonSchema(
            {"anyOf": [{"type": "string", "contentEncoding": "base64", "pattern": BASE64}, {"type": "null"}]}
        ),
    ] = Field(
        default=None,
        description="the page as the bytes that came over the wire, in base64. With line breaks, in the alphabet for "
        "URLs, without padding, or as a data: URL, it is read with a note",
    )
    content_type: str | None = Field(
        default=None,
        description="the page's media type: text/html; charset=gb2312",
        examples=["text/html; charset=utf-8"],
    )
    charset: str | None = Field(default=None, description="of `body_base64`, where the crawler knows it")
    fetched_at: Annotated[
        datetime | None,
        Field(
            description="without an offset it is read as UTC. Other forms are read with a note: RFC 1123, RFC 850, "
            "asctime, other ISO 8601, numbers since 1970; what is no time, or before 1990, counts as absent"
        ),
    ] = None
    http_status: int | None = Field(
        default=None,
        description="a page is skipped unless the status is one of 200 to 299 that has a body, also if HTTP does not "
        "have the status (0, 610, 999). `200 OK`, `200.0` and the like are read with a note",
    )
    http_headers: dict[str, str] | None = Field(
        default=None,
        description="of the response; names in any case. Several lines of one name may be separated by line "
        "feeds. Values that are lists or numbers, lists of pairs or of objects with name and value, and lines of text "
        "are read with a note",
    )
    source: str | None = Field(default=None, max_length=500, description="the publication, where the crawler knows it")
    language: str | None = Field(default=None, max_length=35, description="BCP 47, where the crawler knows it")
    is_truncated: Annotated[bool, Since("1.5")] = Field(
        default=False, description="the body lacks its end, as the crawler or the archive states"
    )
    rights: Annotated[dict[str, Any] | list[Any] | str | None, WithJsonSchema(STATED_RIGHTS), Since("1.5")] = Field(
        default=None,
        description="what the publisher states about the page's rights: terms of use, as a text, or statements by "
        "name (docs/rights.md)",
    )

    _notes: tuple[IngestNote, ...] = PrivateAttr(default=())
    _is_withdrawal: bool = PrivateAttr(default=False)
    _subject: str | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if (self.body is None) == (self.body_base64 is None) and not self._is_withdrawal:
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

    @property
    def notes(self) -> tuple[IngestNote, ...]:
        """What was mended to read the page. It is not part of the event's value."""
        return self._notes

    @property
    def subject(self) -> str | None:
        """The subject of the CloudEvent, if its data have a URL of their own. It is not part of the event's value."""
        return self._subject

    @property
    def is_withdrawal(self) -> bool:
        """Whether the record has no value: its publisher withdraws the page. The URL is its subject or key, if any."""
        return self._is_withdrawal

    def http_header(self, name: str) -> str | None:
        """Return a header of the HTTP response, whatever the case of its name; several lines are joined by commas.

        Of content types the last one is returned.
        """
        if not self.http_headers:
            return None
        stated = [value for key, value in self.http_headers.items() if key.lower() == name]
        if not stated:
            return None
        lines = [line for value in stated for line in lines_of(value)]
        return lines[-1] if name == CONTENT_TYPE else ", ".join(lines)

    @classmethod
    def from_record(cls, value: bytes | None, headers: Headers) -> Self:
        """Read a raw page from a Kafka record in either content mode.

        Raises:
            InvalidEventError: the value is not JSON, a field is missing or not clear, or a binary page has no URL.
        """
        mending = Mending()
        named = RecordHeaders(headers, mending)
        content_type = content_type_of(named)
        if is_json(content_type, value or b"", named):
            fields = structured_fields(read_object(value, mending), named, content_type, mending)
        else:
            fields = binary_fields(value or b"", named, content_type, mending)
        return cls._of(fields, mending)

    @classmethod
    def from_json(cls, value: bytes | None) -> Self:
        """Read a raw page in structured mode, or as plain JSON, from a value without headers."""
        return cls.from_record(value, ())

    @classmethod
    def from_object(cls, fields: dict[str, Any]) -> Self:
        """Read a raw page from its parsed JSON object."""
        return cls._of(fields, Mending())

    @classmethod
    def from_null(cls, key: bytes | None, headers: Headers) -> Self:
        """Read the withdrawal of a page: a record without value."""
        name = withdrawn_name(key, headers)
        # A key need not be a URL. Two keys must stay two, so that no byte of them is replaced.
        url = decode_url(name) if _WEB.match(name) else name.decode("utf-8", "surrogateescape")
        page = cast("Self", cls.model_construct(url=url))
        page._is_withdrawal = True  # noqa: SLF001 - the constructor has no private attributes
        return page

    @classmethod
    def _of(cls, fields: dict[str, Any], mending: Mending) -> Self:
        page: Self = super().from_object(read_fields(fields, mending))
        page._notes = mending.notes
        page._subject = mending.subject
        return page
