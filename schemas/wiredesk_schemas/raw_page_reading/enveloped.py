"""The event within an object of another format, and the response within an event."""

from typing import Any

from wiredesk_schemas.event import InvalidEventError
from wiredesk_schemas.raw_page_reading.bodies import BODY, BODY_BASE64
from wiredesk_schemas.raw_page_reading.fields import given_once, mean_same, meant_field, named_fields
from wiredesk_schemas.raw_page_reading.json_values import read_object
from wiredesk_schemas.raw_page_reading.mending import Mending, shown

ENVELOPES = frozenset(
    {"_source", "detail", "event", "item", "json", "log", "message", "page", "payload", "record", "value"}
)
"""Names, in lower case, under which other formats have an event: Logstash, Vector and SNS (`message`), Fluent Bit
(`log`), EventBridge (`detail`), Elasticsearch (`_source`), outboxes of Debezium (`payload`), consumers (`value`)."""

CHANGES = frozenset(
    {"__deleted", "__op", "action", "before", "delete", "deleted", "eventname", "op", "operation", "remove", "removed"}
)
"""Names, in lower case, of what was done with an event beside them. It may have been deleted: such an object is not
read."""

RESPONSES = frozenset({"httpresponse", "response"})
"""Names of a response within an event, without what separates their words."""

MAX_MEMBERS = 30
"""Members of an object that may be the envelope of another format."""

_OF_RESPONSE = (BODY, BODY_BASE64, "http_status", "http_headers", "content_type", "charset", "url")
"""Fields of a response, which count where the event has none."""

_DELETED = frozenset({"d", "true"})


def inner_event(event: dict[str, Any], mending: Mending) -> dict[str, Any]:
    """Return the event that another format has within an object of its own; another event as it is.

    It is the only member of an object, or the only one under a name of `ENVELOPES` that has a URL and a body.

    Raises:
        InvalidEventError: the event is a row of a database that was deleted.
    """
    if str(event.get("__deleted", event.get("__op"))).lower() in _DELETED:
        raise InvalidEventError("the value is a deleted row (Debezium): it has no page; a withdrawal has no value")
    if len(event) > MAX_MEMBERS or _has_url_or_body(event) or not CHANGES.isdisjoint(map(str.lower, event)):
        return event
    names = [name for name in event if len(event) == 1 or name.lower() in ENVELOPES]
    inner = {name: page for name in names if (page := _page_in(event[name], mending)) is not None}
    if len(inner) != 1:
        return event
    name, page = inner.popitem()
    mending.event(f"the event was within {shown(name)}")
    return page


def _has_url_or_body(event: dict[str, Any]) -> bool:
    return any(meant_field(name) in ("url", BODY, BODY_BASE64) for name in event)


def _page_in(value: Any, mending: Mending) -> dict[str, Any] | None:
    """Return an object, also as JSON in a string, if it has the URL of a page and a body or a response."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            value = read_object(value.encode("utf-8", "surrogatepass"), mending)
        except InvalidEventError:
            return None
    if not isinstance(value, dict):
        return None
    fields = {meant_field(name) for name, inner in value.items() if inner is not None}
    has_page = BODY in fields or BODY_BASE64 in fields or any(map(_is_response, value))
    return given_once(value, mending) if "url" in fields and has_page else None


def _is_response(name: str) -> bool:
    return name.replace("_", "").replace("-", "").lower() in RESPONSES


def with_response(event: dict[str, Any], mending: Mending) -> dict[str, Any]:
    """Return named fields, and those of a response within them where they have no value.

    Raises:
        InvalidEventError: their statuses differ.
    """
    name = next((name for name in event if _is_response(name) and isinstance(event[name], dict)), None)
    if name is None:
        return event
    stated = named_fields(given_once(event[name], mending), mending)
    response = {field: stated[field] for field in _OF_RESPONSE if stated.get(field) is not None}
    if not response.keys() & {BODY, BODY_BASE64, "http_status", "http_headers"}:
        return event
    if event.get(BODY) is not None or event.get(BODY_BASE64) is not None:
        response = {field: value for field, value in response.items() if field not in (BODY, BODY_BASE64)}
    statuses = [fields["http_status"] for fields in (event, response) if fields.get("http_status") is not None]
    if len(statuses) > 1 and not mean_same("http_status", *statuses):
        raise InvalidEventError(f"http_status: given twice, with another value in {shown(name)}")
    mending.event(f"{shown(name)} is read as the response: {', '.join(response) or 'nothing'}")
    return {**event, **{field: value for field, value in response.items() if event.get(field) is None}}
