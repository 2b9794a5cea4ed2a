"""Asking before something that cannot be undone: on a terminal, and in a pipe."""

import io

import pytest
import typer

from wiredesk.cli.confirm import confirm
from wiredesk.runtime.errors import UsageError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def ask(monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO, *, yes: bool = False) -> None:
    monkeypatch.setattr("sys.stdin", stdin)
    confirm("9 dead letters would be deleted", "Delete them?", yes=yes)


def test_a_pipe_needs_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"^9 dead letters would be deleted: pass --yes$"):
        ask(monkeypatch, io.StringIO("y\n"))
    ask(monkeypatch, io.StringIO(), yes=True)


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_only_a_yes_goes_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str) -> None:
    with pytest.raises(typer.Abort):
        ask(monkeypatch, Terminal(answer))
    shown = capsys.readouterr()
    assert "9 dead letters would be deleted. Delete them? [y/N]" in shown.err
    assert not shown.out, "the output is for results"
    ask(monkeypatch, Terminal("y\n"))
