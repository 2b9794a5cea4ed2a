"""Who asks, and what they may do: by a token, by the headers of a proxy, or on loopback everybody everything."""

import ipaddress
from dataclasses import dataclass
from enum import IntEnum

from aiohttp import web

from wiredesk.http.tokens import Tokens
from wiredesk.web.refusals import Refusal, RefusedError
from wiredesk.web.sessions import COOKIE, Sessions
from wiredesk.web.settings import WebSettings

MAX_NAME = 200
"""Characters of the name of a person, as a proxy gives it."""

LOCAL = "local"
"""The name of everybody on loopback, where nobody signs in."""


class Role(IntEnum):
    """What a person may do; a higher role may do what a lower one may."""

    LOOK = 1
    REDRIVE = 2


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks.

    Attributes:
        name: for the log.
        can_sign_out: the person has signed in with a token, in this browser.
    """

    name: str
    role: Role
    can_sign_out: bool = False

    @property
    def may_redrive(self) -> bool:
        """Whether the person may redrive and purge dead letters."""
        return self.role >= Role.REDRIVE


class People:
    """Finds out who asks.

    Args:
        settings: tokens, and the proxy.
        sessions: who has signed in with a token.

    Raises:
        UsageError: a token cannot be used.
    """

    def __init__(self, settings: WebSettings, sessions: Sessions) -> None:
        self._settings = settings
        self._sessions = sessions
        self._by_role = {
            Role.REDRIVE: Tokens(
                "WIREDESK_WEB_REDRIVE_TOKEN", settings.web_redrive_token, settings.web_redrive_token_file
            ),
            Role.LOOK: Tokens("WIREDESK_WEB_TOKEN", settings.web_token, settings.web_token_file),
        }
        self._proxies = [
            ipaddress.ip_network(one.strip(), strict=False) for one in settings.web_proxy.split(",") if one.strip()
        ]

    def who(self, request: web.BaseRequest) -> Person | None:
        """Return who asks; None if nobody is signed in.

        Raises:
            RefusedError: the request did not come from the proxy.
        """
        if self._proxies:
            return self._of_proxy(request)
        if not self._settings.has_tokens:
            return Person(LOCAL, Role.REDRIVE)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.with_token(token.strip())
        valid = {digest: Person(name, role, can_sign_out=True) for digest, (name, role) in self._valid().items()}
        digest = self._sessions.token_of(request.cookies.get(COOKIE, ""), valid)
        return None if digest is None else valid[digest]

    def with_token(self, token: str) -> Person | None:
        """Return the person with a token; None if it is not valid."""
        named = {role: tokens.name_of(token) for role, tokens in self._by_role.items()}
        return next((Person(name, role) for role, name in named.items() if name is not None), None)

    def _valid(self) -> dict[bytes, tuple[str, Role]]:
        """Return name and role of each token by its digest; the higher role, where a token is of both."""
        by_role = sorted(self._by_role.items(), key=lambda each: each[0])
        return {digest: (name, role) for role, tokens in by_role for name, digest in tokens.valid()}

    def _of_proxy(self, request: web.BaseRequest) -> Person | None:
        try:
            remote = ipaddress.ip_address(request.remote or "")
        except ValueError:
            remote = None
        if remote is None or not any(remote in network for network in self._proxies):
            raise RefusedError(Refusal.FORBIDDEN, "only the proxy that WIREDESK_WEB_PROXY names is answered")
        names = request.headers.getall(self._settings.web_proxy_user_header, [])
        if len(names) > 1:
            raise RefusedError(
                Refusal.FORBIDDEN,
                f"{self._settings.web_proxy_user_header} comes {len(names)} times: the proxy must remove what it gets",
            )
        name = _text(names[0]).strip()[:MAX_NAME] if names else ""
        if not name:
            return None
        groups = ",".join(map(_text, request.headers.getall(self._settings.web_proxy_groups_header, []))).split(",")
        wanted = self._settings.web_proxy_redrive_group
        is_in_group = wanted is not None and wanted in (group.strip() for group in groups)
        return Person(name, Role.REDRIVE if is_in_group else Role.LOOK)


def _text(header: str) -> str:
    """Return the value of a header, whose bytes are UTF-8, or else Latin-1 as HTTP had it."""
    content = header.encode("utf-8", "surrogateescape")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
