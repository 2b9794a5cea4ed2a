"""Whatever bytes a body has and headers state, decoding ends in bytes or in a reason, within its bounds."""

import contextlib
import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.encoded import COMPRESS, chunks, encoded
from wiredesk.encodings.body import Body, undo_encodings
from wiredesk.encodings.stated import NAMES, StatedEncodings
from wiredesk.encodings.text import is_text
from wiredesk.runtime.errors import RejectedError

LIMIT = 64 * 1024
PAGE = b"<!DOCTYPE html>" + b"".join(b"<p>Day %d: %x</p>\n" % (day, day**9) for day in range(300))

names = st.lists(st.sampled_from([*NAMES, "identity", "sdch", "", " ", ";", "utf-8"]), max_size=5).map(", ".join)
lengths = st.sampled_from([None, "", "0", "17", "99999", "-1", "1, 2", "x", "9" * 30, "\u0663"])
ranges = st.sampled_from([None, "", "bytes 0-1/2", "bytes 3-4/9", "bytes */5", "bytes 9-1/" + "9" * 30])


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Return a body in encodings, which is mutated, cut and joined with others."""
    layers = draw(st.lists(st.sampled_from(sorted(COMPRESS)), max_size=3))
    content = encoded(layers, PAGE[: draw(st.integers(0, len(PAGE)))])
    if draw(st.booleans()):
        content = chunks(content, draw(st.sampled_from([1, 10, 1000, 10**5])))
    mutable = bytearray(content)
    for place, value in draw(st.lists(st.tuples(st.integers(0, len(content)), st.integers(0, 255)), max_size=4)):
        mutable[place : place + 1] = bytes([value])
    return bytes(mutable[: draw(st.integers(0, len(content)))]) + draw(st.binary(max_size=20))


def undone(content: bytes, stated: StatedEncodings, limit: int = LIMIT) -> Body | None:
    reason = None
    try:
        return undo_encodings(content, stated, limit)
    except RejectedError as error:
        reason = error.reason
    assert reason in ("undecodable", "too_large")
    return None


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=500), streams()), st.one_of(names, st.text(max_size=50)), names, lengths, ranges)
def test_any_bytes_are_decoded_or_refused(
    content: bytes, encoding: str, transfer: str, length: str | None, content_range: str | None
) -> None:
    body = undone(content, StatedEncodings.of(encoding, transfer, length, content_range))
    assert body is None or len(body.content) <= max(LIMIT, len(content))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_gzip_is_never_read_silently(data: st.DataObject) -> None:
    content = bytearray(COMPRESS["gzip"](PAGE))
    place = data.draw(st.integers(2, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    body = undone(bytes(content), StatedEncodings.of("gzip"))
    assert body is None or body.content == PAGE or body.notes


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    layers=st.lists(st.sampled_from(sorted(COMPRESS)), max_size=3),
    size=st.integers(100, len(PAGE)),
    chunk=st.sampled_from([0, 10, 1000, 10**5]),
    data=st.data(),
)
def test_a_body_that_is_cut_off_is_never_whole(layers: list[str], size: int, chunk: int, data: st.DataObject) -> None:
    page = PAGE[:size]
    content = chunks(encoded(layers, page), chunk) if chunk else encoded(layers, page)
    assume((layers or chunk) and len(content) > 64)
    cut = content[: data.draw(st.integers(64, len(content) - 1))]
    body = undone(cut, StatedEncodings.of(", ".join(layers), "chunked" if chunk else None))
    if body is not None and not body.remaining and body.content != page:
        assert body.is_truncated
        assert page.startswith(body.content)


@pytest.mark.parametrize("layers", [["bzip2", "xz", "br"], ["zstd", "deflate", "br"]])
def test_a_part_of_a_stack_is_no_text_because_it_has_nuls_in_places(layers: list[str]) -> None:
    content = encoded(layers, PAGE[:100])
    for size in range(64, len(content)):
        body = undone(content[:size], StatedEncodings.of(", ".join(layers)))
        assert body is None or body.remaining or body.is_truncated or body.content == PAGE[:100], size


def test_a_few_compressed_bytes_that_are_east_asian_as_utf16_are_no_text() -> None:
    content = b"x\x9c\x01\x82\x01}\xfeBZh11AY&SY\xc5\xbd\xbf\xb3\x00\x00/\x7f\xff\xf7__J}\xcfk_\xffJ=1\xe6|G"
    assert not is_text(content)
    assert is_text(("渡轮罢工周一结束，工会说，船员们将在中午重新开工。" * 2).encode("utf-16-le"))


def empty_blocks() -> bytes:
    deflate = zlib.compressobj(wbits=-15)
    return b"".join(deflate.flush(zlib.Z_FULL_FLUSH) for _ in range(20_000))


BOMBS: dict[str, Callable[[], bytes]] = {
    **{name: partial(encode, bytes(100 * LIMIT)) for name, encode in COMPRESS.items()},
    "stack": lambda: encoded(["br", "gzip", "zstd"], bytes(100 * LIMIT)),
    "gzip in gzip": lambda: encoded(["gzip"] * 40, PAGE),
    "members": lambda: gzip.compress(b"") * 20_000,
    "frames": lambda: COMPRESS["zstd"](b"") * 20_000,
    "blocks": empty_blocks,
    "chunks": lambda: b"1\r\n<\r\n" * 100_001,
    "sizes": lambda: b"1\r\n" * 50_000,
    "wrong sizes": lambda: b"4\r\n<p>\r\n" * 30_000,
    "boundaries": lambda: b"fffff\r\n<p>" + b"\r\nf;" * 100_000,
    "extension": lambda: b"5;" + b"x" * 1_000_000,
    "trailer": lambda: b"4\r\n<p>x\r\n0\r\n" + b"a:b\r\n" * 200_000,
    "digits": lambda: b"0" * 1_000_000,
    "name": lambda: b"\x1f\x8b\x08\x08" + b"\1" * 1_000_000,
}
"""Small bodies with a hundred times the limit in them, or with very many parts: each is made by the test that reads it."""


@pytest.mark.parametrize("stated", ["", "br", "chunked", "gzip, deflate, zstd"])
@pytest.mark.parametrize("name", BOMBS)
def test_memory_is_bounded(name: str, stated: str) -> None:
    content = BOMBS[name]()
    encodings = StatedEncodings.of(stated, stated)
    tracemalloc.start()
    try:
        with contextlib.suppress(RejectedError):
            undo_encodings(content, encodings, LIMIT)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * len(content) + 4_000_000  # br buffers 2 MiB
