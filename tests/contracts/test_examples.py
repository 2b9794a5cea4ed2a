"""Today's models read events of every released version, and the generated files are up to date."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from wiredesk import registry
from wiredesk.contracts.asyncapi import document
from wiredesk.contracts.generation import GENERATED, generated_files
from wiredesk.contracts.json_schema import file_name
from wiredesk.pipeline import STAGES, TOPICS
from wiredesk_schemas import EVENTS, Event, InvalidEventError, RawPage
from wiredesk_schemas.event import UnknownVersionError

OURS = registry.registry().of(registry.OURS)

EXAMPLES = sorted((Path(__file__).parents[2] / "schemas" / "wiredesk_schemas" / "examples").glob("*/*.json"))
BY_FILE = {file_name(event).removesuffix(".schema.json"): event for event in EVENTS}


def _kept(stored: Any, again: Any) -> Any:
    """Return what is left of an event when the fields that later versions added are taken away, at any depth."""
    if isinstance(stored, dict):
        return {name: _kept(value, again[name]) for name, value in stored.items() if name in again}
    if isinstance(stored, list):
        return [_kept(one, other) for one, other in zip(stored, again, strict=True)]
    return again


def test_there_is_an_example_of_every_event() -> None:
    assert {path.stem for path in EXAMPLES} == set(BY_FILE)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_events_of_released_versions_are_understood(path: Path) -> None:
    model: type[Event] = BY_FILE[path.stem]
    stored = json.loads(path.read_bytes())
    event = model.from_json(path.read_bytes())
    again = json.loads(event.to_json())
    assert _kept(stored, again) == stored
    schema = json.loads((GENERATED / f"{path.stem}.schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(stored)


@pytest.mark.parametrize("name", sorted(generated_files(OURS)))
def test_generated_files_are_fresh(name: str) -> None:
    assert (GENERATED / name).read_bytes() == generated_files(OURS)[name], "run 'make generate'"


def test_unknown_fields_are_ignored_and_unknown_major_versions_refused() -> None:
    path = next(p for p in EXAMPLES if p.stem.startswith("accepted_page"))
    stored = json.loads(path.read_bytes())
    model = BY_FILE[path.stem]
    model.from_object({**stored, "added_later": 1, "schema_version": "1.9"})
    with pytest.raises(UnknownVersionError, match=r"'2.0' is another major version of AcceptedPage than 1"):
        model.from_object({**stored, "schema_version": "2.0"})
    for wrong in ("", "one", 1, None):
        with pytest.raises(InvalidEventError, match="schema_version"):
            model.from_object({**stored, "schema_version": wrong})


def test_asyncapi_has_every_topic_and_resolves() -> None:
    written = document(OURS)
    assert set(written["channels"]) == {topic.name for topic in TOPICS}
    assert len([o for o in written["operations"].values() if o["action"] == "receive"]) == len(STAGES)
    for channel in written["channels"].values():
        for message in channel["messages"].values():
            assert message["$ref"].rpartition("/")[2] in written["components"]["messages"]
    for message in written["components"]["messages"].values():
        if "$ref" in message["payload"]:
            assert (GENERATED / message["payload"]["$ref"]).exists()


def test_events_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        RawPage(url="https://a.example/", body="x").url = "y"  # type: ignore[misc] # that is the point
