"""The JSON Schema of an event, in the form that validators and generators of types need."""

import re
from pathlib import Path
from typing import Any

import orjson
from pydantic.json_schema import GenerateJsonSchema

import wiredesk_schemas
from wiredesk_schemas import DerivedEvent, Event, ForgottenEntry, MediaTopic, Part, RawPage

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The version of JSON Schema that is written."""

EXAMPLES = Path(wiredesk_schemas.__file__).parent / "examples"
"""Events of every released version, in a folder for each version."""

type Schema = dict[str, Any]
"""A JSON Schema, or a part of one."""


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, with the names that our schemas were released under."""

    def normalize_name(self, name: str) -> str:
        """Return the key of a definition: the title of a media topic is `Topic`, as in the first release."""
        return super().normalize_name("Topic" if name == MediaTopic.__name__ else name)

    # Only models and enumerations have titles: generators of types make a type of a field's title (`Text1`, `Code1`).
    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - never
        return False


def file_name(model: type[Part]) -> str:
    """Return the file of a model's schema: `raw_page.v1.schema.json`."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()
    major = model.TYPE.rpartition(".")[2] if issubclass(model, Event) else "v1"
    return f"{snake}.{major}.schema.json"


def json_schema(model: type[Part]) -> Schema:
    """Return the JSON Schema of a value on the wire, with an example where there is one.

    Others write raw pages, and publish to the topics of other entry stages: of those events the schema says what we
    accept. Of all other events it says what we write.
    """
    if model is RawPage:
        generated = _one_body(model.model_json_schema(mode="validation", schema_generator=_Generator))
    elif issubclass(model, Event) and not issubclass(model, DerivedEvent | ForgottenEntry):
        generated = model.model_json_schema(mode="validation", schema_generator=_Generator)
    else:
        generated = model.model_json_schema(mode="serialization", schema_generator=_Generator)
    example = example_of(model)
    return {"$schema": DIALECT, **generated, **({"examples": [example]} if example else {})}


def example_of(model: type[Part]) -> Schema:
    """Return the example of an event's newest version; empty where there is none, as of events of other packages."""
    if not model.__module__.startswith("wiredesk_schemas."):
        return {}
    versions = EXAMPLES.glob(f"*/{file_name(model).removesuffix('.schema.json')}.json")
    newest = max(versions, key=lambda path: [int(number) for number in path.parent.name.split(".")], default=None)
    return {} if newest is None else dict(orjson.loads(newest.read_bytes()))


def _one_body(page: Schema) -> Schema:
    """Return the schema of a raw page as one of two: the page's body is text, or bytes; the other is absent or null.

    Each is a whole object with a name, and not a condition on the common one: generators make types only of the former.
    """
    fields: Schema = page.pop("properties")
    required: list[str] = page.pop("required")
    alternatives = {
        "PageAsText": ("body", "body_base64", 1, "A page as text, already decoded."),
        "PageAsBytes": ("body_base64", "body", 4, "A page as the bytes that came over the wire, in base64."),
    }
    for title, (present, absent, length, description) in alternatives.items():
        text = next(one for one in fields[present]["anyOf"] if one["type"] == "string")
        page.setdefault("$defs", {})[title] = {
            "title": title,
            "description": description,
            "type": page["type"],
            "properties": {
                **fields,
                present: {**text, "minLength": length, "description": fields[present]["description"]},
                absent: {"type": "null"},
            },
            "required": [*required, present],
        }
    page["oneOf"] = [{"$ref": f"#/$defs/{title}"} for title in alternatives]
    return page
