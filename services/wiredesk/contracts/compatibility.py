"""What may change within a major version: compares two JSON Schemas, and lists the changes that break their users.

Events that we write are read by others. What they may contain must not grow beyond what was promised: no field is
removed, no type widens. Raw pages are written by others. What we accept must not shrink: no field becomes required, no
type narrows. New optional fields and new members of enumerations in what we write are additions: readers ignore the
former, and have to accept the latter (docs/contracts.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import orjson

from wiredesk.contracts.json_schema import Schema, file_name
from wiredesk_schemas import RawPage

UPPER = ("maxLength", "maximum", "maxItems")
"""Keywords that bound a value from above."""

LOWER = ("minLength", "minimum", "minItems")
"""Keywords that bound a value from below."""


class Written(Enum):
    """Who writes an event."""

    BY_US = "by us"
    BY_OTHERS = "by others"


def broken_promises(release: Path, current: Path) -> list[str]:
    """Return the changes that break users of a release: event, place and change; empty where there are none.

    Args:
        release: folder of the release's schemas.
        current: folder of today's.
    """
    broken = []
    for path in sorted(release.glob("*.schema.json")):
        name = path.name.removesuffix(".schema.json")
        now = current / path.name
        if not now.exists():
            broken.append(f"{name}: is gone (since {release.name})")
            continue
        written = Written.BY_OTHERS if path.name == file_name(RawPage) else Written.BY_US
        changes = breaking_changes(orjson.loads(path.read_bytes()), orjson.loads(now.read_bytes()), written)
        broken += [f"{name}: {change} (since {release.name})" for change in changes]
    return broken


def breaking_changes(old: Schema, new: Schema, written: Written) -> list[str]:
    """Return the changes that break users of the old schema: the place and the change; empty where there are none."""
    return list(_Comparison(old, new, written).changes("", old, new))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two schemas, whose references are resolved in their roots.

    Attributes:
        comparing: pairs of definitions that are being compared: one may refer to itself.
    """

    old_root: Schema
    new_root: Schema
    written: Written
    comparing: frozenset[tuple[str, str]] = frozenset()

    def changes(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        """Yield the breaking changes at a place and below it."""
        names = str(old.get("$ref", "")), str(new.get("$ref", ""))
        if names in self.comparing:
            return
        inner = replace(self, comparing=self.comparing | {names}) if all(names) else self
        old, new = _united(old, self.old_root), _united(new, self.new_root)
        where = path or "the event"
        yield from self._types(where, old, new)
        yield from self._bounds(where, old, new)
        yield from self._members(where, old, new)
        yield from inner._fields(path, old, new)
        if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
            yield from inner.changes(f"{path}[]", old["items"], new["items"])
        one, other = self._alternative(old, self.old_root), self._alternative(new, self.new_root)
        if one is not None and other is not None:
            yield from inner.changes(path, one, other)

    def _fields(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed_before, needed_after = set(old.get("required", [])), set(new.get("required", []))
        for name in sorted(before.keys() | after.keys()):
            inner = f"{path}.{name}" if path else name
            if name not in after:
                yield f"{inner}: is gone"
                continue
            if name in before:
                yield from self.changes(inner, before[name], after[name])
            if self.written is Written.BY_OTHERS and name in needed_after - needed_before:
                yield f"{inner}: would be required"
            if self.written is Written.BY_US and name in needed_before - needed_after:
                yield f"{inner}: may be absent"

    def _types(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        before, after = _kinds(old, self.old_root), _kinds(new, self.new_root)
        if not before or not after:
            return
        if self.written is Written.BY_US and (wider := after - _covered(before)):
            yield f"{where}: may be {', '.join(sorted(wider))}, was {', '.join(sorted(before))}"
        if self.written is Written.BY_OTHERS and (refused := before - _covered(after)):
            yield f"{where}: {', '.join(sorted(refused))} would be refused"

    def _bounds(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        # In events of others a bound must not become tighter, in ours not wider: the same comparison with the schemas
        # swapped.
        promised, kept = (old, new) if self.written is Written.BY_US else (new, old)
        for names, sign in ((UPPER, 1), (LOWER, -1)):
            for name in names:
                bound, actual = promised.get(name), kept.get(name)
                if bound is not None and (actual is None or sign * (actual - bound) > 0):
                    yield f"{where}: {name} was {old.get(name)}, would be {new.get(name)}"

    def _members(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        if self.written is Written.BY_OTHERS and "enum" in old and "enum" in new:
            lost = set(map(str, old["enum"])) - set(map(str, new["enum"]))
            if lost:
                yield f"{where}: {', '.join(sorted(lost))} would be refused"

    def _alternative(self, schema: Schema, root: Schema) -> Schema | None:
        """Return the one object among the alternatives of a value (`Caption | null`), where there is just one."""
        objects = [one for one in schema.get("anyOf", []) if "object" in _kinds(one, root)]
        return objects[0] if len(objects) == 1 else None


def _covered(kinds: set[str]) -> set[str]:
    return kinds | {"integer"} if "number" in kinds else kinds


def _kinds(schema: Schema, root: Schema) -> set[str]:
    """Return the JSON types that a value may have."""
    schema = _resolved(schema, root)
    if "anyOf" in schema:
        kinds: set[str] = set()
        return kinds.union(*(_kinds(one, root) for one in schema["anyOf"]))
    types = schema.get("type", [])
    return {types} if isinstance(types, str) else set(types)


def _united(schema: Schema, root: Schema) -> Schema:
    """Return a schema without references; of `oneOf` objects the object that takes what any of them takes."""
    schema = _resolved(schema, root)
    if "oneOf" not in schema:
        return schema
    parts = [_united(one, root) for one in schema["oneOf"]]
    names = dict.fromkeys(name for part in parts for name in part.get("properties", {}))
    return {
        "type": "object",
        "properties": {
            name: {"anyOf": [part["properties"][name] for part in parts if name in part["properties"]]}
            for name in names
        },
        "required": sorted(set.intersection(*(set(part.get("required", ())) for part in parts))),
    }


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        schema = root["$defs"][str(schema["$ref"]).rpartition("/")[2]]
    return schema
