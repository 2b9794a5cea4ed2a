"""The maps in the docstrings of `__init__` modules name exactly the modules of their packages."""

import ast
import re
from pathlib import Path

import pytest

from tests.support import ROOT

PACKAGES = sorted(
    path.parent
    for folder in ("schemas/wiredesk_schemas", "services/wiredesk")
    for path in (ROOT / folder).rglob("__init__.py")
)
NEEDS_A_MAP = 4
"""Number of modules and packages from which a package needs a map."""

_ENTRY = re.compile(r"^(?: {4})?((?:[a-z0-9_]+/?(?:, )?)+) {2,}\S", re.MULTILINE)


def contents(package: Path) -> set[str]:
    modules = {path.stem for path in package.glob("*.py") if not path.stem.startswith("__")}
    return modules | {path.parent.name for path in package.glob("*/__init__.py")}


def entries(docstring: str) -> list[str]:
    """Return the names of a map: each line has one or several names, two spaces, and a description."""
    return [name.rstrip("/") for line in _ENTRY.findall(docstring) for name in line.split(", ")]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_map_names_what_is_there(package: Path) -> None:
    docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
    named, there = entries(docstring), contents(package)
    assert len(named) == len(set(named))
    if named or len(there) >= NEEDS_A_MAP:
        assert set(named) == there


def test_entries_are_lines_of_names_and_a_meaning() -> None:
    docstring = "A package.\n\n    one, two/  what they are\nthree      another\n\nText of two  spaces is none.\n"
    assert entries(docstring) == ["one", "two", "three"]
