"""Alerts and dashboards speak of metrics, topics and stages that exist, and the alerts ring when they must."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

import wiredesk.archiving.metrics
import wiredesk.intake.metrics
import wiredesk.operations.canary.metrics
import wiredesk.operations.completeness.metrics
import wiredesk.operations.notifications.metrics
import wiredesk.runtime.metrics  # noqa: F401 - with the import, its metrics are registered
from wiredesk.pipeline import STAGES, TOPICS

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "prometheus" / "wiredesk.rules.yml"
TESTS = sorted(RULES.parent.glob("*.test.yml"))
DASHBOARD = ROOT / "deploy" / "grafana" / "wiredesk.json"
PROMTOOL = shutil.which("promtool")

_NAME = re.compile(r"(?<![\w:\"])(?:wiredesk|process)_\w+")
_RECORDED = re.compile(r"(?:stage|objective):\w+(?::\w+)?")
_LABEL = re.compile(r'(topic|stage)="([^"]+)"')


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return [panel for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"] if panel["type"] != "row"]


def queries() -> Iterator[tuple[str, str]]:
    """Yield every query of the rules and of the dashboard, with its name."""
    yield from ((rule.get("alert") or rule["record"], rule["expr"]) for rule in rules())
    yield from ((panel["title"], target["expr"]) for panel in panels() for target in panel["targets"])


def exposed() -> set[str]:
    """Return the names of the samples that `/metrics` of a worker or an intake may have."""
    names: set[str] = set()
    for family in REGISTRY.collect():
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}.get(family.type, ("",))
        names.update(family.name + suffix for suffix in suffixes)
    return names


@pytest.mark.parametrize(("name", "query"), [*queries()])
def test_a_query_names_metrics_topics_and_stages_that_exist(name: str, query: str) -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    assert set(_RECORDED.findall(query)) <= recorded, name
    assert set(_NAME.findall(_RECORDED.sub("", query))) <= exposed(), name
    known = {"topic": {topic.name for topic in TOPICS}, "stage": set(STAGES) | {"every"}}
    assert all(value in known[label] for label, value in _LABEL.findall(query)), name


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    assert alerts
    for rule in alerts:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert set(rule["annotations"]) == {"summary", "remedy"}


def test_every_alert_is_tested_and_described() -> None:
    names = {rule["alert"] for rule in rules() if "alert" in rule}
    tested = "".join(path.read_text(encoding="utf-8") for path in TESTS)
    described = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    assert {name for name in names if name not in tested} == set()
    assert set(re.findall(r"`(Wiredesk\w+)`", described)) == names


def test_panels_are_side_by_side() -> None:
    places = [panel["gridPos"] for panel in panels()]
    cells = [
        (x, y) for at in places for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert all(panel["description"] or panel["title"] for panel in panels())


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed: Prometheus brings it")
def test_alerts_ring_in_time_on_recorded_series() -> None:
    assert PROMTOOL is not None
    for command in (["check", "rules", RULES.name], ["test", "rules", *(path.name for path in TESTS)]):
        ran = subprocess.run([PROMTOOL, *command], cwd=RULES.parent, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
