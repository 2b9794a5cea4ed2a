"""Every public constant of a module is documented: by a comment before or beside it, or by a docstring after it."""

import ast
import re

from tests.support import ROOT

MODULES = sorted(
    path for folder in ("schemas/wiredesk_schemas", "services/wiredesk") for path in (ROOT / folder).rglob("*.py")
)
"""The modules of both distributions."""

_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")


def undocumented(source: str) -> list[str]:
    """Return the names of constants without documentation."""
    lines, body = source.splitlines(), ast.parse(source).body
    names = []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        constants = [t.id for t in targets if isinstance(t, ast.Name) and _CONSTANT.fullmatch(t.id)]
        if not constants:
            continue
        if isinstance(node.value, ast.Call) and any(_is_sentence(argument) for argument in ast.walk(node.value)):
            continue  # a metric, a topic, a stage: they have a description of their own
        docstring = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and after.value.value
        before = lines[node.lineno - 2].lstrip() if node.lineno > 1 else ""
        beside = any("  # " in lines[number - 1] for number in (node.lineno, node.end_lineno or node.lineno))
        if not (isinstance(docstring, str) or before.startswith("#") or beside):
            names += constants
    return names


def _is_sentence(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count(" ") > 1


def test_constants_say_what_they_are() -> None:
    by_module = {path.relative_to(ROOT).as_posix(): undocumented(path.read_text(encoding="utf-8")) for path in MODULES}
    assert len(by_module) > 400
    assert {path: names for path, names in by_module.items() if names} == {}


def test_what_counts_as_said() -> None:
    said = 'A = 1  # seconds\nD = Topic("a", "Pages as they came")\n# Bytes.\nB = 2\nC: int = 3\n"""Records."""\n_private = 4\n'
    assert undocumented(said) == []
    assert undocumented("A1 = 1\nBB = 2\nCC: int = 3\n") == ["A1", "BB", "CC"]
