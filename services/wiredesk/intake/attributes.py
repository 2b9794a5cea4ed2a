"""What the headers and the query of a request say about its page, as headers of the page's record."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from wiredesk.intake.problems import ProblemError, ProblemKind
from wiredesk_schemas.headers import (
    HTTP_HEADERS,
    HTTP_STATUS,
    LANGUAGE,
    MAX_PROPAGATED,
    MAX_PROPAGATED_BYTES,
    PUBLICATION,
    SPEC_VERSION,
    SUBJECT,
    TIME,
    TRACE_CONTEXT,
    TRUNCATED,
    attribute_text,
    decode_url,
    from_http_header,
)

QUERY = MappingProxyType(
    {
        "url": SUBJECT,
        "fetched_at": TIME,
        "http_status": HTTP_STATUS,
        "source": PUBLICATION,
        "language": LANGUAGE,
        "is_truncated": TRUNCATED,
    }
)
"""The parameters of the query, named as the fields of a raw page, and the headers of the record that they become."""

LOCATION = "content-location"
"""The header of HTTP with the URL of a request's body (RFC 9110)."""

_URLS = frozenset({LOCATION, "ce-subject", "ce-source", "url"})
"""Headers and parameters that hold a URL."""

RESPONSE_PREFIX = "x-archive-orig-"
"""The prefix of the headers of the page's own response, as web archives name them when they replay a page."""

_OF_THE_BODY = frozenset({from_http_header("ce-datacontenttype"), from_http_header("ce-data")})
"""Attributes that describe the body, for which HTTP has its own header."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a request says about its page.

    Attributes:
        record: headers of the record: attributes of CloudEvents, and the trace context.
        response: headers of the page's own response.
    """

    record: dict[str, str] = field(default_factory=dict)
    response: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str | None:
        """The URL of the page."""
        return self.record.get(SUBJECT)

    @property
    def is_event(self) -> bool:
        """Whether the request is a CloudEvent in binary mode."""
        return SPEC_VERSION in self.record

    @property
    def trace(self) -> dict[str, str]:
        """The trace context."""
        return {name: value for name, value in self.record.items() if name in TRACE_CONTEXT}


def read_attributes(headers: Iterable[tuple[str, str]], query: Iterable[tuple[str, str]]) -> Attributes:
    """Read the attributes of a request.

    Values of a CloudEvent in binary mode (with `ce-specversion`) are percent-decoded, as its specification says. Those
    of other requests are taken as they are: a URL's own escapes are part of it.

    Raises:
        ProblemError: a parameter is unknown, or two places disagree.
    """
    given = [(name.lower(), _as_text(name.lower(), value.strip())) for name, value in headers]
    is_event = any(from_http_header(name) == SPEC_VERSION for name, _ in given)
    attributes = Attributes()
    for name, value in given:
        key = from_http_header(name)
        if key is not None and key not in _OF_THE_BODY:
            _add(attributes.record, key, _decoded(value) if is_event else value, f"header {name}")
        elif name == LOCATION:
            _add(attributes.record, SUBJECT, value, f"header {name}")
        elif name in TRACE_CONTEXT:
            attributes.record[name] = value
        elif name.startswith(RESPONSE_PREFIX) and len(name) > len(RESPONSE_PREFIX):
            own = name.removeprefix(RESPONSE_PREFIX)
            attributes.response[own] = ", ".join([*filter(None, [attributes.response.get(own)]), value])
    for name, value in query:
        if name not in QUERY:
            raise ProblemError(
                ProblemKind.INVALID_REQUEST, f"?{name[:40]}=: an unknown parameter; there are {', '.join(QUERY)}"
            )
        _add(attributes.record, QUERY[name], _as_text(name, value), f"parameter {name}")
    _check_size(attributes.record)
    return attributes


def _as_text(name: str, value: str) -> str:
    """Return the value of a header or parameter. Bytes that are not UTF-8 come from the server as surrogates.

    In a URL they are percent-encoded, as browsers send them; in other values they are Latin-1.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        content = value.encode("utf-8", "surrogateescape")
        return decode_url(content) if name in _URLS else content.decode("latin-1")
    return value


def _add(record: dict[str, str], key: str, value: str, where: str) -> None:
    value = attribute_text(value)
    if record.setdefault(key, value) != value:
        # Values are not quoted: a URL may have a password, and problems are logged.
        raise ProblemError(ProblemKind.INVALID_REQUEST, f"{where} differs from what another place of the request says")


def _decoded(value: str) -> str:
    """Return the value of an attribute of a CloudEvent, which may be quoted and is percent-encoded."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return decode_url(unquote_to_bytes(value.encode()))


def _check_size(record: dict[str, str]) -> None:
    """Check the attributes against the bounds within which later events pass them on.

    The URL and the headers of the page's response are not among these.
    """
    size = sum(len(name) + len(value) for name, value in record.items() if name not in (SUBJECT, HTTP_HEADERS))
    if len(record) > MAX_PROPAGATED or size > MAX_PROPAGATED_BYTES:
        raise ProblemError(
            ProblemKind.TOO_LARGE,
            f"{len(record)} attributes of {size} characters are more than {MAX_PROPAGATED} of {MAX_PROPAGATED_BYTES}",
        )
