"""Slow, rude and broken clients of the intake, over bare sockets."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest

from tests.intake import EVENT, Broker, Client, intake
from wiredesk.http import connections
from wiredesk.intake import body

HEAD = b"POST /pages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@contextlib.asynccontextmanager
async def connected(client: Client) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(client.url.rpartition(":")[2]))
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, object]]:
    """Read the answer of a connection that is closed after it."""
    head, _, content = (await reader.read()).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(content)


async def test_a_connection_without_a_request_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.05)
    monkeypatch.setattr(connections, "LINGER_SECONDS", 0.05)
    async with intake() as client:
        for sent in (b"", b"POST /pa", HEAD, HEAD + b"X-Slow: "):
            async with connected(client) as (reader, writer):
                writer.write(sent)
                with contextlib.suppress(ConnectionError):
                    assert await reader.read() == b""


async def test_a_body_that_does_not_come_ends_the_request() -> None:
    async with intake(intake_read_timeout=0.05) as client, connected(client) as (reader, writer):
        writer.write(HEAD + b"Content-Length: 100\r\n\r\n{")
        status, problem = await answer(reader)
        assert (status, problem["type"]) == (408, "urn:wiredesk:intake:slow")


async def test_a_body_that_trickles_ends_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "GRACE_SECONDS", 0.0)
    monkeypatch.setattr(body, "MIN_RATE", 1e9)
    async with intake() as client, connected(client) as (reader, writer):
        writer.write(HEAD + b"Content-Length: 100\r\n\r\n")
        await writer.drain()
        writer.write(b"{")
        assert (await answer(reader))[0] == 408


async def test_idle_connections_do_not_keep_others_out() -> None:
    async with intake(intake_connections=4) as client, contextlib.AsyncExitStack() as stack:
        first, _ = await stack.enter_async_context(connected(client))
        for _ in range(5):
            await stack.enter_async_context(connected(client))
        assert (await client.request("GET", "/health/live")).status == 200
        with contextlib.suppress(ConnectionError):
            assert await first.read() == b"", "the longest idle connection is closed"


async def test_connections_with_a_request_are_not_closed_for_new_ones() -> None:
    broker = Broker(lambda _: None)
    async with intake(broker, intake_connections=2) as client, contextlib.AsyncExitStack() as stack:
        reader, writer = await stack.enter_async_context(connected(client))
        writer.write(HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(EVENT), EVENT))
        while not broker.waiting:
            await asyncio.sleep(0)
        for _ in range(4):
            await stack.enter_async_context(connected(client))
        broker.acknowledge_all()
        assert (await answer(reader))[0] == 202


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",  # TLS
        b"POST /pages HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /pages HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 200 + b"\r\n",
    ],
)
async def test_what_is_not_http_is_answered_in_one_line(sent: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    async with intake() as client:
        async with connected(client) as (reader, writer):
            writer.write(sent)
            status, problem = await answer(reader)
            assert (status, problem["status"]) == (400, 400)
            assert "\n" not in str(problem["detail"])
        assert (await client.post()).status == 202
    assert "Traceback" not in "".join(capsys.readouterr())


async def test_a_client_that_asks_first_is_not_asked_for_a_body_that_is_refused() -> None:
    async with intake() as client:
        async with connected(client) as (reader, writer):
            writer.write(HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(EVENT))
            assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
            assert await reader.readline() == b"\r\n"
            writer.write(EVENT)
            assert (await reader.readline()).startswith(b"HTTP/1.1 202")
        async with connected(client) as (reader, writer):
            writer.write(HEAD + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 413")


async def test_requests_of_one_connection_are_answered_in_order() -> None:
    request = HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(EVENT), EVENT)
    async with intake() as client, connected(client) as (reader, writer):
        writer.write(request * 2 + request.replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\nConnection: close\r\n", 1))
        received = await reader.read()
        assert received.count(b"HTTP/1.1 202") == 3
        assert len(client.broker.records) == 3
