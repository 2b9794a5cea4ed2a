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
from wiredesk.testing.patience import scaled

PUBLIC = [
    "Classifier", "Envelope", "Handler", "Ingest", "Output", "Record", "RejectedError", "Service", "Settings", "Stage",
    "TaggedSpan", "Tagger", "Topic", "WiredeskError",
]  # fmt: skip
FOR_TESTS = [
    "KafkaProcess", "Published", "RunningStage", "StartStage", "WorkerProcess", "example_event", "scaled", "wait_until",
]  # fmt: skip
COST = """
import json, resource, sys
before = resource.getrusage(resource.RUSAGE_SELF)
import wiredesk, wiredesk.testing.plugin
after = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, sorted(sys.modules)]))
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


@pytest.mark.parametrize("module", [wiredesk, wiredesk.testing])
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


def test_importing_it_costs_next_to_nothing() -> None:
    costs = []
    for _ in range(5):
        command = [sys.executable, "-c", COST]
        shown = subprocess.run(command, env=unmeasured(), capture_output=True, text=True, check=True).stdout
        seconds, modules = json.loads(shown)
        assert not {"pydantic", "aiokafka", "typer", "wiredesk_schemas", "numpy"} & set(modules)
        costs.append(seconds)
    assert min(costs) < scaled(0.1 + 0.2)  # pytest, which the plug-in imports, takes the rest
