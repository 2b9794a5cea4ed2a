"""The intake: its routes, and its life from the first connection to the last answer."""

import asyncio
import contextlib
import errno
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlsplit

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from wiredesk.http.addresses import authority
from wiredesk.http.connections import BoundedServer
from wiredesk.http.tls import server_context
from wiredesk.http.tokens import Tokens
from wiredesk.intake import metrics
from wiredesk.intake.admission import InFlight, Rates
from wiredesk.intake.attributes import read_attributes
from wiredesk.intake.body import Body, DisconnectedError
from wiredesk.intake.delivery import Publisher
from wiredesk.intake.kinds import ACCEPTED, BodyKind, kind_of
from wiredesk.intake.openapi import document
from wiredesk.intake.problems import ProblemError, ProblemKind, problem_response
from wiredesk.intake.settings import IntakeSettings
from wiredesk.intake.submission import Deps, Submission
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.runtime.worker.health import health_response

log = structlog.get_logger(__name__)

ARCHIVES = 4
"""Maximum number of archives that are read at a time: each takes a thread, and memory for a page."""

AWAY_RETRY_SECONDS = 5.0
"""When a client may try again while no broker answers."""

MAX_PARAMETERS = 16
"""Maximum number of parameters in a query."""

PAGES, OPENAPI, METRICS = "/pages", "/openapi.json", "/metrics"
LIVE, READY = "/health/live", "/health/ready"

type Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Intake:
    """Publishes the pages that clients post.

    Args:
        publisher: takes the records.

    Raises:
        UsageError: a token or a certificate cannot be used.
    """

    def __init__(self, settings: IntakeSettings, publisher: Publisher) -> None:
        self._settings = settings
        self._publisher = publisher
        self._tokens = Tokens("WIREDESK_INTAKE_TOKEN", settings.intake_token, settings.intake_token_file)
        self._tls = _tls(settings)
        self._in_flight = InFlight(settings.intake_bytes, metrics.IN_FLIGHT_BYTES.set)
        self._rates = Rates(settings.intake_rate_pages, settings.intake_rate_bytes)
        self._archives = ThreadPoolExecutor(ARCHIVES, "archive")
        self._reading_archives = 0
        self._requests = 0
        self._done = asyncio.Event()
        self._is_draining = False
        self._routes: dict[str, tuple[str, Answer]] = {
            PAGES: ("POST", self._pages),
            OPENAPI: ("GET", self._openapi),
            METRICS: ("GET", self._metrics),
            LIVE: ("GET", self._live),
            READY: ("GET", self._ready),
        }

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve for the duration of a block, and yield the URL. At its end, requests in progress are finished.

        Raises:
            UnavailableError: the port is taken, or may not be bound.
        """
        server = BoundedServer(self._answer, self._settings.intake_connections, _refusal, metrics.CONNECTIONS.set)
        runner = web.ServerRunner(server, shutdown_timeout=1)
        await runner.setup()
        host, port = self._settings.intake_host, self._settings.intake_port
        try:
            try:
                await web.TCPSite(runner, host, port, ssl_context=self._tls, backlog=128).start()
            except OSError as error:
                raise UnavailableError(_not_bound(host, port, error)) from error
            yield f"{'https' if self._tls else 'http'}://{authority(host, runner.addresses[0][1])}"
            await self._drain()
        finally:
            await runner.cleanup()
            self._archives.shutdown(wait=False, cancel_futures=True)

    def trouble(self) -> Trouble | None:
        """Return why no page is accepted now; None if pages are."""
        if self._is_draining:
            return Trouble(TroubleKind.DRAINING, "the intake is stopping")
        return self._publisher.trouble

    async def _drain(self) -> None:
        """Refuse new requests, and wait for those in progress."""
        self._is_draining = True
        log.info("intake draining", requests=self._requests)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.intake_drain_timeout):
                while self._requests:
                    self._done.clear()
                    await self._done.wait()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request; what is refused is answered with a problem."""
        path = request.path
        try:
            method, answer = self._route(path)
            if request.method == "OPTIONS":
                response: web.StreamResponse = web.Response(status=204, headers=_allowed(path, method))
            else:
                _check_method(request.method, path, method)
                response = await answer(request)
        except ProblemError as problem:
            response = problem_response(problem)
        except Exception:
            log.exception("request failed", path=path)
            response = problem_response(ProblemError(ProblemKind.INTERNAL, "the log of the intake says which"))
        response.headers["Server"] = "wiredesk"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        if self._is_draining or not request.content.is_eof():
            response.force_close()
        return response

    def _route(self, path: str) -> tuple[str, Answer]:
        try:
            return self._routes[path]
        except KeyError:
            raise ProblemError(
                ProblemKind.NOT_FOUND, f"there is no {path[:200]}; there are {', '.join(self._routes)}"
            ) from None

    async def _live(self, _: web.BaseRequest) -> web.StreamResponse:
        return health_response(None)

    async def _ready(self, _: web.BaseRequest) -> web.StreamResponse:
        return health_response(self.trouble())

    async def _metrics(self, request: web.BaseRequest) -> web.StreamResponse:
        self._client(request)
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _openapi(self, _: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(document())

    async def _pages(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request with pages, count it, and log it."""
        began = time.monotonic()
        facts: dict[str, object] = {"remote": request.remote}
        self._requests += 1
        try:
            response = await self._submit(request, facts)
        except ProblemError as problem:
            facts["problem"] = problem.detail
            response = problem_response(problem)
        except DisconnectedError as error:
            facts["problem"] = f"the client has closed the connection: {error}"
            response = problem_response(ProblemError(ProblemKind.INVALID_REQUEST, "the body is incomplete"))
        finally:
            self._requests -= 1
            self._done.set()
        seconds = time.monotonic() - began
        metrics.REQUESTS.labels(response.status).inc()
        metrics.REQUEST_SECONDS.observe(seconds)
        log.info("pages posted", status=response.status, seconds=round(seconds, 3), **facts)
        return response

    async def _submit(self, request: web.BaseRequest, facts: dict[str, object]) -> web.Response:
        client = self._client(request)
        facts["client"] = client
        self._admit(client)
        submission, body, kind = self._understood(request)
        submission.reserve(request.content_length)
        self._reading_archives += kind is BodyKind.ARCHIVE
        try:
            await _continue(request)
            receipt = await submission.run()
        finally:
            self._reading_archives -= kind is BodyKind.ARCHIVE
            self._rates.charge(client, 0, body.received)
        self._rates.charge(client, receipt.pages, 0)
        facts |= {"bytes": body.received, "pages": receipt.pages, "acknowledged": receipt.acknowledged}
        if receipt.failures:
            facts["failures"] = len(receipt.failures)
        return receipt.response()

    def _client(self, request: web.BaseRequest) -> str:
        """Return the name of the client: that of its token, or else its address.

        Raises:
            ProblemError: it has no valid token; or it is a page in a browser, which must not publish from within.
        """
        if self._tokens.are_needed:
            client = self._tokens.client(request.headers.get("Authorization"))
            if client is None:
                raise ProblemError(
                    ProblemKind.UNAUTHORIZED,
                    "Authorization: Bearer and a valid token are needed",
                    headers={"WWW-Authenticate": 'Bearer realm="wiredesk intake"'},
                )
            return client
        if "Origin" in request.headers:
            raise ProblemError(
                ProblemKind.FORBIDDEN,
                "Origin: without a token, a page in a browser may not publish",
            )
        return request.remote or "unknown"

    def _admit(self, client: str) -> None:
        """Check that a request can be served now.

        Raises:
            ProblemError: it cannot.
        """
        if (trouble := self.trouble()) is not None:
            raise ProblemError(ProblemKind.UNAVAILABLE, trouble.message, retry_after=AWAY_RETRY_SECONDS)
        if self._requests > self._settings.intake_requests:
            raise ProblemError(
                ProblemKind.BUSY, f"{self._settings.intake_requests} requests are in progress", retry_after=1
            )
        self._rates.check(client)

    def _understood(self, request: web.BaseRequest) -> tuple[Submission, Body, BodyKind]:
        """Return what a request asks for, from its headers.

        Raises:
            ProblemError: it is not understood.
        """
        query = _query(request)
        attributes = read_attributes(request.headers.items(), query)
        content_type = request.headers.get("Content-Type")
        kind = kind_of(content_type, has_url=attributes.url is not None)
        if kind is BodyKind.EVENTS and query:
            raise ProblemError(ProblemKind.INVALID_REQUEST, f"?{query[0][0]}=: an event in JSON states it itself")
        if kind is BodyKind.ARCHIVE and self._reading_archives >= ARCHIVES:
            raise ProblemError(ProblemKind.BUSY, f"{ARCHIVES} archives are being read", retry_after=AWAY_RETRY_SECONDS)
        body = Body(
            request.content,
            ",".join(request.headers.getall("Content-Encoding", [])),
            limit=self._settings.intake_body_bytes if kind.is_stream else self._settings.intake_page_bytes,
            read_timeout=self._settings.intake_read_timeout,
        )
        deps = Deps(self._settings, self._publisher, self._in_flight, self._archives)
        return Submission(deps, kind, body, content_type, attributes), body, kind


def _refusal(status: int, line: str) -> web.Response:
    """Return the answer to what is no request, or to a request that met a defect of the intake."""
    if status == ProblemKind.INVALID_REQUEST.status:
        return problem_response(ProblemError(ProblemKind.INVALID_REQUEST, line))
    return problem_response(ProblemError(ProblemKind.INTERNAL, ProblemKind.INTERNAL.title))


async def _continue(request: web.BaseRequest) -> None:
    """Tell a client that waits for it to send the body.

    Raises:
        ProblemError: it expects something else.
    """
    expected = request.headers.get("Expect")
    if expected is None:
        return
    if expected.lower() != "100-continue":
        raise ProblemError(ProblemKind.EXPECTATION, f"Expect: {expected[:40]!r} is not 100-continue")
    if request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _query(request: web.BaseRequest) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            urlsplit(request.path_qs).query,
            keep_blank_values=True,
            errors="surrogateescape",
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError as error:
        raise ProblemError(ProblemKind.INVALID_REQUEST, f"the query cannot be read: {error}") from error


def _check_method(given: str, path: str, method: str) -> None:
    if given not in ((method, "HEAD") if method == "GET" else (method,)):
        raise ProblemError(
            ProblemKind.METHOD_NOT_ALLOWED,
            f"{path} has no method {given[:20]}; it has {method}",
            headers=_allowed(path, method),
        )


def _allowed(path: str, method: str) -> dict[str, str]:
    allowed = {"Allow": f"{method}, OPTIONS" if method == "POST" else f"{method}, HEAD, OPTIONS"}
    return {**allowed, "Accept-Post": ACCEPTED} if path == PAGES else allowed


def _tls(settings: IntakeSettings) -> ssl.SSLContext | None:
    if settings.intake_tls_cert_file is None:
        return None
    return server_context("WIREDESK_INTAKE_TLS_CERT_FILE", settings.intake_tls_cert_file, settings.intake_tls_key_file)


def _not_bound(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken: set WIREDESK_INTAKE_PORT to a free port, or to 0 for any"
    return (
        f"the intake cannot listen on {host}:{port}: {error.strerror or error}; set WIREDESK_INTAKE_HOST to an address "
        "of this machine, WIREDESK_INTAKE_PORT to an allowed port"
    )
