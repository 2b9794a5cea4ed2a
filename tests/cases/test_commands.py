"""Cases of commands: what `--json` prints is JSON of RFC 8259, whatever the page holds and wherever it is printed."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wiredesk.cli.app import run

CASES = Path(__file__).parent
COMMANDS = [json.loads(line) for line in (CASES / "commands.jsonl").read_text(encoding="utf-8").splitlines()]


def arguments(case: dict[str, Any]) -> list[str]:
    url = ["--url", "https://n.example/a"] if case["run"] == "extract" else []
    return [case["run"], "--json", *url, str(CASES / case["input"])]


def no_constant(name: str) -> None:
    raise ValueError(name)


def strict(text: str) -> Any:
    """Return a value; fail on what Python takes and RFC 8259 does not have."""
    return json.loads(text, parse_constant=no_constant)


@pytest.mark.parametrize("case", COMMANDS, ids=lambda case: f"{case['kind']}-{case['id']}")
def test_what_is_printed_is_json(case: dict[str, Any], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(arguments(case)) == 0
    assert strict(capfd.readouterr().out)["paragraphs"]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_a_terminal_of_any_encoding_gets_json(encoding: str) -> None:
    case = next(case for case in COMMANDS if case["run"] == "extract")
    terminal, ours = pty.openpty()
    command = [sys.executable, "-c", "import sys; from wiredesk.cli import main; main()", *arguments(case)]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "80", "TERM": "xterm"}
    printed = b""
    with subprocess.Popen(command, stdout=ours, stderr=subprocess.DEVNULL, env=environment) as process:
        os.close(ours)
        while True:
            try:
                piece = os.read(terminal, 65536)
            except OSError:  # the other side is closed
                break
            if not piece:
                break
            printed += piece
    os.close(terminal)
    assert process.returncode == 0
    assert strict(printed.decode(encoding))["title"]
