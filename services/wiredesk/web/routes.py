"""Which function answers which path, and who may ask."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from wiredesk.web import articles_api, letters_page, openapi, operations_api, pipeline_page, story_page, wire_page
from wiredesk.web.exchange import Exchange
from wiredesk.web.people import Role
from wiredesk.web.refusals import Refusal, RefusedError
from wiredesk.web.site import Site

type Answer = Callable[[Site, Exchange], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """A path, and what answers it.

    Attributes:
        path: pattern of the path; its groups are the arguments of an exchange.
        role: what a person must be allowed to do.
    """

    method: str
    path: re.Pattern[str]
    answer: Answer
    role: Role = Role.LOOK


def _get(path: str, answer: Answer) -> Route:
    return Route("GET", re.compile(path), answer)


def _post(path: str, answer: Answer) -> Route:
    return Route("POST", re.compile(path), answer, Role.REDRIVE)


PAGE_ID = r"([0-9a-f-]{36})"
"""The id of a page in a path."""

LETTER_ID = r"([A-Za-z0-9._-]{1,249})/([0-9]{1,10})/([0-9]{1,19})"
"""The id of a dead letter in a path: topic, partition, offset."""

ROUTES = (
    _get(r"/", wire_page.wire),
    _get(rf"/story/{PAGE_ID}", story_page.story),
    _get(r"/pipeline", pipeline_page.pipeline),
    _get(r"/letters", letters_page.letters),
    _get(rf"/letters/{LETTER_ID}", letters_page.letter),
    Route("GET", re.compile(r"/letters/redrive"), letters_page.show_redrive, Role.REDRIVE),
    Route("GET", re.compile(r"/letters/purge"), letters_page.show_purge, Role.REDRIVE),
    _post(r"/letters/redrive", letters_page.do_redrive),
    _post(r"/letters/purge", letters_page.do_purge),
    _get(r"/api/articles", articles_api.articles),
    _get(rf"/api/articles/{PAGE_ID}", articles_api.article),
    _get(r"/api/status", operations_api.status),
    _get(r"/api/reasons", operations_api.reasons),
    _get(r"/api/letters", operations_api.letters),
    _get(rf"/api/letters/{LETTER_ID}", operations_api.letter),
    _get(r"/api/openapi\.json", openapi.openapi),
)
"""Every route, but for those that need nobody who is signed in: they are in `server`."""


def find_route(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """Return the route of a path, and the arguments in the path.

    Raises:
        RefusedError: there is none.
    """
    matching = [(route, match) for route in ROUTES if (match := route.path.fullmatch(path)) is not None]
    for route, match in matching:
        if method == route.method or (method == "HEAD" and route.method == "GET"):
            return route, match.groups()
    if matching:
        methods = {route.method for route, _ in matching}
        allowed = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
        raise RefusedError(Refusal.METHOD, f"this path has {allowed}", headers={"Allow": allowed})
    raise RefusedError(Refusal.NOT_FOUND, f"there is no page {path[:200]}")
