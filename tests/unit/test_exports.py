"""What other packages import: exactly these names, at little cost."""

import ast
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import wiredesk
import wiredesk.testing
import wiredesk_schemas
from tests.support import unmeasured

PUBLIC = [
    "Change", "Classifier", "Envelope", "Handler", "Ingest", "KeyedState", "Output", "Record", "RejectedError", "Service",
    "Settings", "Stage", "State", "StatefulEnvelope", "StatefulHandler", "StatefulService", "Store", "TaggedSpan",
    "Tagger", "Topic", "WiredeskError",
]  # fmt: skip
FOR_TESTS = [
    "KafkaProcess", "Processed", "Published", "RunningStage", "StartStage", "WorkerProcess", "as_record", "example_event",
    "run_stateful", "scaled", "wait_until",
]  # fmt: skip
SHOW_IMPORTS = """
import sys
for already in sys.argv[2:]:
    __import__(already)
before = set(sys.modules)
__import__(sys.argv[1])
imported = set(sys.modules) - before
import json
print(json.dumps(sorted(imported)))
"""


def test_the_public_names_are_these() -> None:
    assert wiredesk.__all__ == PUBLIC
    assert wiredesk.testing.__all__ == FOR_TESTS


@pytest.mark.parametrize("module", ["wiredesk", "wiredesk.testing", "wiredesk_schemas"])
def test_each_exported_name_can_be_imported_and_is_listed(module: str) -> None:
    package = import_module(module)
    for name in package.__all__:
        assert getattr(package, name) is not None
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = package.Nothing


@pytest.mark.parametrize("module", [wiredesk, wiredesk.testing, wiredesk_schemas])
def test_type_checkers_see_the_same_names(module: object) -> None:
    source = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    (checked,) = [node for node in source.body if isinstance(node, ast.If)]
    imported = {
        alias.name: node.module for node in checked.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert imported == dict(module._MODULES)  # type: ignore[attr-defined]


def test_every_event_of_ours_is_exported() -> None:
    for event in wiredesk_schemas.EVENTS:
        assert getattr(wiredesk_schemas, event.__name__) is event


def imported(module: str, *already: str) -> list[str]:
    """Return the modules that the import of one brings into a new process, beside those of `already`."""
    command = [sys.executable, "-c", SHOW_IMPORTS, module, *already]
    shown = subprocess.run(command, env=unmeasured(), capture_output=True, text=True, check=True).stdout
    return list(json.loads(shown))


def ours(modules: list[str]) -> list[str]:
    return [name for name in modules if name.startswith("wiredesk")]


def test_importing_it_imports_next_to_nothing() -> None:
    """Imports are what it costs: some 30 modules, nearly all of them of the standard library's `typing`."""
    modules = imported("wiredesk")
    assert ours(modules) == ["wiredesk"]
    assert len(modules) < 60


def test_the_plug_in_imports_next_to_nothing_beside_pytest() -> None:
    """Pytest loads it in every run of an environment in which wiredesk is installed."""
    modules = imported("wiredesk.testing.plugin", "pytest")
    assert ours(modules) == ["wiredesk", "wiredesk.testing", "wiredesk.testing.plugin"]
    assert len(modules) < 20
    assert len(imported("wiredesk.testing.plugin")) < 400, "pytest's own 230, and what they import"


def test_the_names_of_headers_build_no_models() -> None:
    """The runtime needs the names alone: in the process that loads a handler, models would be half of what it costs."""
    assert set(ours(imported("wiredesk_schemas.headers"))) == {
        "wiredesk_schemas",
        "wiredesk_schemas.headers",
        "wiredesk_schemas.raw_page_key",
    }
    loading = imported("wiredesk.runtime.isolation.template_process")
    assert not {"aiohttp", "aiokafka", "numpy", "prometheus_client", "pydantic"} & set(loading)
    assert len(loading) < 300


def test_a_function_is_exported_though_its_module_has_its_name() -> None:
    import_module("wiredesk_schemas.raw_page_key")
    assert wiredesk_schemas.raw_page_key("https://news.example/a") == b"https://news.example/a"


def test_a_command_that_counts_loads_no_worker() -> None:
    """The HTTP server of a worker takes as long to import as all that the audit needs."""
    modules = imported("wiredesk.operations.audit")
    assert "wiredesk.operations.replays.run" in modules
    assert not {"aiohttp", "wiredesk.runtime.worker"} & set(modules)
