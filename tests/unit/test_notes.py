"""The notes of a page are bounded, and safe to print."""

from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, IngestNoteKind, RawPage
from wiredesk_schemas.ingest_note import MAX_DETAIL_CHARACTERS, MAX_NOTES, Notes


def test_a_replaced_byte_is_noted() -> None:
    page = Ingest()(RawPage(url="https://n.example/a", body_base64=b"<p>Caf\xe9 " + "übel ".encode() * 200))
    assert isinstance(page, AcceptedPage)
    assert page.charset.replaced == 1
    assert [note.kind for note in page.ingest_notes] == [IngestNoteKind.BYTES_REPLACED]


def test_notes_are_bounded_and_each_is_there_once() -> None:
    notes = Notes()
    for number in range(2 * MAX_NOTES):
        notes.add(IngestNoteKind.BYTES_REPLACED, f"{number % 50}\x00\udc80 {'x' * 500}")
    collected = notes.collected()
    assert len(collected) == MAX_NOTES == len(set(collected))
    assert all(len(note.detail) <= MAX_DETAIL_CHARACTERS and note.detail.isprintable() for note in collected)
    assert collected[0].detail.startswith("0\ufffd x")
