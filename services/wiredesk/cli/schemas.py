"""`wiredesk schemas`: the contracts as JSON Schema and AsyncAPI."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

import wiredesk_schemas
from wiredesk.cli import console
from wiredesk.cli.asyncapi import document, file_name, schema
from wiredesk.runtime.errors import UnavailableError
from wiredesk_schemas import EVENTS, DeadLetterHeaders, RawPage
from wiredesk_schemas.compatibility import Written, breaking_changes
from wiredesk_schemas.event import Part

GENERATED = Path(wiredesk_schemas.__file__).parent / "generated"
RELEASED = GENERATED.parent / "released"


def schemas(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write to.")] = GENERATED,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 where a file is stale.")] = False,
) -> None:
    """Write the JSON Schema of every event, and an AsyncAPI 3 document of every topic.

    With --check, too: nothing breaks who relies on the schemas of a release (schemas/wiredesk_schemas/released).
    """
    stale = [name for name, text in generated().items() if _read(out / name) != text]
    if check:
        if stale:
            raise UnavailableError(f"stale in {out}: {', '.join(stale)}: run 'wiredesk schemas'")
        broken = [told for release in sorted(RELEASED.iterdir()) for told in broken_promises(release, out)]
        if broken:
            raise UnavailableError(f"breaking without a new major version: {'; '.join(broken)}")
        console.line("all schemas are up to date")
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in generated().items():
            (out / name).write_bytes(text)
    except OSError as error:
        raise UnavailableError(f"{out} cannot be written: {error.strerror or error}") from error
    console.line(f"wrote {len(generated())} files to {out}")


def broken_promises(release: Path, current: Path) -> list[str]:
    """Return what would break who relies on the schemas of a release: event, place, and what; empty where nothing."""
    told = []
    for path in sorted(release.glob("*.schema.json")):
        name = path.name.removesuffix(".schema.json")
        now = current / path.name
        if not now.exists():
            told.append(f"{name}: is gone (since {release.name})")
            continue
        written = Written.BY_OTHERS if path.name == file_name(RawPage) else Written.BY_US
        changes = breaking_changes(orjson.loads(path.read_bytes()), orjson.loads(now.read_bytes()), written)
        told += [f"{name}: {change} (since {release.name})" for change in changes]
    return told


def generated() -> dict[str, bytes]:
    """Return the files, by name."""
    models: tuple[type[Part], ...] = (*EVENTS, DeadLetterHeaders)
    files = {file_name(model): schema(model) for model in models}
    files["asyncapi.json"] = document()
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return {name: orjson.dumps(content, option=options) for name, content in files.items()}


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
