"""The terminal that the tests look at shows what a real one would."""

import pytest

from tests.screen import Screen, UnexpectedSequenceError


def test_lines_that_fit_are_not_wrapped() -> None:
    screen = Screen(5, 3).feed("12345\r\nab\r\n")
    assert (screen.text(), screen.overlong()) == ("12345\nab\n\n", [])


def test_a_longer_line_is_wrapped_and_named_whole() -> None:
    screen = Screen(5, 3).feed("1234567890ab\r\nok\r\n")
    assert screen.overlong() == ["1234567890ab"]
    assert screen.text() == "1234567890ab\nok\n\n"
    assert len(screen.rows) == 5


def test_a_wide_character_is_not_split_at_the_edge() -> None:
    screen = Screen(5, 3).feed("春茶提前")
    assert ["".join(cells) for cells in screen.rows] == ["春茶", "提前"]
    assert screen.overlong() == ["春茶提前"]


def test_a_combining_character_takes_no_cell() -> None:
    assert Screen(2, 3).feed("ae\u0301").overlong() == []


def test_a_carriage_return_overwrites_and_an_erased_line_is_gone() -> None:
    assert Screen(9, 3).feed("abc\rx").text() == "xbc\n"
    assert Screen(9, 3).feed("abc\r\x1b[2Kx").text() == "x\n"


def test_the_cursor_moves_up_to_the_top_of_the_terminal_and_no_further() -> None:
    """What has scrolled out stays as it was."""
    screen = Screen(9, 2).feed("1\r\n2\r\n3\x1b[9A\rx")
    assert screen.text() == "1\nx\n3\n"


def test_styles_links_and_the_cursor_show_nothing() -> None:
    text = "\x1b[1;31mred\x1b[0m \x1b]8;;https://a.example\x1b\\link\x1b]8;;\x1b\\\x1b[?25l\x1b[?25h"
    assert Screen(20, 3).feed(text).text() == "red link\n"


@pytest.mark.parametrize("sequence", ["\x1b[2J", "\x1b[5;5H", "\x07", "\x1bc", "\x1b[K", "\x1b[?1049h"])
def test_what_no_command_should_write_is_noticed(sequence: str) -> None:
    with pytest.raises(UnexpectedSequenceError):
        Screen(20, 3).feed(f"a{sequence}b")
