"""Events within objects of other formats, responses within events, and types around values."""

import base64
import json
from typing import Any

import pytest

from tests.raw_events import URL, kinds, read, refused, value

EVENT: dict[str, Any] = {"url": URL, "body": "<p>x", "http_status": 200}


@pytest.mark.parametrize(
    "event",
    [
        {"@timestamp": "2026-03-14T08:00:00Z", "@version": "1", "message": json.dumps(EVENT)},
        {"log": json.dumps(EVENT), "date": 1773475200.0},
        {"detail-type": "page", "source": "crawler", "detail": EVENT},
        {"Type": "Notification", "Message": json.dumps(EVENT)},
        {"_index": "pages", "_id": "1", "_source": EVENT},
        {"schema": {}, "payload": {"id": "1", "payload": json.dumps(EVENT)}},
        {"com.example.RawPage": EVENT},
        {"Page": {"URL": URL, "body": "<p>x", "response": {"status": 200}}},
        ["com.example.RawPage", EVENT],
        ["crawler.pages", 1773475200, EVENT],
    ],
)
def test_an_event_within_an_object_of_another_format(event: Any) -> None:
    page = read(json.dumps(event).encode())
    assert (page.url, page.body, page.http_status) == (URL, "<p>x", 200)
    assert set(kinds(page)) == {"event_repaired"}


@pytest.mark.parametrize(
    "event",
    [
        {"message": EVENT, "payload": {**EVENT, "url": URL + "s"}},
        {"message": {"url": URL}, "level": "info"},
        {"action": "delete", "page": EVENT},
        {"before": EVENT, "after": None},
        {"deleted": EVENT},
        {"other": EVENT, "another": 1},
        {"message": json.dumps(EVENT) + "x"},
        ["https://other.example/", EVENT],
        [EVENT, "name"],
        {**EVENT, "__deleted": "true"},
    ],
)
def test_an_object_in_which_the_event_is_not_clear(event: Any) -> None:
    assert refused(json.dumps(event).encode())


def test_an_event_within_another_is_given_once() -> None:
    inner = value()[:-1] + b', "url": "https://other.example/"}'
    assert "url: given twice" in refused(b'{"message": ' + inner + b', "level": "info"}')


@pytest.mark.parametrize("name", ["response", "Response", "http_response"])
def test_a_response_within_an_event_counts_where_the_event_says_nothing(name: str) -> None:
    response = {"status": 404, "headers": {"X-Robots-Tag": "noai"}, "body": "<p>y", "contentType": "text/html"}
    page = read(json.dumps({"url": URL, name: response}).encode())
    assert (page.body, page.http_status, page.content_type) == ("<p>y", 404, "text/html")
    page = read(value(**{name: response}))
    assert (page.body, page.http_status, page.http_header("x-robots-tag")) == ("<p>x", 404, "noai")
    assert read(value(http_status="404 Not Found", **{name: response})).http_status == 404
    assert "http_status: given twice" in refused(value(http_status=200, **{name: response}))


@pytest.mark.parametrize("response", ["HTTP/1.1 200 OK", {"time": 5}, {"status": "done"}, None, []])
def test_a_response_that_is_none_is_not_read(response: Any) -> None:
    page = read(value(response=response))
    assert (page.http_status, kinds(page)) == (None, [])


@pytest.mark.parametrize(
    ("field", "stated", "read_as"),
    [
        ("url", {"string": URL}, URL),
        ("url", {"stringValue": URL}, URL),
        ("url", {"value": URL}, URL),
        ("body", {"S": "<p>x"}, "<p>x"),
        ("http_status", {"$numberInt": "200"}, 200),
        ("http_status", {"double": 200.0}, 200),
        ("http_status", {"present": True, "value": 200}, 200),
        ("status", {"N": "200"}, 200),
        ("http_headers", {"map": {"Vary": {"array": ["a", "b"]}}}, {"Vary": "a, b"}),
        ("http_headers", {"M": {"Vary": {"S": "a"}}}, {"Vary": "a"}),
        ("http_headers", {"@class": "java.util.Map", "Vary": ["java.util.ArrayList", ["a"]]}, {"Vary": "a"}),
    ],
)
def test_types_around_values(field: str, stated: Any, read_as: Any) -> None:
    page = read(value(**{field: stated}))
    assert getattr(page, "http_status" if field == "status" else field) == read_as
    assert page.notes


def test_a_header_may_have_the_name_of_what_is_around_values() -> None:
    assert read(value(http_headers={"value": "a"})).http_headers == {"value": "a"}
    assert read(value(http_headers={"N": "a"})).http_headers == {"N": "a"}


@pytest.mark.parametrize(
    "body",
    [
        {"bytes": "<html><p>\xfc"},
        {"$type": "System.Byte[], mscorlib", "$value": base64.b64encode(b"<html><p>\xfc").decode()},
    ],
)
def test_bytes_with_their_type(body: dict[str, str]) -> None:
    page = read(json.dumps({"url": URL, "body_base64": body}).encode())
    assert page.body_base64 == b"<html><p>\xfc"
    assert page.notes
