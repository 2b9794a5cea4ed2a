"""Sessions and forms: signed by a key of this process, so that nobody else can make them. A restart ends them."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

import orjson

COOKIE = "wiredesk_session"
"""The name of the cookie."""

SESSION_SECONDS = 12 * 3600
"""How long a person stays signed in: a shift."""

FORM_SECONDS = 3600
"""How long a form can be sent after it was shown."""

MAX_CHARACTERS = 60_000
"""Characters of a signed text, at most: the plan of a purge has an offset for each partition."""


class Sessions:
    """Signs and reads.

    Args:
        clock: returns seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._key = secrets.token_bytes(32)
        self._clock = clock

    def start(self, token: bytes) -> str:
        """Return the value of the cookie of a person who has signed in.

        Args:
            token: digest of the token.
        """
        return self._sign("session", self._mark(token), SESSION_SECONDS)

    def token_of(self, cookie: str, tokens: Iterable[bytes]) -> bytes | None:
        """Return the digest of the token that a session stands for; None if there is no session, or no such token now.

        Args:
            tokens: digests of the tokens that are valid now.
        """
        mark = self._open("session", cookie)
        return next((token for token in tokens if self._mark(token) == mark), None) if mark is not None else None

    def _mark(self, token: bytes) -> str:
        """Return what a cookie has of a token: it says nothing about it without our key."""
        return self._mac("token", token)

    def form(self, purpose: str, person: str, content: Any) -> str:
        """Return a text that a form sends back: who was shown what, and what for.

        It is also what protects the form from pages of other sites: they cannot read it.
        """
        return self._sign(purpose, [person, content], FORM_SECONDS)

    def read_form(self, purpose: str, person: str, text: str) -> Any:
        """Return what a person was shown in a form; None if it is not a form of ours, of this person, or is too old."""
        content = self._open(purpose, text)
        return content[1] if content is not None and content[0] == person else None

    def _sign(self, purpose: str, content: Any, seconds: float) -> str:
        signed = base64.urlsafe_b64encode(orjson.dumps([int(self._clock() + seconds), content]))
        return f"{signed.decode()}.{self._mac(purpose, signed)}"

    def _open(self, purpose: str, text: str) -> Any:
        signed, _, mac = text[:MAX_CHARACTERS].partition(".")
        expected = self._mac(purpose, signed.encode("utf-8", "replace"))
        if not hmac.compare_digest(expected.encode(), mac.encode("utf-8", "replace")):
            return None
        until, content = orjson.loads(base64.urlsafe_b64decode(signed))
        return content if until > self._clock() else None

    def _mac(self, purpose: str, signed: bytes) -> str:
        return hmac.new(self._key, purpose.encode() + b"\0" + signed, hashlib.sha256).hexdigest()
