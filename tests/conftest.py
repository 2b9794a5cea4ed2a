"""The fixtures of `wiredesk.testing` under shorter names, and the rules for all tests.

Deadlines scale with the machine, and tests that need Kafka are marked so.
"""

import gc
import os
import sys
from collections.abc import Generator

import hypothesis
import pytest

from tests import start_cache
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import KafkaProcess

pytest_plugins = ("wiredesk.testing.plugin",)
"""The plug-in that our own fixtures use."""

# Tests start hundreds of processes: without bytecode in files, each would compile our modules again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

NEEDS_KAFKA = ("tests/kafka/", "tests/faults/", "tests/examples/")

# A slow example is no failure, because machines differ; one that never ends is stopped by the test's deadline.
hypothesis.settings.register_profile("wiredesk", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
# In CI the examples are the same each time: a change is refused for what it breaks, and not for what an example finds by chance
# in old code. Everybody else's runs look for new ones.
hypothesis.settings.register_profile("ci", hypothesis.settings.get_profile("wiredesk"), derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "wiredesk")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while tests are collected, and for none in what was imported and collected: all of it stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that need Kafka, which `make test-fast` leaves out; run the longest files first.

    The files of tests/faults take minutes each: one that began last would keep a single process busy at the end.
    """
    for item in items:
        if item.nodeid.startswith(NEEDS_KAFKA) or "cluster" in getattr(item, "fixturenames", ()):
            item.add_marker("kafka")
    items.sort(key=lambda item: (not item.nodeid.startswith("tests/faults/"), item.get_closest_marker("kafka") is None))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test after an argument of bytes only if they are text.

    Compressed bytes may hold the time at which they were made, and every process must collect the same tests.
    """
    return argname if isinstance(val, bytes) and not val.isascii() else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Scale the time after which pytest-timeout ends a test, before it sets its timer."""
    marker = item.get_closest_marker("timeout")
    seconds = float(marker.args[0] if marker is not None else item.config.getini("timeout"))
    item.add_marker(pytest.mark.timeout(scaled(seconds)), append=False)
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None]:
    """End with the names of the failed tests: in CI, pytest prints whole values, and only the end of a long log is kept."""
    yield
    for report in [*terminalreporter.getreports("failed"), *terminalreporter.getreports("error")]:
        terminalreporter.write_line(f"failed: {report.nodeid}", red=True)


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> None:
    """The environment of the user who runs the tests must not reach them."""
    for name in [name for name in os.environ if name.startswith("WIREDESK_") and name != "WIREDESK_CACHE_DIR"]:
        del os.environ[name]


@pytest.fixture(scope="session", autouse=True)
def _start_cache(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Brokers start with what Java loaded before."""
    if any(item.get_closest_marker("kafka") for item in request.session.items):
        shared = tmp_path_factory.getbasetemp()
        shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
        start_cache.fill(tmp_path_factory.mktemp("start"), shared / "start.lock")


@pytest.fixture(scope="session")
def cluster(wiredesk_cluster: KafkaProcess) -> KafkaProcess:
    """Kafka, started once for the whole run."""
    return wiredesk_cluster


@pytest.fixture
def kafka(wiredesk_kafka: KafkaSettings) -> KafkaSettings:
    """Settings with a prefix of their own: tests share the cluster and nothing else."""
    return wiredesk_kafka
