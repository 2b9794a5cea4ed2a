"""The server: connections, checks that every request passes, and its life from the first connection to the last."""

import contextlib
import errno
import ssl
from collections.abc import AsyncIterator
from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from wiredesk.http.addresses import authority
from wiredesk.http.connections import BoundedServer
from wiredesk.http.tls import server_context
from wiredesk.runtime.errors import UnavailableError, UsageError, WiredeskError
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.worker.health import health_response
from wiredesk.web import metrics, sign_in
from wiredesk.web.exchange import Exchange, is_named
from wiredesk.web.origins import Origins
from wiredesk.web.people import Person
from wiredesk.web.refusals import Refusal, RefusedError, problem
from wiredesk.web.rendering import html
from wiredesk.web.routes import find_route
from wiredesk.web.security_headers import SECURITY_HEADERS
from wiredesk.web.settings import WebSettings
from wiredesk.web.site import PAGES, Site
from wiredesk.web.static_files import static_files

log = structlog.get_logger(__name__)

STATIC, API = "/static/", "/api/"
LIVE, READY, METRICS = "/health/live", "/health/ready", "/metrics"

STATIC_SECONDS = 3600
"""How long a browser may keep a static file before it asks whether it has changed."""


class Web:
    """Serves the pages.

    Raises:
        UsageError: a token or a certificate cannot be used.
    """

    def __init__(self, kafka: KafkaSettings, settings: WebSettings) -> None:
        self._settings = settings
        self.site = Site(kafka, settings)
        self._origins = Origins(settings)
        self._tls = _tls(settings)

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve for the duration of a block, and yield the URL.

        Raises:
            UnavailableError: the port is taken, or may not be bound.
        """
        server = BoundedServer(self._answer, self._settings.web_connections, _refusal, metrics.CONNECTIONS.set)
        runner = web.ServerRunner(server, shutdown_timeout=1)
        await runner.setup()
        host, port = self._settings.web_host, self._settings.web_port
        try:
            async with self.site.feed.running():
                try:
                    await web.TCPSite(runner, host, port, ssl_context=self._tls, backlog=128).start()
                except OSError as error:
                    raise UnavailableError(_not_bound(host, port, error)) from error
                yield f"{'https' if self._tls else 'http'}://{authority(host, runner.addresses[0][1])}"
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        person: Person | None = None
        try:
            self._origins.check_host(request)
            response = await self._open_to_all(request)
            if response is None:
                person = self.site.people.who(request)
                response = await self._for_person(request, person)
        except RefusedError as error:
            response = self._refused(request, person, error)
        except UsageError as error:
            response = self._refused(request, person, RefusedError(Refusal.INVALID, str(error)))
        except WiredeskError as error:
            response = self._refused(request, person, RefusedError(Refusal.UNAVAILABLE, str(error)))
        except Exception:
            log.exception("request failed", path=request.path)
            response = self._refused(request, person, RefusedError(Refusal.INTERNAL, "the log says which"))
        metrics.REQUESTS.labels(response.status).inc()
        if not response.prepared:
            response.headers.update(SECURITY_HEADERS)
            response.headers.setdefault("Cache-Control", "no-store")
            if not request.content.is_eof():
                response.force_close()
        return response

    async def _open_to_all(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """Answer what needs nobody who is signed in; None for all other requests."""
        path, is_get = request.path, request.method in ("GET", "HEAD")
        if path.startswith(STATIC) and is_get:
            return _static(request)
        if path == LIVE and is_get:
            return health_response(None)
        if path == READY and is_get:
            return health_response(self.site.feed.trouble)
        if path == sign_in.SIGN_IN and is_get:
            return await sign_in.show_sign_in(self.site, request)
        if path in (sign_in.SIGN_IN, sign_in.SIGN_OUT) and request.method == "POST":
            self._origins.check_sender(request)
            return await (sign_in.sign_in if path == sign_in.SIGN_IN else sign_in.sign_out)(self.site, request)
        return None

    async def _for_person(self, request: web.BaseRequest, person: Person | None) -> web.StreamResponse:
        """Answer a request of a person who is signed in."""
        if person is None:
            return _not_signed_in(request)
        if request.path == METRICS and request.method in ("GET", "HEAD"):
            metrics.ARTICLES.set(len(self.site.ring))
            return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
        route, arguments = find_route(request.method, request.path)
        if route.method == "POST":
            self._origins.check_sender(request)
        if person.role < route.role:
            raise RefusedError(Refusal.FORBIDDEN, f"{person.name} may look, and change nothing")
        return await route.answer(self.site, Exchange(request, person, arguments))

    def _refused(self, request: web.BaseRequest, person: Person | None, error: RefusedError) -> web.Response:
        if request.path.startswith(API):
            return problem(error)
        kind = error.refusal
        pages = PAGES if person is not None else ()
        response = html(
            "refused.html",
            status=kind.status,
            title=kind.title,
            detail=error.detail,
            person=person,
            pages=pages,
            here="",
        )
        response.headers.update(error.headers)
        return response


def _not_signed_in(request: web.BaseRequest) -> web.Response:
    """Return the answer to a request of nobody: a program gets a problem, a person the form."""
    if request.path.startswith(API) or request.path == METRICS or request.method != "GET":
        headers = {"WWW-Authenticate": 'Bearer realm="wiredesk web"'}
        return problem(
            RefusedError(Refusal.UNAUTHORIZED, "Authorization: Bearer and a valid token are needed", headers=headers)
        )
    return web.Response(status=303, headers={"Location": f"{sign_in.SIGN_IN}?{urlencode({'next': request.path_qs})}"})


def _static(request: web.BaseRequest) -> web.Response:
    file = static_files().get(request.path.removeprefix(STATIC))
    if file is None:
        raise RefusedError(Refusal.NOT_FOUND, "there is no such file")
    headers = {"ETag": file.tag, "Cache-Control": f"max-age={STATIC_SECONDS}"}
    if is_named(request.headers.get("If-None-Match", ""), file.tag):
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return web.Response(body=file.content, content_type=file.media_type, charset="utf-8", headers=headers)


def _refusal(status: int, line: str) -> web.Response:
    """Return the answer to what is no request, or to a request that met a defect of the server."""
    if status == HTTPStatus.BAD_REQUEST:
        return problem(RefusedError(Refusal.INVALID, line))
    return problem(RefusedError(Refusal.INTERNAL, Refusal.INTERNAL.title))


def _tls(settings: WebSettings) -> ssl.SSLContext | None:
    if settings.web_tls_cert_file is None:
        return None
    return server_context("WIREDESK_WEB_TLS_CERT_FILE", settings.web_tls_cert_file, settings.web_tls_key_file)


def _not_bound(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken: set WIREDESK_WEB_PORT to a free port, or to 0 for any"
    return (
        f"the web page cannot listen on {host}:{port}: {error.strerror or error}; set WIREDESK_WEB_HOST to an address "
        "of this machine, WIREDESK_WEB_PORT to an allowed port"
    )
