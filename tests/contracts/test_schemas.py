"""The generated schemas describe exactly what is accepted and what is written."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from wiredesk import registry
from wiredesk.contracts.asyncapi import document
from wiredesk.contracts.generation import GENERATED
from wiredesk.contracts.json_schema import EXAMPLES, example_of, file_name, json_schema
from wiredesk_schemas import EVENTS, DeadLetterHeaders, Event, InvalidEventError, RawPage
from wiredesk_schemas.event import Since

OURS = registry.registry().of(registry.OURS)

URL = "https://a.example/"
RAW = Draft202012Validator(json_schema(RawPage))
WRITTEN = [event for event in EVENTS if event is not RawPage]


def is_taken(page: dict[str, Any]) -> bool:
    try:
        RawPage.from_object(page)
    except InvalidEventError:
        return False
    return True


def is_read_as_it_is(page: dict[str, Any]) -> bool:
    return is_taken(page) and not RawPage.from_object(page).notes


@pytest.mark.parametrize(
    "body",
    [
        {"body": "x"},
        {"body_base64": "eA=="},
        {"body": "x", "body_base64": None},
        {"body": None, "body_base64": "eA=="},
        {"body": "x", "added_later": {"a": 1}},
        {"body": "x", "http_status": 99},
        {"body": "x", "http_status": 999},
    ],
)
def test_what_is_valid_is_read_as_it_is(body: dict[str, Any]) -> None:
    page = {"url": URL, **body}
    assert RAW.is_valid(page)
    assert is_read_as_it_is(page)


@pytest.mark.parametrize(
    "body",
    [
        {"body_base64": "eA="},
        {"body_base64": "eA"},
        {"body_base64": "eA==="},
        {"body_base64": "eHh4="},
        {"body_base64": "eA-_"},
        {"body_base64": "eHh4\r\neHh4"},
        {"body_base64": " eA=="},
        {"body": "x", "body_base64": "eA=="},
        {"body": "x", "source": "s" * 501},
        {"body": "x", "http_status": "200"},
        {"body": "x", "http_headers": {"a": ["b"]}},
        {"body": "x", "content_type": 1},
    ],
)
def test_what_is_not_valid_and_clear_is_read_with_a_note(body: dict[str, Any]) -> None:
    page = {"url": URL, **body}
    assert not RAW.is_valid(page)
    assert is_taken(page)
    assert not is_read_as_it_is(page)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"body": None},
        {"body": None, "body_base64": None},
        {"body": "x", "body_base64": "eQ=="},
        {"body": 1},
        {"body_base64": 1},
        {"body_base64": ["eA=="]},
        {"body_base64": "e"},
        {"body_base64": "eA==eA=="},
        {"body_base64": "<html>"},
        {"body": "x", "url": ""},
        {"body": "x", "url": None},
        {"body": "x", "http_status": "lost"},
    ],
)
def test_what_is_neither_valid_nor_clear_is_refused(body: dict[str, Any]) -> None:
    page = {"url": URL, **body}
    assert not RAW.is_valid(page)
    assert not is_taken(page)


def test_an_empty_page_is_no_page_by_the_schema() -> None:
    """The reader accepts it, so that it is dead-lettered as `empty` and not as invalid."""
    for body in ({"body": ""}, {"body_base64": ""}):
        assert not RAW.is_valid({"url": URL, **body})
        assert is_taken({"url": URL, **body})


BASE64 = st.text("AZaz09+/=-_ \n", min_size=1, max_size=12) | st.binary(min_size=1).map(
    lambda b: base64.b64encode(b).decode()
)


@given(BASE64)
def test_base64_is_valid_where_the_reader_takes_it_as_it_is(body: str) -> None:
    page = {"url": URL, "body_base64": body}
    if not body.endswith("\n"):  # Python's $ matches before it, that of the standard's dialect does not
        assert RAW.is_valid(page) == is_read_as_it_is(page)
    if is_read_as_it_is(page):
        assert RawPage.from_object(page).body_base64 == base64.b64decode(body)


def objects(model: type[BaseModel], generated: dict[str, Any]) -> Iterator[tuple[type[BaseModel], dict[str, Any]]]:
    """Yield a model and all models in it, each with its schema."""
    parts = {part.model_config.get("title") or part.__name__: part for part in _parts(model)}
    yield model, generated
    for name, part in generated.get("$defs", {}).items():
        if part.get("type") == "object":
            yield parts[name], part


def _parts(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for info in model.model_fields.values():
        for part in _models_in(info.annotation):
            yield part
            yield from _parts(part)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)


def added(model: type[BaseModel]) -> dict[str, str]:
    """Return the fields that later minor versions added, each with its version."""
    marks = {name: [m for m in info.metadata if isinstance(m, Since)] for name, info in model.model_fields.items()}
    return {name: mark.version for name, (mark, *_) in ((n, m) for n, m in marks.items() if m)}


@pytest.mark.parametrize("event", WRITTEN, ids=lambda event: event.__name__)
def test_what_every_event_of_the_version_has_is_required(event: type[Event]) -> None:
    compared = 0
    for model, part in objects(event, json_schema(event)):
        assert set(part["required"]) == set(model.model_fields) - set(added(model)), model.__name__
        assert all("default" not in part["properties"][name] for name in part["required"])
        for name, version in added(model).items():
            assert f"since {version}" in part["properties"][name]["description"]
        compared += 1
    assert compared >= 1 + len(set(_parts(event)))


@pytest.mark.parametrize("event", WRITTEN, ids=lambda event: event.__name__)
def test_a_field_is_marked_where_older_events_are_without_it_and_nowhere_else(event: type[Event]) -> None:
    stem = file_name(event).removesuffix(".schema.json")
    for path in EXAMPLES.glob(f"*/{stem}.json"):
        absent = _absent(event, json.loads(path.read_bytes()))
        newer = {version for _, version in absent}
        assert all(_number(version) > _number(path.parent.name) for version in newer)
    oldest = min(EXAMPLES.glob(f"*/{stem}.json"), key=lambda path: _number(path.parent.name))
    # Classes that began later may share fields with older ones: what is marked with their first version, they always had.
    marked = {
        (name, version)
        for model in (event, *_parts(event))
        for name, version in added(model).items()
        if _number(version) > _number(oldest.parent.name)
    }
    assert _absent(event, json.loads(oldest.read_bytes())) == marked


def _absent(model: type[BaseModel], stored: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the fields that an event is without, each with the version that added it; fail where none did."""
    since = added(model)
    absent = {(name, since[name]) for name in model.model_fields if name not in stored}
    for name, info in model.model_fields.items():
        values = stored.get(name)
        for part in set(_models_in(info.annotation)):
            for value in values if isinstance(values, list) else [values] if values is not None else []:
                absent |= _absent(part, value)
    return absent


def _number(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_dead_letters_have_what_is_written_always() -> None:
    generated = json_schema(DeadLetterHeaders)
    assert set(generated["properties"]) - set(generated["required"]) == {"raw", "raw_headers", "stack"}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_the_example_in_a_schema_is_the_newest_event_and_valid(event: type[Event]) -> None:
    generated = json.loads((GENERATED / file_name(event)).read_bytes())
    (example,) = generated["examples"]
    assert example == example_of(event)
    assert event is RawPage or example["schema_version"] == event.model_fields["schema_version"].default
    Draft202012Validator(generated, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(example)
    assert json.loads(event.from_object(example).to_json()) == example


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    if isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


@pytest.mark.parametrize("path", sorted(GENERATED.iterdir()), ids=lambda path: path.name)
def test_fields_have_no_titles_and_bytes_no_format(path: Path) -> None:
    generated = json.loads(path.read_bytes())
    generated.pop("examples", None)
    for node in nodes(generated):
        assert node.get("format") != "binary"
        for field in node.get("properties", {}).values():
            assert "title" not in field


def test_examples_of_messages_are_valid() -> None:
    checked = 0
    for name, message in document(OURS)["components"]["messages"].items():
        headers = message.get("headers") or {}
        if "traits" in message:
            headers = document(OURS)["components"]["messageTraits"]["derived"]["headers"]
        payload = _resolved(message["payload"])
        for example in message.get("examples", ()):
            checker = Draft202012Validator.FORMAT_CHECKER
            Draft202012Validator(headers, format_checker=checker).validate(example.get("headers", {}))
            Draft202012Validator(payload, format_checker=checker).validate(example["payload"])
            checked += 1
        assert message.get("examples") or name == "DeadLetter"
    assert checked == len(EVENTS) + 2


def _resolved(payload: Any) -> Any:
    if isinstance(payload, dict) and str(payload.get("$ref", "")).startswith("./"):
        return json.loads((GENERATED / payload["$ref"]).read_bytes())
    if isinstance(payload, dict) and "data" in payload.get("properties", {}):
        inner = _resolved(payload["properties"]["data"])
        defs = inner.pop("$defs")
        return {**payload, "properties": {**payload["properties"], "data": inner}, "$defs": defs}
    return payload
