"""Raw pages in either content mode of CloudEvents."""

import base64
import json
from typing import Any

import pytest

from tests.raw_events import EIGHT, URL, kinds, read, refused, value
from wiredesk_schemas.headers import Header


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ({"data": {"body": "<p>x"}, "subject": URL}, "<p>x"),
        ({"data": {"url": URL, "body": "<p>x"}, "subject": "a-key"}, "<p>x"),
        ({"data": "<p>x", "datacontenttype": "text/html", "subject": URL}, "<p>x"),
        ({"data": "<p>x", "datacontenttype": "text/html", "source": URL}, "<p>x"),
        ({"data": "<p>x", "source": "https://news.example/", "subject": "/2024/pier"}, "<p>x"),
        ({"data": value().decode(), "datacontenttype": "application/json"}, "<p>x"),
        ({"data_base64": "PHA+eA==", "datacontenttype": "text/html", "subject": URL}, b"<p>x"),
        ({"data_base64": base64.b64encode(value()).decode(), "datacontenttype": "application/json"}, "<p>x"),
        ({"data_base64": base64.b64encode(value()).decode()}, "<p>x"),
    ],
)
def test_cloud_events_in_structured_mode(event: dict[str, Any], body: str | bytes) -> None:
    envelope = {"specversion": "1.0", "id": "1", "type": "t", "time": "2026-03-14T08:00:00Z", **event}
    content_type = ("content-type", b"application/cloudevents+json; charset=utf-8")
    page = read(json.dumps(envelope).encode(), content_type)
    assert (page.url, page.body if isinstance(body, str) else page.body_base64, page.fetched) == (URL, body, EIGHT)
    assert page.content_type == (event.get("datacontenttype") if "text/html" in event.values() else None)


@pytest.mark.parametrize(
    "event",
    [{}, {"data": None}, {"data": 5}, {"data": []}, {"data": "x"}, {"data": "x", "data_base64": "eA==", "subject": URL},
     {"data_base64": "?", "subject": URL}],
)  # fmt: skip
def test_cloud_events_without_a_page(event: dict[str, Any]) -> None:
    assert "data" in refused(json.dumps({"specversion": "1.0", "id": "1", "type": "t", **event}).encode())


def test_a_batch_of_cloud_events_is_refused_with_a_remedy() -> None:
    batch = json.dumps([{"specversion": "1.0"}] * 3).encode()
    message = refused(batch, ("content-type", b"application/cloudevents-batch+json"))
    assert "publish each" in message


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Type", b"text/html"), ("CE_Subject", URL.encode())],
        [("content-type", b"text/html"), ("ce-subject", URL.encode())],
        [("content-type", b'"text/html"'), ("ce_subject", f'"{URL}"'.encode())],
        [("content-type", b"text/html"), ("ce_subject", b"https%3A%2F%2Fnews.example%2F2024%2Fpier")],
        [("content-type", b"text/html"), ("ce_source", URL.encode())],
        [("content_type", b"text/html"), ("ce_subject", f"<{URL}>".encode())],
    ],
)
def test_binary_mode_with_headers_of_other_clients(headers: list[Header]) -> None:
    page = read(b"<p>x", *headers)
    assert (page.url, page.content_type, page.body_base64) == (URL, "text/html", b"<p>x")
    assert page.notes


@pytest.mark.parametrize("stated", [None, b"application/json"])
def test_a_page_that_is_published_as_json_by_default(stated: bytes | None) -> None:
    page = read(b"\xef\xbb\xbf <!doctype html><p>x", ("content-type", stated), ("ce_subject", URL.encode()))
    assert (page.url, page.content_type, kinds(page)) == (URL, None, ["event_repaired"])


def test_fields_in_json_with_the_attributes_in_headers() -> None:
    headers: list[Header] = [
        ("content-type", b"application/json"), ("ce_subject", URL.encode()), ("ce_time", b"2026-03-14T08:00:00Z"),
        ("ce_httpstatus", b"404"),
    ]  # fmt: skip
    page = read(b'{"body": "<p>x"}', *headers)
    assert (page.url, page.fetched, page.http_status, page.notes) == (URL, EIGHT, 404, ())
    assert read(value(url="https://own.example/"), *headers).url == "https://own.example/"


def test_a_page_in_binary_mode_has_the_headers_of_its_response() -> None:
    headers: list[Header] = [
        ("content-type", b"text/html"), ("ce_subject", URL.encode()), ("ce_truncated", b"true"),
        ("ce_httpheaders", b'{"content-language": "de"}'),
    ]  # fmt: skip
    page = read(b"<p>x", *headers)
    assert (page.http_headers, page.is_truncated, page.notes) == ({"content-language": "de"}, True, ())
    damaged = read(b"<p>x", *headers[:2], ("ce_truncated", b"?"), ("ce_httpheaders", b'{"content-lang'))
    assert (damaged.http_headers, damaged.is_truncated, kinds(damaged)) == (None, False, ["field_ignored"] * 2)


def test_an_object_of_fields_with_the_type_of_its_page() -> None:
    stated = ("content-type", b"text/html; charset=gb2312")
    for page in (read(value(), stated), read(value(), stated, ("ce_subject", b"https://other.example/"))):
        assert (page.url, page.body, page.content_type) == (URL, "<p>x", "text/html; charset=gb2312")


ENVELOPE = {"specversion": "1.0", "id": "1", "type": "t", "subject": URL}


def event(**attributes: Any) -> bytes:
    return json.dumps({**ENVELOPE, **attributes}).encode()


def test_an_envelope_states_the_type_and_the_response_of_its_page() -> None:
    page = read(event(datacontenttype="text/html", data={"body": "<p>x"}, httpheaders='{"age": "5"}', truncated=True))
    assert (page.content_type, page.http_headers, page.is_truncated) == ("text/html", {"age": "5"}, True)


@pytest.mark.parametrize(
    ("attributes", "note"),
    [
        ({"specversion": "0.3", "datacontentencoding": "base64", "data": "PHA+eA=="}, "event_repaired"),
        ({"specversion": "2.0", "data": "<p>x"}, "event_repaired"),
        ({"specversion": None, "data": "<p>x"}, "event_repaired"),
        ({"datacontenttype": 5, "data": "<p>x"}, "field_ignored"),
        ({"datacontenttype": "text/html", "data_base64": "PHA-eA"}, "field_repaired"),
        ({"datacontenttype": "application/json", "data_base64": "eyJib2R5IjogIjxwPngifQ"}, "field_repaired"),
    ],
)
def test_other_forms_of_an_envelope_have_a_note(attributes: dict[str, Any], note: str) -> None:
    page = read(event(**attributes))
    assert (page.body or (page.body_base64 or b"").decode()) == "<p>x"
    assert kinds(page) == [note]


@pytest.mark.parametrize("events", [[], [ENVELOPE], [ENVELOPE] * 2, [{"url": URL, "body": "x"}] * 2])
def test_a_list_is_read_if_it_is_one_event(events: list[Any]) -> None:
    """A record has one outcome, so that it has one page, whatever its content type says."""
    full = [{**one, "data": "<p>x"} if "specversion" in one else one for one in events]
    for content_type in (b"application/cloudevents+json", b"application/cloudevents-batch+json", b"application/json"):
        record = (json.dumps(full).encode(), ("content-type", content_type))
        if len(events) == 1:
            assert kinds(read(*record)) == ["event_repaired"]
        else:
            assert f"{len(events)}" in refused(*record)
