"""Asking before something that cannot be undone."""

import signal
import sys

import typer

from wiredesk.cli import console
from wiredesk.runtime.errors import UsageError

YES = ("y", "yes")
"""The answers that continue; every other answer, and no answer, ends the command."""


def confirm(consequence: str, question: str, *, yes: bool, remedy: str = "pass --yes") -> None:
    """Ask whether to continue; without a terminal there is nobody to ask, and the command ends.

    Args:
        consequence: what would happen, in one line.
        question: the question after that line.
        yes: --yes was given: do not ask.
        remedy: what to do instead in a script.

    Raises:
        UsageError: there is no terminal to ask on.
        typer.Abort: the answer is not yes.
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{consequence}: {remedy}")
    console.note(f"{consequence}. {question} [y/N]", style="")
    # asyncio's own handler of Ctrl-C only cancels a task, which would go unnoticed until the person answers.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        answer = sys.stdin.readline()
    finally:
        signal.signal(signal.SIGINT, handler)
    if answer.strip().lower() not in YES:
        raise typer.Abort
