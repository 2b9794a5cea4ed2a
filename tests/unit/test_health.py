"""Health over HTTP: the port that it uses, and what clients of all kinds may send."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest

from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.runtime.worker import descriptors, health
from wiredesk.testing.patience import scaled

HALF = b"GET /healthz HTTP/1.1\r\nHost: half"
HALF_SENT = 900

TROUBLE = Trouble(TroubleKind.LANE_NOT_RUNNING, "partition 3 is failed")


@contextlib.asynccontextmanager
async def serving(host: str = "127.0.0.1", port: int = 0, *, or_any_port: bool = False) -> AsyncIterator[int]:
    checks = {"alive": lambda: None, "ready": lambda: TROUBLE}
    async with health.serving(
        "extractor", host, port, variables="WIREDESK_AUDIT", **checks, or_any_port=or_any_port
    ) as bound:
        yield bound


async def ask(port: int, request: bytes) -> bytes:
    """Send a request as it stands, and return all that comes until the connection is closed."""
    async with asyncio.timeout(scaled(30)):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request)
            return await reader.read()
        finally:
            writer.close()


def get(path: str, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


async def test_each_path_is_answered_once_for_a_connection() -> None:
    async with serving() as port:
        alive = await ask(port, get("/healthz") * 3)
        assert alive.count(b"HTTP/1.1 200 OK") == 1
        assert alive.endswith(b'{"status":"ok","reason":null}')
        ready = await ask(port, get("/readyz"))
        assert ready.startswith(b"HTTP/1.1 503 ")
        assert ready.endswith(b'{"status":"unavailable","reason":"partition 3 is failed"}')
        metrics = await ask(port, get("/metrics?name=x"))
        assert b"wiredesk_lanes" in metrics
        assert b'wiredesk_rebalances_total{stage="extractor"}' in metrics
        assert (await ask(port, get("/metrics", "HEAD"))).endswith(b"\r\n\r\n")
        assert (await ask(port, get("/"))).startswith(b"HTTP/1.1 404 ")
        assert (await ask(port, get("/healthz", "POST"))).startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X: x\r\n" * 10_000 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=["line", "header", "headers", "tls"],
)
async def test_what_is_too_large_or_no_http_is_refused_in_silence(
    request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving() as port:
        try:
            answer = await ask(port, request_)
        except ConnectionError:  # closed while we were still sending
            answer = b""
        assert not answer or answer.split()[1] == b"400", answer[:100]
        assert (await ask(port, get("/healthz"))).startswith(b"HTTP/1.1 200 OK")
    assert not caplog.records


async def test_a_body_is_not_read() -> None:
    async with serving() as port:
        head = b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n"
        assert (await ask(port, head)).startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - as in a container
async def test_half_sent_requests_neither_stay_nor_keep_others_out(host: str) -> None:
    descriptors.raise_limit()
    async with serving(host) as port:
        before = descriptors.in_use()
        halves = []
        try:
            for _ in range(HALF_SENT):
                half = socket.create_connection(("127.0.0.1", port))
                half.sendall(HALF)
                half.setblocking(False)  # noqa: FBT003 - the standard library's own
                halves.append(half)
                await asyncio.sleep(0)
                assert descriptors.in_use() - before - len(halves) <= health.DESCRIPTORS
            assert (await ask(port, get("/healthz"))).startswith(b"HTTP/1.1 200 OK")
            async with asyncio.timeout(scaled(30)):
                while descriptors.in_use() - before - len(halves) > health.MAX_CONNECTIONS:
                    await asyncio.sleep(0.01)
        finally:
            for half in halves:
                half.close()


@pytest.mark.parametrize("sent", [b"", HALF, b"G"], ids=["nothing", "half", "a byte"])
async def test_a_connection_that_does_not_ask_is_closed(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CONNECTION_SECONDS", 0.3)
    async with serving() as port:
        with contextlib.suppress(ConnectionResetError):
            assert await ask(port, sent) == b""


async def test_a_connection_that_does_not_read_its_answer_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CONNECTION_SECONDS", 0.3)
    monkeypatch.setattr("wiredesk.runtime.metrics.exposition", lambda _: bytes(64 << 20))
    async with serving() as port:
        before = descriptors.in_use()
        with socket.create_connection(("127.0.0.1", port)) as deaf:
            deaf.sendall(get("/metrics"))
            async with asyncio.timeout(scaled(30)):
                while descriptors.in_use() <= before + 1:  # accepted
                    await asyncio.sleep(0.01)
                while descriptors.in_use() > before + 1:
                    await asyncio.sleep(0.01)


async def test_a_taken_port_is_passed_over_where_nobody_chose_it() -> None:
    async with serving() as taken:
        async with serving(port=taken, or_any_port=True) as other:
            assert other != taken
            assert (await ask(other, get("/healthz"))).startswith(b"HTTP/1.1 200 OK")
        with pytest.raises(UnavailableError, match=rf"127\.0\.0\.1:{taken}: .*in use; set WIREDESK_AUDIT_PORT"):
            async with serving(port=taken):
                pass


async def test_an_address_that_is_not_ours_is_no_taken_port() -> None:
    with pytest.raises(
        UnavailableError,
        match=r"metrics cannot be served on 192\.0\.2\.1:9464: .*; set WIREDESK_AUDIT_HOST .*, WIREDESK_AUDIT_PORT",
    ):
        async with serving("192.0.2.1", 9464, or_any_port=True):
            pass
