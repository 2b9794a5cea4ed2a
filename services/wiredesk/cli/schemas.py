"""`wiredesk schemas`: write or check the contracts as JSON Schema and AsyncAPI, or register them at a registry."""

import shlex
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.help import Command, Group
from wiredesk.cli.options import with_settings
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.contracts.registration import Compatibility, SchemaRegistry, Subject

app = typer.Typer(cls=Group)

REFUSED = 1
"""Exit code of a dry run if the registry would refuse a schema."""


@app.callback(invoke_without_command=True)
@with_settings()
def schemas(
    context: typer.Context,  # noqa: ARG001 - by which `with_settings` sees that a sub-command follows
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


@app.command("register", cls=Command)
@with_settings(kafka=KafkaSettings)
def register_command(
    url: Annotated[str, typer.Option("--registry", metavar="URL", help="Address of the registry.")],
    *,
    subjects: Annotated[
        str,
        typer.Option("--subjects", metavar="NAMING", help="Name subjects <topic>-<type> (topic) or <type> (record)."),
    ] = "topic",
    compatibility: Annotated[
        str | None,
        typer.Option("--compatibility", metavar="LEVEL", help="Set it for each subject: BACKWARD, FULL, NONE, ..."),
    ] = None,
    user: Annotated[str | None, typer.Option("--user", metavar="NAME", help="User of basic authentication.")] = None,
    secret_file: Annotated[
        Path | None,
        typer.Option("--secret-file", metavar="FILE", help="File with the password, or with a bearer token."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; exit code 1 if the registry would refuse a schema.")
    ] = False,
    kafka: KafkaSettings,
) -> None:
    """Register the JSON Schema of every event at a schema registry that has the REST interface of Confluent's.

    A schema that is registered already is left alone, so it may be repeated. The password of --user is in
    SCHEMA_REGISTRY_PASSWORD, a bearer token in SCHEMA_REGISTRY_TOKEN, or either in --secret-file.

    Example:
      wiredesk schemas register --registry https://registry.example --dry-run
    """
    import asyncio

    from wiredesk import registry
    from wiredesk.contracts import registration

    naming = _member(registration.Naming, "--subjects", subjects)
    level = None if compatibility is None else _member(registration.Compatibility, "--compatibility", compatibility)
    named = registration.subjects(registry.registry(), naming, kafka.topic_prefix)
    client = registration.SchemaRegistry(url, user, secret_file)
    asyncio.run(_register(client, named, level, is_dry_run=dry_run))


def _member[E: StrEnum](of: type[E], option: str, value: str) -> E:
    try:
        return of(value)
    except ValueError:
        raise UsageError(f"{option} {value}: one of {', '.join(of)}") from None


async def _register(
    client: "SchemaRegistry", subjects: "list[Subject]", compatibility: "Compatibility | None", *, is_dry_run: bool
) -> None:
    from wiredesk.contracts.registration import Outcome, register

    rows = []
    async with client:
        for subject in subjects:
            outcome, detail = await register(client, subject, compatibility, is_dry_run=is_dry_run)
            rows.append((subject.name, outcome.value, detail))
    console.table("subjects", ("subject", "outcome", "why"), rows)
    if any(outcome == Outcome.INCOMPATIBLE for _, outcome, _ in rows):
        raise typer.Exit(REFUSED)
