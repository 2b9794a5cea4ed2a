"""The command line: what its commands are, and how it ends when something is wrong."""

import os
import sys

import typer

from services.cli import broker, config, console, demo, publish, schemas, tail, topics, up, worker
from services.runtime.errors import UsageError, WiredeskError

INTERRUPTED = 130

app = typer.Typer(
    name="wiredesk",
    help="The open-source wire desk of a newsroom: raw pages in on Kafka, enriched articles out, exactly once.",
    epilog="Begin with 'wiredesk demo'. Every setting is also an environment variable: 'wiredesk config' lists them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command()(demo.demo)
app.command()(up.up)
app.command()(broker.broker)
app.add_typer(topics.app, name="topics")
app.command()(worker.worker)
app.command()(publish.publish)
app.command()(tail.tail)
app.command()(schemas.schemas)
app.command()(config.config)


def main() -> None:
    """Run the command line; exit 0 when all is well, 1 when something is missing, 2 when the command is wrong."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command and return its exit code. Every error that has a remedy is one line on stderr."""
    try:
        code = app(arguments, standalone_mode=False)
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


def _complain(message: str) -> None:
    console.err.print(f"wiredesk: {' '.join(message.split())}", markup=False, style="red", soft_wrap=True)
