"""Tables and records at every width: nothing is wider than the terminal, and nothing is lost."""

import io
import re
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from wiredesk.cli import console as cli_console
from wiredesk.cli import status
from wiredesk.cli.layout import column_widths, longest_word, rows_view
from wiredesk.operations.status import BrokerStatus, StageStatus, Status, WorkerStatus

WORDS = st.text(alphabet="abz09./:-春茶提前e\u0301é", min_size=1, max_size=90)
CELLS = st.lists(WORDS, max_size=6).map(" ".join)
COLUMNS = st.lists(st.text(alphabet="abcdef ", min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    columns = draw(COLUMNS)
    row = st.lists(CELLS, min_size=len(columns), max_size=len(columns))
    return columns, draw(st.lists(row, max_size=4))


def rendered(title: str, columns: list[str], rows: list[list[str]], width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False, color_system=None)
    console.print(rows_view(Text(title), columns, [[Text(cell) for cell in row] for row in rows], width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def characters(texts: list[str]) -> Counter[str]:
    return Counter(character for text in texts for character in text if not character.isspace())


@given(table=tables(), width=st.integers(20, 200))
@example(table=(["topic"], [["a" * 300]]), width=20)
@example(table=(["run", "stage", "into", "state"], [["春" * 60, "b", "c" * 90, "d"]]), width=80)
@settings(max_examples=200, deadline=None)
def test_nothing_is_too_wide_and_nothing_is_lost(table: tuple[list[str], list[list[str]]], width: int) -> None:
    columns, rows = table
    lines = rendered("", columns, rows, width)
    assert all(cell_len(line) <= width for line in lines), lines
    lost = characters([cell for row in rows for cell in row]) - characters(lines)
    assert not lost, lines
    if rows:
        assert not characters(columns) - characters(lines), lines


@given(columns=COLUMNS, cell=CELLS, width=st.integers(20, 200))
@settings(max_examples=100, deadline=None)
def test_a_table_fits_and_splits_no_word_unless_it_has_few_columns(columns: list[str], cell: str, width: int) -> None:
    rows = [[Text(cell) for _ in columns]]
    widths = column_widths(columns, rows, width)
    if widths is None:
        return
    assert sum(widths) + 2 * (len(columns) - 1) <= width
    if len(columns) > 3:
        assert all(
            size >= max(longest_word(name), longest_word(cell)) for size, name in zip(widths, columns, strict=True)
        )


def test_a_table_that_fits_has_a_row_each_and_numbers_on_the_right() -> None:
    lines = rendered("Topics", ["topic", "partitions"], [["pages.raw", "6"], ["articles", "12"]], 80)
    assert lines[0] == "Topics"
    assert [line.split() for line in lines[3:]] == [["pages.raw", "6"], ["articles", "12"]]
    assert lines[3].index("6") == lines[4].index("2"), "aligned by their last digit"


def test_a_table_that_does_not_fit_becomes_a_record_for_each_row() -> None:
    topic = "a-prefix." * 9 + "pages.raw"
    lines = rendered("", ["topic", "partition", "offset", "what"], [[topic, "0", "17", "binary"]] * 2, 60)
    assert [line.split()[0] for line in lines if not line.startswith("    ")].count("-") == 2
    assert "  partition  0" in [line.rstrip() for line in lines]


def test_few_columns_stay_a_table_and_fold_the_widest() -> None:
    lines = rendered("", ["variable", "value"], [["WIREDESK_TOPIC_PREFIX", "x" * 100]], 60)
    assert lines[0].split() == ["variable", "value"]
    assert "".join(lines).count("x") == 100


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("one three", 5),
        ("春茶", 2),
        ("a春b", 2),
        ("https://a.example/春茶/longer", 18),
        ("e\u0301", 1),
        ("ae\u0301b", 3),
    ],
)
def test_the_longest_word_is_what_should_not_be_split(text: str, cells: int) -> None:
    assert longest_word(text) == cells


@pytest.mark.parametrize("width", [45, 60, 80, 200])
def test_a_list_of_partitions_wraps_between_two_numbers(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number in two parts would be read as two partitions."""
    partitions = tuple(range(100, 164))
    worker = WorkerStatus("wiredesk-extractor", "10.0.0.1", partitions)
    stage = StageStatus("extractor", 1.0, 1.0, 5, 1.0, 1.0, "Stable", (worker, worker), {"timeout": 3})
    measured = Status((stage,), {}, 0.0, BrokerStatus(1, 0, 0), ("a reason with " + "many words " * 20,))
    console = Console(file=io.StringIO(), width=width, highlight=False, color_system=None)
    monkeypatch.setattr(cli_console, "out", console)
    console.print(status._view(measured))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert Counter(re.findall(r"\b1[0-9]{2}\b", text)) == dict.fromkeys(map(str, partitions), 2)
