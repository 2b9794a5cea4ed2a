"""The AsyncAPI 3 document: derived from the stages and the models, so that it cannot disagree with them."""

import base64
from importlib.metadata import version
from typing import Any

from wiredesk.contracts.json_schema import example_of, file_name
from wiredesk.pipeline import PAGES_RAW
from wiredesk.registry import Registry
from wiredesk.runtime.topology import Topic
from wiredesk_schemas import DeadLetterHeaders, DerivedEvent, Event, ForgottenEntry, RawPage
from wiredesk_schemas import headers as names

type Json = dict[str, Any]
"""A JSON object."""


def document(registry: Registry) -> Json:
    """Return the document of all topics, events and stages of a registry."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "wiredesk",
            "version": version("wiredesk"),
            "description": "Raw pages in, enriched articles out, exactly once. Names are without the prefix that "
            "WIREDESK_TOPIC_PREFIX may put before them. Read with isolation level read_committed.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {"host": "127.0.0.1:9092", "protocol": "kafka", "description": "WIREDESK_BOOTSTRAP_SERVERS"}
        },
        "channels": {topic.name: _channel(topic) for topic in registry.topics},
        "operations": _operations(registry),
        "components": {
            "messages": {
                **{event.__name__: _message(event, registry) for topic in registry.topics for event in topic.events},
                **_raw_pages(),
                "DeadLetter": _dead_letter(),
            },
            "messageTraits": {"derived": {"headers": _headers()}},
        },
    }


def _channel(topic: Topic) -> Json:
    names = ["DeadLetter"] if topic.dead_letters else [event.__name__ for event in topic.events]
    if topic == PAGES_RAW:
        names += _raw_pages()
    return {
        "address": topic.name,
        "description": topic.description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": topic.settings()["cleanup.policy"].split(","),
                    "retention.ms": topic.retention_ms,
                    "max.message.bytes": topic.max_message_bytes,
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _message(event: type[Event], registry: Registry) -> Json:
    payload = example_of(event)
    message: Json = {
        "name": event.TYPE,
        "title": event.__name__,
        "summary": (event.__doc__ or "").partition("\n")[0],
        "contentType": "application/json",
        "payload": {"$ref": f"./{file_name(event)}"},
    }
    if issubclass(event, RawPage | DerivedEvent | ForgottenEntry):
        message["bindings"] = _key(event.KEY)
    if not issubclass(event, DerivedEvent):
        name = "newest" if event is ForgottenEntry else "bytes"
        return {**message, **({"examples": [{"name": name, "payload": payload}]} if payload else {})}
    message["traits"] = [{"$ref": "#/components/messageTraits/derived"}]
    if not payload:
        return message
    example = {"name": "newest", "headers": _example_headers(event, payload, registry), "payload": payload}
    return {**message, "examples": [example]}


def _key(description: str) -> Json:
    """Return the bindings of a message whose record has a key."""
    return {"kafka": {"key": {"type": "string", "description": description}, "bindingVersion": "0.5.0"}}


def _raw_pages() -> Json:
    """Return a raw page in the content modes of CloudEvents, beside the plain one."""
    page = example_of(RawPage)
    return {"RawPageStructured": _structured_raw_page(page), "RawPageBinary": _binary_raw_page(page)}


def _structured_raw_page(page: Json) -> Json:
    return {
        "name": RawPage.TYPE,
        "title": "RawPage in CloudEvents structured mode",
        "summary": "The page's fields are the event's data.",
        "bindings": _key(RawPage.KEY),
        "contentType": names.STRUCTURED_JSON,
        "headers": {
            "type": "object",
            "required": [names.CONTENT_TYPE],
            "properties": {names.CONTENT_TYPE: {"type": "string", "const": names.STRUCTURED_JSON}},
        },
        "payload": {
            "type": "object",
            "required": ["specversion", "id", "source", "type", "data"],
            "properties": {
                "specversion": {"type": "string", "const": "1.0"},
                "id": {"type": "string", "minLength": 1},
                "source": {"type": "string", "format": "uri-reference", "minLength": 1},
                "type": {"type": "string", "minLength": 1},
                "time": {"type": "string", "format": "date-time", "description": "when the page was fetched"},
                "data": {"$ref": f"./{file_name(RawPage)}"},
            },
        },
        "examples": [
            {
                "name": "bytes",
                "headers": {names.CONTENT_TYPE: names.STRUCTURED_JSON},
                "payload": {
                    "specversion": "1.0",
                    "id": "2026-03-14/000001",
                    "source": "/crawlers/courier",
                    "type": RawPage.TYPE,
                    "data": page,
                },
            }
        ],
    }


def _binary_raw_page(page: Json) -> Json:
    return {
        "name": RawPage.TYPE,
        "title": "RawPage in CloudEvents binary mode",
        "summary": "The value is the page itself, byte for byte as it came over the wire.",
        "bindings": _key(RawPage.KEY),
        "contentType": "text/html",
        "headers": {
            "type": "object",
            "required": [names.CONTENT_TYPE, names.SUBJECT],
            "properties": {
                names.CONTENT_TYPE: {"type": "string", "description": "the page's own", "examples": ["text/html"]},
                names.SUBJECT: {"type": "string", "minLength": 1, "description": "the page's URL"},
                names.TIME: {"type": "string", "format": "date-time", "description": "when it was fetched"},
                names.HTTP_STATUS: {"type": "string", "description": "status of the response"},
                names.HTTP_HEADERS: {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "description": "headers of the response, as a JSON object of strings; since 1.5",
                },
                names.TRUNCATED: {"const": "true", "description": "the end of the body is missing; since 1.5"},
                names.PUBLICATION: {"type": "string", "description": "the publication, where the crawler knows it"},
                names.LANGUAGE: {"type": "string", "description": "BCP 47, where the crawler knows it"},
            },
        },
        "payload": {"type": "string", "contentMediaType": "text/html", "minLength": 1},
        "examples": [
            {
                "name": "html",
                "headers": {
                    names.CONTENT_TYPE: page["content_type"],
                    names.SUBJECT: page["url"],
                    names.TIME: page["fetched_at"],
                    names.HTTP_STATUS: str(page["http_status"]),
                },
                "payload": base64.b64decode(page["body_base64"]).decode(),
            }
        ],
    }


def _dead_letter() -> Json:
    letter = DeadLetterHeaders.model_json_schema()
    fields = {
        names.DEAD_LETTER_PREFIX + name: _header(info.get("description")) for name, info in letter["properties"].items()
    }
    return {
        "name": "wiredesk.dead_letter.v1",
        "title": "DeadLetter",
        "summary": "A record as received, byte for byte, with the reason in headers.",
        "headers": {
            "type": "object",
            "required": [
                *(names.DEAD_LETTER_PREFIX + name for name in letter["required"]),
                names.ORIGIN,
                names.ORIGIN_TIME,
            ],
            "properties": {**fields, **_headers()["properties"]},
        },
        "payload": {
            "description": "key, value and headers as they were received; a header whose name began with wiredesk_ "
            f"has the name {names.RECEIVED_PREFIX}wiredesk_..."
        },
    }


ALWAYS = {
    names.SPEC_VERSION: "1.0",
    names.EVENT_ID: "the event's id, which is also in its value",
    names.EVENT_TYPE: "the event's type, with its major version",
    names.SOURCE: "/wiredesk/<stage>",
    names.SUBJECT: "the canonical URL of the page",
    names.TIME: "when the page was fetched, as its crawler says, in UTC and no later than it arrived; where the "
    "crawler does not say, when it arrived",
    names.CONTENT_TYPE: "application/json",
    names.ORIGIN: "<topic>/<partition>/<offset> of the raw page",
    names.ORIGIN_TIME: "when the raw page arrived, in milliseconds since 1970",
}
"""Headers of every derived event."""

SOMETIMES = {
    names.TRACEPARENT: "W3C Trace Context, as it came with the raw page",
    "tracestate": "the same",
    names.ORIGIN_TOPIC_ID: "the id of that topic: a topic that is deleted and created again has another one",
    names.REPLAY: "the id of the run that replayed the page; absent from what the live stream published",
    names.REPLAYED: "<topic>/<partition>/<offset> of the record that the run read",
    names.SYNTHETIC: "true: a probe of wiredesk canary, and no page of a publisher: leave it out",
}
"""Headers that only some derived events have."""


def _headers() -> Json:
    return {
        "type": "object",
        "required": list(ALWAYS),
        "properties": {
            name: {**_header(description), **({"format": "date-time"} if name == names.TIME else {})}
            for name, description in (ALWAYS | SOMETIMES).items()
        },
    }


def _header(description: str | None) -> Json:
    return {"type": "string", **({"description": description} if description else {})}


def _example_headers(event: type[Event], payload: Json, registry: Registry) -> Json:
    """Return the headers of an example; its page was the first record of a topic."""
    stage = next(stage.name for stage in registry.stages.values() if event in stage.routes)
    return {
        names.SPEC_VERSION: "1.0",
        names.EVENT_ID: payload["event_id"],
        names.EVENT_TYPE: event.TYPE,
        names.SOURCE: f"/wiredesk/{payload.get('stage', stage)}",
        names.SUBJECT: payload["canonical_url"],
        names.TIME: "2026-03-14T08:00:00.000Z",
        names.CONTENT_TYPE: "application/json",
        names.ORIGIN: f"{PAGES_RAW.name}/0/0",
        names.ORIGIN_TIME: "1773475201000",
    }


def _operations(registry: Registry) -> Json:
    operations: Json = {}
    for stage in registry.stages.values():
        operations[f"{stage.name}.consume"] = {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{stage.consumes.name}"},
            "summary": stage.description,
            "bindings": {"kafka": {"groupId": {"type": "string", "const": stage.group}, "bindingVersion": "0.5.0"}},
        }
        for topic in (*stage.produces, stage.dead_letter_topic):
            operations[f"{stage.name}.produce.{topic.name}"] = {
                "action": "send",
                "channel": {"$ref": f"#/channels/{topic.name}"},
            }
    return operations
