"""The list of commands: quick, as no command is imported for it, and true all the same."""

import io
import itertools
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
import typer
from rich.cells import cell_len
from rich.console import Console

from tests.support import unmeasured
from wiredesk.cli import app, console
from wiredesk.cli.help import Group, paragraphs

HEAVY = {"aiokafka", "aiohttp", "pydantic", "structlog", "prometheus_client"}
RUNNING = {"aiokafka", "aiohttp", "structlog", "prometheus_client", "numpy", "lxml", "spacy", "brotli", "jgo"}
"""Libraries that commands run with, and that no option needs."""

SHOW_IMPORTS = """
import json, sys
sys.argv = ["wiredesk", *sys.argv[1:]]
from wiredesk.cli.app import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


SHOW_EACH = """
import json, os, sys
names = sys.argv[1:]
from wiredesk.cli.app import run
for name in names:
    if os.fork() == 0:
        sys.argv = ["wiredesk", name, "--help"]
        code = run([name, "--help"])
        print(name, json.dumps([code, sorted(sys.modules)]), sep="\\t", file=sys.stderr, flush=True)
        os._exit(0)
    os.wait()
"""
"""As the script above for the help of each command: each is a fork of a process that has imported no command."""


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_the_list_of_commands_imports_none(arguments: list[str]) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", SHOW_IMPORTS, *arguments], capture_output=True, text=True, check=True
    ).stderr
    _, modules = json.loads(shown.splitlines()[-1])
    assert not HEAVY & set(modules)
    assert not [name for name in modules if name.startswith("wiredesk.cli.") and name.split(".")[2] in app.COMMANDS]


@pytest.fixture(scope="module")
def imports() -> dict[str, list[Any]]:
    """Return the exit code and the modules of the help of each command, by its name."""
    shown = subprocess.run([sys.executable, "-c", SHOW_EACH, *app.COMMANDS], capture_output=True, text=True, check=True)
    each = [line.split("\t", 1) for line in shown.stderr.splitlines()]
    assert [name for name, _ in each] == list(app.COMMANDS)
    return {name: json.loads(found) for name, found in each}


@pytest.mark.parametrize("name", app.COMMANDS)
def test_the_help_of_a_command_imports_nothing_that_it_runs_with(name: str, imports: dict[str, list[Any]]) -> None:
    code, modules = imports[name]
    assert code == 0
    assert f"wiredesk.cli.{name}" in modules
    assert not RUNNING & set(modules)


def test_help_imports_little() -> None:
    """Imports are what it costs: some 340 modules, of which the standard library has more than half."""
    for arguments in ([], ["status"], ["worker"], ["replay", "ingest"], ["dlq", "redrive"]):
        command = [sys.executable, "-c", SHOW_IMPORTS, *arguments, "--help"]
        shown = subprocess.run(command, env=unmeasured(), capture_output=True, text=True, check=True).stderr
        _, modules = json.loads(shown.splitlines()[-1])
        assert len(modules) < 400, arguments


@pytest.mark.parametrize("name", app.COMMANDS)
def test_the_list_says_what_a_command_says_of_itself(name: str) -> None:
    whole = typer.Typer()
    whole.callback()(lambda: None)
    app.add(whole, name)
    commands: dict[str, typer.core.TyperCommand] = typer.main.get_command(whole).commands  # type: ignore[attr-defined]
    first, _, _ = (commands[name].help or "").partition("\n\n")
    assert " ".join(first.split()) == app.COMMANDS[name]


type AnyCommand = typer.core.TyperCommand | typer.core.TyperGroup
type Tree = dict[tuple[str, ...], AnyCommand]


@pytest.fixture(scope="module")
def tree() -> Tree:
    """Return every command and sub-command by its words."""
    whole = typer.Typer(cls=Group)
    whole.callback()(lambda: None)
    for name in app.COMMANDS:
        app.add(whole, name)
    found: Tree = {}
    waiting: list[tuple[tuple[str, ...], Any]] = [((), typer.main.get_command(whole))]
    while waiting:
        words, command = waiting.pop()
        found[words] = command
        waiting += [((*words, name), below) for name, below in getattr(command, "commands", {}).items()]
    return found


def help_lines(words: tuple[str, ...], command: AnyCommand, width: int) -> list[str]:
    shown = Console(file=io.StringIO(), width=width, highlight=False, soft_wrap=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(console, "out", shown)
        context = command.make_context(" ".join(("wiredesk", *words)), [], resilient_parsing=True)
        command.format_help(context, context.make_formatter())
    assert isinstance(shown.file, io.StringIO)
    return shown.file.getvalue().splitlines()


@pytest.fixture(scope="module")
def wide(tree: Tree) -> dict[tuple[str, ...], str]:
    """Return the help of each command where no line is wrapped, without spaces."""
    return help_whole(tree, 1000)


@pytest.mark.parametrize("width", [45, 60, 80, 200])
def test_no_help_is_cut_or_too_wide_at_any_width(width: int, tree: Tree, wide: Mapping[tuple[str, ...], str]) -> None:
    """Examples are to be copied: the terminal wraps them where it must."""
    for words, command in tree.items():
        lines = help_lines(words, command, width)
        too_wide = [line for line in lines if cell_len(line) > width and not line.startswith("  wiredesk ")]
        assert not too_wide
        assert sorted("".join(lines).replace(" ", "")) == sorted(wide[words]), words


def help_whole(tree: Tree, width: int) -> dict[tuple[str, ...], str]:
    return {words: "".join(help_lines(words, one, width)).replace(" ", "") for words, one in tree.items()}


def test_every_command_shows_an_example_that_holds(tree: Tree) -> None:
    """Its words are a command's, and its options are options of that command."""
    for words, command in tree.items():
        if words in {(), ("dlq",), ("topics",)}:
            continue
        examples = [line.strip() for block in paragraphs(command.help or "") for line in block if line.startswith("  ")]
        assert any(one.startswith(" ".join(("wiredesk", *words))) for one in examples), words
        for example in itertools.chain.from_iterable(one.split(" | ") for one in examples):
            given = shlex.split(example)[1:]
            path = max((path for path in tree if tuple(given[: len(path)]) == path), key=len)
            options = {name for parameter in tree[path].params for name in parameter.opts}
            assert {one for one in given if one.startswith("--")} <= options, example


def test_settings_say_their_default_and_their_choices(tree: Tree) -> None:
    text = " ".join(" ".join(help_lines(("worker",), tree[("worker",)], 80)).split())
    assert "One of: none, gzip, snappy, lz4, zstd. Default: gzip. [WIREDESK_COMPRESSION]" in text
    assert "Default: true. [WIREDESK_SSL_CHECK_HOSTNAME]" in text
    assert "Default: 45.0. [WIREDESK_SESSION_TIMEOUT]" not in text, "as it is written"
    assert text.index("Common settings:") < text.index("Load:") < text.index("Security:")


def test_help_needs_no_valid_setting() -> None:
    """A user who asks how to set them may have set one wrongly."""
    for arguments in (["worker", "--help"], ["replay", "ingest", "--help"]):
        shown = subprocess.run(
            [sys.executable, "-m", "wiredesk.cli", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "WIREDESK_COMPRESSION": "rar"},
        )
        assert shown.returncode == 0
        assert "Common settings:" in shown.stdout


def test_an_option_before_a_sub_command_is_named_as_it_was_given() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "wiredesk.cli", "replay", "--json", "list"], capture_output=True, text=True, check=False
    )
    assert (shown.returncode, shown.stderr) == (2, "wiredesk: --json must come after 'list'\n")
