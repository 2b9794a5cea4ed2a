"""Printed text cannot control a terminal or deceive a reader; JSON stays valid and has the same meaning."""

import ast
import io
import json
import logging
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.faults.hostile_records import BARBED
from tests.support import ROOT
from wiredesk.cli import console
from wiredesk.runtime import logs
from wiredesk.runtime.printable import html_text, json_text, one_line, printable

VISIBLE = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u0890\u0891\u08e2\U000110bd\U000110cd") | {
    chr(code) for code in range(0x13430, 0x13440)
}
"""Format characters that are seen: marks of numbers, and the joints of hieroglyphs."""

HARMFUL = [
    character
    for character in map(chr, range(0x110000))
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in VISIBLE
]
UNSEEN = "\u034f\u115f\u1160\u3164\uffa0\u17b4\u17b5\U000e0100"
"""Letters and marks by their category, and never seen."""

texts = st.text(st.sampled_from([*HARMFUL, *UNSEEN, "a", "é", "中", '"', "\\", "[", "/", " "]), max_size=30)
whole_texts = texts.map(lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | whole_texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(whole_texts, inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize("make", [printable, one_line, json_text, html_text])
def test_nothing_harmful_passes(make: Any) -> None:
    whole = make("".join(HARMFUL) + UNSEEN)
    left = set(whole) & {*HARMFUL, *UNSEEN}
    assert left == ({"\n", "\t"} if make in (printable, html_text) else set())


@given(texts)
def test_a_field_is_one_line_and_one_cell(text: str) -> None:
    assert not {"\n", "\t", "\r", "\x85", "\u2028"} & set(one_line(text))
    assert len(f"a{one_line(text)}b".splitlines()) == 1


@given(tree=trees, indent=st.booleans(), ascii_only=st.booleans())
def test_json_means_what_it_meant(tree: Any, *, indent: bool, ascii_only: bool) -> None:
    text = json_text(tree, indent=indent, ascii_only=ascii_only)
    assert json.loads(text) == tree
    assert not set(HARMFUL) & set(text.replace("\n", ""))
    assert indent or "\n" not in text
    assert text.isascii() or not ascii_only


def test_numbers_that_json_does_not_have_are_null() -> None:
    numbers = [float("nan"), float("inf"), {"a": (-float("inf"), 1.5)}]
    for beside in ([], ["\ud800"], [2**70]):
        assert json.loads(json_text([numbers, beside]))[0] == [None, None, {"a": [None, 1.5]}]


def test_half_a_character_of_the_command_line_is_json_too() -> None:
    assert json_text({"a": "\udcff\x9b"}) == '{"a": "\\udcff\\u009b"}'


def test_joiners_stay_where_words_are_spelt_with_them() -> None:
    for text in ("می\u200cخواهم", "क्\u200dष", "👩\u200d💻", "❤\ufe0f\u200d🔥"):
        assert one_line(text) == text
    assert one_line("pay\u200cpal \u200d") == "pay\\u200cpal \\u200d"
    assert one_line("ordinary: é 中 ß … “quoted”") == "ordinary: é 中 ß … “quoted”"


def test_html_keeps_its_characters() -> None:
    assert html_text("<p>\xad\u200b\x9b\n") == "<p>&#xad;&#x200b;\ufffd\n"


@pytest.fixture(params=["terminal", "pipe"])
def shown(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What commands print, on a terminal and in a pipe."""
    output = io.StringIO()
    monkeypatch.setattr(
        console, "out", Console(file=output, force_terminal=request.param == "terminal", width=400, soft_wrap=True)
    )
    monkeypatch.setattr(console, "err", console.out)
    return output


def test_each_way_to_print_is_safe(shown: io.StringIO) -> None:
    hostile = f"{BARBED}[/bold][link=https://a.example]:smile:"
    console.plain(hostile)
    console.line(hostile)
    console.indented(hostile)
    console.spans((hostile, "bold"), hostile)
    console.json({hostile: [hostile]})
    console.json({hostile: [hostile]}, indent=True)
    console.table(hostile, ("a", "b"), [(hostile, None), (1, hostile)])
    console.note(hostile)
    console.rule(hostile)
    text = shown.getvalue()
    kept = {"\n", "\x1b"} if console.out.is_terminal else {"\n"}
    assert not (set(text) & set(HARMFUL)) - kept - {"\t"}
    assert "\x1b]" not in text
    assert "[/bold][link" in text, "it is no mark-up"


def test_json_is_one_line_for_a_parser(shown: io.StringIO) -> None:
    console.json({"title": f"{BARBED} [red]", "long": "word " * 500})
    (line,) = shown.getvalue().splitlines()
    assert json.loads(line) == {"title": f"{BARBED} [red]", "long": "word " * 500}


def test_cells_of_a_pipe_are_counted_by_tabs(shown: io.StringIO) -> None:
    console.table("t", ("a", "b"), [("x\ty\nz", BARBED)])
    if not console.out.is_terminal:
        (line,) = shown.getvalue().splitlines()
        assert line.split("\t")[0] == "x\\ty\\nz"
        assert line.count("\t") == 1


def test_text_of_several_lines_cannot_pass_for_ours(shown: io.StringIO) -> None:
    console.indented("first\nreason: forged")
    assert all(line.startswith(console.INDENT) for line in shown.getvalue().splitlines())


def test_an_output_of_another_encoding_gets_json_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(console, "out", Console(file=io.TextIOWrapper(raw, "latin-1"), force_terminal=False))
    console.json({"title": "中 é"})
    assert json.loads(raw.getvalue()) == {"title": "中 é"}


def test_a_log_is_json_that_no_message_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.configure("info")
        logging.getLogger("tests").warning("%s", f"{BARBED}\ud800")
        line = capsys.readouterr().err
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert json.loads(line)["event"] == f"{BARBED}\ud800"
    assert not set(HARMFUL) & set(line.removesuffix("\n"))


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "services" / "wiredesk" / "cli").rglob("*.py")),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_commands_print_by_the_console_alone(path: Path) -> None:
    if path.name == "console.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("print", "typer.echo", "sys.stdout.write", "sys.stderr.write"), f"line {node.lineno}"
            assert not called.endswith(("console.out.print", "console.err.print", "out.rule")), f"line {node.lineno}"
            # JSON that is printed comes from `console.json`: what `orjson.dumps` returns is bytes for a file or a record.
            assert not (called.endswith(".decode") and "orjson.dumps" in called), f"line {node.lineno}"
