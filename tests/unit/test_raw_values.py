"""Values of raw pages that are nearly JSON, and those that are not."""

import gzip
import json
import zlib
from typing import Any

import pytest

from tests.raw_events import URL, kinds, read, refused, value
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import RawPage
from wiredesk_schemas.raw_page_reading import json_values


@pytest.mark.parametrize(
    "event",
    [
        b"\xef\xbb\xbf" + value(),
        value().decode().encode("utf-16"),
        value().decode().encode("utf-16-le"),
        value().decode().encode("utf-32-be"),
        value() + b"\n\x00\x00",
        b"\x1e" + value() + b"\n",
        gzip.compress(value()),
        gzip.compress(value()[:9]) + gzip.compress(value()[9:]),
        zlib.compress(value()),
        b"[" + value() + b"]",
        json.dumps(value().decode()).encode(),
        json.dumps(json.dumps(value().decode())).encode(),
        value(n=float("nan")),
        value()[:-1] + b', "url": "' + URL.encode() + b'"}',
    ],
)
def test_a_value_that_is_nearly_json(event: bytes) -> None:
    page = read(event)
    assert (page.url, page.body) == (URL, "<p>x")
    assert kinds(page) in ([], ["event_repaired"])
    assert page.notes or event.startswith(b"\x1e")


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (b"", "empty"),
        (value() + value(), "several JSON values"),
        (b"[" + value() + b"," + value() + b"]", "a list of 2"),
        (value()[:-1] + b', "url": "https://other.example/"}', "url: given twice"),
        (b"<html><p>x", "content-type and its URL in ce_subject"),
        (b"null", "the value is null, not an object"),
        (b"\0\0\0\0\x05\x46https://n.example/\x0a<p>x", "frame of a schema registry"),
        (b'"x"', "not an object"),
        (b"[" * 5000, "nested too deeply"),
        (value()[:-1] + b', "n": ' + b"9" * 5000 + b"}", "thousands of digits"),
        (b"\x28\xb5\x2f\xfd" + value(), "compressed with zstd"),
        (gzip.compress(value())[:-9], "cut off"),
        (b"\x1f\x8b\x08" + value(), "damaged"),
        ("Größe und Maße ".encode("cp1252") * 99, "not UTF-8"),
    ],
)
def test_a_value_that_is_not_clear(event: bytes, message: str) -> None:
    assert message in refused(event)


def test_a_compressed_value_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_values, "MAX_JSON_BYTES", 1000)
    assert "larger than 1000 bytes" in refused(gzip.compress(value(body="x" * 100_000)))


@pytest.mark.parametrize("name", ["body", "source", "content_type", "language", "charset", "http_headers"])
def test_half_a_character_costs_that_half(name: str) -> None:
    half = {"http_headers": {"a": "x\ud800y"}}.get(name, "x\ud800y")
    event = value(**{name: half})
    for page in (read(event), RawPage.from_object(json.loads(event))):
        assert page.notes
        text = json.loads(page.to_json())[name]
        assert "\ufffd" in str(text)


def test_a_page_that_was_made_without_validation_can_be_written() -> None:
    page = RawPage.model_construct(url="https://a.example/\udcff", body="x", http_headers={"a": "b\udcff"})
    written = json.loads(page.to_json())
    assert (written["url"], written["http_headers"]) == ("https://a.example/\ufffd", {"a": "b\ufffd"})


def test_pairs_of_surrogates_that_were_encoded_one_by_one_are_characters() -> None:
    event = '{"url": "https://a.example/", "body": "\ud83d\ude00"}'.encode("utf-8", "surrogatepass")
    assert read(event).body == "😀"


def test_notes_go_with_the_page_and_not_with_its_value() -> None:
    page = read(b"\xef\xbb\xbf" + value(http_status="200 OK"))
    assert "notes" not in json.loads(page.to_json())
    accepted = Ingest()(page)
    assert accepted.ingest_notes == page.notes
    assert len(page.notes) == 2


def twice(name: str, one: str, other: str) -> bytes:
    """Return an event with a name that is given twice."""
    return value()[:-1] + f', "{name}": {one}, "{name}": {other}}}'.encode()


@pytest.mark.parametrize(
    "event",
    [
        twice("http_status", "200", "404"),
        twice("body_base64", '"eA=="', '"eQ=="'),
        value()[:-1] + rb', "\u0075rl": "https://other.example/"}',
        b'{"specversion": "1.0", "data": ' + twice("url", '"https://a.example/"', '"https://b.example/"') + b"}",
        b'{"specversion": "1.0", "data": {"url": "https://a.example/", "body": "x"}, "data": ' + value() + b"}",
    ],
)
def test_what_decides_is_not_given_twice(event: bytes) -> None:
    assert "given twice" in refused(event)


@pytest.mark.parametrize("before", ["", "\n", "\ufeff\r\n\t ", "\u3000" * 50, "\n" * 300, "é"])
def test_a_text_in_which_names_stand_hides_none_and_gives_none(before: str) -> None:
    body = f'{before}<!doctype html><p>{{"url": "https://a.example/", "url": 1, "http_status": 2}}' + "x" * 500
    for is_ascii in (False, True):
        text = json.dumps(body, ensure_ascii=is_ascii)
        event = f'{{"url": "https://a.example/", "body": {text}, "source": "Courier"}}'
        page = read(event.encode())
        assert page.body == body
        assert not page.notes
        for other in ('"url": "https://b.example/"', '"body": "<!doctype html>"'):
            for first, last in ((event, other), (f"{{{other}}}", event[1:-1])):
                assert "given twice" in refused(f"{first[:-1]}, {last}}}".encode())


@pytest.mark.parametrize("name", ["language", "charset", "fetched_at", "source"])
def test_of_another_name_that_is_given_twice_the_last_value_counts_with_a_note(name: str) -> None:
    page = read(twice(name, '"2024-05-01T12:00:00Z"', '"2024-05-02T12:00:00Z"'))
    assert page.notes[0].detail.endswith("the last value counts")


def test_headers_and_rights_that_are_given_twice_all_count() -> None:
    page = read(twice("http_headers", '{"x-robots-tag": "noai"}', '{"age": "5"}'))
    assert (page.http_headers, kinds(page)) == (
        {"x-robots-tag": "noai", "age": "5"},
        ["event_repaired", "field_repaired"],
    )
    rights = Ingest()(read(twice("rights", '{"no_ai": true, "license": "a", "license": "b"}', '"No print"'))).rights
    assert rights is not None
    assert (rights.no_ai, rights.licenses, rights.usage_terms) == (True, ("a", "b"), ("No print",))


def test_what_is_too_deep_to_be_a_statement_is_left_out() -> None:
    event = value(rights={"no_ai": True, "x": json.loads("[" * 900 + "]" * 900)})
    page = Ingest()(read(event))
    assert page.rights is not None
    assert page.rights.no_ai is True
    assert [note.kind for note in page.ingest_notes] == ["field_repaired", "rights_not_read"]
    read(event).to_json()


@pytest.mark.parametrize(
    "value",
    [
        {"schema": {"type": "struct"}, "payload": {"url": URL, "body": "<p>x"}},
        {"schema": {"type": "string"}, "payload": json.dumps({"url": URL, "body": "<p>x"})},
        {"url": {"string": URL}, "body": {"string": "<p>x"}, "body_base64": None},
        {"op": "c", "before": None, "after": {"url": URL, "body": "<p>x"}, "source": {"db": "x"}, "ts_ms": 1},
        {"op": "u", "after": json.dumps({"url": URL, "body": "<p>x"})},
    ],
)
def test_envelopes_of_connect_debezium_and_avro_are_removed(value: dict[str, Any]) -> None:
    page = read(json.dumps(value).encode())
    assert (page.url, page.body) == (URL, "<p>x")
    assert kinds(page) == ["event_repaired"]


def test_the_payload_of_connect_may_be_an_envelope_of_debezium() -> None:
    row = {"op": "r", "after": {"url": URL, "body": "<p>x"}}
    assert read(json.dumps({"schema": {}, "payload": row}).encode()).body == "<p>x"
    assert "deletion of a row" in refused(json.dumps({"op": "d", "before": {"url": URL}, "after": None}).encode())


@pytest.mark.parametrize("frame", [b"\0\0\0\0\x05", b"\0\0\0\0\0\0\0\0\x05", b"\x03\0" + bytes(16)])
def test_the_number_of_a_schema_before_a_value_is_removed(frame: bytes) -> None:
    page = read(frame + json.dumps({"url": URL, "body": "<p>x"}).encode())
    assert (page.body, kinds(page)) == ("<p>x", ["event_repaired"])


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": 404}, 404),
        ({"status": "200 OK"}, 200),
        ({"status": "active"}, None),
        ({"status": 7}, None),
        ({"status": True}, None),
        ({"status": 404, "http_status": 200}, 200),
    ],
)
def test_a_status_is_that_of_the_response_if_it_is_one(fields: dict[str, Any], status: int | None) -> None:
    assert read(json.dumps({"url": URL, "body": "<p>x", **fields}).encode()).http_status == status


def test_headers_are_those_of_the_response() -> None:
    page = read(json.dumps({"url": URL, "body": "<p>x", "headers": {"Content-Language": "de"}}).encode())
    assert page.http_headers == {"Content-Language": "de"}
