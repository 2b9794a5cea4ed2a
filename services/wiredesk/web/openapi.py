"""The interface as an OpenAPI 3.1 document."""

from importlib.metadata import version
from typing import Any

from aiohttp import web

from wiredesk.operations.dead_letters.choices import Grouping
from wiredesk.web.exchange import Exchange
from wiredesk.web.forms import atom, json_ld, ninjs
from wiredesk.web.letters import PERIODS
from wiredesk.web.refusals import MEDIA_TYPE, Refusal
from wiredesk.web.site import Site
from wiredesk.web.wire.filters import NAMES
from wiredesk_schemas import ArticleWithdrawn, EnrichedArticle

DESCRIPTION = (
    """Articles as they come, the newest of them, and the state of the deployment. The same as the pages show."""
)
"""What the document says first."""


async def openapi(_site: Site, _exchange: Exchange) -> web.StreamResponse:
    """Answer with the document."""
    return web.json_response(document())


def document() -> dict[str, Any]:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "wiredesk web", "version": version("wiredesk"), "description": DESCRIPTION},
        "security": [{"token": []}, {}],
        "paths": {
            "/api/articles": {"get": _articles()},
            "/api/articles/{page_id}": {"get": _article()},
            "/api/status": {"get": _operation("status", "The deployment, as `wiredesk status --json` prints it")},
            "/api/reasons": {"get": _reasons()},
            "/api/letters": {"get": _letters()},
            "/api/letters/{topic}/{partition}/{offset}": {"get": _letter()},
            "/api/openapi.json": {"get": _operation("openapi", "This document")},
        },
        "components": {"schemas": _schemas(), "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _articles() -> dict[str, Any]:
    filters = [
        {**_parameter("query", name, "only articles with one of these values"), "schema": _strings()} for name in NAMES
    ]
    parameters = [
        *filters,
        _parameter("query", "limit", "articles of a list", {"type": "integer", "minimum": 1, "default": 50}),
        _parameter("query", "view", "brief: a line in place of the event", {"type": "string", "enum": ["brief"]}),
        _parameter("query", "form", "in place of Accept", _one_of("json", "stream", "atom", "ninjs", "json-ld")),
        _parameter("query", "after", "position after which a stream begins: `position` of a list"),
        _parameter("header", "Last-Event-ID", "id of the last event of a stream that the reader has"),
    ]
    text = {"schema": {"type": "string"}}
    answered = {
        "application/json": {"schema": _reference("Articles")},
        "text/event-stream": {"schema": {"type": "string", "description": STREAM}},
        atom.MEDIA_TYPE: text,
        ninjs.MEDIA_TYPE: {"schema": {"type": "object"}},
        json_ld.MEDIA_TYPE: {"schema": {"type": "object"}},
    }
    return _operation("articles", "The newest articles, or those that come", parameters, answered)


STREAM = (
    "events `article`, `withdrawn`, `forgotten`, with JSON as data and a position as id; `reload`: the position cannot "
    "be used"
)
"""What a stream holds."""


def _article() -> dict[str, Any]:
    parameters = [
        {**_parameter("path", "page_id", "id of the page"), "required": True},
        _parameter("query", "form", "in place of Accept", _one_of("json", "ninjs", "json-ld")),
    ]
    answered = {
        "application/json": {"schema": _reference("EnrichedArticle")},
        ninjs.MEDIA_TYPE: {"schema": {"type": "object"}},
        json_ld.MEDIA_TYPE: {"schema": {"type": "object"}},
    }
    return _operation("article", "The newest revision of one article", parameters, answered)


def _reasons() -> dict[str, Any]:
    counts = {"type": "array", "items": {"type": "integer"}, "description": "one for each of `hours`"}
    reason = {"reason": {"type": "string"}}
    day = {
        "hours": _strings({"type": "string", "format": "date-time"}),
        "skipped": _listed({**reason, "pages": counts}),
        "dead_letters": _listed({"stage": {"type": "string"}, **reason, "letters": counts}),
        "unread": {"type": "integer", "description": "records of the day that a later request counts"},
    }
    answered = {"application/json": {"schema": {"type": "object", "required": list(day), "properties": day}}}
    return _operation("reasons", "Why pages were skipped and dead-lettered, by hour for a day", None, answered)


def _listed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "required": list(properties), "properties": properties}}


def _letters() -> dict[str, Any]:
    parameters = [
        {**_parameter("query", "by", "what is counted by"), "schema": _strings(_one_of(*map(str, Grouping)))},
        *({**_parameter("query", name, "only these"), "schema": _strings()} for name in ("topic", "reason", "host")),
        _parameter("query", "since", "period before now", _one_of(*PERIODS)),
    ]
    return _operation("letters", "Dead letters: counts, and the newest", parameters)


def _letter() -> dict[str, Any]:
    names = ("topic", "partition", "offset")
    parameters = [{**_parameter("path", name, f"{name} of the dead letter"), "required": True} for name in names]
    return _operation("letter", "One dead letter", parameters)


def _operation(
    name: str, summary: str, parameters: list[dict[str, Any]] | None = None, content: dict[str, Any] | None = None
) -> dict[str, Any]:
    refusals = {
        str(kind.status): {"description": kind.title, "content": {MEDIA_TYPE: {"schema": _reference("Problem")}}}
        for kind in Refusal
        if kind is not Refusal.INTERNAL
    }
    answered = content or {"application/json": {"schema": {"type": "object"}}}
    return {
        "summary": summary,
        "operationId": name,
        "parameters": parameters or [],
        "responses": {"200": {"description": summary, "content": answered}, **refusals},
    }


def _parameter(where: str, name: str, meaning: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "in": where,
        "name": name,
        "description": meaning,
        "required": False,
        "schema": schema or {"type": "string"},
    }


def _strings(item: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": "array", "items": item or {"type": "string"}}


def _one_of(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = {}
    for event in (EnrichedArticle, ArticleWithdrawn):
        schema = event.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        schemas |= schema.pop("$defs", {})
        schemas[event.__name__] = schema
    listed = {"type": "array", "items": {"anyOf": [_reference("EnrichedArticle"), _reference("ArticleWithdrawn")]}}
    schemas["Articles"] = {
        "type": "object",
        "required": ["articles", "position"],
        "properties": {"articles": listed, "position": {"type": "string"}},
    }
    fields = {name: {"type": "string"} for name in ("type", "title", "detail")}
    schemas["Problem"] = {"type": "object", "properties": {**fields, "status": {"type": "integer"}}}
    return schemas
