"""The AsyncAPI 3 document: derived from the pipeline and the models, so that it cannot disagree with them."""

import re
from importlib.metadata import version
from typing import Any

from schemas import DeadLetterHeaders, Event, RawPage
from schemas.dead_letter import PREFIX, RECEIVED
from schemas.event import Part
from services.pipeline import EVENTS, PAGES_RAW, STAGES, TOPICS
from services.runtime.lineage import ORIGIN, ORIGIN_TIME, REPLAY, REPLAYED
from services.runtime.topology import Topic

DIALECT = "https://json-schema.org/draft/2020-12/schema"

type Json = dict[str, Any]


def file_name(model: type[Part]) -> str:
    """Return the file of a model's schema: `raw_page.v1.schema.json`."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()
    major = model.TYPE.rpartition(".")[2] if issubclass(model, Event) else "v1"
    return f"{snake}.{major}.schema.json"


def schema(model: type[Part]) -> Json:
    """Return the JSON Schema of what stands on the wire."""
    generated = model.model_json_schema(mode="validation" if model is RawPage else "serialization")
    return {"$schema": DIALECT, **generated}


def document() -> Json:
    """Return the document."""
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
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": _operations(),
        "components": {
            "messages": {**{event.__name__: _message(event) for event in EVENTS.values()}, **_dead_letter()},
            "messageTraits": {"derived": {"headers": _headers()}},
        },
    }


def _channel(topic: Topic) -> Json:
    names = [EVENTS[topic].__name__] if topic in EVENTS else ["DeadLetter"]
    if topic == PAGES_RAW:
        names.append("RawPageBinary")
    return {
        "address": topic.name,
        "description": topic.describes,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "retention.ms": topic.retention_ms,
                    "max.message.bytes": topic.max_message_bytes,
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _message(event: type[Event]) -> Json:
    message: Json = {
        "name": event.TYPE,
        "title": event.__name__,
        "summary": (event.__doc__ or "").partition("\n")[0],
        "contentType": "application/json",
        "payload": {"$ref": f"./{file_name(event)}"},
    }
    if event is RawPage:
        return message
    return {
        **message,
        "traits": [{"$ref": "#/components/messageTraits/derived"}],
        "bindings": {"kafka": {"key": {"type": "string", "description": "the page id"}, "bindingVersion": "0.5.0"}},
    }


def _dead_letter() -> Json:
    letters = DeadLetterHeaders.model_json_schema()["properties"]
    return {
        "RawPageBinary": {
            "name": RawPage.TYPE,
            "title": "RawPage in CloudEvents binary mode",
            "summary": "The value is the page itself.",
            "contentType": "text/html",
            "headers": {
                "type": "object",
                "required": ["content-type", "ce_subject"],
                "properties": {
                    "content-type": {"type": "string", "description": "the page's own", "examples": ["text/html"]},
                    "ce_subject": {"type": "string", "description": "the page's URL"},
                    "ce_time": {"type": "string", "format": "date-time", "description": "when it was fetched"},
                    "ce_httpstatus": {"type": "string", "description": "status of the response"},
                    "ce_publication": {"type": "string", "description": "the publication, where the crawler knows it"},
                    "ce_language": {"type": "string", "description": "BCP 47, where the crawler knows it"},
                },
            },
            "payload": {"type": "string", "format": "binary"},
        },
        "DeadLetter": {
            "name": "wiredesk.dead_letter.v1",
            "title": "DeadLetter",
            "summary": "A record as received, byte for byte, with the reason in headers.",
            "headers": {
                "type": "object",
                "properties": {
                    **{PREFIX + name: {"type": "string", **_told(info)} for name, info in letters.items()},
                    **_headers()["properties"],
                },
            },
            "payload": {
                "description": "key, value and headers as they were received; a header whose name began with wiredesk_ "
                f"stands under {RECEIVED}wiredesk_..."
            },
        },
    }


def _told(info: Json) -> Json:
    return {"description": info["description"]} if "description" in info else {}


def _headers() -> Json:
    described = {
        "ce_specversion": "1.0",
        "ce_id": "the event's id, which is also in its value",
        "ce_type": "the event's type, with its major version",
        "ce_source": "/wiredesk/<stage>",
        "ce_subject": "the page's URL, without credentials",
        "content-type": "application/json",
        "traceparent": "W3C Trace Context, as it came with the raw page",
        ORIGIN: "<topic>/<partition>/<offset> of the raw page",
        ORIGIN_TIME: "when the raw page arrived, in milliseconds since 1970",
        REPLAY: "the id of the run that replayed the page; absent from what the live stream published",
        REPLAYED: "<topic>/<partition>/<offset> of the record that the run read",
    }
    return {
        "type": "object",
        "properties": {name: {"type": "string", "description": told} for name, told in described.items()},
    }


def _operations() -> Json:
    operations: Json = {}
    for stage in STAGES.values():
        operations[f"{stage.name}.consume"] = {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{stage.consumes.name}"},
            "summary": stage.describes,
            "bindings": {"kafka": {"groupId": {"type": "string", "const": stage.group}, "bindingVersion": "0.5.0"}},
        }
        for topic in (*stage.produces, stage.dead_letter_topic):
            operations[f"{stage.name}.produce.{topic.name}"] = {
                "action": "send",
                "channel": {"$ref": f"#/channels/{topic.name}"},
            }
    return operations
