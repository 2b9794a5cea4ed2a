"""Asking before something that cannot be undone."""

import sys

import typer

from wiredesk.cli import console
from wiredesk.cli.signals import interruptible
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
    with interruptible():
        answer = sys.stdin.readline()
    if answer.strip().lower() not in YES:
        raise typer.Abort
