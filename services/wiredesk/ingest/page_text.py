"""From the body of a raw page to its text: encodings undone, charset determined, control characters removed."""

import codecs
import re
from dataclasses import dataclass
from typing import NamedTuple

from wiredesk.encodings.body import Body, undo_encodings
from wiredesk.encodings.stated import StatedEncodings
from wiredesk.ingest.charset import decode
from wiredesk.ingest.content import check_size, is_html, refuse_binary, remove_control_characters
from wiredesk.ingest.domain_languages import languages_of_domain
from wiredesk.ingest.mojibake import mojibake_in
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import Charset, CharsetEvidence, IngestNoteKind, RawPage
from wiredesk_schemas.ids import revision
from wiredesk_schemas.ingest_note import Notes

_CHUNKS_IN_TEXT = re.compile(r"[ \t]{0,16}[0-9A-Fa-f]{1,16}[ \t]{0,16}(?:;[^\r\n]{0,4096})?[\r\n]")
_COMPRESSED_IN_TEXT = (
    "BZh91AY&SY",
    "\xfd7zXZ\x00",
    "\x1f\x8b\x08",
    "\x1f\ufffd\x08",
    "\x1f\u2039\x08",
    "\x28\xb5\x2f\xfd",
    "\x28\ufffd\x2f\ufffd",
)
"""Signatures of gzip, zstd, bzip2 and xz, decoded as if they were text."""

HEAD_CHARACTERS = 1000
"""Characters at the beginning of a body that say what it is."""

_WORDS = re.compile(r"(?:\A|>)[^<>]*\w")
"""The beginning of a text outside of tags."""


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page, and how it was decoded.

    Attributes:
        revision: the id of the content.
        is_truncated: whether a part of the page is missing.
    """

    text: str
    revision: str
    charset: Charset
    is_truncated: bool


class _Decoded(NamedTuple):
    """The text of a body.

    Attributes:
        is_cut: its end is missing.
        encoded: the text in UTF-8, if the body came in it: to encode a long text takes as long as to decode it.
    """

    text: str
    charset: Charset
    is_cut: bool = False
    encoded: bytes | None = None


def read_text(page: RawPage, stated_type: str, limit: int, notes: Notes) -> PageText:
    """Return the text of a raw page.

    Raises:
        RejectedError: `empty`, `binary`, `too_large`, `undecodable`.
    """
    if page.is_truncated:
        notes.add(IngestNoteKind.BODY_TRUNCATED, "is_truncated: only a part of the body was kept")
    text, charset, is_cut, encoded = _read(page, stated_type, limit, notes)
    if garbled := mojibake_in(text):
        notes.add(IngestNoteKind.MOJIBAKE, f"body: {garbled!r}")
    is_truncated = page.is_truncated or is_cut
    if is_truncated and _WORDS.search(text) is None:
        raise RejectedError("undecodable", f"body: cut off before any text: {len(text)} characters are left")
    clean, encoded = remove_control_characters(text, notes, encoded)
    return PageText(clean, revision(encoded), charset, is_truncated)


def undone_content(page: RawPage, limit: int) -> str:
    """Return the content of a page that is not read, the same whatever its encodings are."""
    if page.body is not None:
        return page.body
    try:
        content = undo_encodings(page.body_base64 or b"", _stated_encodings(page), limit).content
    except RejectedError:
        content = page.body_base64 or b""
    return content.decode("latin-1")


def _read(page: RawPage, stated_type: str, limit: int, notes: Notes) -> _Decoded:
    if page.body is None:
        return _decode(page.body_base64 or b"", page, stated_type, limit, notes)
    check_size(len(page.body), limit, "characters")  # cheaper to count than bytes, and never more than these
    if not is_html(page.body[:HEAD_CHARACTERS].encode("utf-8", "replace")):
        refuse_binary(b"", stated_type)
    if page.body.startswith(_COMPRESSED_IN_TEXT):
        return _decode(_bytes_of(page.body), page, stated_type, limit, notes)
    charset = Charset(name="utf-8", evidence=CharsetEvidence.TEXT)
    if _CHUNKS_IN_TEXT.match(page.body) is None:
        return _Decoded(page.body, charset)
    stated = StatedEncodings.of(transfer_encoding=page.http_header("transfer-encoding"))
    body = undo_encodings(page.body.encode("utf-8", "surrogatepass"), stated, limit)
    _add_notes(body, notes)
    return _Decoded(body.content.decode("utf-8", "replace"), charset, body.is_truncated)


def _decode(content: bytes, page: RawPage, stated_type: str, limit: int, notes: Notes) -> _Decoded:
    body = undo_encodings(content, _stated_encodings(page), limit)
    check_size(len(body.content), limit, "bytes")
    refuse_binary(body.content, stated_type)
    if body.remaining:
        names = ", ".join(body.remaining)
        raise RejectedError("undecodable", f"body: its encoding is stated as {names!r}, and cannot be undone")
    _add_notes(body, notes)
    text, charset = decode(
        body.content, declared=page.charset, content_type=page.declared_type, languages=_languages(page), notes=notes
    )
    if charset.replaced:
        notes.add(
            IngestNoteKind.BYTES_REPLACED, f"body: {charset.replaced} bytes are not valid in {charset.name}: U+FFFD"
        )
    return _Decoded(text, charset, body.is_truncated, body.content if _is_utf8_of_text(body.content, charset) else None)


def _is_utf8_of_text(content: bytes, charset: Charset) -> bool:
    """Whether bytes are what their text gives in UTF-8 again: none was replaced, and no mark was removed."""
    return charset.name == "utf-8" and not charset.replaced and not content.startswith(codecs.BOM_UTF8)


def _languages(page: RawPage) -> list[str]:
    """Return the codes of the languages that the crawler, the response and the domain of a page state."""
    stated = (page.language, page.http_header("content-language"))
    return [*(language for language in stated if language), *languages_of_domain(page.url)]


def _bytes_of(text: str) -> bytes:
    """Return compressed bytes that were decoded as Latin-1, which loses none."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise RejectedError("undecodable", "body: compressed, and then decoded as text, which loses bytes") from error


def _stated_encodings(page: RawPage) -> StatedEncodings:
    if not page.http_headers:
        return StatedEncodings()
    return StatedEncodings.of(
        content_encoding=page.http_header("content-encoding"),
        transfer_encoding=page.http_header("transfer-encoding"),
        content_length=page.http_header("content-length"),
        content_range=page.http_header("content-range"),
    )


def _add_notes(body: Body, notes: Notes) -> None:
    for note in body.notes:
        notes.add(note.kind, note.detail)
