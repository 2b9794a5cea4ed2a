"""Draw the map of packages in docs/architecture.md from the imports: `make map`. With --check, only compare.

The graph leaves out an arrow where a longer way leads to the same package; the table has every import.
"""

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- map: drawn by `make map` -->\n", "<!-- end of map -->\n"
SOURCES = {"wiredesk": ROOT / "services" / "wiredesk", "wiredesk_schemas": ROOT / "schemas" / "wiredesk_schemas"}


def main() -> int:
    """Write the map, or check it; return 1 where it is stale."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    current = before + BEGIN + draw(imports()) + END + after
    if "--check" in sys.argv[1:]:
        if current != text:
            print(f"the map of packages in {PAGE.relative_to(ROOT)} is stale: run 'make map'", file=sys.stderr)
        return int(current != text)
    PAGE.write_text(current, encoding="utf-8")
    return 0


def imports() -> dict[str, set[str]]:
    """Return which package of ours imports which, directly; the packages on top of the list import those below.

    Raises:
        CycleError: packages import each other in a circle.
    """
    graph = grimp.build_graph(*SOURCES, cache_dir=None)
    imports_of: dict[str, set[str]] = {}
    for module in graph.modules:
        package = _package(module)
        if package != "wiredesk":  # the names that it exports belong to their packages
            of_module = {_package(imported) for imported in graph.find_modules_directly_imported_by(module)}
            imports_of.setdefault(package, set()).update(of_module - {package, "wiredesk"})
    order = list(TopologicalSorter({name: sorted(imports_of[name]) for name in sorted(imports_of)}).static_order())
    return {name: imports_of[name] for name in reversed(order)}


def draw(imports_of: dict[str, set[str]]) -> str:
    """Return the map as a Mermaid graph and a table."""
    lines = ["", "```mermaid", "flowchart TD"]
    for name, imported in imports_of.items():
        farther = {far for near in imported for far in _reached(near, imports_of)}
        lines += [f"    {_label(name)} --> {_label(near)}" for near in sorted(imported - farther)]
    lines += ["```", "", "| package | what it is | imports |", "|---|---|---|"]
    for name, imported in imports_of.items():
        links = ", ".join(f"`{_label(other)}`" for other in imports_of if other in imported)
        lines.append(f"| `{_label(name)}` | {_summary(name)} | {links or 'nothing of ours'} |")
    return "\n".join([*lines, "", ""])


def _reached(name: str, imports_of: dict[str, set[str]]) -> set[str]:
    """Return all that a package imports, directly or not."""
    return imports_of[name] | {far for near in imports_of[name] for far in _reached(near, imports_of)}


def _package(module: str) -> str:
    """Return the package, or the module beside the packages, that a module belongs to."""
    distribution, _, within = module.partition(".")
    return ".".join([distribution, within.partition(".")[0]]) if distribution == "wiredesk" and within else distribution


def _label(package: str) -> str:
    return package.removeprefix("wiredesk.")


def _summary(package: str) -> str:
    """Return the first line of a package's docstring."""
    distribution, _, within = package.partition(".")
    path = SOURCES[distribution] / within
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    docstring = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    return " ".join(docstring.partition("\n\n")[0].split()).rstrip(".").replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
