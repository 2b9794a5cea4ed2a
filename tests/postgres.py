"""A Postgres of a test's own, where its programs are installed."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from wiredesk.local.ports import free_port

USER = "nobody"
"""Postgres refuses to run as root: then this user runs it."""


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Run Postgres for the duration of a block; yield its URL.

    Its disk is not flushed: a test kills the readers, not the machine.
    """
    for program in ("initdb", "postgres", "pg_ctl"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine")
    port = free_port()
    home = Path(tempfile.mkdtemp(prefix="wiredesk-postgres-"))  # pytest's folders are open to their owner alone
    as_user = ["setpriv", "--reuid", USER, "--regid", "nogroup", "--clear-groups"] if os.getuid() == 0 else []
    if as_user:
        shutil.chown(home, USER)
    data = home / "data"
    try:
        _run([*as_user, "initdb", "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"], home)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -c unix_socket_directories={home}"
        _run([*as_user, "pg_ctl", "-D", str(data), "-o", options, "-w", "-l", str(home / "log"), "start"], home)
        yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*as_user, "pg_ctl", "-D", str(data), "-m", "immediate", "stop"], cwd=home, capture_output=True, check=False
        )
        shutil.rmtree(home, ignore_errors=True)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
