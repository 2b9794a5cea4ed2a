"""Requests that are refused: as a page for people, as problem details (RFC 9457) for programs."""

from collections.abc import Mapping
from enum import Enum

import orjson
from aiohttp import web

MEDIA_TYPE = "application/problem+json"
"""The media type of problem details."""


class Refusal(Enum):
    """A kind of refusal: the end of its `type`, its HTTP status, and its title."""

    INVALID = ("invalid-request", 400, "The request is not understood")
    UNAUTHORIZED = ("unauthorized", 401, "You are not signed in")
    FORBIDDEN = ("forbidden", 403, "You may not do this")
    NOT_FOUND = ("not-found", 404, "There is nothing here")
    METHOD = ("method-not-allowed", 405, "There is no such method here")
    NOT_ACCEPTABLE = ("not-acceptable", 406, "There is no such form of this")
    TOO_SLOW = ("too-slow", 408, "The request did not arrive in time")
    CHANGED = ("changed", 409, "This has changed meanwhile")
    TOO_LARGE = ("too-large", 413, "The request is too large")
    MISDIRECTED = ("misdirected", 421, "This page has another name")
    BUSY = ("busy", 429, "Too many requests at a time")
    INTERNAL = ("internal", 500, "The page has a defect")
    UNAVAILABLE = ("unavailable", 503, "Kafka does not answer")

    def __init__(self, code: str, status: int, title: str) -> None:
        self.code = code
        self.status = status
        self.title = title


class RefusedError(Exception):
    """A request is refused.

    Args:
        refusal: the kind.
        detail: one line for the person who asked.
        headers: headers of the answer.
    """

    def __init__(self, refusal: Refusal, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.refusal = refusal
        self.detail = detail
        self.headers = dict(headers or {})


def problem(error: RefusedError) -> web.Response:
    """Return a refusal as problem details."""
    kind = error.refusal
    details = {
        "type": f"urn:wiredesk:web:{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": error.detail,
    }
    body = orjson.dumps(details)
    return web.Response(body=body, status=kind.status, content_type=MEDIA_TYPE, headers=error.headers)
