"""Refusals of the intake as problem details (RFC 9457): one line says what is wrong, and where."""

import math
from collections.abc import Mapping
from enum import Enum
from typing import Any

import orjson
from aiohttp import web

MEDIA_TYPE = "application/problem+json"
"""The media type of problem details."""

TYPE_PREFIX = "urn:wiredesk:intake:"
"""The prefix of the `type` of problems, which programs distinguish them by."""


class ProblemKind(Enum):
    """A kind of problem: the end of its `type`, its HTTP status, and its title."""

    INVALID_REQUEST = ("invalid-request", 400, "The request is not understood")
    UNAUTHORIZED = ("unauthorized", 401, "A valid token is needed")
    FORBIDDEN = ("forbidden", 403, "This client may not publish")
    NOT_FOUND = ("not-found", 404, "There is no such resource")
    METHOD_NOT_ALLOWED = ("method-not-allowed", 405, "The resource has no such method")
    SLOW = ("slow", 408, "The request took too long")
    TOO_LARGE = ("too-large", 413, "The request is too large")
    UNSUPPORTED = ("unsupported", 415, "The body is of a kind that is not accepted")
    EXPECTATION = ("expectation", 417, "The expectation cannot be met")
    INVALID_PAGE = ("invalid-page", 422, "Not a raw page")
    BUSY = ("busy", 429, "Too much at a time")
    INTERNAL = ("internal", 500, "The intake has a defect")
    UNAVAILABLE = ("unavailable", 503, "Pages cannot be published now")

    def __init__(self, code: str, status: int, title: str) -> None:
        self.code = code
        self.status = status
        self.title = title

    @property
    def uri(self) -> str:
        """The `type` of the problem."""
        return TYPE_PREFIX + self.code


class ProblemError(Exception):
    """A request, or one page of it, is refused.

    Args:
        detail: one line for the person who runs the client.
        retry_after: seconds after which the same request may succeed; None: it must be changed first.
        headers: headers of the answer.
    """

    def __init__(
        self,
        kind: ProblemKind,
        detail: str,
        *,
        retry_after: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after
        self.headers = headers or {}


def problem_response(problem: ProblemError, members: Mapping[str, Any] | None = None) -> web.Response:
    """Return the answer to a request that was refused.

    Args:
        members: extension members of the problem.
    """
    kind = problem.kind
    details = {"type": kind.uri, "title": kind.title, "status": kind.status, "detail": problem.detail}
    headers = dict(problem.headers)
    if problem.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    return web.Response(
        body=orjson.dumps({**details, **(members or {})}),
        status=kind.status,
        content_type=MEDIA_TYPE,
        headers=headers,
    )
