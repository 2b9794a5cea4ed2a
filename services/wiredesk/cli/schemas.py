"""`wiredesk schemas`: write or check the contracts as JSON Schema and AsyncAPI."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from wiredesk.cli import console
from wiredesk.runtime.errors import UnavailableError, UsageError


def schemas(
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder to write to, or to check. Default: our own contracts, in a checkout."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if a file is out of date.")
    ] = False,
) -> None:
    """Write the JSON Schema of every event, and an AsyncAPI 3 document of every topic.

    With --out they cover every installed stage, including those of other packages; without it, only ours. --check also
    compares with the schemas of every release: a breaking change ends with exit code 1.

    Example:
      wiredesk schemas --out contracts
    """
    from wiredesk import registry
    from wiredesk.contracts import generation

    if out is None:
        included, folder = registry.registry().of(registry.OURS), generation.GENERATED
    else:
        included, folder = registry.registry(), out
    if check:
        if stale := generation.stale_files(folder, included):
            command = "wiredesk schemas" if out is None else f"wiredesk schemas --out {shlex.quote(str(out))}"
            raise UnavailableError(f"stale in {folder}: {', '.join(stale)}: run '{command}'")
        if broken := generation.broken_releases(folder):
            raise UnavailableError(f"breaking without a new major version: {'; '.join(broken)}")
        console.line("all schemas are up to date")
        return
    if out is None and not generation.is_checkout():
        raise UsageError("an installation is not written to: name a folder with --out")
    files = generation.generated_files(included)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise UnavailableError(f"{folder} cannot be written: {error.strerror or error}") from error
    console.line(f"wrote {len(files)} files to {folder}")
