"""Asking before something that cannot be undone."""

import sys

import typer

from wiredesk.runtime.errors import UsageError


def confirm(consequence: str, question: str, *, yes: bool, remedy: str = "pass --yes") -> None:
    """Ask a person whether to go on; without a terminal nobody can be asked, and the command ends.

    Args:
        consequence: what would happen, in one line.
        question: what is asked after it.
        yes: the person has passed --yes: do not ask.
        remedy: what to do in a script.

    Raises:
        UsageError: there is no terminal to ask on.
        typer.Abort: the answer is no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{consequence}: {remedy}")
    typer.confirm(f"{consequence}. {question}", abort=True, err=True)
