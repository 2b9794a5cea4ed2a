"""The web page asks workers whether they are ready: by their URLs, and each one of a name with several addresses."""

import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.runtime.worker.health import health_response
from wiredesk.web.readiness import worker_troubles

BRAKED = Trouble(TroubleKind.STARTING, "most records fail")


@contextlib.asynccontextmanager
async def worker(host: str, port: int, answer: web.Response) -> AsyncIterator[int]:
    """Serve one answer at /readyz for the duration of a block, and yield the port."""

    async def readyz(request: web.BaseRequest) -> web.StreamResponse:
        assert request.path == "/readyz"
        return answer

    runner = web.ServerRunner(web.Server(readyz))
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def test_each_worker_of_a_name_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def known(host: str, port: int, *args: Any, **options: Any) -> Any:
        hosts = ("127.0.0.1", "127.0.0.2", "127.0.0.3") if host == "extractor" else (host,)
        return [one for each in hosts for one in real(each, port, *args, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", known)
    async with (
        worker("127.0.0.1", 0, health_response(None)) as port,
        worker("127.0.0.2", port, health_response(BRAKED)),
    ):
        first, second, third = await worker_troubles(f"http://extractor:{port}/")
    assert (first.address, first.reason) == (f"extractor: http://127.0.0.1:{port}", "")
    assert second.reason == "most records fail"
    assert third.reason.startswith("it does not answer")


async def test_a_url_of_one_worker_keeps_its_name() -> None:
    async with worker("127.0.0.1", 0, health_response(BRAKED)) as port:
        (one,) = await worker_troubles(f" http://127.0.0.1:{port}/ ,")
    assert (one.address, one.reason) == (f"http://127.0.0.1:{port}", "most records fail")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"reason": "x', b"x" * 100_000])
async def test_what_is_no_worker_is_said_to_be_not_ready(body: bytes) -> None:
    async with worker("127.0.0.1", 0, web.Response(body=body, status=503)) as port:
        (one,) = await worker_troubles(f"http://127.0.0.1:{port}")
    assert one.reason == "it answers 503"


@pytest.mark.parametrize(
    "url", ["http://nobody.invalid:9464", "http://", "http://a:99999", "http://[::1", "http://\ud800"]
)
async def test_a_name_that_is_not_known_is_named(url: str) -> None:
    (one,) = await worker_troubles(url)
    assert one.reason.startswith("its name is not known")
