"""Raw pages as crawlers write them: read where their meaning is clear, with a note; refused where it is not."""

import base64
import gzip
import json
import textwrap
import zlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk import pipeline
from wiredesk.ingest.accept import Ingest
from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.records import Record
from wiredesk_schemas import AcceptedPage, InvalidEventError, RawPage, SkippedPage
from wiredesk_schemas.headers import Header
from wiredesk_schemas.raw_page_reading import json_values

URL = "https://news.example/2024/pier"
PAGE = "<p>Größe: ÿþ??>>"
ENCODED = base64.b64encode(PAGE.encode() * 9).decode()
EIGHT = datetime(2026, 3, 14, 8, tzinfo=UTC)


def value(**fields: Any) -> bytes:
    return json.dumps({"url": URL, "body": "<p>x", **fields}).encode()


def read(event: bytes, *headers: Header) -> RawPage:
    return RawPage.from_record(event, headers)


def refused(event: bytes, *headers: Header) -> str:
    with pytest.raises(InvalidEventError) as error:
        read(event, *headers)
    return str(error.value)


def kinds(page: RawPage) -> list[str]:
    return [note.kind for note in page.notes]


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
        (b"null", "not an object"),
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


def test_half_a_character_of_a_url_is_refused_since_another_page_may_have_the_other_half() -> None:
    for half in ("\ud800", "\udfff", "\udce9"):
        for event in (value(url=URL + half), value(URL=half + URL, url=None)):
            assert "url: expected an absolute http or https URL, got half" in refused(event)
        data = {"specversion": "1.0", "data": {"body": "<p>x"}, "subject": URL + half, "source": URL + half}
        assert "url: " in refused(json.dumps(data).encode())
        with pytest.raises(InvalidEventError, match="url: "):
            RawPage.from_object({"url": URL + half, "body": "x"})
    assert read(value(url=URL + "\ud83d\ude00")).url == URL + "😀"


@pytest.mark.parametrize("fields", [{}, {"body": "x" * 5000}])
def test_bytes_of_a_url_that_are_not_utf_8_are_refused_in_json(fields: dict[str, Any]) -> None:
    event = value(url=URL + "caf*", **fields).replace(b"*", b"\xe9")
    assert "url: expected an absolute http or https URL, got bytes in it that are not UTF-8" in refused(event)
    assert read(value(url=URL, body="caf*").replace(b"*", b"\xe9")).url == URL
    assert read(value(url=URL + "\ufffd")).url == URL + "\ufffd"


def test_bytes_of_a_url_that_are_not_utf_8_are_escaped_in_headers_as_browsers_do() -> None:
    html: Header = ("content-type", b"text/html")
    for name in ("ce_subject", "CE-Subject"):
        pages = [
            read(b"<p>x", html, (name, URL.encode() + tail)) for tail in (b"/caf\xe9", b"/caf\xe8", "/café".encode())
        ]
        assert [page.url for page in pages] == [URL + "/caf%E9", URL + "/caf%E8", URL + "/café"]
        assert [any("percent-encoded" in note.detail for note in page.notes) for page in pages] == [True, True, False]
    page = read(json.dumps({"body": "x"}).encode(), ("ce_subject", URL.encode() + b"/caf\xe9"))
    assert page.url == URL + "/caf%E9"
    page = read(b"<p>x", html, ("ce_source", URL.encode()), ("ce_subject", b"/caf\xe9"))
    assert page.url == "https://news.example/caf%E9"


def test_withdrawals_of_two_pages_stay_two() -> None:
    keys = [b"caf\xe9", b"caf\xe8", b"caf%E9", b"caf\\xe9", URL.encode() + b"\xe9", URL.encode() + b"\xe8"]
    events = [Ingest()(RawPage.from_null(key, ())) for key in keys]
    events += [Ingest()(RawPage.from_null(None, [("ce_subject", key)])) for key in keys]
    assert len({event.page_id for event in events}) == len(keys)


def test_a_page_that_was_made_without_validation_can_be_written() -> None:
    page = RawPage.model_construct(url="https://a.example/\udcff", body="x", http_headers={"a": "b\udcff"})
    written = json.loads(page.to_json())
    assert (written["url"], written["http_headers"]) == ("https://a.example/\ufffd", {"a": "b\ufffd"})


def test_pairs_of_surrogates_that_were_encoded_one_by_one_are_characters() -> None:
    event = '{"url": "https://a.example/", "body": "\ud83d\ude00"}'.encode("utf-8", "surrogatepass")
    assert read(event).body == "😀"


@pytest.mark.parametrize(
    ("stated", "time"),
    [
        ("2026-03-14T08:00:00Z", EIGHT),
        ("2026-03-14T09:00:00+01:00", EIGHT),
        ("2026-03-14T08:00:00", EIGHT),
        ("2026-03-14T08:00:00z", EIGHT),
        ("2026-03-14t08:00:00Z", EIGHT),
        ("2026-03-14 08:00:00", EIGHT),
        ("2026-03-14T08:00:00+0000", EIGHT),
        ("2026-03-14T09:00:00+01", EIGHT),
        ("2026-03-14T09:00+01:00[Europe/Paris]", EIGHT),
        ("2026-03-14 08:00:00.000000001 +0000 UTC", EIGHT),
        ("2026/03/14 08:00:00", EIGHT),
        ("20260314T080000Z", EIGHT),
        ("20260314080000", EIGHT),
        ("Sat, 14 Mar 2026 08:00:00 GMT", EIGHT),
        ("Sat, 14 Mar 2026 03:00:00 EST", EIGHT),
        ("14 Mar 2026 10:00 +0200", EIGHT),
        ("Saturday, 14-Mar-26 08:00:00 GMT", EIGHT),
        ("Sat Mar 14 08:00:00 2026", EIGHT),
        ("Sat Mar 14 08:00:00 UTC 2026", EIGHT),
        ("Sat Mar 14 2026 09:00:00 GMT+0100 (Central European Standard Time)", EIGHT),
        ("/Date(1773475200000)/", EIGHT),
        (1773475200, EIGHT),
        (1773475200000, EIGHT),
        (1773475200000000, EIGHT),
        (1773475200.5, EIGHT + timedelta(seconds=0.5)),
        ("1773475200", EIGHT),
        ("1773475200000", EIGHT),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-03-13T24:00:00Z", datetime(2026, 3, 14, tzinfo=UTC)),
        ("2026-03-14", datetime(2026, 3, 14, tzinfo=UTC)),
        ("Fri, 13 Mar 2026 23:59:60 GMT", datetime(2026, 3, 13, 23, 59, 59, tzinfo=UTC)),
        ("2026-03-14T13:30:00+05:30", datetime(2026, 3, 14, 13, 30, tzinfo=timezone(timedelta(hours=5.5)))),
    ],
)
def test_times(stated: Any, time: datetime) -> None:
    page = read(value(fetched_at=stated))
    assert page.fetched == time
    is_usual = isinstance(stated, str) and stated[10:11] == "T" and stated[-1:].isdecimal() | stated.endswith("Z")
    assert kinds(page) in ([], ["field_repaired"])
    assert page.notes or is_usual


@pytest.mark.parametrize(
    "stated",
    ["", " ", "soon", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", 0, -1, 2026, 1e300, True, [], {}, "9" * 500,
     "2026-02-30T00:00:00Z", "14 Mar 2026 08:00 CET", "03/04/2026 10:00", "\ud800"],
)  # fmt: skip
def test_a_time_that_is_none_costs_the_time_and_not_the_page(stated: Any) -> None:
    page = read(value(fetched_at=stated))
    assert (page.fetched, page.notes[-1].kind) == (None, "field_ignored")
    assert "fetched_at" in page.notes[-1].detail


@pytest.mark.parametrize("stated", ["200", " 200 ", "200 OK", "HTTP/1.1 200 OK", "HTTP/2 200", 200.0, "200.0"])
def test_a_status_in_other_forms(stated: Any) -> None:
    page = read(value(http_status=stated))
    assert (page.http_status, kinds(page)) == (200, ["field_repaired"])


@pytest.mark.parametrize("status", [0, -1, 99, 304, 404, 599, 600, 610, 999, "999", "404 Not Found", 610.0])
def test_a_status_without_a_page_is_skipped(status: Any) -> None:
    skipped = Ingest()(read(value(http_status=status)))
    assert isinstance(skipped, SkippedPage)
    assert skipped.reason == "http_error"
    assert bool(skipped.ingest_notes) == (not isinstance(status, int))


@pytest.mark.parametrize("status", ["gone", True, 1e30, 200.5, [200], {"code": 200}, "9" * 40])
def test_a_status_that_is_none_is_refused(status: Any) -> None:
    assert "http_status: expected a number" in refused(value(http_status=status))


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Language": ["de", "fr"], "X-Age": 5, "X-None": None},
        {"Content-Language": "de", "content-language": "fr"},
        [["Content-Language", "de"], ["content-language", "fr"]],
        [{"name": "Content-Language", "value": "de"}, {"name": "CONTENT-LANGUAGE", "value": "fr"}],
        [{"Content-Language": "de"}, {"Content-Language": "fr"}],
        ["Content-Language: de", "Content-Language: fr"],
        "HTTP/1.1 200 OK\r\nContent-Language: de\r\nContent-Language: fr\r\n",
        {"Content-Language": "de,\r\n fr\x00"},
    ],
)
def test_headers_in_other_forms(headers: Any) -> None:
    page = read(value(http_headers=headers))
    assert page.http_header("content-language") == "de, fr"
    assert kinds(page) == ["field_repaired"]


def test_of_two_content_types_the_last_one_counts() -> None:
    page = read(value(http_headers=[["Content-Type", "text/plain"], ["content-type", "text/html"]]))
    assert page.declared_type == "text/html"


@pytest.mark.parametrize("headers", [5, True, "no headers", [1, 2]])
def test_headers_that_are_none_are_ignored(headers: Any) -> None:
    page = read(value(http_headers=headers))
    assert (page.http_headers, kinds(page)) == (None, ["field_ignored"])


@pytest.mark.parametrize(
    "encoded",
    [
        "\n".join(textwrap.wrap(ENCODED, 76)) + "\n",
        "\r\n".join(textwrap.wrap(ENCODED, 64)),
        " ".join(textwrap.wrap(ENCODED, 76)),
        f" {ENCODED} ",
        base64.urlsafe_b64encode(PAGE.encode() * 9).decode(),
        ENCODED.rstrip("="),
        f"data:text/html;base64,{ENCODED}",
        str(base64.b64encode(PAGE.encode() * 9)),
    ],
)
def test_base64_in_other_forms(encoded: str) -> None:
    page = read(json.dumps({"url": URL, "body_base64": encoded}).encode())
    assert page.body_base64 == PAGE.encode() * 9
    assert kinds(page) == ([] if encoded == ENCODED else ["field_repaired"])


def test_a_data_url_states_the_type_of_the_page() -> None:
    fields = {"url": URL, "body_base64": f"data:text/html;charset=gb2312;base64,{ENCODED}"}
    assert RawPage.from_object(fields).content_type == "text/html;charset=gb2312"
    assert RawPage.from_object({**fields, "content_type": "text/plain"}).content_type == "text/plain"
    assert (
        RawPage.from_object({"url": URL, "body_base64": "data:text/html,%3Cp%3E%C3%A4"}).body_base64 == "<p>ä".encode()
    )


@pytest.mark.parametrize("encoded", ["e", "eA==eA==", "<html>", "eHh4 eHh4eHh4 eHh4", 5, ["eA=="], {"a": 1}, "é"])
def test_base64_that_is_not_clear(encoded: Any) -> None:
    assert "body_base64: expected" in refused(json.dumps({"url": URL, "body_base64": encoded}).encode())


def test_a_space_may_be_a_plus_that_a_form_has_decoded() -> None:
    encoded = base64.b64encode(b"\xfb\xff\x00abcd" * 5).decode()
    assert "+" in encoded
    assert "spaces within lines" in refused(json.dumps({"url": URL, "body_base64": encoded.replace("+", " ")}).encode())


@pytest.mark.parametrize(
    ("text", "encoded", "expected"),
    [
        ("x", "eA==", ("x", None)),
        ("", "eA==", (None, b"x")),
        ("x", "", ("x", None)),
        ("ä", base64.b64encode("\ufeffä".encode()).decode(), ("ä", None)),
    ],
)
def test_two_bodies_of_one_page(text: str, encoded: str, expected: tuple[str | None, bytes | None]) -> None:
    page = RawPage.from_object({"url": URL, "body": text, "body_base64": encoded})
    assert (page.body, page.body_base64) == expected
    assert kinds(page) == ["event_repaired"]


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


@pytest.mark.parametrize(
    ("stated", "truncated", "notes"),
    [(True, True, []), (None, False, []), (1, True, ["field_repaired"]), ("no", False, ["field_repaired"]),
     ("?", False, ["field_ignored"])],
)  # fmt: skip
def test_whether_a_page_is_truncated(stated: Any, truncated: bool, notes: list[str]) -> None:  # noqa: FBT001 - a column
    page = read(value(is_truncated=stated))
    assert (page.is_truncated, kinds(page)) == (truncated, notes)


def test_an_object_of_fields_with_the_type_of_its_page() -> None:
    stated = ("content-type", b"text/html; charset=gb2312")
    for page in (read(value(), stated), read(value(), stated, ("ce_subject", b"https://other.example/"))):
        assert (page.url, page.body, page.content_type) == (URL, "<p>x", "text/html; charset=gb2312")


def test_names_in_two_spellings_must_agree() -> None:
    for name, other in {"url": URL + "s", "body": "<p>y", "http_status": 404}.items():
        event = json.loads(value(http_status=200)) | {name.upper(): other}
        assert refused(json.dumps(event).encode()) == f"{name}: given twice, with another value as '{name.upper()}'"
        assert read(json.dumps(event | {name.upper(): event[name]}).encode()).url == URL
        assert read(json.dumps(event | {name: None, name.upper(): event[name]}).encode()).url == URL
    assert "'Url'" in refused(value(url=None, URL=URL, Url=URL + "s"))
    assert read(value(url=f" <{URL}>", URL=URL)).url == URL
    assert read(value(http_status=200, statusCode="200")).http_status == 200
    assert read(value(language="de", Language="en")).language == "de"


def test_names_in_other_spellings() -> None:
    event = {"URL": URL, "bodyBase64": "eA==", "content-type": "text/html", "statusCode": 200, "Source": "The Paper"}
    page = RawPage.from_object(event)
    assert (page.url, page.body_base64, page.content_type, page.http_status) == (URL, b"x", "text/html", 200)
    assert page.source == "The Paper"
    assert kinds(page) == ["event_repaired"] * 5


@pytest.mark.parametrize("event", [{"uri": URL, "html": "x"}, {"url": URL, "html": "x"}, {"url": 5, "body": "x"}])
def test_names_that_are_not_ours_are_named(event: dict[str, Any]) -> None:
    assert "the event has" in (message := refused(json.dumps(event).encode())) or "expected an absolute" in message


def test_text_that_is_not_clear_is_ignored() -> None:
    page = read(value(content_type=5, charset=[], source={}, language="x" * 40))
    assert (page.content_type, page.charset, page.source, page.language) == (None, None, None, None)
    assert kinds(page) == ["field_ignored"] * 4
    assert read(value(source="s" * 600, charset=None)).source == "s" * 500


@pytest.mark.parametrize(
    ("stated", "tag", "notes"),
    [
        ("en-GB", "en-GB", []),
        ("EN-us", "en-US", []),
        ("zh-hant-tw", "zh-Hant-TW", []),
        ("haw", "haw", []),
        ("fr, en;q=0.5", "fr", []),
        ("en_US", "en-US", ["field_repaired"]),
        ("de_DE.UTF-8", "de-DE", ["field_repaired"]),
        ("eng", "en", ["field_repaired"]),
        ("English", "en", ["field_repaired"]),
        ("deutsch", "de", ["field_repaired"]),
        ("{{lang}}", None, ["field_ignored"]),
        ("", None, []),
    ],
)
def test_languages(stated: str, tag: str | None, notes: list[str]) -> None:
    page = Ingest()(read(value(language=stated)))
    assert isinstance(page, AcceptedPage)
    assert (page.language, [note.kind for note in page.ingest_notes]) == (tag, notes)


@pytest.mark.parametrize(
    ("key", "subject", "url"),
    [
        (URL.encode() + b"?utm_source=x", None, URL),
        (b"11111111-1111-5111-8111-111111111111", None, "urn:uuid:11111111-1111-5111-8111-111111111111"),
        (b"a key/7", None, "urn:wiredesk:key:a%20key%2F7"),
        (b"\xff", None, "urn:wiredesk:key:%FF"),
        (b"", None, "urn:wiredesk:no-key"),
        (None, None, "urn:wiredesk:no-key"),
        (b"a key", URL.encode(), URL),
    ],
)
def test_a_record_without_value_is_a_withdrawal(key: bytes | None, subject: bytes | None, url: str) -> None:
    headers = (("ce_subject", subject),) if subject else ()
    (output,) = pipeline.ingest()(Record("pages.raw", 0, 0, 0, key, None, headers))
    skipped = SkippedPage.from_json(output.value)
    assert (output.topic, skipped.reason, skipped.canonical_url) == ("pages.skipped", "withdrawn", url)
    assert output.key == skipped.page_id.encode()
    assert dict(output.headers)["ce_subject"] == url.encode()


@pytest.mark.parametrize("key", [b"k" * 5000, b"ftp://user:hunter2@host/", b"https:// user:hunter2@"])
def test_a_key_is_bounded_and_its_password_stays_there(key: bytes) -> None:
    (output,) = pipeline.ingest()(Record("pages.raw", 0, 0, 0, key, None, ()))
    assert b"hunter2" not in (output.value or b"")
    assert len(output.value or b"") < 1000


@pytest.mark.parametrize("handler", [pipeline.extractor])
def test_later_topics_have_no_withdrawals(handler: Any) -> None:
    with pytest.raises(RejectedError, match="the value is empty"):
        handler()(Record("pages.accepted", 0, 0, 0, b"k", None, ()))


def test_notes_go_with_the_page_and_not_with_its_value() -> None:
    page = read(b"\xef\xbb\xbf" + value(http_status="200 OK"))
    assert "notes" not in json.loads(page.to_json())
    accepted = Ingest()(page)
    assert accepted.ingest_notes == page.notes
    assert len(page.notes) == 2


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
shapes = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3), max_leaves=6)  # fmt: skip
odd = st.sampled_from(
    ["200 OK", "data:,x", "b'eA=='", "\ud800", "a\x00b", "Sat, 14 Mar 2026 08:00:00 GMT", "1773475200", "/Date(-1)/", "https%3A%2F%2Fa.example", "<https://a.example>", "A: b", "9" * 30, "2026-03-14T25:61:61+99:99"]
)  # fmt: skip
names = st.sampled_from(
    ["url", "body", "body_base64", "content_type", "charset", "fetched_at", "http_status", "http_headers", "source", "language", "schema_version", "specversion", "data", "data_base64", "subject", "time", "datacontenttype", "bodyBase64"]
)  # fmt: skip
events = st.dictionaries(names, shapes | odd, max_size=8).map(lambda fields: {"url": URL, "body": "x", **fields})


def check(event: bytes, headers: list[Header]) -> None:
    """Fail unless a record is a page that can be written, or is refused with a short message."""
    try:
        page = RawPage.from_record(event, headers)
    except InvalidEventError as error:
        message = str(error)
    else:
        message = ""
        page.to_json()
        assert all(len(note.detail) <= 200 for note in page.notes)
    assert len(message) < 2000


@given(events)
def test_any_object_is_a_page_or_refused(event: dict[str, Any]) -> None:
    check(json.dumps(event).encode(), [])


@given(
    st.binary(max_size=300) | st.binary(max_size=40).map(gzip.compress) | events.map(lambda e: json.dumps(e).encode("utf-16")),
    st.lists(
        st.tuples(
            st.sampled_from(["content-type", "CE_subject", "ce-time", "ce_httpstatus", "ce_source", "x"]),
            st.none() | st.binary(max_size=30) | st.sampled_from([b"text/html", b"application/json", URL.encode(), b'"']),
        ),
        max_size=5,
    ),
)  # fmt: skip
def test_any_record_is_a_page_or_refused(event: bytes, headers: list[Header]) -> None:
    check(event, headers)


@pytest.mark.parametrize(
    "url",
    [
        " https://user:hunter2@a.example/",
        "https%3A%2F%2Fuser:hunter2@a.example%2F",
        '"https://user:hunter2@a.example/b c"',
    ],
)
def test_no_note_quotes_a_password(url: str) -> None:
    headers = "Authorization hunter2"
    for page in (RawPage.from_object({"url": url, "body": "x", "http_headers": headers}), read(b"<p>x", ("content-type", b"text/html"), ("CE-SUBJECT", url.encode()))):  # fmt: skip
        assert page.notes
        assert not any("hunter2" in note.detail for note in page.notes)
