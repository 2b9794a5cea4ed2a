"""Which host a request is for, and which page sent it: a page of another site must not act in its reader's name.

A name server may let the name of a hostile site point at 127.0.0.1 (DNS rebinding): the browser then takes us for that
site. The header Host shows it.
"""

from urllib.parse import urlsplit

from aiohttp import web

from wiredesk.http.addresses import is_loopback
from wiredesk.web.refusals import Refusal, RefusedError
from wiredesk.web.settings import WebSettings


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
            RefusedError: its host is another one.
        """
        host = host_of(request.headers.get("Host", ""))
        if host in self._names or (self._is_open and is_loopback(host)):
            return
        if self._names or self._is_open:
            raise RefusedError(
                Refusal.MISDIRECTED,
                f"Host: {host[:100]!r} is not a name of this page; WIREDESK_WEB_NAMES lists its names",
            )

    def check_sender(self, request: web.BaseRequest) -> None:
        """Check that a form was sent from a page of ours.

        Raises:
            RefusedError: it was sent from elsewhere.
        """
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site not in (None, "same-origin", "none") or not _is_of_host(origin, request.headers.get("Host", "")):
            raise RefusedError(Refusal.FORBIDDEN, "this form was sent from a page of another site")


def host_of(authority: str) -> str:
    """Return the host of an authority, without port, in lower case; empty if it has none."""
    try:
        return (urlsplit(f"//{authority}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_of_host(origin: str | None, authority: str) -> bool:
    if origin is None:  # no browser: browsers send it with every form
        return True
    try:
        return urlsplit(origin).netloc.lower() == authority.lower()
    except ValueError:
        return False
