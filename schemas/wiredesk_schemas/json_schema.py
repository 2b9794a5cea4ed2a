"""The JSON Schema of an event, as validators and generators of types need it."""

from pathlib import Path
from typing import Any

import orjson
from pydantic.json_schema import GenerateJsonSchema

from wiredesk_schemas.enriched_article import MediaTopic
from wiredesk_schemas.event import Part
from wiredesk_schemas.raw_page import RawPage

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EXAMPLES = Path(__file__).parent / "examples"

type Schema = dict[str, Any]


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, with the names that our schemas were released under."""

    def normalize_name(self, name: str) -> str:
        """Return the key of a definition: the title of a media topic is `Topic`, as in the first release."""
        return super().normalize_name("Topic" if name == MediaTopic.__name__ else name)

    # Only models and enumerations have titles: generators of types make a type of a field's title (`Text1`, `Code1`).
    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - never
        return False


def json_schema(model: type[Part], examples: list[Schema]) -> Schema:
    """Return the JSON Schema of what stands on the wire.

    That is what we take of raw pages, which others write, and what we write of everything else.

    Args:
        examples: real ones, which become part of it.
    """
    if model is RawPage:
        generated = _one_body(model.model_json_schema(mode="validation", schema_generator=_Generator))
    else:
        generated = model.model_json_schema(mode="serialization", schema_generator=_Generator)
    return {"$schema": DIALECT, **generated, **({"examples": examples} if examples else {})}


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
    for title, (given, absent, length, description) in alternatives.items():
        text = next(one for one in fields[given]["anyOf"] if one["type"] == "string")
        page.setdefault("$defs", {})[title] = {
            "title": title,
            "description": description,
            "type": page["type"],
            "properties": {
                **fields,
                given: {**text, "minLength": length, "description": fields[given]["description"]},
                absent: {"type": "null"},
            },
            "required": [*required, given],
        }
    page["oneOf"] = [{"$ref": f"#/$defs/{title}"} for title in alternatives]
    return page


def newest_example(name: str) -> Schema:
    """Return an event of the newest version of which there is an example.

    Args:
        name: of the event, with its major version: `raw_page.v1`.
    """
    newest = max(
        EXAMPLES.glob(f"*/{name}.json"), key=lambda path: [int(number) for number in path.parent.name.split(".")]
    )
    example: Schema = orjson.loads(newest.read_bytes())
    return example
