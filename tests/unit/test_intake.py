"""The intake over HTTP, without Kafka: what it publishes, and what it answers."""

import asyncio
import gzip
import json
from collections.abc import Iterator
from typing import Any

import aiohttp
import brotli
import pytest
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from backports import zstd

from tests.intake import EVENT, HTML, JSON, LINES, URL, Broker, Client, intake
from wiredesk.intake.delivery import UndeliveredError
from wiredesk.pages.record import FetchedPage, RawRecord
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk_schemas import RawPage

TOKEN = "a-token-of-a-crawler"  # noqa: S105 - of this test


async def test_an_event_is_published_as_it_is() -> None:
    async with intake() as client:
        reply = await client.post(b"\n " + EVENT + b"\n")
        assert (reply.status, reply.body["acknowledged"], reply.body["origins"]) == (202, 1, ["pages.raw/0/0"])
        assert client.broker.records == [(EVENT, [("content-type", b"application/json")])]
        assert client.broker.keys == [URL.encode()]


async def test_a_page_is_published_as_publish_does_in_binary_mode() -> None:
    async with intake() as client:
        assert (await client.post(b"\xc4\xe3", HTML, f"?url={URL}&http_status=200")).status == 202
        assert (await client.post(b"\xc4\xe3", {**HTML, "ce-subject": URL, "ce-httpstatus": "200"})).status == 202
        assert (await client.post(b"\xc4\xe3", {**HTML, "Content-Location": URL}, "?http_status=200")).status == 202
        expected = FetchedPage(URL, b"\xc4\xe3", HTML["Content-Type"], status=200).record(binary=True)
        for record in client.broker.records:
            assert without_id(record) == without_id(expected)


def without_id(record: RawRecord) -> tuple[bytes, dict[str, bytes | None]]:
    return record[0], {name: value for name, value in record[1] if name != "ce_id"}


async def test_what_a_request_says_about_its_page_is_in_the_event() -> None:
    headers = {
        "ce-subject": URL, "ce-time": "2026-01-02T03:04:05Z", "ce-httpstatus": "200", "ce-publication": "Paper",
        "ce-language": "en",
    }  # fmt: skip
    query = f"?url={URL}&fetched_at=2026-01-02T03:04:05Z&http_status=200&source=Paper&language=en"
    async with intake() as client:
        await client.post(b"<p>x", {**HTML, **headers})
        await client.post(b"<p>x", HTML, query)
        await client.post(b"<p>x", {**HTML, "X-Archive-Orig-ETag": "7", "x-archive-orig-vary": "a"}, query)
        binary, same, _ = (RawPage.from_record(*record) for record in client.broker.records)
        assert binary == same
        assert dict(client.broker.records[2][1])["ce_httpheaders"] == b'{"etag":"7","vary":"a"}'
        assert (binary.source, binary.language, binary.http_status) == ("Paper", "en", 200)


async def test_attributes_of_a_cloud_event_are_decoded_and_all_are_passed_on() -> None:
    attributes = {
        "ce-specversion": "1.0", "ce-type": "com.partner.page", "ce-id": "7", "ce-source": "/partner",
        "ce-subject": "https://paper.example/caf%C3%A9%2520x", "ce-partner": '"a%20b"', "ce-datacontenttype": "text/html",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "wiredesk_origin": "forged/0/0",
    }  # fmt: skip
    async with intake() as client:
        assert (await client.post(b"<p>x", {**HTML, **attributes})).status == 202
        assert (await client.post(EVENT, {**JSON, **attributes})).status == 202
        page, event = (dict(headers) for _, headers in client.broker.records)
    assert page["ce_subject"] == "https://paper.example/café%20x".encode()
    assert (page["ce_partner"], page["ce_id"], page["ce_source"]) == (b"a b", b"7", b"/partner")
    assert page["traceparent"] == event["traceparent"] == attributes["traceparent"].encode()
    assert "ce_datacontenttype" not in page
    assert "wiredesk_origin" not in page
    assert (event["content-type"], event["ce_partner"]) == (b"application/json", b"a b")


async def test_escapes_of_a_url_are_kept_if_the_request_is_no_cloud_event() -> None:
    async with intake() as client:
        await client.post(b"<p>x", {**HTML, "ce-subject": "https://paper.example/a%2Fb"})
        await client.post(b"<p>x", HTML, "?url=https%3A%2F%2Fpaper.example%2Fa%252Fb%3Fq%3D%E4%BD%A0")
        urls = [dict(headers)["ce_subject"] for _, headers in client.broker.records]
    assert urls == [b"https://paper.example/a%2Fb", "https://paper.example/a%2Fb?q=你".encode()]


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/cloudevents-batch+json; charset=utf-8", "application/vnd.crawler.page+json"],
)
async def test_an_array_of_events_is_a_batch(content_type: str) -> None:
    body = b'[{"url": "https://a.example/1", "body": "x"}, {"body": "x"}, {"specversion": "1.0", "data": {"url": "https://a.example/2", "body": "y"}}]'
    async with intake() as client:
        reply = await client.post(body, {"Content-Type": content_type})
        assert (reply.status, reply.body["pages"], reply.body["acknowledged"]) == (422, 3, 2)
        assert [failure["index"] for failure in reply.body["failures"]] == [1]
        assert json.loads(client.broker.records[1][0])["data"]["body"] == "y"


async def test_the_elements_of_an_array_are_published_with_their_bytes() -> None:
    odd = b'{"url": "https://a.example/", "n": 1e999, "body":"<p>\xe9\t\\ud800 x"}'
    async with intake() as client:
        assert (await client.post(b"\n[ " + odd + b" ,\n" + EVENT + b"\n] ", JSON)).status == 202
        assert [value for value, _ in client.broker.records] == [odd, EVENT]


async def test_an_element_with_two_urls_is_refused_as_a_single_event_is() -> None:
    unclear = b'{"url": "https://a.example/", "url": "https://b.example/", "body": "<p>x"}'
    async with intake() as client:
        for body in (unclear, b"[" + unclear + b"]"):
            reply = await client.post(body, JSON)
            assert (reply.status, client.broker.records) == (422, [])
            assert "url: given twice" in reply.body["detail"]


@pytest.mark.parametrize("body", [b"[,]", b"[{}", b"[{} {}]", b"[{},]", b"[{}] x", b"[", b"[{]", b"[" * 99999])
async def test_what_is_no_array_is_refused_whole(body: bytes) -> None:
    async with intake() as client:
        reply = await client.post(body, JSON)
        assert (reply.status, client.broker.records) == (422, [])
        assert "the body is not a JSON array" in reply.body["detail"]


async def test_every_line_has_an_outcome_of_its_own() -> None:
    large = b'{"url": "https://a.example/2", "body": "' + b"x" * 5000 + b'"}'
    body = b"\r\n".join([EVENT, b"", b"not JSON", large, b'{"url": "https://a.example/3"}', EVENT])
    async with intake(intake_page_bytes=4096) as client:
        reply = await client.post(body, LINES)
        assert (reply.status, reply.headers["Content-Type"]) == (422, "application/problem+json")
        assert (reply.body["pages"], reply.body["acknowledged"], reply.body["unread_from"]) == (5, 2, None)
        outcomes = [(one["index"], one["line"], one["status"]) for one in reply.body["failures"]]
        assert outcomes == [(1, 3, 422), (2, 4, 413), (3, 5, 422)]
        assert reply.body["failures"][2]["detail"].count("exactly one of body") == 1
        assert [origin is not None for origin in reply.body["origins"]] == [True, False, False, False, True]
        assert [value for value, _ in client.broker.records] == [EVENT, EVENT]


HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>From an archive.</p>"
WARC = (
    b"WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
    b"WARC-Target-URI: https://w.example/%d\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
    b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
)


@pytest.mark.parametrize("encode", [bytes, gzip.compress])
async def test_an_archive_is_published_as_publish_does(encode: Any) -> None:
    records = [WARC % (b"response", number, len(HTTP), HTTP) for number in range(3)]
    async with intake() as client:
        reply = await client.post(b"".join(map(encode, records)), {"Content-Type": "application/warc"})
        assert (reply.status, reply.body["pages"], reply.body["acknowledged"]) == (202, 3, 3)
        pages = [RawPage.from_record(*record) for record in client.broker.records]
    assert [page.url for page in pages] == [f"https://w.example/{number}" for number in range(3)]
    assert {(page.body_base64, page.http_status) for page in pages} == {(b"<p>From an archive.</p>", 200)}


@pytest.mark.parametrize("content_type", ["application/gzip", "application/octet-stream"])
async def test_an_archive_may_have_a_type_of_packed_files_and_a_page_in_one_has_its_url(content_type: str) -> None:
    archive = gzip.compress(WARC % (b"response", 1, len(HTTP), HTTP))
    async with intake() as client:
        reply = await client.post(archive, {"Content-Type": content_type})
        assert (reply.status, reply.body["acknowledged"]) == (202, 1)
        reply = await client.post(b"<p>no archive", {"Content-Type": content_type})
        assert (reply.status, "no WARC record" in str(reply.body)) == (422, True)
        reply = await client.post(gzip.compress(b"<p>A page."), {"Content-Type": content_type}, f"?url={URL}")
        assert (reply.status, reply.body["acknowledged"]) == (202, 1)
        assert RawPage.from_record(*client.broker.records[-1]).url == URL


async def test_the_cut_end_of_an_archive_is_named_and_the_pages_before_it_are_published() -> None:
    archive = b"".join(WARC % (kind, 1, len(HTTP), HTTP) for kind in (b"metadata", b"response", b"response"))
    async with intake() as client:
        reply = await client.post(archive[:-40], {"Content-Type": "application/warc"})
        assert (reply.status, reply.body["pages"], reply.body["acknowledged"]) == (422, 1, 1)
        assert [failure["index"] for failure in reply.body["failures"]] == [None]
        assert reply.body["passed_over"] == {"metadata record": 1}


async def test_a_body_without_a_page_is_refused() -> None:
    async with intake() as client:
        for body, headers in (
            (b"", LINES),
            (b"\n\n", LINES),
            (b"[]", JSON),
            (b"", {"Content-Type": "application/warc"}),
        ):
            reply = await client.post(body, headers)
            assert (reply.status, reply.body["pages"]) == (422, 0)


DEEP = b"[" * 60_000


@pytest.mark.parametrize(
    ("body", "headers", "query", "status", "detail"),
    [
        (b"{", JSON, "", 422, "not JSON"),
        (b"[{]", JSON, "", 422, "not a JSON array"),
        (DEEP, JSON, "", 422, "not a JSON array"),
        (b"", JSON, "", 422, "empty"),
        (b'{"url": "https://a.example/"}', JSON, "", 422, "exactly one of body and body_base64"),
        (EVENT, JSON, "?url=https://a.example/", 400, "an event in JSON states it itself"),
        (EVENT, JSON, "?ulr=https://a.example/", 400, "an unknown parameter"),
        (b"<p>x", HTML, "", 400, "needs its URL"),
        (b"<p>x", {}, "", 400, "needs its URL"),
        (b"{}", {"Content-Type": "application/vnd.crawler.page+json"}, "", 422, "url: expected"),
        (b"<p>x", {**HTML, "ce-subject": "https://a.example/"}, "?url=https://b.example/", 400, "differs"),
        (b"", HTML, "?url=https://a.example/", 422, "empty"),
        (b"<p>x", HTML, "?url=https://a.example/&http_status=many", 422, "http_status"),
        (b"url=x", {"Content-Type": "application/x-www-form-urlencoded"}, "", 415, "is a form's"),
        (EVENT, {**JSON, "Content-Encoding": "compress"}, "", 415, "none of gzip"),
        (EVENT, {**JSON, "Content-Encoding": "gzip"}, "", 400, "is not gzip"),
        (gzip.compress(EVENT)[:-9], {**JSON, "Content-Encoding": "gzip"}, "", 400, "ends within"),
        (EVENT, {**LINES, "ce-subject": "https://a.example/"}, "", 400, "leave it out"),
        (EVENT, {**JSON, "Expect": "200-ok"}, "", 417, "100-continue"),
        (EVENT, {**JSON, "Origin": "https://evil.example"}, "", 403, "Origin"),
        (b" " * 70_000, JSON, "", 413, "more than 65536"),
        (b"x" * 70_000, HTML, "?url=https://a.example/", 413, "more than 65536"),
        (gzip.compress(b" " * 70_000), {**JSON, "Content-Encoding": "gzip"}, "", 413, "more than 65536"),
    ],
)
async def test_what_is_refused_and_why(
    body: bytes, headers: dict[str, str], query: str, status: int, detail: str
) -> None:
    async with intake(intake_page_bytes=65536) as client:
        reply = await client.post(body, headers or {"Content-Type": ""}, query)
        assert (reply.status, reply.headers["Content-Type"]) == (status, "application/problem+json"), reply.body
        assert reply.body["status"] == status
        assert detail in reply.body["detail"]
        assert "\n" not in reply.body["detail"]
        assert not client.broker.records
        assert (await client.post()).status == 202, "the next request is served"


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("br", brotli.compress),
        ("zstd", zstd.compress),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),  # type: ignore[no-untyped-call]
        ("gzip", lambda body: gzip.compress(body[:20]) + gzip.compress(body[20:])),
    ],
)
async def test_content_encodings_of_a_body_are_undone(encoding: str, encode: Any) -> None:
    async with intake() as client:
        assert (await client.post(encode(EVENT), {**JSON, "Content-Encoding": encoding})).status == 202
        assert client.broker.records[0][0] == EVENT


@pytest.mark.parametrize(
    ("encoding", "encode"), [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstd.compress)]
)
async def test_a_body_that_expands_too_much_is_refused(encoding: str, encode: Any) -> None:
    async with intake() as client:
        reply = await client.post(encode(bytes(16 << 20)), {**LINES, "Content-Encoding": encoding})
        assert (reply.status, "times" in reply.body["detail"]) == (413, True)


async def test_only_acknowledged_pages_are_reported_as_published() -> None:
    refused: dict[bytes, bool | Exception] = {b"2": KafkaTimeoutError(), b"4": MessageSizeTooLargeError()}

    def decide(record: RawRecord) -> bool | Exception | None:
        return refused.get(record[0][-3:-2], True)

    body = b"\n".join(b'{"url": "https://a.example/", "body": "%d"}' % number for number in range(6))
    async with intake(Broker(decide)) as client:
        reply = await client.post(body, LINES)
        assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
        assert [(one["index"], one["status"]) for one in reply.body["failures"]] == [(2, 503), (4, 413)]
        assert (reply.body["acknowledged"], reply.body["unread_from"]) == (4, None)


async def test_reading_ends_when_no_broker_takes_pages() -> None:
    taken: Iterator[bool | Exception] = iter([True, True, UndeliveredError("no broker")])
    async with intake(Broker(lambda _: next(taken))) as client:
        reply = await client.post(b"\n".join([EVENT] * 5), LINES)
        assert (reply.status, reply.body["acknowledged"], reply.body["unread_from"]) == (503, 2, 3)
        assert [one["index"] for one in reply.body["failures"]] == [2]


async def test_an_acknowledgement_that_does_not_come_is_no_acknowledgement() -> None:
    async with intake(Broker(lambda _: None), intake_ack_timeout=0.05) as client:
        reply = await client.post()
        assert (reply.status, reply.body["acknowledged"], reply.body["failures"][0]["index"]) == (503, 0, 0)
        client.broker.acknowledge_all()


async def test_pages_in_flight_are_bounded() -> None:
    broker = Broker(lambda _: None)
    event = b'{"url": "https://a.example/", "body": "' + b"x" * 1000 + b'"}'
    async with intake(broker, intake_bytes=4500, intake_page_bytes=1100) as client:
        waiting = [asyncio.create_task(client.post(event)) for _ in range(2)]
        while len(broker.waiting) < 2:
            await asyncio.sleep(0)
        reply = await client.post(event)
        assert (reply.status, reply.headers["Retry-After"]) == (429, "1")
        broker.acknowledge_all()
        assert [(await one).status for one in waiting] == [202, 202]
        broker.decide = lambda _: True
        assert (await client.post(event)).status == 202


async def test_requests_at_a_time_are_bounded() -> None:
    broker = Broker(lambda _: None)
    async with intake(broker, intake_requests=1) as client:
        first = asyncio.create_task(client.post())
        while not broker.waiting:
            await asyncio.sleep(0)
        assert (await client.post()).status == 429
        broker.acknowledge_all()
        assert (await first).status == 202


async def test_a_client_has_a_rate() -> None:
    async with intake(intake_rate_pages=2) as client:
        assert (await client.post(b"\n".join([EVENT] * 10), LINES)).status == 202
        reply = await client.post()
        assert (reply.status, int(reply.headers["Retry-After"]) in (4, 5)) == (429, True)


async def test_a_token_is_needed_if_there_is_one() -> None:
    async with intake(intake_token=f"old-token-of-a-crawler, crawler:{TOKEN}") as client:
        for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
            reply = await client.post(EVENT, {**JSON, **header})
            assert (reply.status, reply.headers["WWW-Authenticate"][:6]) == (401, "Bearer")
        for token in ("old-token-of-a-crawler", TOKEN):
            assert (await client.post(EVENT, {**JSON, "Authorization": f"Bearer {token}"})).status == 202
        assert (await client.request("GET", "/metrics")).status == 401
        assert (await client.request("GET", "/health/live")).status == 200


async def test_no_page_is_taken_while_no_broker_answers() -> None:
    broker = Broker()
    async with intake(broker) as client:
        broker.trouble = Trouble(TroubleKind.NO_PRODUCER, "no Kafka broker answers")
        reply = await client.post()
        assert (reply.status, reply.headers["Retry-After"], reply.body["detail"]) == (
            503,
            "5",
            "no Kafka broker answers",
        )
        ready = await client.request("GET", "/health/ready")
        assert (ready.status, ready.body["reason"]) == (503, "no Kafka broker answers")
        assert (await client.request("GET", "/health/live")).status == 200


async def test_methods_and_paths() -> None:
    async with intake() as client:
        for method, path, status in (
            ("GET", "/pages", 405), ("PUT", "/pages", 405), ("POST", "/metrics", 405), ("GET", "/", 404),
            ("OPTIONS", "/pages", 204), ("HEAD", "/health/ready", 200), ("GET", "/metrics", 200), ("PATCH", "/pages", 405),
        ):  # fmt: skip
            reply = await client.request(method, path)
            assert reply.status == status, (method, path)
            if status in (204, 405):
                assert reply.headers["Allow"].startswith("POST" if path == "/pages" else "GET")
            assert "Access-Control-Allow-Origin" not in reply.headers


async def test_requests_in_progress_are_finished_before_the_end() -> None:
    broker = Broker(lambda _: None)
    async with aiohttp.ClientSession() as session, intake(broker) as client:
        url = client.url
        first = asyncio.create_task(Client(url, broker, session).post())
        while not broker.waiting:
            await asyncio.sleep(0)

        async def later() -> int:
            while (reply := await Client(url, broker, session).request("GET", "/health/ready")).status != 503:
                pass
            refused = await Client(url, broker, session).post()
            assert (refused.status, refused.headers["Connection"], "Retry-After" in refused.headers) == (
                503,
                "close",
                True,
            )
            assert not first.done()
            broker.acknowledge_all()
            return reply.status

        ending = asyncio.create_task(later())
    assert await ending == 503
    assert (await first).status == 202
