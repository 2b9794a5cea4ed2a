"""The interface of the intake as an OpenAPI 3.1 document."""

from importlib.metadata import version
from typing import Any

from wiredesk.intake.attributes import RESPONSE_PREFIX
from wiredesk.intake.kinds import BodyKind
from wiredesk.intake.problems import MEDIA_TYPE, ProblemKind
from wiredesk_schemas import RawPage
from wiredesk_schemas.headers import TRACEPARENT

BINARY: dict[str, Any] = {"type": "string", "contentMediaType": "application/octet-stream"}
"""The schema of bytes."""

RETRIED = (ProblemKind.BUSY, ProblemKind.UNAVAILABLE)
"""Kinds of problems whose answers say when to send the request again."""

DESCRIPTION = """Publishes raw pages to Kafka. The answer is 202 when the brokers have acknowledged every page of the
request. Any other answer says which pages are missing and why: send these again."""
"""What the document says first."""


def document() -> dict[str, Any]:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "wiredesk intake", "version": version("wiredesk"), "description": DESCRIPTION},
        "paths": {
            "/pages": {"post": _post_pages()},
            "/openapi.json": {"get": _get("This document", "application/json")},
            "/metrics": {"get": {**_get("Metrics in the format of Prometheus", "text/plain"), "security": _security()}},
            "/health/live": {"get": _get("The process answers", "application/json")},
            "/health/ready": {"get": _health()},
        },
        "components": {
            "schemas": {
                "RawPage": RawPage.model_json_schema(ref_template="#/components/schemas/{model}"),
                "Receipt": _receipt(),
                "Failure": _failure(),
                "Problem": _problem(),
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _post_pages() -> dict[str, Any]:
    problems = [
        kind
        for kind in ProblemKind
        if kind not in (ProblemKind.NOT_FOUND, ProblemKind.METHOD_NOT_ALLOWED, ProblemKind.INTERNAL)
    ]
    return {
        "summary": "Publish pages",
        "operationId": "publishPages",
        "security": _security(),
        "parameters": _parameters(),
        "requestBody": {"required": True, "content": _bodies()},
        "responses": {
            "202": _answer("Every page is on Kafka", "application/json", "Receipt"),
            **{str(kind.status): _problem_answer(kind) for kind in problems},
        },
    }


def _parameters() -> list[dict[str, Any]]:
    url = "URL of a page that is the body itself; not with events and archives"
    own: list[dict[str, Any]] = [
        _parameter("query", "url", url),
        _parameter("query", "fetched_at", "when the page was fetched, as an RFC 3339 timestamp"),
        _parameter("query", "http_status", "of the page's response"),
        _parameter("query", "source", "the publication"),
        _parameter("query", "language", "of the page, as a BCP 47 tag"),
        _parameter("query", "is_truncated", "true: the end of the body is missing"),
    ]
    attributes = {"ce-subject": url, "ce-time": "as fetched_at", "ce-httpstatus": "as http_status"}
    attributes |= {"ce-publication": "as source", "ce-language": "as language", "content-location": "as url"}
    attributes["ce-specversion"] = (
        "1.0: the request is a CloudEvent in binary mode, whose attributes are percent-encoded"
    )
    attributes[f"{RESPONSE_PREFIX}content-encoding"] = f"a header of the page's response, as any {RESPONSE_PREFIX}..."
    attributes["content-encoding"] = "of the request's body: gzip, deflate, br, zstd, or several"
    attributes[TRACEPARENT] = "W3C Trace Context, which all later events carry"
    return [*own, *(_parameter("header", name, meaning) for name, meaning in attributes.items())]


def _parameter(where: str, name: str, meaning: str) -> dict[str, Any]:
    return {"in": where, "name": name, "description": meaning, "required": False, "schema": {"type": "string"}}


def _bodies() -> dict[str, Any]:
    event = {"$ref": "#/components/schemas/RawPage"}
    events = {"oneOf": [event, {"type": "array", "items": event}]}
    lines = {"type": "string", "description": "an event on each line"}
    schemas = {BodyKind.EVENTS: events, BodyKind.LINES: lines, BodyKind.ARCHIVE: BINARY}
    named = {name: {"schema": schema} for kind, schema in schemas.items() for name in kind.value}
    return {**named, "*/*": {"schema": {**BINARY, "description": "the page itself, with its own content type"}}}


def _security() -> list[dict[str, list[str]]]:
    return [{"token": []}, {}]


def _get(summary: str, content_type: str) -> dict[str, Any]:
    return {"summary": summary, "responses": {"200": {"description": summary, "content": {content_type: {}}}}}


def _health() -> dict[str, Any]:
    summary = "Pages can be published"
    described = _get(summary, "application/json")
    described["responses"]["503"] = {"description": "They cannot, and why", "content": {"application/json": {}}}
    return described


def _answer(description: str, content_type: str, schema: str) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": description, "content": {content_type: {"schema": reference}}}


def _problem_answer(kind: ProblemKind) -> dict[str, Any]:
    answer = _answer(kind.title, MEDIA_TYPE, "Problem")
    if kind in RETRIED:
        seconds = {"description": "seconds until the request may succeed", "schema": {"type": "integer"}}
        answer["headers"] = {"Retry-After": seconds}
    return answer


def _receipt() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["pages", "acknowledged", "failures", "unread_from", "origins", "passed_over"],
        "properties": _receipt_properties(),
    }


def _receipt_properties() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    return {
        "pages": {**count, "description": "pages that were read"},
        "acknowledged": {**count, "description": "pages that the brokers have"},
        "failures": {"type": "array", "items": {"$ref": "#/components/schemas/Failure"}},
        "unread_from": {
            "type": ["integer", "null"],
            "description": "index of the first page that was not read; null: all were read",
        },
        "origins": {
            "type": "array",
            "items": {"type": ["string", "null"]},
            "description": "by index, topic/partition/offset of each page: `wiredesk_origin` of all its events",
        },
        "passed_over": {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "description": "parts of an archive that are no pages, by kind",
        },
    }


def _failure() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["index", "type", "status", "detail"],
        "properties": {
            "index": {"type": ["integer", "null"], "description": "of the page, from 0; null: it is no page"},
            "line": {"type": "integer", "description": "of the page in JSON Lines, from 1"},
            "url": {"type": "string"},
            "type": {"type": "string"},
            "status": {"type": "integer", "description": "422, 413: mend it; 503: send it again"},
            "detail": {"type": "string"},
        },
    }


def _problem() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "enum": [kind.uri for kind in ProblemKind]},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            **_receipt_properties(),
        },
    }
