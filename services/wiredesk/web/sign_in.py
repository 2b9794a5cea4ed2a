"""Signing in with a token, and out."""

import structlog
from aiohttp import web

from wiredesk.http.tokens import digest
from wiredesk.web.exchange import form_of, query_of
from wiredesk.web.rendering import html
from wiredesk.web.sessions import COOKIE, SESSION_SECONDS
from wiredesk.web.site import Site

log = structlog.get_logger(__name__)

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"


def local_path(path: str) -> str:
    """Return a path of this page; the wire for anything else, such as an address on another host."""
    is_local = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if is_local else "/"


async def show_sign_in(site: Site, request: web.BaseRequest) -> web.Response:
    """Show the form."""
    asked_for = next((value for name, value in query_of(request) if name == "next"), "/")
    return _form(site, local_path(asked_for), is_wrong=False, status=200)


async def sign_in(site: Site, request: web.BaseRequest) -> web.Response:
    """Sign a person in, whose token the form has."""
    form = await form_of(request)
    asked_for = local_path(form.get("next", "/"))
    token = form.get("token", "").strip()
    person = site.people.with_token(token)
    if person is None:
        log.warning("sign-in refused", remote=request.remote)
        return _form(site, asked_for, is_wrong=True, status=403)
    log.info("signed in", who=person.name, role=person.role.name.lower(), remote=request.remote)
    response = web.Response(status=303, headers={"Location": asked_for})
    response.set_cookie(
        COOKIE,
        site.sessions.start(digest(token)),
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="Strict",
        secure=site.settings.web_tls_cert_file is not None,
        path="/",
    )
    return response


async def sign_out(_: Site, __: web.BaseRequest) -> web.Response:
    """Sign a person out of this browser."""
    response = web.Response(status=303, headers={"Location": SIGN_IN})
    response.del_cookie(COOKIE, path="/")
    return response


def _form(site: Site, asked_for: str, *, is_wrong: bool, status: int) -> web.Response:
    by_proxy = bool(site.settings.web_proxy)
    return html(
        "sign_in.html",
        status=status,
        person=None,
        pages=(),
        here="",
        next=asked_for,
        is_wrong=is_wrong,
        by_proxy=by_proxy,
    )
