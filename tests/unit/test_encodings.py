import gzip
import itertools
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.encoded import COMPRESS, br, chunks, encoded, raw_deflate
from wiredesk.encodings import compressed
from wiredesk.encodings.body import MAX_DEPTH, Body, undo_encodings
from wiredesk.encodings.stated import StatedEncodings
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import IngestNoteKind

PAGE = (
    "<!DOCTYPE html>\n<html><head><title>Fähre</title></head><body>\n"
    + "".join(f"<p>Der Rat von Port Selby stimmte am Tag {day} für die Fähre.</p>\n" for day in range(200))
    + "</body></html>\n"
).encode()
LIMIT = 1 << 20


def undo(content: bytes, encoding: str | None = None, transfer: str | None = None, **headers: str) -> Body:
    return undo_encodings(content, StatedEncodings.of(encoding, transfer, **headers), LIMIT)


def kinds(body: Body) -> list[IngestNoteKind]:
    return [note.kind for note in body.notes]


@pytest.mark.parametrize(
    ("content", "stated"),
    [
        (gzip.compress(PAGE), "gzip"),
        (gzip.compress(PAGE), " GZIP "),
        (gzip.compress(PAGE), "x-gzip"),
        (gzip.compress(PAGE), "gzip;q=1.0"),
        (zlib.compress(PAGE), "deflate"),
        (raw_deflate(PAGE), "deflate"),
        (br(PAGE), "br"),
        (COMPRESS["zstd"](PAGE), "zstd"),
        (COMPRESS["zstd"](PAGE[:999]) + COMPRESS["zstd"](PAGE[999:]), "zstd"),
        (b"\x50\x2a\x4d\x18\x03\0\0\0abc" + COMPRESS["zstd"](PAGE), "zstd"),
        (gzip.compress(PAGE[:99]) + gzip.compress(PAGE[99:500]) + gzip.compress(PAGE[500:]), "gzip"),
        (gzip.compress(PAGE[:99]) + bytes(5) + gzip.compress(PAGE[99:]), "gzip"),
        (COMPRESS["bzip2"](PAGE[:99]) + COMPRESS["bzip2"](PAGE[99:]), "bzip2"),
        (COMPRESS["bzip2"](PAGE), "x-bzip2"),
        (COMPRESS["xz"](PAGE[:999]) + COMPRESS["xz"](PAGE[999:]), "xz"),
        (br(gzip.compress(PAGE)), "gzip, br"),
        (gzip.compress(gzip.compress(PAGE)), "gzip,gzip"),
        (gzip.compress(COMPRESS["zstd"](raw_deflate(PAGE))), "deflate, identity, zstd, gzip"),
        (PAGE, "identity"),
        (PAGE, None),
    ],
)
def test_stated_encodings_are_undone(content: bytes, stated: str | None) -> None:
    assert undo(content, stated) == Body(PAGE)


@pytest.mark.parametrize("stated", ["gzip", "deflate", "br", "zstd", "gzip, br", "br, gzip", "deflate, deflate"])
@pytest.mark.parametrize("page", [PAGE, PAGE.decode().encode("utf-16"), PAGE.decode().encode("utf-16-le"), b"{}", b";"])
def test_an_encoding_that_a_crawler_undid_is_not_missed(stated: str, page: bytes) -> None:
    assert undo(page, stated, content_length="99999") == Body(page)


@pytest.mark.parametrize("stated", ["gzip", "br", None])
@pytest.mark.parametrize("transfer", ["chunked", None])
def test_shifts_of_korean_text_are_no_compressed_bytes(stated: str | None, transfer: str | None) -> None:
    page = ("<p>" + "시장은 월요일에 새 도서관을 열었다. " * 30).encode("iso2022_kr")
    assert undo(page, stated, transfer) == Body(page)


@pytest.mark.parametrize(("inner", "outer"), list(itertools.product(COMPRESS, COMPRESS)))
def test_of_stacked_encodings_either_may_be_undone_already(inner: str, outer: str) -> None:
    stated = f"{inner}, {outer}"
    assert undo(COMPRESS[outer](COMPRESS[inner](PAGE)), stated) == Body(PAGE)
    assert undo(COMPRESS[inner](PAGE), stated) == Body(PAGE)
    assert undo(COMPRESS[outer](PAGE), stated) == Body(PAGE)


@pytest.mark.parametrize("name", COMPRESS)
@pytest.mark.parametrize("stated", [None, "identity", "x-unknown"])
def test_compressed_bytes_need_no_header(name: str, stated: str | None) -> None:
    body = undo(COMPRESS[name](PAGE), stated)
    assert body.content == PAGE
    assert IngestNoteKind.ENCODING_UNSTATED in kinds(body)


@pytest.mark.parametrize("text", [b";-\nx", b"c97'\np", b"c6< wBjk, "])
def test_a_text_that_could_be_deflate_data_is_text(text: bytes) -> None:
    assert undo(text, "deflate") == Body(text)


def test_an_encoding_that_is_stated_once_may_be_there_twice() -> None:
    body = undo(gzip.compress(gzip.compress(PAGE)), "gzip")
    assert (body.content, kinds(body)) == (PAGE, [IngestNoteKind.ENCODING_UNSTATED])


@pytest.mark.parametrize("stated", ["aws-chunked", "utf-8", "none", "sdch", "compress", "gzip, utf-8", "8bit"])
def test_of_an_unknown_encoding_the_bytes_decide(stated: str) -> None:
    assert undo(PAGE, stated).content == PAGE
    assert undo(gzip.compress(PAGE), stated).content == PAGE


def test_an_unknown_encoding_is_noted() -> None:
    body = undo(PAGE, "sdch, UTF-8")
    assert (kinds(body), body.remaining) == ([IngestNoteKind.ENCODING_UNKNOWN], ())
    assert "sdch, utf-8" in body.notes[0].detail


@pytest.mark.parametrize("stated", ["sdch", "br", "deflate", "dcb, br", "compress"])
def test_what_cannot_be_undone_is_named(stated: str) -> None:
    garbage = bytes((71 * at * at + 13 * at) % 256 for at in range(2000))
    assert set(undo(garbage, stated).remaining) == set(stated.split(", "))


# Chunks that were left in a body.


@pytest.mark.parametrize(
    "content",
    [
        chunks(PAGE),
        chunks(PAGE, size=7),
        chunks(PAGE, size=len(PAGE)),
        chunks(PAGE, size=0xABC).replace(b"abc\r\n", b"ABC\r\n"),
        chunks(PAGE, size=0xABC).replace(b"abc\r\n", b"0xaBc\r\n"),
        chunks(PAGE, line_end=b"\n", last=b"0\n\n"),
        chunks(PAGE, line_end=b"\r", last=b"0\r\r"),
        chunks(PAGE, last=b"0\r\n"),
        chunks(PAGE, last=b"0"),
        chunks(PAGE, last=b"000000\r\n\r\n"),
        chunks(PAGE, last=b"0\r\nExpires: 0\r\nX-Digest: sha-256=abc\r\n\r\n"),
        chunks(PAGE, last=b"0;done=yes\r\n\r\n"),
        chunks(PAGE).replace(b"3e8\r\n", b"3E8;name=value\r\n"),
        chunks(PAGE).replace(b"3e8\r\n", b"000003e8  \r\n"),
        chunks(PAGE).replace(b"3e8\r\n", b'3e8 ; ext="quoted; text"\r\n'),
    ],
)
@pytest.mark.parametrize("transfer", ["chunked", "Chunked", "gzip, chunked", "identity, chunked"])
def test_chunks_are_removed(content: bytes, transfer: str) -> None:
    assert undo(content, transfer=transfer, content_length="99999") == Body(PAGE)


@pytest.mark.parametrize("name", COMPRESS)
def test_compressed_chunks_and_chunks_within_compressed_bytes(name: str) -> None:
    packed = COMPRESS[name](PAGE)
    assert undo(chunks(packed, 10), name, "chunked") == Body(PAGE)
    assert undo(chunks(packed), None, f"{name}, chunked") == Body(PAGE)
    assert undo(COMPRESS[name](chunks(PAGE)), name).content == PAGE


@pytest.mark.parametrize(
    "content", [chunks(PAGE), chunks(PAGE, 64), chunks(gzip.compress(PAGE), 10), chunks(b"A story in plain text.")]
)
def test_chunks_need_no_header_where_the_bytes_are_certain(content: bytes) -> None:
    body = undo(content)
    assert body.content in (PAGE, b"A story in plain text.")
    assert IngestNoteKind.ENCODING_UNSTATED in kinds(body)


@pytest.mark.parametrize(
    "text",
    [
        b"2024\r\nThe year in which the ferry of Port Selby sank.\r\n",
        b"1\r\nOne\r\n2\r\nTwo\r\n3\r\nThree\r\n",
        b"5\r\nboats\r\n",
        b"0\r\n\r\n",
        b"0\r\nis the number of boats that are left.\r\n",
        b"1\r\n<!DOCTYPE html><html><p>A stray digit of a script.</p></html>\r\n",
        b"bed\r\nand breakfast\r\n",
    ],
)
def test_a_text_that_begins_with_a_number_has_no_chunks(text: bytes) -> None:
    assert undo(text) == Body(text)


@pytest.mark.parametrize(
    "text",
    [
        b"2024\r\nThe year in which the ferry of Port Selby sank.\r\n",
        b"1\r\n<!DOCTYPE html><html><p>A stray digit of a script.</p></html>\r\n",
        b"0\r\nis the number of boats that are left.\r\n",
    ],
)
def test_a_text_that_begins_with_a_number_has_no_chunks_even_if_they_are_stated(text: bytes) -> None:
    assert undo(text, transfer="chunked") == Body(text)


def test_wrong_sizes_of_chunks_are_mended() -> None:
    right = chunks(PAGE)
    for wrong in (right.replace(b"3e8\r\n", b"3e7\r\n", 2), right.replace(b"3e8\r\n", b"3ff\r\n", 1)):
        body = undo(wrong, transfer="chunked")
        assert (body.content, kinds(body), body.is_truncated) == (PAGE, [IngestNoteKind.ENCODING_MENDED], False)
    last_size = b"%x\r\n" % (len(PAGE) % 1000)
    body = undo(right.replace(b"\r\n" + last_size, b"\r\nfff\r\n"), transfer="chunked")
    assert (body.content, body.is_truncated) == (PAGE, False)


# Bodies that are cut off.


@pytest.mark.parametrize("name", COMPRESS)
def test_a_cut_off_body_is_read_as_far_as_it_goes(name: str) -> None:
    encode = COMPRESS[name]
    large = b"".join(b"<p>%d: %s</p>\n" % (n, zlib.compress(b"%d" % n).hex().encode()) for n in range(20_000))
    body = undo_encodings(encode(large)[: len(encode(large)) // 2], StatedEncodings.of(name), 1 << 22)
    assert body.is_truncated
    assert large.startswith(body.content)
    assert len(body.content) > len(large) // 10
    assert IngestNoteKind.BODY_TRUNCATED in kinds(body)


@pytest.mark.parametrize("cut", [chunks(PAGE, last=b""), chunks(PAGE)[:-20], chunks(PAGE, size=10**6)[:-2000]])
@pytest.mark.parametrize("transfer", ["chunked", None])
def test_chunks_without_a_last_one_are_cut_off(cut: bytes, transfer: str | None) -> None:
    body = undo(cut, transfer=transfer)
    assert body.is_truncated
    assert PAGE.startswith(body.content)
    assert len(body.content) > len(PAGE) - 2100


def test_a_body_that_is_shorter_than_its_length_is_cut_off() -> None:
    assert undo(PAGE, content_length=f"{len(PAGE) + 1}").is_truncated
    assert undo(gzip.compress(PAGE)[:-100], "gzip", content_length="99999").is_truncated
    assert not undo(PAGE, content_length=f"{len(PAGE)}, {len(PAGE)}").is_truncated
    assert not undo(PAGE, content_length="10").is_truncated
    assert not undo(PAGE, content_length="1000000, 2000000").is_truncated
    assert not undo(PAGE, content_length="many").is_truncated


@pytest.mark.parametrize(
    ("stated", "is_part"),
    [("bytes 0-99/5000", 1), ("bytes 0-99/100", 0), ("bytes */9", 0), ("bytes 5-9/10", 1), (" BYTES=0-9/11", 1)],
)
def test_a_part_of_a_page_is_truncated(stated: str, is_part: int) -> None:
    assert undo(PAGE, content_range=stated).is_truncated is bool(is_part)


@pytest.mark.parametrize("name", COMPRESS)
def test_compressed_bytes_that_end_are_whole_whatever_is_stated(name: str) -> None:
    packed = COMPRESS[name](PAGE)
    assert undo(packed, name, content_length="99999") == Body(PAGE)  # the length of the page that was compressed
    assert undo(chunks(packed, last=b""), name, "chunked") == Body(PAGE)


@pytest.mark.parametrize(
    ("content", "stated"), [(gzip.compress(PAGE)[:12], "gzip"), (COMPRESS["zstd"](PAGE)[:20], "zstd")]
)
def test_a_body_of_which_nothing_is_left_is_undecodable(content: bytes, stated: str) -> None:
    with pytest.raises(RejectedError, match=f"undecodable: body: nothing is left of the page: {stated} is cut off"):
        undo(content, stated)


# Sloppy and hostile encodings.


@pytest.mark.parametrize("junk", [b"\r\n", bytes(512), b"<!-- cached -->", b"\r\n0\r\n\r\n"])
@pytest.mark.parametrize("name", COMPRESS)
def test_bytes_after_the_end_are_left_out(name: str, junk: bytes) -> None:
    body = undo(COMPRESS[name](PAGE) + junk, name)
    assert (body.content, kinds(body), body.is_truncated) == (PAGE, [IngestNoteKind.ENCODING_MENDED], False)


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(PAGE)[:-8],
        gzip.compress(PAGE)[:-3],
        gzip.compress(PAGE)[:-8] + bytes(8),
        zlib.compress(PAGE)[:-4],
        zlib.compress(PAGE)[:-4] + bytes(4),
    ],
)
def test_a_wrong_checksum_is_noted(content: bytes) -> None:
    body = undo(content, "deflate")
    assert (body.content, body.is_truncated) == (PAGE, False)
    assert IngestNoteKind.ENCODING_MENDED in kinds(body)


def with_header(flags: int, fields: bytes) -> bytes:
    return b"\x1f\x8b\x08" + bytes([flags]) + bytes(6) + fields + gzip.compress(PAGE)[10:]


def test_every_field_of_a_gzip_header_is_passed_over() -> None:
    fields = b"\x03\x00abc" + b"page.html\0" + b"a comment\0" + b"\x12\x34"
    assert undo(with_header(0x1E, fields), "gzip") == Body(PAGE)
    with pytest.raises(RejectedError, match="nothing is left"):
        undo(with_header(0x1E, fields)[:20], "gzip")


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_damaged_bytes_are_undecodable_and_their_encoding_is_named(name: str) -> None:
    packed = bytearray(COMPRESS[name](PAGE))
    packed[len(packed) // 2 :] = bytes(b ^ 0xA5 for b in packed[len(packed) // 2 :])
    with pytest.raises(RejectedError, match=f"undecodable: body: {name}, but damaged: "):
        undo(bytes(packed), name)


@pytest.mark.parametrize("name", COMPRESS)
@pytest.mark.parametrize("other", [None, "gzip", "br, deflate"])
def test_a_bomb_is_too_large(name: str, other: str | None) -> None:
    bomb = COMPRESS[name](PAGE + bytes(LIMIT))
    for content in (bomb, COMPRESS["gzip"](bomb), chunks(bomb)):
        with pytest.raises(RejectedError, match=f"too_large: body: more than {LIMIT} bytes within {name}"):
            undo(content, other or name)


def test_a_page_of_white_space_is_no_bomb() -> None:
    page = b"<p>A story.</p>" + b" " * (LIMIT - 15)
    assert all(undo(encode(page), name) == Body(page) for name, encode in COMPRESS.items())


def test_depth_is_bounded() -> None:
    assert undo(encoded(["gzip"] * MAX_DEPTH, PAGE)).content == PAGE
    with pytest.raises(RejectedError, match=f"undecodable: body: more than {MAX_DEPTH} encodings, one within another"):
        undo(encoded(["gzip"] * (MAX_DEPTH + 1), PAGE), ", ".join(["gzip"] * 5000))


def test_members_are_bounded() -> None:
    empty = gzip.compress(b"")
    assert undo(empty * (compressed.MAX_MEMBERS - 1) + gzip.compress(PAGE), "gzip") == Body(PAGE)
    with pytest.raises(RejectedError, match="more than 1024 members"):
        undo(empty * 1024 + gzip.compress(PAGE), "gzip")


def test_chunks_are_bounded() -> None:
    with pytest.raises(RejectedError, match="more than 100000 chunks"):
        undo(b"1\r\n<\r\n" * 100_001, transfer="chunked")


def chunks_of(size_line: str, after: bytes = b"\r\n", last: bytes = b"0\r\n\r\n") -> bytes:
    pieces = (PAGE[at : at + 700] for at in range(0, len(PAGE), 700))
    return b"".join(size_line.format(len(piece)).encode() + piece + after for piece in pieces) + last


MENDED_CHUNKS = [
    *[before + chunks(PAGE) for before in (b"\r\n", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n", b" ")],
    chunks_of("{:x}\r\n", after=b""),
    chunks_of("{:x}\n", after=b"", last=b"0\n\n"),
    chunks_of("{:x}\r\n", after=b"\r\n\r\n"),
    b"%x\r\n%b0\r\n\r\n" % (len(PAGE), PAGE),
]
WHOLE_CHUNKS = [
    chunks(PAGE, line_end=b"\n", last=b"0\n\n"),
    chunks_of("{:X}\r\n"),
    chunks_of("{:08x}\r\n"),
    chunks_of("{:024x}\r\n", last=b"0" * 24 + b"\r\n\r\n"),
    chunks_of('{:x};name="a;b"\r\n'),
    chunks_of("{:x}\r\n", last=b"0\r\nExpires: now\r\nX-Checksum: 1\r\n\r\n"),
    chunks_of("{:x}  \r\n", last=b"0"),
]


@pytest.mark.parametrize("content", [*MENDED_CHUNKS, *WHOLE_CHUNKS])
@pytest.mark.parametrize("is_stated", [True, False])
def test_chunks_of_any_writer_are_removed(content: bytes, *, is_stated: bool) -> None:
    body = undo(content, transfer="chunked" if is_stated else None)
    assert (body.content, body.is_truncated) == (PAGE, False)
    mended = [IngestNoteKind.ENCODING_MENDED] if content in MENDED_CHUNKS else []
    assert kinds(body) == mended + ([] if is_stated else [IngestNoteKind.ENCODING_UNSTATED])


def test_sizes_that_count_the_line_end_are_read() -> None:
    pieces = [PAGE[at : at + 700] for at in range(0, len(PAGE), 700)]
    content = b"".join(b"%x\r\n%b\r\n" % (len(piece) + 2, piece) for piece in pieces) + b"0\r\n\r\n"
    assert undo(content, transfer="chunked").content == PAGE


@pytest.mark.parametrize("text", [b"\r\n12\r\nmonkeys\r\n", b"\n5\nA list of five\n"])
@pytest.mark.parametrize("transfer", ["chunked", None])
def test_texts_that_begin_with_a_number_are_no_chunks(text: bytes, transfer: str | None) -> None:
    assert undo(text * 3, transfer=transfer) == Body(text * 3)


UNSTATED = [
    *[form(PAGE) + after for form in (zlib.compress, raw_deflate, br) for after in (b"\n", b"\r\n\r\n", b"\0", b" ")],
    zlib.compress(PAGE)[:-1],
    zlib.compress(PAGE)[:-4],
    zlib.compress(PAGE)[:-4] + b"none",
    zlib.compress(PAGE)[:-4] + b"\n",
    *[before + form(PAGE) for form in (*COMPRESS.values(), raw_deflate) for before in (b"\r\n", b"\xef\xbb\xbf")],
    zlib.compress(b"<p>Hi</p>") + b"\n",
    br(b"<p>Hi</p>") + b"\r\n",
]


@pytest.mark.parametrize("content", UNSTATED)
@pytest.mark.parametrize("stated", [None, "gzip", "identity"])
def test_nearly_exact_encodings_are_undone_and_noted(content: bytes, stated: str | None) -> None:
    body = undo(content, stated)
    assert body.content in (PAGE, b"<p>Hi</p>")
    assert not body.is_truncated
    assert IngestNoteKind.ENCODING_MENDED in kinds(body)


@pytest.mark.parametrize("form", [zlib.compress, raw_deflate, br])
def test_unstated_encodings_that_are_cut_off_are_read_as_such(form: Callable[[bytes], bytes]) -> None:
    compressed_page = form(PAGE)
    body = undo(compressed_page[: len(compressed_page) // 2])
    assert PAGE.startswith(body.content)
    assert body.is_truncated
    assert body.content


@given(st.binary(min_size=64, max_size=400))
def test_other_bytes_are_in_no_encoding(content: bytes) -> None:
    body = undo(b"\x89\xfe" + content)
    assert body.content.endswith(content)
