"""Marks of UTF-16: a page is in the order of bytes in which it has markup."""

import pytest

from tests.language_table import sample_texts
from wiredesk.ingest import charset
from wiredesk_schemas import IngestNoteKind
from wiredesk_schemas.ingest_note import Notes


@pytest.mark.parametrize(("mark", "codec"), [(b"\xfe\xff", "utf-16-le"), (b"\xff\xfe", "utf-16-be")])
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_a_mark_of_the_other_order_of_bytes_is_not_believed(mark: bytes, codec: str, language: str) -> None:
    page = f"<html><body><p>{sample_texts()[language]}</p></body></html>"
    noted = Notes()
    text, read = charset.decode(mark + page.encode(codec), declared=None, content_type="text/html", notes=noted)
    assert (text, read.name) == (page, codec)
    assert [note.kind for note in noted.collected()] == [IngestNoteKind.CHARSET_NOT_BELIEVED]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["<p>图书馆</p>", "<p>\u4e00\u0100\u4e00</p>", "一" * 50, "\u0100" * 50, "\u3c00\u3e00<p>"]
)
def test_a_right_mark_is_believed_whatever_the_text(codec: str, text: str) -> None:
    noted = Notes()
    assert (
        charset.decode(("\ufeff" + text).encode(codec), declared=None, content_type="text/html", notes=noted)[0] == text
    )
    assert not noted.collected()
