"""The generated files: a JSON Schema for each event, and the AsyncAPI document."""

from pathlib import Path

import orjson

import wiredesk_schemas
from wiredesk.contracts.asyncapi import document
from wiredesk.contracts.compatibility import broken_promises
from wiredesk.contracts.json_schema import file_name, json_schema
from wiredesk.registry import Registry
from wiredesk.runtime.errors import UsageError
from wiredesk_schemas import DeadLetterHeaders
from wiredesk_schemas.event import Part

PACKAGE = Path(wiredesk_schemas.__file__).parent
"""The package that carries our own contracts."""

GENERATED = PACKAGE / "generated"
"""Our own contracts, as they are released with the package."""

RELEASED = PACKAGE / "released"
"""The schemas of each release, in a folder for each version."""


def is_checkout() -> bool:
    """Whether the package is a folder of the repository, which may be written to, and not an installation."""
    return (PACKAGE.parent / "pyproject.toml").exists()


def generated_files(registry: Registry) -> dict[str, bytes]:
    """Return the files for the stages of a registry, by name.

    Raises:
        UsageError: two classes of events would have the same file.
    """
    models: list[type[Part]] = [event for topic in registry.topics for event in topic.events]
    models.append(DeadLetterHeaders)
    files: dict[str, bytes] = {}
    named: dict[str, type[Part]] = {}
    for model in models:
        name = file_name(model)
        if named.setdefault(name, model) is not model:
            raise UsageError(f"{model.__module__}.{model.__name__} and {named[name].__module__} would share {name}")
        files[name] = _json(json_schema(model))
    files["asyncapi.json"] = _json(document(registry))
    return files


def stale_files(folder: Path, registry: Registry) -> list[str]:
    """Return the names of files that are missing in a folder, or differ from what would be generated."""
    return [name for name, content in generated_files(registry).items() if _read(folder / name) != content]


def broken_releases(folder: Path) -> list[str]:
    """Return the changes in a folder of schemas that break users of any release of ours."""
    return [broken for release in sorted(RELEASED.iterdir()) for broken in broken_promises(release, folder)]


def _json(content: object) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
