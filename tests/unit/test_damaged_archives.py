"""Damaged archives: what is good of them is published, what is not is named, and memory is bounded."""

import base64
import bz2
import gzip
import hashlib
import itertools
import lzma
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from functools import partial
from zipfile import ZIP_DEFLATED

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.archives import FORMS, PAGES, Form, arc, records, response, wacz, warc, zstd_compress
from tests.unit.test_archives import HTML, contents, read
from wiredesk.pages import compression, held_pages
from wiredesk.pages.compression import MAX_RATIO

MIB = 1 << 20
FIRST, SECOND = "https://n.example/1", "https://n.example/2"
LAST = warc(response(HTML), SECOND)


@pytest.mark.parametrize("form", ["plain", "gzip of each record"])
@pytest.mark.parametrize("left", [20, 60])
def test_a_record_that_is_cut_off_is_named_and_those_before_it_are_published(form: str, left: int) -> None:
    pages, report = read(FORMS[form](records())[:-left], "cut.warc")
    assert contents(pages) == PAGES[:-1]
    (problem,) = report.problems
    assert problem.startswith("cut.warc: record 5 (https://n.example/4) is cut off")


def test_a_record_whose_checksum_is_cut_off_is_not_published() -> None:
    pages, report = read(FORMS["gzip of each record"](records())[:-5])
    assert contents(pages) == PAGES[:-1]
    assert report.problems[0].startswith("a: record 5 (https://n.example/4) is damaged (the part that begins at byte")


def test_records_before_the_cut_in_a_gzipped_file_are_published() -> None:
    pages, report = read(gzip.compress(b"".join(records()))[:-20])
    assert contents(pages) == PAGES[:3]
    assert report.problems[-1] == "a: after record 4: the part that begins at byte 0 is cut off"


def test_a_header_that_is_cut_off_is_a_problem() -> None:
    pages, report = read(b"".join(records()) + LAST[:90])
    assert len(pages) == len(PAGES)
    assert report.problems == ["a: 90 bytes at byte 1559 are a record with a damaged header"]


@pytest.mark.parametrize("stated", [len(response(HTML)) + step for step in (-60, -7, -1, 1, 3, 4, 7, 40, 5000)])
def test_a_record_of_another_length_ends_where_the_next_one_begins(stated: int) -> None:
    pages, report = read(warc(response(HTML), FIRST, length=stated) + LAST + LAST)
    assert [page.url for page in pages] == [FIRST, SECOND, SECOND]
    assert {page.content.rstrip() for page in pages} == {HTML}
    if not 0 < stated - len(response(HTML)) <= 4:  # within the line ends between records
        assert report.problems == [f"a: record 1 ({FIRST}) states {stated} bytes, and has {len(response(HTML))}"]
        assert pages[0].is_truncated == (stated > len(response(HTML)))


def test_the_length_that_the_server_announced_decides() -> None:
    block = response(HTML, f"Content-Length: {len(HTML)}")
    pages, report = read(warc(block, FIRST, length=len(block) + 9) + LAST)
    assert not pages[0].is_truncated
    assert len(report.problems) == 1
    pages, _ = read(warc(block + b"<p>of another", FIRST, length=len(block)) + LAST)
    assert contents(pages) == [(FIRST, HTML), (SECOND, HTML)]


@pytest.mark.parametrize("stated", ["", "x", "-5", "9" * 30, "²"])
def test_a_record_without_a_length_ends_where_the_next_one_begins(stated: str) -> None:
    pages, report = read(warc(response(HTML), FIRST, length=stated) + LAST)
    assert contents(pages) == [(FIRST, HTML), (SECOND, HTML)]
    assert len(report.problems) == 1


def test_what_is_no_record_is_skipped_and_named() -> None:
    pages, report = read(LAST + b"junk\r\n\r\n" + LAST + b"glued" + LAST + b"more junk")
    assert len(pages) == 3
    assert [problem.partition(" at ")[0] for problem in report.problems] == ["a: 8 bytes", "a: 5 bytes", "a: 9 bytes"]


def test_a_boundary_within_a_good_record_is_content() -> None:
    body = b"<p>About WARC:\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\n\r\n</p>"
    pages, report = read(warc(response(body)) + LAST)
    assert [page.content for page in pages] == [body, HTML]
    assert not report.problems


def test_records_after_a_damaged_gzip_member_are_published() -> None:
    parts = [bytearray(gzip.compress(record)) for record in records()]
    parts[2][-6] ^= 1
    pages, report = read(b"".join(parts), "a.warc.gz")
    assert contents(pages) == [PAGES[0], *PAGES[2:]]
    (problem,) = report.problems
    assert problem.startswith("a.warc.gz: record 3 (https://n.example/2) is damaged")


def test_a_response_without_an_address_is_a_problem() -> None:
    assert read(warc(response(HTML), None))[1].problems == ["a: record 1 has no address"]


def test_a_larger_page_is_named_and_a_larger_image_is_passed_over() -> None:
    big = b"x" * (2 * MIB)
    archive = warc(response(big), FIRST) + warc(response(big, "Content-Type: image/png")) + LAST
    pages, report = read(archive, max_bytes=MIB)
    assert contents(pages) == [(SECOND, HTML)]
    assert report.passed_over == {"image": 1}
    (problem,) = report.problems
    assert problem.startswith(f"a: record 1 ({FIRST}) is not published: 2097")


def test_memory_is_bounded_whatever_a_record_unpacks_to() -> None:
    archive = gzip.compress(warc(response(bytes(60 * MIB)), FIRST)) + gzip.compress(LAST)
    tracemalloc.start()
    pages, report = read(archive, max_bytes=MIB)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert contents(pages) == [(SECOND, HTML)]
    assert len(report.problems) == 1
    assert peak < 8 * MIB


@pytest.mark.parametrize("suffix", ["", ".zip"])
def test_a_file_that_unpacks_to_too_much_is_not_read_to_its_end(suffix: str) -> None:
    bomb = zstd_compress(warc(response(bytes(80 * MIB)))) + zstd_compress(LAST)
    assert len(bomb) * MAX_RATIO < 80 * MIB
    content = bomb if not suffix else wacz({"archive/a.warc.zst": bomb})
    pages, report = read(content, max_bytes=MIB)
    assert not pages
    assert any("unpacks to more than" in problem for problem in report.problems)


@pytest.mark.parametrize(
    "around",
    [
        lambda bomb: wacz({"a.wacz": bomb}, ZIP_DEFLATED),
        lambda bomb: wacz({"b.wacz": wacz({"a.wacz": bomb}, ZIP_DEFLATED)}, ZIP_DEFLATED),
        gzip.compress,
        lambda bomb: gzip.compress(gzip.compress(wacz({"a.wacz": bomb}))),
    ],
    ids=["ZIP", "ZIP of ZIP", "gzip", "gzip of gzip of ZIP"],
)
def test_a_zip_within_another_file_multiplies_no_work(
    around: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "FREE_BYTES", MIB)
    within = wacz({"a.warc": warc(response(bytes(4 * MIB)), FIRST) + LAST}, ZIP_DEFLATED)
    assert read(within)[0]
    pages, report = read(around(within))
    assert not pages
    assert any("unpacks to more than" in problem for problem in report.problems)


def test_files_of_a_zip_that_have_one_place_in_it_multiply_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "FREE_BYTES", MIB)
    monkeypatch.setattr(compression, "MAX_RATIO", 1)
    content = wacz({"a.warc": b"".join(records()) + bytes(MIB // 8)})
    start, end = content.rindex(b"PK\1\2"), content.rindex(b"PK\5\6")
    tail = bytearray(content[end:])
    struct.pack_into("<HHL", tail, 8, 100, 100, 100 * (end - start))
    pages, report = read(content[:start] + content[start:end] * 100 + bytes(tail))
    assert len(PAGES) < len(pages) < 20 * len(PAGES)
    assert any("unpacks to more than" in problem for problem in report.problems)


def test_the_archives_and_files_of_all_zips_within_each_other_are_counted_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inner = wacz({f"{n}.warc": b"".join(records()) for n in range(4)})
    monkeypatch.setattr("wiredesk.pages.archive.MAX_ZIPPED_ARCHIVES", 7)
    pages, report = read(wacz({"a.wacz": inner, "b.wacz": inner}))
    assert contents(pages) == PAGES * 5
    assert any("7 archives" in problem for problem in report.problems)
    monkeypatch.setattr("wiredesk.pages.archive.MAX_ZIPPED_FILES", 5)
    pages, report = read(wacz({"a.wacz": inner, "b.wacz": inner}))
    assert contents(pages) == PAGES * 4
    assert any("more than 5 files" in problem for problem in report.problems)


def test_a_gzip_of_a_gzip_is_read_and_not_without_end() -> None:
    content = b"".join(records())
    for layer in range(6):
        pages, report = read(content)
        assert bool(report.problems) == (layer > 3)
        assert (contents(pages) == PAGES) == (layer <= 3)
        content = gzip.compress(content)


def test_a_wacz_whose_directory_is_lost_gives_its_compressed_records() -> None:
    whole = wacz({"archive/1.warc.gz": b"".join(map(gzip.compress, records())), "fuzzy.json": b"x" * 500})
    pages, report = read(whole[:-400], "a.wacz")
    assert contents(pages) == PAGES
    assert "its ZIP directory cannot be read" in report.problems[0]


CHANGES = st.sampled_from(["cut", "flip", "delete", "insert", "repeat"])
FRAMED: dict[str, Form] = {
    "plain": b"".join,
    "gzip of each record": lambda parts: b"".join(map(gzip.compress, parts)),
    "zstd of each record": lambda parts: b"".join(map(zstd_compress, parts)),
}


def damaged(content: bytes, change: str, at: int, some: bytes) -> bytes:
    before, rest = content[:at], content[at:]
    match change:
        case "cut":
            return before
        case "flip":
            return before + bytes((rest[0] ^ (1 << some[0] % 8),)) + rest[1:] if rest else before
        case "delete":
            return before + rest[len(some) :]
        case "insert":
            return before + some + rest
    return before + before[-len(some) :] + rest


@given(
    st.sampled_from(list(FORMS)),
    CHANGES,
    st.floats(0, 1),
    st.binary(min_size=1, max_size=40),
    st.sampled_from([records, arc]),
)
@example("plain", "insert", 0.375, b"\0", arc)
def test_pages_before_a_damage_are_published_and_nothing_is_raised(
    form: str, change: str, where: float, some: bytes, make: Callable[[], list[bytes]]
) -> None:
    parts = records() if "WACZ" in form else make()
    whole = FORMS[form](parts)
    at = int(where * (len(whole) - 1))
    name = "a.arc" if parts[0].startswith(b"filedesc") else "a.warc"
    pages, _ = read(damaged(whole, change, at, some), name + (".gz" if "gzip" in form else ""))
    number = sum(end <= at for end in ends(form, parts)) - 1  # without the first record, which is no page
    assert contents(pages)[: max(0, number)] == PAGES[: max(0, number)]


@pytest.mark.parametrize("change", ["cut", "flip", "delete", "insert", "repeat"])
@pytest.mark.parametrize("step", range(0, 60, 3))
@pytest.mark.parametrize("version", [1, 2])
def test_a_page_of_an_arc_ends_where_its_length_says_if_the_next_header_is_damaged(
    change: str, step: int, version: int
) -> None:
    parts = arc(version=version)
    at = len(parts[0]) + len(parts[1]) + step
    pages, report = read(damaged(b"".join(parts), change, at, b"\0\n x:y\n"), "a.arc")
    assert contents(pages)[0] == PAGES[0]
    if change != "cut":
        assert contents(pages)[-2:] == PAGES[2:]
    assert not pages[0].is_truncated
    if change in ("delete", "insert", "repeat"):  # others may leave a record, of another scheme
        assert report.problems or len(pages) == len(PAGES)


def test_a_page_of_an_arc_before_a_damaged_header_and_a_large_record_is_published() -> None:
    info, first, large = arc([(FIRST, HTML), (SECOND, bytes(2 * MIB))])
    pages, report = read(info + first + b"\1" + large + b"".join(arc()[1:]), "a.arc", max_bytes=MIB)
    assert contents(pages) == [(FIRST, HTML), *PAGES]
    assert len(report.problems) == 1


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_length_that_the_server_announced_decides_in_an_arc(end: bytes) -> None:
    body = b"<p>One\n<p>Two" + end
    info, record, other = arc([(FIRST, body), (SECOND, HTML)])
    block = response(body, "Content-Type: text/html", f"Content-Length: {len(body)}")
    stated = len(block) - len(b"\n<p>Two" + end)
    line = record.partition(b"\n")[0].rpartition(b" ")[0] + f" {stated}\n".encode()
    pages, report = read(info + line + block + b"\n" + other, "a.arc")
    assert contents(pages) == [(FIRST, body), (SECOND, HTML)]
    assert report.problems == [f"a.arc: record 2 ({FIRST}) states {stated} bytes, and has {len(block)}"]


@pytest.mark.parametrize("step", [-21, -3, -1, 0, 1, 2, 5, 8, 20, 60])
@pytest.mark.parametrize("version", [1, 2])
def test_a_page_of_an_arc_with_a_wrong_length_costs_no_other(step: int, version: int) -> None:
    block, (info, _, other) = response(HTML), arc([(FIRST, HTML), (SECOND, HTML)], version)
    more = " 200 - - 0 x.arc" if version > 1 else ""
    line = f"{FIRST} 192.0.2.1 20240116190500 text/html{more} {len(block) + step}\n".encode()
    pages, report = read(info + line + block + b"\n" + other, "a.arc")
    assert [(url, content.strip()) for url, content in contents(pages)] == [
        (FIRST, HTML.strip()),
        (SECOND, HTML.strip()),
    ]
    assert bool(report.problems) == (step not in (0, 1))


@pytest.mark.parametrize("other", [b"", b"".join(arc()[1:])])
def test_a_length_that_ends_before_a_line_end_within_the_page_cuts_nothing(other: bytes) -> None:
    body = b"<!DOCTYPE html><p>One is here\n<p>and Two is there</p>\n</html>"
    block = response(body)
    line = f"{FIRST} 192.0.2.1 20240116190500 text/html {block.index(b'\n<p>')}\n".encode()
    pages, report = read(arc()[0] + line + block + b"\n" + other, "a.arc")
    assert (contents(pages)[0][1].strip(), pages[0].is_truncated) == (body, False)
    assert "bytes, and has" in report.problems[0]


def test_what_follows_a_whole_page_is_not_of_it() -> None:
    body = b"<!DOCTYPE html><p>One</html>"
    pages, report = read(arc([(FIRST, body)])[1] + b"junk of some kind, which is no record\n", "a.arc")
    assert (contents(pages), len(report.problems)) == ([(FIRST, body)], 1)


def ends(form: str, parts: list[bytes]) -> list[int]:
    """Return where each record ends in the file, if that can be said."""
    if form not in FRAMED:
        return []
    return list(itertools.accumulate(len(FRAMED[form]([part])) for part in parts))


@given(st.integers(0, 2000))
def test_pages_before_a_damage_in_a_gzipped_file_are_published(at: int) -> None:
    parts = records((url, body * 40) for url, body in PAGES)
    whole = bytearray(gzip.compress(b"".join(parts)))
    at = min(at, len(whole) - 9)
    unpacked = len(zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(whole[:at]))
    number = sum(end + 32 <= unpacked for end in itertools.accumulate(map(len, parts)))
    whole[at] ^= 0x55
    pages, report = read(bytes(whole), "a.warc.gz")
    assert len(pages) >= number - 1
    assert report.problems or len(pages) == len(PAGES)


def test_a_header_ends_before_the_next_record() -> None:
    pages, report = read(b"WARC/1.0\r\nWARC-Type: response\r\n" * 3 + LAST)
    assert contents(pages) == [(SECOND, HTML)]
    assert report.problems == [f"a: 31 bytes at byte {31 * n} are a record with a damaged header" for n in range(3)]


def test_skippable_frames_are_skipped() -> None:
    frame = b"\x53\x2a\x4d\x18" + (70_000).to_bytes(4, "little") + bytes(70_000)
    pages, report = read(frame.join(map(zstd_compress, records())) + frame)
    assert contents(pages) == PAGES
    assert not report.problems


def test_an_empty_archive_in_a_wacz_is_no_problem() -> None:
    pages, report = read(wacz({"archive/a.warc": b"", "archive/b.warc": LAST}))
    assert len(pages) == 1
    assert report.passed_over == {"empty file": 1}
    assert not report.problems


STORY = (
    "<!DOCTYPE html><html><body><p>" + "The council of the port opened the pier again. " * 40 + "{}</p></body></html>"
).format
STORIES = [(f"https://n.example/{number}", STORY(number * 7919).encode()) for number in range(40)]


@given(st.integers(0, 10**6))
def test_no_page_of_a_gzipped_file_is_published_as_whole_where_a_bit_was_flipped(place: int) -> None:
    packed = bytearray(gzip.compress(b"".join(records(STORIES)), mtime=0))
    at = 10 + place % (len(packed) - 14)
    packed[at] ^= 1 << place % 8
    pages, report = read(bytes(packed), "a.warc.gz")
    wrong = [page for page in pages if (page.url, page.content) not in STORIES]
    assert all(page.is_truncated for page in wrong)
    assert report.problems


def with_digest(url: str, content: bytes) -> bytes:
    block = response(content)
    digest = base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()
    return warc(block, url, f"WARC-Block-Digest: sha1:{digest}")


def test_pages_with_a_digest_are_proven_without_a_checksum() -> None:
    packed = bytearray(gzip.compress(b"".join(with_digest(*story) for story in STORIES), mtime=0))
    packed[-8] ^= 1
    pages, report = read(bytes(packed))
    assert contents(pages) == STORIES
    assert not any(page.is_truncated for page in pages)
    assert "incorrect data check" in report.problems[-1]


def test_pages_beyond_what_can_be_held_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_pages, "MAX_HELD_BYTES", 10_000)
    packed = bytearray(gzip.compress(b"".join(records(STORIES)), mtime=0))
    packed[-8] ^= 1
    pages, report = read(bytes(packed))
    assert len(pages) >= len(STORIES) - 1
    assert 0 < sum(page.is_truncated for page in pages) < 8
    assert "and 3" in report.problems[-2]
    assert report.problems[-2].endswith("may be garbled: published unchecked")


def test_a_whole_archive_is_held_within_its_bound_and_loses_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_pages, "MAX_HELD_BYTES", 10_000)
    pages, report = read(gzip.compress(b"".join(records(STORIES))))
    assert contents(pages) == STORIES
    assert not report.problems


@pytest.mark.parametrize("compress", [zstd_compress, partial(gzip.compress, compresslevel=1)])
def test_an_archive_of_nearly_the_same_pages_is_read_to_its_end(compress: Callable[[bytes], bytes]) -> None:
    page = STORY("x").encode() * 40
    archive = b"".join(warc(response(page + b"%d" % number), FIRST) for number in range(1300))
    assert len(archive) > 96 * MIB
    pages, report = read(compress(archive))
    assert len(pages) == 1300
    assert not report.problems


@pytest.mark.parametrize("compress", [lzma.compress, bz2.compress])
def test_other_compressions_are_read_within_bounds_and_up_to_a_damage(
    compress: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = b"".join(records())
    for packed in (compress(whole), compress(whole[:900]) + compress(whole[900:])):
        pages, report = read(packed)
        assert contents(pages) == PAGES
        assert not report.problems
    monkeypatch.setattr(compression, "FREE_BYTES", MIB)
    pages, report = read(compress(whole) + compress(bytes(8 * MIB)) + compress(LAST))
    assert contents(pages)[: len(PAGES)] == PAGES
    assert report.problems
    assert read(compress(whole)[:-20])[1].problems
