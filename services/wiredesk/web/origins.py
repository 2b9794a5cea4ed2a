"""Which host a request is for, and which page sent it: a page of another site must not act in its reader's name.

A name server may let the name of a hostile site point at 127.0.0.1 (DNS rebinding): the browser then takes us for that
site. The header Host shows it.
"""

import re
from urllib.parse import urlsplit

from aiohttp import web

from wiredesk.http.addresses import is_loopback
from wiredesk.web.refusals import Refusal, RefusedError
from wiredesk.web.settings import WebSettings

MAX_PORT = 65_535
"""The largest port."""

_AUTHORITY = re.compile(r"(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._~-]{0,255})(?::(?P<port>[0-9]{0,5}))?")
"""Host and port as browsers send them: an international name is in ASCII."""


class Origins:
    """Checks Host, Origin and Sec-Fetch-Site.

    Args:
        settings: the names of the page, and whether people sign in.
    """

    def __init__(self, settings: WebSettings) -> None:
        self._names = frozenset(name.strip().lower() for name in settings.web_names.split(",") if name.strip())
        self._is_open = settings.is_open

    def check_host(self, request: web.BaseRequest) -> None:
        """Check that a request is for this page.

        Raises:
            RefusedError: its host is another one, or none.
        """
        authority = request.headers.get("Host", "")
        host = host_of(authority)
        is_ours = host in self._names or (self._is_open and is_loopback(host))
        if not is_ours and (self._names or self._is_open):
            raise RefusedError(
                Refusal.MISDIRECTED,
                f"Host: {host[:100]!r} is not a name of this page; WIREDESK_WEB_NAMES lists its names",
            )
        match = _AUTHORITY.fullmatch(authority)
        if match is None or int(match["port"] or 0) > MAX_PORT:
            raise RefusedError(Refusal.INVALID, f"Host: {authority[:100]!r} is not a host and a port")

    def check_sender(self, request: web.BaseRequest) -> None:
        """Check that a form was sent from a page of ours.

        Raises:
            RefusedError: it was sent from elsewhere.
        """
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        is_ours = _is_of_host(origin, request.headers.get("Host", "")) or host_of_origin(origin) in self._names
        if site not in (None, "same-origin", "none") or not is_ours:
            raise RefusedError(Refusal.FORBIDDEN, "this form was sent from a page of another site")


def host_of(authority: str) -> str:
    """Return the host of an authority, without port, in lower case; empty if it has none."""
    try:
        return (urlsplit(f"//{authority}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def host_of_origin(origin: str | None) -> str:
    """Return the host of an origin of the web, in lower case; empty if it has none."""
    scheme, _, authority = (origin or "").partition("://")
    return host_of(authority) if scheme in ("http", "https") else ""


def _is_of_host(origin: str | None, authority: str) -> bool:
    if origin is None:  # no browser: browsers send it with every form
        return True
    try:
        return urlsplit(origin).netloc.lower() == authority.lower()
    except ValueError:
        return False
