"""The command line: its commands, and how errors are reported."""

import contextlib
import os
import sys
import warnings
from collections.abc import Collection, Iterator
from importlib import import_module
from types import MappingProxyType
from typing import Annotated, Any

import typer

from wiredesk.cli import INTERRUPTED, console, streams, version
from wiredesk.cli.help import Command, Group
from wiredesk.runtime.errors import InstallationWarning, UnavailableError, UsageError, WiredeskError

PROGRAM = "wiredesk"
"""The command's name in usage lines and in shell completion, also for `python -m wiredesk.cli`."""

COMPLETE = "_WIREDESK_COMPLETE"
"""The environment variable with which a shell requests completions; typer derives its name from the program's name."""

OURS = ("wiredesk", "wiredesk_schemas")
"""Our packages: if one of their modules cannot be imported, this is a bug, not a missing extra."""

ONE_LINE = "10000"
"""Columns of the terminal while a shell requests completions: a help text that wraps would become two candidates."""

EXTRAS = MappingProxyType(
    {
        "extract": "ingest,extractor",
        "enrich": "ingest,extractor,enrichment",
        "trace": "ingest",
        "story": "ingest",
        "forget": "ingest",
        "archive": "archive",
        "web": "web",
    },
)
"""Extras of the distribution that commands need which run no worker; the others are advised to install `all`."""

COMMANDS = {
    "demo": "Show the pipeline at work: a temporary Kafka, a worker of each stage, 32 sample pages.",
    "up": "Run a whole deployment on this machine until Ctrl-C: Kafka, topics, and workers of every stage.",
    "broker": "Run Apache Kafka on this machine until Ctrl-C: no Docker, no Java to install.",
    "topics": "Create, alter, list, compare and export topics.",
    "worker": "Run one worker of a stage until SIGTERM; it then finishes the records in flight.",
    "publish": "Publish pages to pages.raw and wait until the broker has them.",
    "intake": "Take raw pages over HTTP and publish them, until SIGTERM; it then finishes the requests in progress.",
    "web": "Show the wire in a browser: articles as they come, stories, dead letters, the pipeline; and an API.",
    "tail": "Print a topic's records as they are committed, until Ctrl-C.",
    "archive": "Archive articles as Parquet files by day: every revision, and every withdrawal, each in one file.",
    "notify": "Send articles that match rules to HTTP receivers, signed, each story once; until SIGTERM.",
    "status": (
        "Show throughput, lag and workers of each stage, skipped pages and dead letters by reason, and broker health."
    ),
    "extract": "Read the article from one page, without Kafka: as text, as the event, or with an explanation.",
    "enrich": "Find topics and entities of one article or page, without Kafka.",
    "dlq": "Count, show, redrive, export and purge dead letters.",
    "replay": "Process a range of a stage's input topic again, beside the live stream.",
    "trace": (
        "Show all records of a page in every topic, in order: "
        "when and where each was written, and where the page is now."
    ),
    "story": "Show a story as it is now, what changed in each of its revisions, and who else has it.",
    "forget": "Forget a page, or all pages of a host: off the disk within 30 days, and never back.",
    "audit": (
        "Account for every raw page: enriched, withdrawn, skipped, dead-lettered, in flight, missing, or duplicated."
    ),
    "canary": "Send a synthetic page through every partition each minute, and measure when readers have its article.",
    "acls": "Print the least ACLs that a principal needs: for workers of each stage, for commands, for replays.",
    "schemas": "Write the JSON Schema of every event, and an AsyncAPI 3 document of every topic.",
    "config": "Check all settings and print them, secrets masked. A wrong value ends with exit code 2.",
}
"""Every command with its summary in the list of commands, in the order in which a new user needs them. Each is a module
of this package with a function of its name or, where it has sub-commands, an `app`.

The summaries are repeated here so that the list of commands imports no module; a test compares them with the modules.
"""


def main() -> None:
    """Run the command line; exit code 0: done; 1: something is unavailable; 2: wrong usage."""
    streams.protect()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command and return its exit code. Every error that a user can correct is one line on stderr."""
    with _warnings_shown() as shown:
        return _run(arguments, shown)


@contextlib.contextmanager
def _warnings_shown() -> Iterator[Collection[str]]:
    """Show each warning about the installation once, as a line on stderr; yield the lines."""
    shown: list[str] = []
    otherwise = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *where: Any) -> None:
        if not issubclass(category, InstallationWarning):
            otherwise(message, category, *where)
        elif str(message) not in shown:
            shown.append(str(message))
            if COMPLETE not in os.environ:
                console.note(f"wiredesk: {message}", style="yellow")

    with warnings.catch_warnings():
        warnings.simplefilter("always", InstallationWarning)
        warnings.showwarning = show  # type: ignore[assignment] # it accepts the arguments with which it is called
        yield shown


def _run(arguments: list[str], shown: Collection[str]) -> int:
    try:
        code = _app(arguments)(arguments, prog_name=PROGRAM, complete_var=COMPLETE, standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else PROGRAM
        if error.format_message():  # without arguments, the help has been shown already
            _complain(f"{error.format_message().rstrip('.')} (see '{command} --help')")
        return UsageError.exit_code
    except WiredeskError as error:
        if str(error) not in shown:
            _complain(str(error))
        return error.exit_code
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in OURS:
            raise
        extras = EXTRAS.get(arguments[0] if arguments else "", "all")
        _complain(f"{error.name} is not installed, and this command needs it: pip install 'wiredesk[{extras}]'")
        return UnavailableError.exit_code
    except streams.OutputClosedError:
        return 0
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _app(arguments: list[str]) -> typer.Typer:
    """Return the application: with the given command only, or else with the list of all commands.

    Importing all commands takes a second; a worker, or a script that calls this in a loop, should not wait for it.
    """
    app = typer.Typer(
        name=PROGRAM,
        cls=Group,
        epilog="Start with 'wiredesk demo'. Settings are also environment variables: 'wiredesk config' lists them.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    app.callback()(_wiredesk)
    words = arguments
    if COMPLETE in os.environ:
        words = _words_to_complete()
        os.environ["COLUMNS"] = ONE_LINE
    name = words[0] if words else ""
    if name in COMMANDS:
        add(app, name)
    else:
        for name, summary in COMMANDS.items():
            app.command(name, help=summary, cls=Command)(_listed)
    return app


def add(app: typer.Typer, name: str) -> None:
    """Import a command and add it to an application."""
    module = import_module(f"wiredesk.cli.{name}")
    if hasattr(module, "app"):
        app.add_typer(module.app, name=name)
    else:
        app.command(name, cls=Command)(getattr(module, name))


def _words_to_complete() -> list[str]:
    """Return the words after the program's name in the line that a shell (bash, zsh, fish, PowerShell) completes."""
    line = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS", "")
    return line.split()[1:]


def _listed() -> None:
    """Placeholder for a command in the list of all commands."""


def _print_version(wanted: bool) -> None:  # noqa: FBT001 # typer calls it so
    if wanted:
        for line in version.lines():
            console.line(line)
        raise typer.Exit


def _wiredesk(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print versions, for a bug report."),
    ] = False,
) -> None:
    """The open-source wire desk of a newsroom: raw pages in on Kafka, enriched articles out, exactly once."""


def _complain(message: str) -> None:
    line = " ".join(message.split()).replace("Value error, ", "")  # pydantic's words before those of an error
    console.note(f"wiredesk: {line}", style="red")
