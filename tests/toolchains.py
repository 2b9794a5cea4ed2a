"""Toolchains of other languages, where they are installed: their dependencies are fetched by their own clients.

A test that needs one is skipped, with the reason, if the toolchain is missing, or if dependencies are not in a cache
and cannot be fetched. Any other failure fails the test.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FETCH_SECONDS = 100

OFFLINE = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ENOTCACHED|ERR_SOCKET_TIMEOUT"
    r"|GOPROXY=off|no such host|dial tcp|i/o timeout|connection refused|network is unreachable"
    r"|NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|Max retries exceeded",
    re.IGNORECASE,
)
"""Messages of npm, Go and pip when there is no network."""


def need(*programs: str) -> None:
    """Skip the test if a program is missing."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine")


def fetch(command: list[str], folder: Path, **environment: str) -> None:
    """Fetch dependencies; skip the test if there is no network and they are not in a cache."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=FETCH_SECONDS,
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"{command[0]} fetched nothing within {FETCH_SECONDS} s")
    said = done.stdout + done.stderr
    if done.returncode and OFFLINE.search(said):
        pytest.skip(f"{command[0]} has no network, and the dependencies are in no cache")
    assert done.returncode == 0, said[-3000:]


def npm(folder: Path) -> None:
    """Install what a folder's lock file pins."""
    need("node", "npm")
    options = [
        "--prefer-offline",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--fetch-retries=1",
        "--fetch-retry-mintimeout=1000",
    ]
    fetch(["npm", "ci", *options], folder)


def go_build(folder: Path, program: Path) -> None:
    """Build the program in a folder."""
    need("go")
    fetch(["go", "build", "-mod=readonly", "-o", str(program), "."], folder)


def pip(requirements: Path, target: Path) -> None:
    """Install pinned requirements into a folder of their own."""
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--retries", "1"]
    fetch(
        [sys.executable, "-m", "pip", "install", *options, "--target", str(target), "-r", str(requirements)],
        requirements.parent,
    )


def output(command: list[str | Path], folder: Path, **environment: str) -> str:
    """Run a program, and return what it prints."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
