"""No module keeps state that others change: no mutable registries, no attributes by name, no late variables."""

import ast
from collections.abc import Iterator

import pytest

from tests.support import ROOT

MODULES = sorted(
    path for folder in ("schemas/wiredesk_schemas", "services/wiredesk") for path in (ROOT / folder).rglob("*.py")
)
"""The modules of both distributions."""

BY_NAME = frozenset({"setattr", "delattr", "__setattr__", "__delattr__"})
"""Functions that set or delete attributes by name."""

MUTATING = frozenset(
    {"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}
)
"""Methods that change a list, a set or a dictionary."""

type Function = ast.FunctionDef | ast.AsyncFunctionDef
type Scope = Function | ast.Lambda | ast.Module


def defects(source: str) -> list[str]:
    """Return what a module has of these, each with its line."""
    module = ast.parse(source)
    return [*_set_by_name(module), *_changed_globals(module), *_late_variables(module)]


def _set_by_name(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in BY_NAME:
                yield f"{node.lineno}: {name}"


def _changed_globals(module: ast.Module) -> Iterator[str]:
    """Yield `global` statements, and changes of what is bound at the top of this module or of another one."""
    ours = {name for name, _ in _bindings(module)}
    if not any(isinstance(node, ast.Global) or _is_shared(_changed(node), ours) for node in ast.walk(module)):
        return  # nearly all modules: their functions need not be read one by one
    for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
        own = {name for name, _ in _bindings(function)}
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield f"{node.lineno}: global {', '.join(node.names)}"
            for changed in _changed(node):
                if isinstance(changed, ast.Name) and changed.id in ours - own:
                    yield f"{changed.lineno}: {changed.id} is changed"
                if isinstance(changed, ast.Attribute) and changed.attr.isupper():
                    yield f"{changed.lineno}: {changed.attr} is changed"


def _is_shared(changed: list[ast.expr], ours: set[str]) -> bool:
    """Whether one of these may be bound at the top of a module."""
    return any(
        (isinstance(one, ast.Name) and one.id in ours) or (isinstance(one, ast.Attribute) and one.attr.isupper())
        for one in changed
    )


def _changed(node: ast.AST) -> list[ast.expr]:
    """Return the containers that a statement or call changes in place."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign | ast.Delete):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATING:
        return [node.func.value]
    return [target.value for target in targets if isinstance(target, ast.Subscript)]


def _late_variables(module: ast.Module) -> Iterator[str]:
    """Yield the variables that a lambda or an inner function reads, and that get a value after its definition only."""
    for outer in ast.walk(module):
        if not isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        inner_functions = [
            n for n in _own_nodes(outer) if isinstance(n, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        bound = list(_bindings(outer)) if inner_functions else []
        for inner in inner_functions:
            late = [(name, line) for name, line in bound if line > (inner.end_lineno or inner.lineno)]
            if not late:
                continue
            own = {name for name, _ in _bindings(inner)}
            read = {node.id for node in ast.walk(inner) if isinstance(node, ast.Name)} - own
            for name, line in late:
                if name in read:
                    yield f"{inner.lineno}: {name} gets a value in line {line}"


def _bindings(scope: Scope) -> Iterator[tuple[str, int]]:
    """Yield the names that a scope binds itself, each with the line."""
    if not isinstance(scope, ast.Module):
        arguments = scope.args
        extra = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra):
            yield argument.arg, argument.lineno
    for node in _own_nodes(scope):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope, without those of the functions, lambdas and classes in it."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting[:0] = ast.iter_child_nodes(node)


def test_a_module_keeps_no_state() -> None:
    by_module = {path.relative_to(ROOT).as_posix(): defects(path.read_text(encoding="utf-8")) for path in MODULES}
    assert len(by_module) > 400
    assert {path: lines for path, lines in by_module.items() if lines} == {}


@pytest.mark.parametrize(
    ("source", "defect"),
    [
        ("R = {}\ndef add(k):\n    R[k] = 1\n", "3: R is changed"),
        ("R = []\ndef add(k):\n    R.append(k)\n", "3: R is changed"),
        ("R = {}\ndef drop(k):\n    del R[k]\n", "3: R is changed"),
        ("import other\ndef add(k):\n    other.ALL.add(k)\n", "3: ALL is changed"),
        ("N = 0\ndef count():\n    global N\n    N += 1\n", "3: global N"),
        ("def f(o):\n    setattr(o, 'a', 1)\n", "2: setattr"),
        ("def f(o):\n    object.__setattr__(o, 'a', 1)\n", "2: __setattr__"),
        ("def f():\n    call = lambda: later\n    later = 1\n    return call\n", "2: later gets a value in line 3"),
        ("def f():\n    def call():\n        return later\n    later = 1\n", "2: later gets a value in line 4"),
    ],
)
def test_what_counts_as_state(source: str, defect: str) -> None:
    assert defects(source) == [defect]


def test_what_does_not() -> None:
    source = (
        "R = {'a': 1}\ndef f(R, k):\n    R[k] = 1\ndef g():\n    R = []\n    R.append(1)\n    early = 1\n"
        "    return lambda early_too=2: early + early_too\nclass C:\n    def __init__(self):\n        self.items = []\n"
        "    def add(self, k):\n        self.items.append(k)\n"
    )
    assert defects(source) == []
