"""Today's schemas against those of every release: no change may break their users without a new major version."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from wiredesk.contracts.compatibility import Written, breaking_changes, broken_promises
from wiredesk.contracts.generation import GENERATED, RELEASED

OLD: dict[str, Any] = {
    "$defs": {
        "Kind": {"enum": ["a", "b"], "type": "string"},
        "Part": {
            "properties": {
                "kind": {"$ref": "#/$defs/Kind"},
                "next": {"anyOf": [{"$ref": "#/$defs/Part"}, {"type": "null"}]},
            },
            "required": ["kind"],
            "type": "object",
        },
    },
    "properties": {
        "name": {"type": "string", "maxLength": 10},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "parts": {"items": {"$ref": "#/$defs/Part"}, "type": "array"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["name"],
    "type": "object",
}


def changed(*path: str, to: Any) -> dict[str, Any]:
    new = copy.deepcopy(OLD)
    *way, last = path
    at: Any = new
    for step in way:
        at = at[step]
    if to is None:
        del at[last]
    else:
        at[last] = to
    return new


@pytest.mark.parametrize(
    ("new", "by_us", "by_others"),
    [
        (OLD, [], []),
        (changed("properties", "added", to={"type": "string"}), [], []),
        (changed("properties", "note", to=None), ["note: is gone"], ["note: is gone"]),
        (changed("properties", "note", to={"type": "string"}), [], ["note: null would be refused"]),
        (
            changed("properties", "name", to={"type": "integer", "maxLength": 10}),
            ["name: may be integer, was string"],
            ["name: string would be refused"],
        ),
        (changed("properties", "score", "type", to="integer"), [], ["score: number would be refused"]),
        (changed("properties", "score", "maximum", to=2), ["score: maximum was 1, would be 2"], []),
        (changed("properties", "name", "maxLength", to=5), [], ["name: maxLength was 10, would be 5"]),
        (changed("required", to=["name", "score"]), [], ["score: would be required"]),
        (changed("required", to=[]), ["name: may be absent"], []),
        (changed("$defs", "Kind", "enum", to=["a", "b", "c"]), [], []),
        (changed("$defs", "Kind", "enum", to=["a"]), [], ["parts[].kind: b would be refused"]),
        (changed("$defs", "Part", "properties", "kind", to=None), ["parts[].kind: is gone"], ["parts[].kind: is gone"]),
    ],
)
def test_what_would_break_is_reported_with_its_place(
    new: dict[str, Any], by_us: list[str], by_others: list[str]
) -> None:
    assert breaking_changes(OLD, new, Written.BY_US) == by_us
    assert breaking_changes(OLD, new, Written.BY_OTHERS) == by_others


def test_one_of_two_objects_takes_what_either_takes() -> None:
    named: dict[str, Any] = {
        "properties": {"name": {"type": "string"}, "score": {"type": "number"}},
        "required": ["name"],
    }
    counted: dict[str, Any] = {
        "properties": {"name": {"type": "null"}, "score": {"type": "number"}},
        "required": ["score"],
    }
    both = {
        "$defs": {"Named": named, "Counted": counted},
        "oneOf": [{"$ref": "#/$defs/Named"}, {"$ref": "#/$defs/Counted"}],
    }
    before = {
        "type": "object",
        "properties": {"name": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "score": {"type": "number"}},
    }
    assert breaking_changes(before, both, Written.BY_OTHERS) == []
    assert breaking_changes(both, {**before, "required": ["name"]}, Written.BY_OTHERS) == ["name: would be required"]
    del counted["properties"]["name"]
    assert breaking_changes(before, both, Written.BY_OTHERS) == ["name: null would be refused"]
    assert breaking_changes({**before, "required": ["score"]}, both, Written.BY_US) == ["score: may be absent"]
    del named["properties"]["score"], counted["properties"]["score"]
    assert "score: is gone" in breaking_changes(before, both, Written.BY_OTHERS)


@pytest.mark.parametrize("release", sorted(RELEASED.iterdir()), ids=lambda folder: folder.name)
def test_no_promise_of_a_release_is_broken(release: Path) -> None:
    assert broken_promises(release, GENERATED) == []


def test_a_broken_promise_is_found(tmp_path: Path) -> None:
    release = max(RELEASED.iterdir())
    for path in release.iterdir():
        schema = json.loads(path.read_bytes())
        if path.name.startswith("enriched_article"):
            del schema["properties"]["topics"]
        (tmp_path / path.name).write_text(json.dumps(schema), encoding="utf-8")
    (problem,) = broken_promises(release, tmp_path)
    assert problem == f"enriched_article.v1: topics: is gone (since {release.name})"
