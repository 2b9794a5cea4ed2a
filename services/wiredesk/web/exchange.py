"""One request: who asks, its query and its form, within bounds."""

import asyncio
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from wiredesk.web.people import Person
from wiredesk.web.refusals import Refusal, RefusedError

MAX_PARAMETERS = 40
"""Maximum number of parameters of a query, or of fields of a form."""

MAX_FORM_BYTES = 64 * 1024
"""Maximum size of a form."""

FORM_SECONDS = 10.0
"""How long a form may take to arrive: one that comes a byte at a time keeps a connection from others."""

FORM_TYPE = "application/x-www-form-urlencoded"
"""The media type of forms."""


@dataclass(frozen=True)
class Exchange:
    """A request, and the person who asks.

    Attributes:
        arguments: parts of the path that its route leaves open.
    """

    request: web.BaseRequest
    person: Person
    arguments: tuple[str, ...] = ()

    @property
    def query(self) -> list[tuple[str, str]]:
        """Names and values of the query.

        Raises:
            RefusedError: it has too many.
        """
        return query_of(self.request)

    def value(self, name: str) -> str:
        """Return the first value of a parameter; empty if it has none."""
        return next((value for each, value in self.query if each == name), "")

    def values(self, name: str) -> list[str]:
        """Return the values of a parameter that are not empty."""
        return [value for each, value in self.query if each == name and value]

    async def form(self) -> dict[str, str]:
        """Return the fields of the form that was sent.

        Raises:
            RefusedError: it is no form, or too large.
        """
        return await form_of(self.request)


def query_of(request: web.BaseRequest) -> list[tuple[str, str]]:
    """Return names and values of a query.

    Raises:
        RefusedError: it has too many.
    """
    return _pairs(urlsplit(request.path_qs).query)


async def form_of(request: web.BaseRequest) -> dict[str, str]:
    """Return the fields of a form.

    Raises:
        RefusedError: it is no form, too large, or too slow.
    """
    if request.content_type != FORM_TYPE:
        raise RefusedError(Refusal.INVALID, f"the body is no form ({FORM_TYPE})")
    try:
        async with asyncio.timeout(FORM_SECONDS):
            body = await _body(request)
    except TimeoutError:
        raise RefusedError(Refusal.TOO_SLOW, f"the form did not arrive within {FORM_SECONDS:g} s") from None
    except ConnectionError:
        raise RefusedError(Refusal.INVALID, "the connection ended within the form") from None
    return dict(_pairs(body.decode("utf-8", "replace")))


async def _body(request: web.BaseRequest) -> bytearray:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise RefusedError(Refusal.TOO_LARGE, f"a form has at most {MAX_FORM_BYTES} bytes")
    return body


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise RefusedError(Refusal.INVALID, f"at most {MAX_PARAMETERS} parameters") from error


def is_named(if_none_match: str, tag: str) -> bool:
    """Whether the header If-None-Match names a tag: proxies that compress an answer make the tag a weak one."""
    return any(one.strip().removeprefix("W/") in (tag, "*") for one in if_none_match.split(","))
