"""Mutants that are derived from the code: one for each place where a typing error would be a defect."""

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.mutants.mutant import Mutant

MODULES = Path(__file__).with_name("generated.toml")
SURVIVORS = Path(__file__).with_name("survivors.toml")

_COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "*",
}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


def generated(root: Path) -> Iterator[Mutant]:
    """Yield the mutants of all modules that are to be mutated."""
    for entry in tomllib.loads(MODULES.read_text(encoding="utf-8"))["module"]:
        yield from mutants_of(entry["file"], (root / entry["file"]).read_bytes(), tuple(entry["tests"]))


def explained() -> dict[str, str]:
    """Return the mutants that may survive, with the reason, by name."""
    return {
        name: group["why"]
        for group in tomllib.loads(SURVIVORS.read_text(encoding="utf-8")).get("survivors", ())
        for name in group["names"]
    }


def mutants_of(file: str, source: bytes, tests: tuple[str, ...]) -> Iterator[Mutant]:
    """Yield the mutants of a module."""
    lines = _Lines(source)
    names: Counter[str] = Counter()
    for where, node, replacement in _Places().of(ast.parse(source), lines):
        start, end = lines.span(node)
        changed = source[:start] + replacement.encode() + source[end:]
        name = f"{file} {where}: {lines.shown(source, start)} -> {lines.shown(changed, start)}"
        names[name] += 1
        if names[name] > 1:
            name = f"{name} ({names[name]})"
        yield Mutant(name, file, start, end, replacement.encode(), tests)


type Place = tuple[str, ast.expr | ast.stmt, str]
"""The enclosing function, the node to replace, and the replacement."""


class _Lines:
    """The byte offsets of lines: the parser returns line numbers, and byte offsets within lines."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self._begins = [0]
        for line in source.splitlines(keepends=True):
            self._begins.append(self._begins[-1] + len(line))

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._begins[node.lineno - 1] + node.col_offset, self._begins[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.expr | ast.stmt) -> str:
        start, end = self.span(node)
        return self.source[start:end].decode()

    @staticmethod
    def shown(source: bytes, at: int) -> str:
        """Return the line at a byte, without its indentation and comment."""
        begin, end = source.rfind(b"\n", 0, at) + 1, source.find(b"\n", at)
        return source[begin : end if end >= 0 else None].decode().split("  #")[0].strip()


class _Places:
    """Walks a module, and keeps track of the enclosing function."""

    def of(self, tree: ast.Module, lines: _Lines) -> Iterator[Place]:
        self._lines = lines
        for statement in tree.body:  # its constants are tuned values: their required properties have listed mutants
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from self._within(statement, statement.name)

    def _within(self, node: ast.AST, where: str) -> Iterator[Place]:
        if isinstance(node, ast.stmt):
            yield from ((where, change, text) for change, text in self._of_statement(node))
        elif isinstance(node, ast.expr):
            yield from ((where, change, text) for change, text in self._of_expression(node))
        for child in _children(node):
            inner = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            yield from self._within(child, f"{where}.{child.name}" if inner else where)  # type: ignore[attr-defined]

    def _of_statement(self, node: ast.stmt) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
        match node:
            case ast.If(test=test) | ast.While(test=test) if not isinstance(
                test, ast.Compare | ast.BoolOp | ast.UnaryOp
            ):
                yield test, f"(not ({self._lines.text(test)}))" if isinstance(node, ast.If) else "False"
            case (
                ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise() | ast.AugAssign() | ast.Continue() | ast.Break()
            ):
                yield node, "pass"
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
                yield node, "pass"
            case _:
                pass

    def _of_expression(self, node: ast.expr) -> Iterator[tuple[ast.expr, str]]:
        text = self._lines.text
        match node:
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                for other in _COMPARISONS[type(operator)]:
                    yield node, f"({text(left)} {other} {text(right)})"
            case ast.BoolOp(op=operator, values=values):
                yield node, "(" + (" or " if isinstance(operator, ast.And) else " and ").join(map(text, values)) + ")"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield node, f"({text(operand)})"
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
                yield node, f"({text(left)} {_ARITHMETIC[type(operator)]} {text(right)})"
            case ast.Call(func=ast.Name(id=name) as called) if name in _CALLS:
                yield called, _CALLS[name]
            case ast.Constant(value=bool() as value):
                yield node, str(not value)
            case ast.Constant(value=int() as value):
                yield node, str(value + 1)
            case ast.Constant(value=float() as value):
                yield node, str(value * 2 or 1.0)
            case _:
                pass


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node that affect behaviour: no annotations, decorators, docstrings or log messages."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr) and not _is_log(child):
                yield child


def _is_log(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="log")))):
            return True
    return False
