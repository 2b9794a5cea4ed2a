"""Articles as an API: the newest ones, one of them, and a stream, in several forms."""

import hashlib
from collections.abc import Sequence

import orjson
from aiohttp import web

from wiredesk.web.exchange import Exchange, is_named
from wiredesk.web.forms.atom import atom
from wiredesk.web.forms.choice import Form, choose
from wiredesk.web.forms.entry import Entry
from wiredesk.web.forms.json_ld import json_ld, json_ld_list
from wiredesk.web.forms.ninjs import ninjs, ninjs_list
from wiredesk.web.refusals import Refusal, RefusedError
from wiredesk.web.site import Site
from wiredesk.web.story import newest_article
from wiredesk.web.wire.filters import Filters
from wiredesk.web.wire.ring import Item
from wiredesk.web.wire_page import stream

DEFAULT_LIMIT = 50
"""Articles of a list, if the request does not say how many."""

LISTS = (Form.JSON, Form.STREAM, Form.ATOM, Form.NINJS, Form.JSON_LD)
"""The forms of many articles, the default first."""

ONES = (Form.JSON, Form.NINJS, Form.JSON_LD)
"""The forms of one article."""


async def articles(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Answer with the newest articles that match, or with a stream of those that come."""
    form = choose(exchange.value("form"), exchange.request.headers.get("Accept", ""), LISTS)
    if form is Form.STREAM:
        return await stream(site, exchange)
    filters = Filters.of_query(exchange.query)
    position = str(site.ring.position)
    tag = _tag(position, exchange.request.path_qs, form.code)
    headers = {"ETag": tag, "Vary": "Accept", "Cache-Control": "private, no-cache"}
    if is_named(exchange.request.headers.get("If-None-Match", ""), tag):
        return web.Response(status=304, headers=headers)
    items = site.ring.newest(filters, _limit(exchange))
    if form is Form.JSON:
        body = _json_list(items, position, is_brief=exchange.value("view") == "brief")
    elif form is Form.ATOM:
        body = atom([Entry.of_item(item) for item in items], str(exchange.request.url))
    else:
        as_list = ninjs_list if form is Form.NINJS else json_ld_list
        body = orjson.dumps(as_list([Entry.of_item(item) for item in items]))
    return web.Response(body=body, content_type=form.media_type, headers=headers)


async def article(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Answer with the newest revision of one article."""
    form = choose(exchange.value("form"), exchange.request.headers.get("Accept", ""), ONES)
    (page_id,) = exchange.arguments
    item = await newest_article(site, page_id)
    if form is Form.JSON:
        body = item.value
    else:
        body = orjson.dumps((ninjs if form is Form.NINJS else json_ld)(Entry.of_item(item)))
    return web.Response(body=body, content_type=form.media_type, headers={"Vary": "Accept"})


def _json_list(items: Sequence[Item], position: str, *, is_brief: bool) -> bytes:
    if is_brief:
        listed = [item.brief.as_object() for item in items if item.brief is not None]
    else:
        listed = [orjson.loads(item.value) for item in items]
    return orjson.dumps({"articles": listed, "position": position})


def _limit(exchange: Exchange) -> int:
    given = exchange.value("limit")
    if not given:
        return DEFAULT_LIMIT
    if not (given.isascii() and given.isdigit() and 0 < len(given) < 6 and int(given)):  # noqa: PLR2004 - 99,999
        raise RefusedError(Refusal.INVALID, "limit: a number from 1 to 99999")
    return int(given)


def _tag(*parts: str) -> str:
    return f'"{hashlib.sha256(" ".join(parts).encode("utf-8", "replace")).hexdigest()[:24]}"'
