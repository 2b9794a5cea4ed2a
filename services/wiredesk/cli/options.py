"""Settings as flags: each field of a settings group is an option of the commands that use the group."""

import inspect
import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_origin

import typer
from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import Settings

if TYPE_CHECKING:
    from wiredesk.runtime.topology import Stage

_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,200}")


def variable(name: str, group: type[Settings] = Settings) -> str:
    """Return the environment variable of a setting; a group of another package may have its own prefix."""
    return f"{group.prefix}{name}".upper()


def with_settings(**groups: type[Settings]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the flags of settings groups, and the groups themselves as keyword arguments.

    Flags take precedence over the environment. Secrets have no flag: every user of a machine can read a command line. A
    command that has sub-commands is called only where none of them is.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = [p for p in inspect.signature(command, eval_str=True).parameters.values() if p.name not in groups]
        context = next((p.name for p in own if p.annotation is typer.Context), None)

        @wraps(command)
        def run(**given: Any) -> None:
            if context is not None and given[context].invoked_subcommand is not None:
                _refuse_options_before(given[context])
                return
            built = {}
            for keyword, group in groups.items():
                flags = {name: given.pop(name) for name in group.model_fields if name in given}
                built[keyword] = load(group, **{name: value for name, value in flags.items() if value is not None})
            command(**given, **built)

        fields = [(name, group) for group in groups.values() for name in group.model_fields]
        has_panels = any(_panel(name) != OTHER_PANEL for name, _ in fields)
        flags = [
            _flag(name, group, has_panels=has_panels)
            for name, group in sorted(fields, key=lambda field: _panel_order(field[0]))
        ]
        parameters = [*own, *(flag for flag in flags if flag is not None)]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # typer reads it
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        return run

    return decorate


def load[S: Settings](group: type[S], **flags: str) -> S:
    """Read a settings group from flags and the environment.

    Raises:
        UsageError: settings are wrong; the message names all of them.
    """
    try:
        return group(**flags)
    except ValidationError as error:
        problems = [
            f"{variable('_'.join(map(str, p['loc'])), group)}: {p['msg']}" if p["loc"] else str(p["msg"])
            for p in error.errors(include_url=False)
        ]
        message = "; ".join(problem.replace("Value error, ", "") for problem in problems)
        raise UsageError(message + _whose(group)) from error


def _whose(group: type[Settings]) -> str:
    """Return which package has a settings group, for a message; nothing for one of ours."""
    from importlib.metadata import entry_points

    from wiredesk.registry import GROUP

    module = group.__module__.partition(".")[0]
    if module == "wiredesk":
        return ""
    points = [one for one in entry_points(group=GROUP) if one.module.partition(".")[0] == module]
    package = next((point.dist.name for point in points if point.dist is not None), module)
    return f" (settings of the package {package!r})"


def check_stage_settings(stage: "Stage") -> None:
    """Read a stage's own settings. Its processes read them again; errors are reported here, at once.

    Raises:
        UsageError: a setting is wrong, or their class cannot be loaded.
    """
    from wiredesk import registry

    group = registry.registry().settings_of(stage)
    if group is not None:
        load(group)


def topic_name(option: str, name: str) -> str:
    """Check and return the name of a topic.

    Raises:
        UsageError: it is invalid. Kafka allows 249 characters; the prefix and suffixes such as `.dlq` need some of
            them.
    """
    if not _TOPIC.fullmatch(name) or name in (".", ".."):
        raise UsageError(f"{option} {name}: the name of a topic has letters, digits, '.', '_' and '-', at most 200")
    return name


def is_secret(info: FieldInfo) -> bool:
    """Whether the value of a field must not be shown."""
    return SecretStr in (info.annotation, *getattr(info.annotation, "__args__", ()))


PANELS = (
    (
        "Common settings",
        ("bootstrap_servers", "topic_prefix", "processes", "instance_id", "page_deadline", "log_level"),
    ),
    ("Load", ("lane_", "worker_", "transaction_", "page_memory", "load_timeout", "guarantee", "compression")),
    ("Groups and failures", ("session_", "drain_", "brake_")),
    ("Intake", ("intake_",)),
    ("Canary", ("canary_",)),
    ("Audit", ("audit_",)),
    ("Archive", ("archive_",)),
    ("Notify", ("notify_",)),
    ("Web", ("web_",)),
    ("Metrics", ("metrics_",)),
    ("Security", ("security_", "sasl_", "ssl_")),
)
"""Panels of the help, in their order, and the prefixes of the names of their settings."""

OTHER_PANEL = "Other settings"
"""The panel of all other settings; it is the last."""

ONLY_PANEL = "Settings"
"""The panel of a command all of whose settings would be in the last one."""


def _panel(name: str) -> str:
    return next((panel for panel, beginnings in PANELS if name.startswith(beginnings)), OTHER_PANEL)


def _panel_order(name: str) -> int:
    return [*(panel for panel, _ in PANELS), OTHER_PANEL].index(_panel(name))


def _refuse_options_before(context: typer.Context) -> None:
    """Refuse options that stand before a sub-command: it has its own.

    Raises:
        UsageError: there is one.
    """
    given = [parameter.opts[0] for parameter in context.command.params if context.params.get(parameter.name or "")]
    if given:
        raise UsageError(f"{given[0]} must come after '{context.invoked_subcommand}'")


def _flag(name: str, group: type[Settings], *, has_panels: bool) -> inspect.Parameter | None:
    info = group.model_fields[name]
    if is_secret(info):
        return None
    option = typer.Option(
        "--" + name.replace("_", "-"),
        help=f"{info.description}{_values(info)} [{variable(name, group)}]",
        show_default=False,
        metavar="VALUE",
        rich_help_panel=_panel(name) if has_panels else ONLY_PANEL,
    )
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, option]
    )


def _values(info: FieldInfo) -> str:
    """Return sentences on the values of a setting: which there are, and which is the default."""
    text = ""
    if get_origin(info.annotation) is Literal:
        text += f" One of: {', '.join(info.annotation.__args__)}."  # type: ignore[union-attr] # it has, as a Literal
    if isinstance(info.default, bool):
        text += f" Default: {str(info.default).lower()}."
    elif isinstance(info.default, str | int | float) and info.default != "":
        text += f" Default: {info.default}."
    return text
