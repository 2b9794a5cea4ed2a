"""Pages with mutated headers, labels, bytes, events and archives; `bench/intake_mutations.py` tries 10,000 of them."""

import pytest

from tests.faults.mutated_pages import outcomes
from tests.language_table import sample_texts
from wiredesk.ingest.charset import decode
from wiredesk_schemas import IngestNoteKind
from wiredesk_schemas.ingest_note import Notes


@pytest.mark.parametrize("seed", range(3))
def test_no_mutated_page_raises_or_is_lost_or_garbled_without_a_note(seed: int) -> None:
    found = list(outcomes(100, seed))
    assert [outcome for outcome in found if outcome.fault] == []
    assert len({outcome.result for outcome in found}) > 3


@pytest.mark.parametrize("label", ["koi8-r", "windows-1251", "windows-1253", "windows-1256"])
@pytest.mark.parametrize(("charset", "language"), [("gb18030", "zh"), ("euc_jp", "ja"), ("cp949", "ko")])
def test_a_label_of_an_alphabet_is_not_believed_for_east_asian_bytes(label: str, charset: str, language: str) -> None:
    page = f"<html><body><p>{sample_texts()[language]}</p></body></html>"
    notes = Notes()
    text, _ = decode(page.encode(charset), declared=None, content_type=f"text/html; charset={label}", notes=notes)
    assert text == page
    assert [note.kind for note in notes.collected()] == [IngestNoteKind.CHARSET_NOT_BELIEVED]
