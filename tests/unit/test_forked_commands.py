"""A command that is forked from a server does what it does in an interpreter of its own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil
import pytest

from wiredesk.testing import commands
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import wait_until

CASES = {
    "its output": (["acls", "--principal", "User:a"], "", {}),
    "standard input": (["extract", "-"], "<p>Too short", {}),
    "wrong usage": (["replay", "--json", "list"], "", {}),
    "a broker that does not answer": (["audit", "--bootstrap-servers", "127.0.0.1:1"], "", {}),
    "a setting": (["config"], "", {"WIREDESK_COMPRESSION": "rar"}),
    "a variable that the interpreter reads": (["config", "ü"], "", {"PYTHONIOENCODING": "latin-1"}),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_the_same_command(case: str) -> None:
    arguments, stdin, variables = CASES[case]
    forked = commands.run(arguments, environment(variables), stdin=stdin)
    own = interpreted(arguments, stdin, variables)
    assert (forked.args, forked.returncode) == (own.args, own.returncode)
    assert (forked.stdout.encode(), forked.stderr.encode()) == (own.stdout, own.stderr)


def interpreted(
    arguments: Sequence[str], stdin: str, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "wiredesk.cli", *arguments]
    return subprocess.run(command, input=stdin.encode(), env=environment(variables), capture_output=True, check=False)


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, **variables}


def test_nothing_of_one_command_reaches_the_next() -> None:
    plain = commands.run(["config"], environment({}))
    assert commands.run(["config"], environment({"WIREDESK_COMPRESSION": "zstd"})).stdout != plain.stdout
    assert commands.run(["config"], environment({})).stdout == plain.stdout


def test_it_runs_in_the_folder_of_its_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert commands.run(["schemas", "--out", "here"], environment({})).returncode == 0
    assert (tmp_path / "here" / "asyncapi.json").exists()


def test_one_that_is_started_is_the_same_command(tmp_path: Path) -> None:
    with (tmp_path / "output").open("wb") as output:
        started = commands.start(["config"], environment({}), output)
        assert started.wait(scaled(60)) == started.poll() == started.returncode == 0
    assert (tmp_path / "output").read_text() == commands.run(["config"], environment({})).stdout


def test_one_that_is_started_runs_until_it_is_stopped(tmp_path: Path, silent: Mapping[str, str]) -> None:
    with (tmp_path / "output").open("wb") as output:
        started = commands.start(["audit"], environment(silent), output)
        with pytest.raises(subprocess.TimeoutExpired):
            started.wait(0)
        assert started.poll() is None
        assert started.pid in [command.pid for command in psutil.Process().children(recursive=True)]
        started.kill()
        assert started.wait(scaled(60)) == -signal.SIGKILL
        started.kill()  # is no error


@pytest.fixture
def silent() -> Iterator[Mapping[str, str]]:
    """The settings of a command that waits for a broker which never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host, port = listening.getsockname()
        yield {"WIREDESK_REQUEST_TIMEOUT": "600", "WIREDESK_BOOTSTRAP_SERVERS": f"{host}:{port}"}


def test_one_that_takes_too_long_is_killed(silent: Mapping[str, str]) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        commands.run(["audit"], environment(silent), timeout=scaled(2))
    wait_until(lambda: not forked_commands(), "no command is left")


def forked_commands() -> list[psutil.Process]:
    """The children of the servers of commands: other children of ours, such as a broker, have children of their own."""
    servers = [child for child in psutil.Process().children() if is_server(child)]
    assert servers
    return [command for server in servers for command in server.children()]


def is_server(child: psutil.Process) -> bool:
    try:
        return commands.__name__ in child.cmdline()
    except psutil.NoSuchProcess:  # it has ended, and may be waiting to be noticed: a zombie
        return False
