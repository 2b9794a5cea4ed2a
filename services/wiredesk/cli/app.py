"""The command line: what its commands are, and how it ends when something is wrong."""

import sys
from importlib import import_module

import typer

from wiredesk.cli import console
from wiredesk.runtime.errors import UsageError, WiredeskError

INTERRUPTED = 130

COMMANDS = {
    "demo": "Show the pipeline at work: a throw-away Kafka, a worker of each stage, a dozen sample pages.",
    "up": "Run a whole desk on this machine until Ctrl-C: Kafka, topics, and workers of every stage.",
    "broker": "Run Apache Kafka on this machine until Ctrl-C: no Docker, no Java to install.",
    "topics": "Create, list and compare topics.",
    "worker": "Run one worker of a stage until SIGTERM, which finishes what is in flight.",
    "publish": "Publish pages to pages.raw and wait until the broker has them.",
    "tail": "Print a topic's records as they are committed, until Ctrl-C.",
    "status": (
        "Show each stage's rates, lag and workers, what was skipped and given up and why, and how the brokers are."
    ),
    "extract": "Read the article from one page, without Kafka: as text, as the event, or with an explanation.",
    "enrich": "Find topics and entities of one article, without Kafka.",
    "dlq": "Count, show, redrive, export and purge dead letters.",
    "replay": "Do a stage's work over a range of its topic once more, beside the live stream.",
    "trace": (
        "Show every record of a page through all topics, in order: when, where, what each stage took, where it stopped."
    ),
    "audit": "Account for every raw page: enriched, skipped, dead-lettered, in flight, missing, or duplicated.",
    "acls": "Print the least ACLs that a principal needs: for workers of each stage, for commands, for replays.",
    "schemas": "Write the JSON Schema of every event, and an AsyncAPI 3 document of every topic.",
    "config": "Check all settings and print them, secrets masked. A wrong one ends with exit code 2 and says which.",
}
"""In the order in which a newcomer meets them, each with its line in the list of commands. Each is a module of its name
beside this one, with either a function of that name or, where it has commands below it, an `app`.

The lines stand here too, not only in the modules, so that the list costs no import of them; a test holds both together.
"""


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
    return code if isinstance(code, int) else 0


def _app(arguments: list[str]) -> typer.Typer:
    """Return the application: with the one command that is asked for, or else with a list of all.

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
    asked = arguments[0] if arguments else ""
    if asked in COMMANDS:
        add(app, asked)
    else:
        for name, summary in COMMANDS.items():
            app.command(name, help=summary)(_listed)
    return app


def add(app: typer.Typer, name: str) -> None:
    """Import a command and add it to an application."""
    module = import_module(f"wiredesk.cli.{name}")
    if hasattr(module, "app"):
        app.add_typer(module.app, name=name)
    else:
        app.command(name)(getattr(module, name))


def _listed() -> None:
    """Stand for a command in the list of all."""


def _wiredesk() -> None:
    """The open-source wire desk of a newsroom: raw pages in on Kafka, enriched articles out, exactly once."""


def _complain(message: str) -> None:
    console.note(f"wiredesk: {' '.join(message.split())}", style="red")
