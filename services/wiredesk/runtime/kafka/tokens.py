"""Tokens for SASL/OAUTHBEARER: from an OIDC token endpoint by the client credentials grant, or from a plug-in.

A plug-in is an entry point of the group `wiredesk.token_providers`: a callable that takes the Kafka settings and
returns an object with `async def token(self) -> str`, and optionally `def extensions(self) -> dict[str, str]`. It is
asked for a token whenever a connection is opened; it may cache tokens.
"""

import asyncio
import base64
import functools
import json
import re
import time
import weakref
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote_plus

from aiokafka.abc import AbstractTokenProvider
from aiokafka.errors import KafkaError

from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka import tls
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    import aiohttp

PLUGINS = "wiredesk.token_providers"
"""The group of entry points."""

ANSWER_SECONDS = 10.0
"""Deadline of the token endpoint or the plug-in."""

MAX_ANSWER_BYTES = 256 * 1024
"""The longest response of a token endpoint that is read."""

REFRESH_SHARE = 0.8
"""Share of a token's lifetime after which it is replaced, so that none expires on its way to a broker."""

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""The syntax of a token by RFC 6750. Other characters could end the SASL message early."""

_ERROR_CODE = re.compile(r"[a-z_]{1,40}")


class TokenError(KafkaError):
    """No token is available now; a KafkaError, so that aiokafka retries."""

    retriable = True


class TokenSource(Protocol):
    """What a plug-in returns."""

    async def token(self) -> str:
        """Return a token that is valid now."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and when it must be replaced (monotonic seconds)."""

    value: str
    refresh_at: float


@functools.lru_cache(maxsize=8)
def provider(settings: KafkaSettings) -> AbstractTokenProvider:
    """Return the provider of tokens: one for all clients of a process, so that they share a token.

    Raises:
        UsageError: the plug-in is not installed or cannot be loaded, or the file of authorities cannot be read.
    """
    if settings.sasl_oauth_provider is not None:
        return PluginTokens(_plugin(settings.sasl_oauth_provider, settings), settings)
    return ClientCredentials(settings)


def _plugin(name: str, settings: KafkaSettings) -> TokenSource:
    installed = {entry.name: entry for entry in entry_points(group=PLUGINS)}
    if name not in installed:
        names = ", ".join(sorted(installed)) or "none"
        raise UsageError(
            f"WIREDESK_SASL_OAUTH_PROVIDER={name}: no such entry point of {PLUGINS} is installed (installed: {names})"
        )
    try:
        source: TokenSource = installed[name].load()(settings)
    except Exception as error:
        raise UsageError(
            f"WIREDESK_SASL_OAUTH_PROVIDER={name} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    if not callable(getattr(source, "token", None)):
        raise UsageError(f"WIREDESK_SASL_OAUTH_PROVIDER={name} returns an object without a method 'token'")
    return source


def _extensions(settings: KafkaSettings) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in (settings.sasl_oauth_extensions or "").split(",") if pair)
    return {name: value for name, _, value in pairs}


def _checked(token: object, source: str) -> str:
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise TokenError(f"{source} returns no valid token")
    return token


class PluginTokens(AbstractTokenProvider):
    """Tokens of a plug-in, with a deadline; its errors become `TokenError`."""

    def __init__(self, source: TokenSource, settings: KafkaSettings) -> None:
        self._source = source
        self._name = f"the token provider {settings.sasl_oauth_provider} (WIREDESK_SASL_OAUTH_PROVIDER)"
        self._extensions = _extensions(settings)

    async def token(self) -> str:
        """Return a token.

        Raises:
            TokenError: the plug-in raised something, took too long, or returned no token.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                token = await self._source.token()
        except TimeoutError as error:
            raise TokenError(f"{self._name} does not answer within {ANSWER_SECONDS:g} s") from error
        except Exception as error:
            raise TokenError(f"{self._name} fails: {type(error).__name__}: {error}") from error
        return _checked(token, self._name)

    def extensions(self) -> dict[str, str]:
        """Return the SASL extensions of the plug-in and of the settings."""
        own = getattr(self._source, "extensions", None)
        return {**(own() if callable(own) else {}), **self._extensions}


class ClientCredentials(AbstractTokenProvider):
    """Tokens of an OIDC token endpoint (RFC 6749, 4.4), cached for most of their lifetime."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._url = settings.sasl_oauth_token_url or ""
        self._name = f"the token endpoint {self._url} (WIREDESK_SASL_OAUTH_TOKEN_URL)"
        self._extensions = _extensions(settings)
        self._context = (
            tls.trusting(settings.sasl_oauth_ca_file, "WIREDESK_SASL_OAUTH_CA_FILE")
            if self._url.startswith("https:")
            else False
        )
        self._token: Token | None = None
        # A lock belongs to one event loop, and a command may run several, one after the other.
        self._locks: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = weakref.WeakKeyDictionary()

    async def token(self) -> str:
        """Return a token that does not expire soon.

        Raises:
            TokenError: the endpoint does not answer, or refuses.
        """
        async with self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            if self._token is None or time.monotonic() >= self._token.refresh_at:
                self._token = await self._fetch()
            return self._token.value

    def extensions(self) -> dict[str, str]:
        """Return the SASL extensions of the settings."""
        return self._extensions

    async def _fetch(self) -> Token:
        import aiohttp  # noqa: PLC0415 - slow to import, and needed for this mechanism only

        asked = time.monotonic()
        try:
            async with (
                asyncio.timeout(ANSWER_SECONDS),
                aiohttp.ClientSession() as session,
                # A redirect would send the secret to another server.
                session.post(
                    self._url, data=self._form(), headers=self._headers(), ssl=self._context, allow_redirects=False
                ) as answer,
            ):
                body = await _bounded(answer.content)
                return self._parsed(answer.status, body, asked)
        except TimeoutError as error:
            raise TokenError(f"{self._name} does not answer within {ANSWER_SECONDS:g} s") from error
        except aiohttp.ClientConnectorCertificateError as error:
            raise TokenError(
                f"the certificate of {self._name} is not accepted ({error.certificate_error}): set "
                "WIREDESK_SASL_OAUTH_CA_FILE"
            ) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise TokenError(f"{self._name} cannot be reached: {type(error).__name__}: {error}") from error

    def _form(self) -> dict[str, str]:
        scope = {"scope": self._settings.sasl_oauth_scope} if self._settings.sasl_oauth_scope else {}
        return {"grant_type": "client_credentials", **scope}

    def _headers(self) -> dict[str, str]:
        secret = self._settings.sasl_oauth_client_secret
        pair = f"{quote_plus(self._settings.sasl_oauth_client_id or '')}:" + (
            quote_plus(secret.get_secret_value()) if secret is not None else ""
        )
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode(), "Accept": "application/json"}

    def _parsed(self, status: int, body: bytes, asked: float) -> Token:
        try:
            fields: Any = json.loads(body)
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            fields = {}
        if status != 200:  # noqa: PLR2004 - OK
            code = fields.get("error")
            said = f" ({code})" if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else ""
            raise TokenError(
                f"{self._name} answers {status}{said}: check WIREDESK_SASL_OAUTH_CLIENT_ID, _CLIENT_SECRET and _SCOPE"
            )
        token = _checked(fields.get("access_token"), self._name)
        return Token(token, asked + REFRESH_SHARE * _lifetime(fields.get("expires_in")))


async def _bounded(content: "aiohttp.StreamReader") -> bytes:
    body = bytearray()
    async for piece in content.iter_chunked(16 * 1024):
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise ValueError(f"its answer is larger than {MAX_ANSWER_BYTES} bytes")
    return bytes(body)


def _lifetime(seconds: object) -> float:
    """Return the lifetime of a token in seconds; 0 if the endpoint does not state it, so that it is used once."""
    try:
        return min(max(0.0, float(seconds)), 86_400.0)  # type: ignore[arg-type] # what it raises is caught
    except (TypeError, ValueError, OverflowError):
        return 0.0
