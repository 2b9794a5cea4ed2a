"""Words that readers of Kafka's documentation would misread, or not know, stay out of code and documentation.

The list holds words that this project once used in meanings of its own. Each has a usual word in its place.
"""

import ast
import re
from pathlib import Path

from tests.support import ROOT

USUAL = {
    r"told": "an error, a report, a message, a list of ...: name it by its content",
    r"whoever": "users, the process that ...",
    r"behind": "after, if an offset or a record is meant",
    r"apart": "separately",
    r"judged": "classified, decided, scored",
    r"owned": "of the process, of the folder",
    r"anew": "again",
    r"(?:the|a) desk|desks": "a deployment, a local stack",
    r"(?:comes?|came) to grief": "fails, dies",
    r"(?:who|that) relies": "users",
    r"next to nothing": "almost nothing",
}
"""What must not be written, as patterns of whole words, and what to write instead."""

IDIOM = re.compile(rf"\b(?:{'|'.join(USUAL)})\b", re.IGNORECASE)

ALLOWED = re.compile(
    r"\]\([^)]*\)"  # the target of a link: names of decisions do not change
    r"|\b(?:behind (?:proxies|a proxy|interfaces)|left behind)\b"
    r"|\b(?:prosecutor told|said\|told|says, told)\b"
    r"|\]0;owned"  # a hostile title for a terminal
    r'|"says", "told"'
    r'|\.get\("judged"'  # a field of stored labels
)
"""Uses in their ordinary meaning, in data, and in word lists."""

NAMES = {"told", "found", "judged", "owned"}
"""Names of variables and parameters that say nothing about their content."""

FOLDERS = ("bench", "docs", "examples", "requirements", "schemas", "services", "tests", "training")
FILES = [
    *(ROOT / name for name in ("Makefile", "Dockerfile", "docker-compose.yml", "pyproject.toml")),
    *(ROOT / "tests" / "mutants").glob("*.toml"),
    *(path for pattern in ("*.py", "*.md") for folder in FOLDERS for path in (ROOT / folder).rglob(pattern)),
    *ROOT.glob("*.md"),
]
"""Code and documentation. Lists of words (`*.toml` of the models) hold what articles say."""

HAS_A_NAME = re.compile(rf"\b(?:{'|'.join(sorted(NAMES))})\b")

BEGINS_A_RIDDLE = re.compile(r"""["'](?:\\\n)?Of """)
"""Matches how a docstring that begins with `Of ...` is written."""

PROSE = sorted(path for path in FILES if path != Path(__file__) and "node_modules" not in path.parts)
MODULES = [
    path for path in PROSE if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ("services", "schemas")
]


def idiom(text: str) -> list[str]:
    """Return each line with a word of the list, as its number and the word."""
    lines = (ALLOWED.sub("", line) for line in text.splitlines())
    return [f"line {number}: {word}" for number, line in enumerate(lines, 1) for word in IDIOM.findall(line)]


def names(tree: ast.AST) -> set[str]:
    """Return the names of the variables and parameters of a module."""
    nodes = list(ast.walk(tree))
    variables = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return variables | {node.arg for node in nodes if isinstance(node, ast.arg)}


def riddles(tree: ast.AST) -> list[str]:
    """Return docstrings, also of constants, that begin with `Of ...`: they do not say what it is."""
    texts = (
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )
    return [text for text in texts if isinstance(text, str) and text.startswith("Of ")]


def test_prose_has_the_usual_words() -> None:
    lines = {path.relative_to(ROOT).as_posix(): idiom(path.read_text(encoding="utf-8")) for path in PROSE}
    assert not {path: words for path, words in lines.items() if words}


def test_a_docstring_says_first_what_it_is_about() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in PROSE if path.suffix == ".py"}
    # Few of them have such a text at all: only these are parsed.
    modules = {path: ast.parse(source) for path, source in sources.items() if BEGINS_A_RIDDLE.search(source)}
    assert not {path: texts for path, tree in modules.items() if (texts := riddles(tree))}


def test_variables_are_named_by_their_content() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in MODULES}
    modules = {path: names(ast.parse(source)) & NAMES for path, source in sources.items() if HAS_A_NAME.search(source)}
    assert not {path: vague for path, vague in modules.items() if vague}


def test_words_of_the_list_are_noticed() -> None:
    assert idiom("the offset behind the last record\nleft behind, [said](0010-judged.md)\nThe desk") == [
        "line 1: behind",
        "line 3: The desk",
    ]
    tree = ast.parse('LIMIT = 1\n"""Of a page."""\ntold = 1\ndef f(found): """Of it."""')
    assert riddles(tree) == ["Of a page.", "Of it."]
    assert names(tree) == {"LIMIT", "told", "found"}
