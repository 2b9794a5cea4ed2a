"""`wiredesk schemas`: the contracts as JSON Schema and AsyncAPI."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from schemas import EVENTS, DeadLetterHeaders
from schemas.event import Part
from services.cli import console
from services.cli.asyncapi import document, file_name, schema
from services.runtime.errors import UnavailableError

GENERATED = Path(__file__).parents[2] / "schemas" / "generated"


def schemas(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write to.")] = GENERATED,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 where a file is stale.")] = False,
) -> None:
    """Write the JSON Schema of every event, and an AsyncAPI 3 document of every topic."""
    stale = [name for name, text in generated().items() if _read(out / name) != text]
    if check:
        if stale:
            raise UnavailableError(f"stale in {out}: {', '.join(stale)}: run 'wiredesk schemas'")
        console.plain("all schemas are up to date")
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in generated().items():
            (out / name).write_bytes(text)
    except OSError as error:
        raise UnavailableError(f"{out} cannot be written: {error.strerror or error}") from error
    console.plain(f"wrote {len(generated())} files to {out}")


def generated() -> dict[str, bytes]:
    """Return the files, by name."""
    models: tuple[type[Part], ...] = (*EVENTS, DeadLetterHeaders)
    files = {file_name(model): schema(model) for model in models}
    files["asyncapi.json"] = document()
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return {name: orjson.dumps(content, option=options) for name, content in files.items()}


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
