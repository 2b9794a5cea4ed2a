"""The list of commands: quick, as no command is imported for it, and true all the same."""

import json
import subprocess
import sys

import pytest
import typer

from wiredesk.cli import app

HEAVY = {"aiokafka", "aiohttp", "pydantic", "structlog", "prometheus_client"}
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
def test_the_list_says_what_a_command_says_of_itself(name: str) -> None:
    whole = typer.Typer()
    whole.callback()(lambda: None)
    app.add(whole, name)
    commands: dict[str, typer.core.TyperCommand] = typer.main.get_command(whole).commands  # type: ignore[attr-defined]
    first, _, _ = (commands[name].help or "").partition("\n\n")
    assert " ".join(first.split()) == app.COMMANDS[name]
