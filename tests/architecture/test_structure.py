"""Rules of this project that no linter checks."""

import ast
import re
import warnings
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import ROOT
from wiredesk.cli.app import COMMANDS
from wiredesk.cli.config import groups, markdown
from wiredesk.cli.options import variable
from wiredesk.pipeline import STAGES, TOPICS
from wiredesk_schemas import EVENTS, headers

MODULES = sorted(
    p for folder in ("schemas/wiredesk_schemas", "services/wiredesk") for p in (ROOT / folder).rglob("*.py")
)
VARIABLES = {variable(name) for group in groups().values() for name in group.model_fields}
LONG_LINES = 500
"""Lines from which a warning asks whether a module still holds one concept."""
SCREEN_LINES = 60
"""Lines of a function that can be read without scrolling."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


@pytest.mark.filterwarnings("default:.* lines. does it hold:UserWarning")
def test_no_module_outgrows_a_reader() -> None:
    for module in MODULES:
        lines = len(module.read_text(encoding="utf-8").splitlines())
        if lines > LONG_LINES:
            warnings.warn(f"{module.name} has {lines} lines: does it hold one concept?", stacklevel=1)


def long_functions(source: str) -> dict[str, int]:
    """Return the functions that need scrolling, with their lines."""
    functions = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    # Without its signature: the options of a command are a list.
    lines = {one.name: (one.body[-1].end_lineno or 0) - one.body[0].lineno + 1 for one in functions}
    return {name: count for name, count in lines.items() if count > SCREEN_LINES}


def test_every_function_fits_on_a_screen() -> None:
    sources = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in MODULES}
    assert len(sources) > 400
    assert {path: names for path, source in sources.items() if (names := long_functions(source))} == {}
    long = "def f():\n" + "    pass\n" * (SCREEN_LINES + 1)
    assert long_functions(long) == {"f": SCREEN_LINES + 1}


def test_topics_are_named_in_the_pipeline_only() -> None:
    names = re.compile("|".join(re.escape(f'"{topic.name}"') for topic in TOPICS))
    elsewhere = [m for m in MODULES if m.name != "pipeline.py" and names.search(m.read_text(encoding="utf-8"))]
    assert not elsewhere


def test_headers_are_named_in_one_module() -> None:
    known = [
        value for name, value in vars(headers).items() if name.isupper() and type(value) is str and "/" not in value
    ]
    quoted = re.compile(f"""["'](?:{"|".join(map(re.escape, known))}|ce_[a-z]+)["']""")
    assert {module.name for module in MODULES if quoted.search(module.read_text(encoding="utf-8"))} == {"headers.py"}


def test_compose_runs_every_stage_with_commands_that_exist(compose: dict[str, Any]) -> None:
    ours = {name: service for name, service in compose["services"].items() if "build" in service}
    commands = {"topics": ["topics", "create"], "audit": ["audit", "--continuous"]}
    commands |= {name: [name] for name in ("intake", "canary", "web")}
    commands |= {"archive": ["archive", "--into", "/archive", "--follow"]}
    commands |= {"notify": ["notify", "/etc/wiredesk/rules.toml"]}
    images = {**dict.fromkeys(commands, "cli"), "web": "web", "archive": "archive"}
    assert set(ours) == {*commands, *STAGES}
    for name, service in ours.items():
        command = service["command"]
        assert command[0] in COMMANDS
        assert command == commands.get(name, ["worker", name])
        image = service["build"]["args"]["STAGE"]
        assert image == images.get(name, name)
        assert (ROOT / "requirements" / f"{image}.txt").exists()


def test_compose_and_image_set_variables_that_exist(compose: dict[str, Any]) -> None:
    set_there = {n for s in compose["services"].values() for n in s.get("environment", {}) if n.startswith("WIREDESK_")}
    set_there |= set(re.findall(r"WIREDESK_\w+", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
    assert set_there
    assert set_there <= VARIABLES


def test_profiles_come_up_without_variables(compose: dict[str, Any]) -> None:
    """Compose ends `up` where a variable that a secret or a configuration names is not set."""
    for kind in ("secrets", "configs"):
        assert not [name for name, one in compose.get(kind, {}).items() if "environment" in one]
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert not re.findall(r"\$\{\w+(?::?\?[^}]*)?\}", text)


def test_workers_can_be_scaled(compose: dict[str, Any]) -> None:
    for stage in STAGES:
        service = compose["services"][stage]
        assert "container_name" not in service
        assert "ports" not in service, "a host port can be bound once"
        assert service["healthcheck"]


@pytest.mark.parametrize("name", ["intake", "web"])
def test_servers_run_on_request_only_and_are_not_open_to_the_network(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["profiles"] == [name]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert f"WIREDESK_{name.upper()}_TOKEN" in service["environment"]


def test_every_container_has_a_memory_limit_and_an_image_that_can_be_pinned(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["deploy"]["resources"]["limits"]["memory"], name
        image = service.get("image") or service["build"]["args"]["PYTHON_IMAGE"]
        assert re.fullmatch(r"\$\{[A-Z]+_IMAGE:-[a-z/]+:[\w.-]+\}", image), name


def test_the_image_runs_as_a_user_that_kubernetes_can_check() -> None:
    users = re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert users == ["10001:10001"]


@pytest.mark.parametrize("page", [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"], ids=lambda p: p.name)
def test_documentation_names_variables_and_files_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"WIREDESK_[A-Z_]+[A-Z]", text)) <= VARIABLES
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
        assert (page.parent / target).exists(), target


def test_contributing_names_paths_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:services|schemas|tests|docs|examples)/[\w./-]*)`", text)
    assert len(paths) > 20
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_the_configuration_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8") == markdown() + "\n"


def test_a_stage_carries_one_event_a_topic() -> None:
    assert len({event.TYPE for event in EVENTS}) == len(EVENTS)
    for stage in STAGES.values():
        assert stage.consumes in TOPICS
        assert set(stage.produces) <= set(TOPICS)
