"""Running tests in a copy: in a forked process that has loaded the libraries, but none of our modules."""

import ctypes
import importlib
import multiprocessing
import os
import signal
import sys
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from tests.mutants.copies import Copy
from wiredesk.testing import patience

LIBRARIES = (
    "aiohttp.web", "aiokafka.admin", "confluent_kafka", "jsonschema", "lxml.etree", "numpy", "orjson",
    "prometheus_client", "psutil", "rich.console", "structlog", "typer", "yaml",
)  # fmt: skip
"""Libraries that most tests import, and that take longer to import than most tests take."""

OURS = ("tests", "wiredesk", "wiredesk_schemas", "training")

LONGEST_SECONDS = 1800.0
"""Time limit for tests without a mutant, whose duration is measured."""

SECONDS = 20.0
TIMES = 10
"""A mutant may loop, or make a test wait for its deadline: its tests are stopped after `SECONDS` plus `TIMES` their
duration without the mutant."""

PASSED = 0
_PR_SET_PDEATHSIG = 1

FAILED = (1, 2)
"""A test failed; or none could be imported."""


def preload() -> None:
    """Import libraries, and measure the machine, once for all runs."""
    patience.at_start()
    for name in LIBRARIES:
        importlib.import_module(name)


@dataclass
class TestRun:
    """Tests that run in a copy.

    Attributes:
        limit: seconds after which they are stopped.
    """

    __test__ = False  # whatever its name says

    copy: Copy
    tests: tuple[str, ...]
    limit: float

    def __post_init__(self) -> None:
        self.began = time.monotonic()
        self.process: BaseProcess = multiprocessing.get_context("fork").Process(
            target=_run, args=(self.copy.folder, self.tests)
        )
        self.process.start()

    @property
    def over(self) -> bool:
        """Whether the tests have ended; stops them if they take too long."""
        if self.process.exitcode is None and self.took > self.limit:
            self.stop()
        return self.process.exitcode is not None

    @property
    def took(self) -> float:
        return time.monotonic() - self.began

    @property
    def output(self) -> str:
        """The end of what pytest has printed."""
        return _log(self.copy.folder).read_text(encoding="utf-8", errors="replace")[-4000:]

    def stop(self) -> None:
        """Stop the tests, and all processes that they have started."""
        assert self.process.pid is not None
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            self.process.kill()
        self.process.join()


def _run(folder: Path, tests: tuple[str, ...]) -> None:
    os.environ[patience.VARIABLE] = f"{patience.at_present():.2f}"  # measured once, for all runs
    os.setsid()  # so that whatever the tests start can be ended with them
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.chdir(folder)
    with _log(folder).open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    root = str(Path(__file__).parents[2])
    ours = ("", "services", "schemas")
    sys.path[:] = [
        *(str(folder / name) for name in ours),
        *(path for path in sys.path if path not in ("", *(str(Path(root, name)) for name in ours))),
    ]
    # Workers, children and commands that the tests start also import the copy, not the installation.
    os.environ["PYTHONPATH"] = os.pathsep.join(str(folder / name) for name in ours)
    for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
        del sys.modules[name]
    options = ["-x", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-o", "addopts=", "--import-mode=importlib"]
    code = pytest.main([*options, "--hypothesis-seed=0", f"--basetemp={folder}.tmp", *tests])
    sys.stdout.flush()
    os._exit(int(code))


def _log(folder: Path) -> Path:
    return folder.with_suffix(".log")
