"""`wiredesk --version`, and the completion of shells."""

import os
import platform
import subprocess
import sys
from importlib.metadata import metadata, version
from pathlib import Path

import pytest

from wiredesk.cli import app
from wiredesk.cli.version import LIBRARIES, MISSING, lines
from wiredesk.runtime.errors import UnavailableError

TOPICS_COMMANDS = {"alter", "compare", "create", "export", "list"}


def complete(variables: dict[str, str]) -> list[str]:
    """Run the command as the completion function of a shell does."""
    command = [sys.executable, "-m", "wiredesk.cli"]
    shown = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=True)
    assert not shown.stderr
    return shown.stdout.splitlines()


def bash(line: str) -> list[str]:
    return complete({app.COMPLETE: "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))})


def fish(line: str) -> list[str]:
    asked = {app.COMPLETE: "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TYPER_COMPLETE_ARGS": line}
    return [candidate.partition("\t")[0] for candidate in complete(asked)]


def test_version_names_both_distributions_python_and_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["--version"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[:2] == [f"wiredesk {version('wiredesk')}", f"wiredesk-schemas {version('wiredesk-schemas')}"]
    assert shown[2].startswith(f"Python {platform.python_version()} ")
    assert [line.split()[0] for line in shown[3:]] == list(LIBRARIES)


def test_a_library_that_is_missing_is_shown_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIBRARIES, "no-such-library", "enrichment")
    assert lines()[-1] == f"no-such-library {MISSING} (extra: enrichment)"


def test_the_libraries_belong_to_their_extras() -> None:
    required = metadata("wiredesk").get_all("Requires-Dist") or []
    for library, extra in LIBRARIES.items():
        marker = f"extra == '{extra}'" if extra else ""
        assert any(
            line.startswith(library) and marker in line and ("extra ==" in line) == bool(extra) for line in required
        )


def test_shells_complete_commands_that_are_not_imported_yet() -> None:
    assert set(app.COMMANDS) <= set(bash("wiredesk "))
    assert fish("wiredesk to") == ["topics"]
    assert set(fish("wiredesk topics ")) == TOPICS_COMMANDS
    assert "--partitions" in bash("wiredesk topics create --")


def test_a_candidate_is_one_line_with_its_description() -> None:
    assert all(candidate.startswith("--") for candidate in fish("wiredesk dlq redrive --"))
    zsh = complete({app.COMPLETE: "complete_zsh", "_TYPER_COMPLETE_ARGS": "wiredesk dlq redrive --"})
    assert zsh[0].startswith("_arguments '*: :((\"--")
    assert all(line.startswith('"--') for line in zsh[1:])


def test_bash_completes_by_the_script_that_the_command_prints(tmp_path: Path) -> None:
    program = tmp_path / "wiredesk"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m wiredesk.cli \"$@\"\n", encoding="utf-8")
    program.chmod(0o755)
    script = """
        source <(wiredesk --show-completion)
        COMP_WORDS=(wiredesk topics cr) COMP_CWORD=2
        _wiredesk_completion wiredesk
        echo "${COMPREPLY[*]}"
    """
    path = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    shown = subprocess.run(["bash", "-c", script], env=path, capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["create"]


def test_a_library_that_an_extra_would_bring_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>Text</p>", encoding="utf-8")
    for module in [name for name in sys.modules if name.startswith("wiredesk.ingest.")]:
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "charset_normalizer", None)
    assert app.run(["extract", str(page)]) == UnavailableError.exit_code
    assert "charset_normalizer is not installed" in " ".join(capsys.readouterr().err.split())
