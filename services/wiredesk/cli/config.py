"""`wiredesk config`: every setting, its value, and where it comes from."""

import os
from typing import Annotated, Any

import typer
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from wiredesk.archiving.settings import ArchiveSettings
from wiredesk.cli import console
from wiredesk.cli.options import is_secret, load, variable
from wiredesk.intake.settings import IntakeSettings
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.operations.canary.settings import CanarySettings
from wiredesk.operations.completeness.settings import AuditSettings
from wiredesk.operations.notifications.settings import NotifySettings
from wiredesk.runtime.settings import KafkaSettings, Settings, WorkerSettings
from wiredesk.web.settings import WebSettings

INTRODUCTION = (
    "Every setting is an environment variable. In commands that use it, it is also a flag: `WIREDESK_PAGE_DEADLINE` is "
    "`--page-deadline`. Secrets have no flag. A wrong value ends a command with one line and exit code 2; "
    "`wiredesk config` checks all settings and prints the values in use. This page is written by `make generate`."
)
"""The first paragraph of docs/configuration.md."""

MASK = "********"
"""Printed in place of a secret."""


def config(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, by variable.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="The page docs/configuration.md.")] = False,
) -> None:
    """Check all settings and print them, secrets masked. A wrong value ends with exit code 2.

    Example:
      wiredesk config --json
    """
    if as_markdown:
        console.plain(markdown())
        return
    rows = [
        (
            variable(name, group),
            _shown(getattr(settings, name)),
            "environment" if variable(name, group) in os.environ else "default",
        )
        for group, settings in ((group, load(group)) for group in groups().values())
        for name in group.model_fields
    ]
    if as_json:
        console.json({name: {"value": value, "from": source} for name, value, source in rows}, indent=True)
    else:
        console.table("Settings", ("variable", "value", "from"), rows)


def groups() -> dict[str, type[Settings]]:
    """Return every group of settings by its heading, including those of each stage, in the order of the flow."""
    from wiredesk import registry

    by_heading: dict[str, type[Settings]] = {"Kafka": KafkaSettings, "Workers": WorkerSettings}
    for stage in registry.stages().values():
        if (group := registry.registry().settings_of(stage)) is not None:
            heading = stage.name.capitalize()
            by_heading[heading if heading not in by_heading else f"{heading} (stage)"] = group
    return {
        **by_heading,
        "Intake": IntakeSettings,
        "Web": WebSettings,
        "Canary": CanarySettings,
        "Audit": AuditSettings,
        "Archive": ArchiveSettings,
        "Notify": NotifySettings,
        "Embedded broker": BrokerSettings,
    }


def markdown() -> str:
    """Return the settings as a page of documentation."""
    lines = [
        "# Configuration",
        "",
        INTRODUCTION,
    ]
    for heading, group in groups().items():
        lines += ["", f"## {heading}", "", "| variable | default | what |", "|---|---|---|"]
        for name, info in group.model_fields.items():
            default = "" if info.default in (None, PydanticUndefined) else f"`{info.default}`"
            secret = " Secret." if is_secret(info) else ""
            lines.append(f"| `{variable(name, group)}` | {default or 'none'} | {info.description}{secret} |")
    return "\n".join(lines)


def _shown(value: Any) -> str | None:
    if isinstance(value, SecretStr):
        return MASK
    return None if value is None else str(value)
