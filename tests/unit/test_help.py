"""The list of commands: quick, as no command is imported for it, and true all the same."""

import json
import resource
import subprocess
import sys

import pytest
import typer

from wiredesk.cli import app
from wiredesk.testing.patience import scaled

HEAVY = {"aiokafka", "aiohttp", "pydantic", "structlog", "prometheus_client"}
RUNNING = {"aiokafka", "aiohttp", "structlog", "prometheus_client", "numpy", "lxml", "spacy", "fastwarc", "jgo"}
"""Libraries that commands run with, and that no option needs."""

SHOW_IMPORTS = """
import json, sys
sys.argv = ["wiredesk", *sys.argv[1:]]
from wiredesk.cli.app import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_the_list_of_commands_imports_none(arguments: list[str]) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", SHOW_IMPORTS, *arguments], capture_output=True, text=True, check=True
    ).stderr
    _, modules = json.loads(shown.splitlines()[-1])
    assert not HEAVY & set(modules)
    assert not [name for name in modules if name.startswith("wiredesk.cli.") and name.split(".")[2] in app.COMMANDS]


@pytest.mark.parametrize("name", app.COMMANDS)
def test_the_help_of_a_command_imports_nothing_that_it_runs_with(name: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", SHOW_IMPORTS, name, "--help"], capture_output=True, text=True, check=True
    ).stderr
    code, modules = json.loads(shown.splitlines()[-1])
    assert code == 0
    assert not RUNNING & set(modules)


def test_help_costs_little() -> None:
    """Three tenths of a second of CPU on a quiet machine, as the best of some tries."""
    for arguments in ([], ["status"], ["worker"], ["replay"]):
        seconds = min(cpu_seconds(*arguments, "--help") for _ in range(3))
        assert seconds < scaled(0.3), arguments


def cpu_seconds(*arguments: str) -> float:
    """Return the CPU time that a command takes, of itself and of the system for it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "wiredesk.cli", *arguments], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("name", app.COMMANDS)
def test_the_list_says_what_a_command_says_of_itself(name: str) -> None:
    whole = typer.Typer()
    whole.callback()(lambda: None)
    app.add(whole, name)
    commands: dict[str, typer.core.TyperCommand] = typer.main.get_command(whole).commands  # type: ignore[attr-defined]
    first, _, _ = (commands[name].help or "").partition("\n\n")
    assert " ".join(first.split()) == app.COMMANDS[name]
