"""The command line: what its commands are, and how it ends when something is wrong."""

import os
import sys
from importlib import import_module

import typer

from services.cli import console
from services.runtime.errors import UsageError, WiredeskError

INTERRUPTED = 130

COMMANDS = (
    "demo",
    "up",
    "broker",
    "topics",
    "worker",
    "publish",
    "tail",
    "status",
    "extract",
    "enrich",
    "dlq",
    "replay",
    "trace",
    "audit",
    "schemas",
    "config",
)
"""In the order in which a newcomer meets them. Each is a module of its name beside this one, with either a function
of that name or, where it has commands below it, an `app`."""


def main() -> None:
    """Run the command line; exit 0 when all is well, 1 when something is missing, 2 when the command is wrong."""
    console.bear_any_text()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command and return its exit code. Every error that has a remedy is one line on stderr."""
    try:
        code = _app(arguments)(arguments, standalone_mode=False)
    except typer.TyperException as error:
        asked = getattr(error, "ctx", None)
        where = asked.command_path if asked is not None else "wiredesk"
        if error.format_message():  # without arguments, the help has been shown already
            _complain(f"{error.format_message()} (see '{where} --help')")
        return UsageError.exit_code
    except WiredeskError as error:
        _complain(str(error))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0


def _app(arguments: list[str]) -> typer.Typer:
    """Return the application, with the one command that is asked for; with all of them where it is none of ours.

    Importing all commands takes a second, which a worker or a script that calls us in a loop need not wait for.
    """
    app = typer.Typer(
        name="wiredesk",
        epilog="Begin with 'wiredesk demo'. Settings are environment variables, too: 'wiredesk config' lists them.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )
    app.callback()(_wiredesk)
    for name in [c for c in COMMANDS if c in arguments[:1]] or COMMANDS:
        module = import_module(f"services.cli.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _wiredesk() -> None:
    """The open-source wire desk of a newsroom: raw pages in on Kafka, enriched articles out, exactly once."""


def _complain(message: str) -> None:
    console.note(f"wiredesk: {' '.join(message.split())}", style="red")
