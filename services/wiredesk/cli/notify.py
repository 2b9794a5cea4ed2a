"""`wiredesk notify`: alerts over HTTP."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.time_arg import TIME_FORMS, parse_milliseconds
from wiredesk.operations.notifications.settings import NotifySettings
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.operations.notifications.rules import Rules

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@with_settings(kafka=KafkaSettings, settings=NotifySettings)
def notify(
    rules: Annotated[Path, typer.Argument(metavar="RULES.TOML", help="Receivers, and what each of them wants.")],
    *,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What was sent is remembered under this name.")
    ] = "default",
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help=f"Where the first run begins: {TIME_FORMS}. Default: now."),
    ] = None,
    until_end: Annotated[
        bool, typer.Option("--until-end", help="Stop when all articles of now are decided, and all alerts are sent.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Check the rules file and print it, without Kafka.")] = False,
    kafka: KafkaSettings,
    settings: NotifySettings,
) -> None:
    """Send articles that match rules to HTTP receivers, signed, each story once; until SIGTERM.

    A rule names topics, entities, sources, languages and types. Copies of a story, on other sites, count as the same
    story. What was sent is in the topic wiredesk.notifications, so a restart sends nothing twice; an attempt whose
    answer was lost is repeated with the same webhook-id. One process of a name runs at a time: a second one ends the
    first. Logs are JSON on stderr; what was sent, what failed and what waits is on /metrics of --notify-port.

    Example:
      wiredesk notify rules.toml

    Exit codes: 0 stopped by a signal, 1 Kafka is unavailable or another process took over, 2 wrong usage.
    """
    import asyncio

    from wiredesk.operations.notifications.rules import check_topics, load_rules
    from wiredesk.runtime import logs

    if not _NAME.fullmatch(name):
        raise UsageError(f"--name {name}: lower-case letters, digits and '-', at most 40")
    loaded, since_ms = load_rules(rules), parse_milliseconds(since)
    if check:
        check_topics(loaded)
        _show(loaded)
        return
    logs.configure("info")
    asyncio.run(_run(kafka, settings, loaded, name, since_ms, until_end=until_end))


def _show(rules: "Rules") -> None:
    fields = ("topics", "entities", "sources", "languages", "types", "follow_ups")
    rows = [(rule.name, rule.receiver, *(", ".join(getattr(rule, field)) for field in fields)) for rule in rules.rules]
    console.table("rules", ("rule", "receiver", *(field.replace("_", " ") for field in fields)), rows)


async def _run(
    kafka: KafkaSettings, settings: NotifySettings, rules: "Rules", name: str, since_ms: int | None, *, until_end: bool
) -> None:
    from wiredesk.cli.signals import stop_on_signal
    from wiredesk.operations.notifications.notify import notify as run
    from wiredesk.runtime.worker import health

    with stop_on_signal() as stop:
        async with health.serving(
            "notify",
            settings.notify_host,
            settings.notify_port,
            variables="WIREDESK_NOTIFY",
            or_any_port="notify_port" not in settings.model_fields_set,
        ):
            await run(kafka, rules, stop, name=name, since_ms=since_ms, until_end=until_end)
