"""A character that UTF-8 does not have costs itself, and not the charset of its page."""

import pytest

from wiredesk.ingest import charset
from wiredesk.ingest.charset_detection import is_certainly_utf8

PAGE = "<p>Die Bürgermeisterin eröffnet die Bücherei</p>"
ILL_FORMED = {
    "overlong, of two bytes": b"\xc0\xaf",
    "overlong, of three bytes": b"\xe0\x80\xaf",
    "overlong, of four bytes": b"\xf0\x80\x80\xaf",
    "half of a pair of surrogates": b"\xed\xa0\x80",
    "beyond Unicode": b"\xf4\x90\x80\x80",
    "of five bits too many": b"\xf5\x80\x80\x80",
}


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "text/html"])
@pytest.mark.parametrize("sequence", ILL_FORMED.values(), ids=ILL_FORMED)
def test_a_character_that_is_none_is_one_fault(sequence: bytes, content_type: str) -> None:
    content = PAGE.encode() + sequence
    text, read = charset.decode(content, declared=None, content_type=content_type)
    assert (text.rstrip("\ufffd"), read.name) == (PAGE, "utf-8")


@pytest.mark.parametrize(
    ("codec", "text"), [("gb18030", "市长星期一为新图书馆揭幕"), ("windows-1251", "Мэр открыл библиотеку")]
)
def test_a_page_of_another_charset_is_not_taken_for_one_with_faults(codec: str, text: str) -> None:
    content = f"<p>{text}</p>".encode(codec)
    assert charset.decode(content, declared=None, content_type="text/html; charset=utf-8")[0] == f"<p>{text}</p>"


def test_pairs_of_surrogates_excuse_no_other_bytes() -> None:
    pair = b"\xed\xa0\xbd\xed\xb8\x80"
    assert not is_certainly_utf8("äöü".encode() + pair * 3 + b"\xe4 \xf6 \xfc " * 3)
