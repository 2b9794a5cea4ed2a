"""The parts of the intake without a server: attributes, encodings, tokens, rates, bytes in flight, its description."""

import asyncio
import gzip
import os
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import brotli
import jsonschema
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from tests.intake import EVENT, HTML, JSON, LINES, URL, Broker, intake
from wiredesk.http.tokens import Tokens
from wiredesk.intake.admission import InFlight, Rates, Share
from wiredesk.intake.attributes import Attributes, read_attributes
from wiredesk.intake.decoding import PIECE_BYTES, BodyDecoder
from wiredesk.intake.kinds import separator_of
from wiredesk.intake.openapi import document
from wiredesk.intake.pages import lines
from wiredesk.intake.problems import ProblemError, ProblemKind
from wiredesk.intake.settings import IntakeSettings
from wiredesk.runtime.errors import UsageError

CODECS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": bytes,
}


def decoded(encoding: str, body: bytes, piece: int) -> bytes:
    decoder = BodyDecoder(encoding)
    pieces = [body[start : start + piece] for start in range(0, len(body), piece)]
    content = b"".join(out for part in pieces for out in decoder.feed(part))
    decoder.finish()
    return content


@given(st.binary(max_size=3000), st.lists(st.sampled_from(sorted(CODECS)), max_size=3), st.integers(1, 500))
def test_a_body_is_the_same_after_any_encodings_in_any_pieces(body: bytes, names: list[str], piece: int) -> None:
    encoded = body
    for name in names:
        encoded = CODECS[name](encoded)
    assert decoded(", ".join(names), encoded, piece) == body


@given(
    st.binary(max_size=500), st.sampled_from(sorted(set(CODECS) - {"identity"})), st.integers(1, 50), st.integers(0, 99)
)
def test_a_damaged_body_is_a_problem_or_what_it_was(body: bytes, name: str, piece: int, keep: int) -> None:
    encoded = CODECS[name](body)
    for damaged in (encoded[: len(encoded) * keep // 100], b"\x1f\x8b" + encoded, body):
        try:
            decoded(name, damaged, piece)
        except ProblemError as problem:
            assert problem.kind in (ProblemKind.INVALID_REQUEST, ProblemKind.TOO_LARGE)  # noqa: PT017


@pytest.mark.parametrize("name", sorted(CODECS))
@pytest.mark.parametrize("more", [-1, 0, 1, 200, 258])
def test_what_comes_out_in_several_pieces_is_complete(name: str, more: int) -> None:
    body = bytes(2 * PIECE_BYTES + more)
    assert decoded(name, CODECS[name](body), 1 << 16) == body
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    assert decoded("deflate", raw.compress(body) + raw.flush(), 1 << 16) == body


def test_deflate_is_read_with_and_without_its_header() -> None:
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    assert decoded("deflate", raw.compress(EVENT) + raw.flush(), 7) == EVENT
    assert decoded("deflate", zlib.compress(EVENT), 7) == EVENT


def test_members_of_gzip_and_frames_of_zstd_follow_each_other() -> None:
    assert decoded("gzip", gzip.compress(b"a") + gzip.compress(b"b") + bytes(20), 3) == b"ab"
    assert decoded("zstd", zstd.compress(b"a") + zstd.compress(b"b"), 3) == b"ab"


@given(
    st.lists(st.tuples(st.sampled_from(["ce-subject", "ce-x", "ce-specversion", "x-archive-orig-a", "x"]), st.text())),
    st.lists(st.tuples(st.sampled_from(["url", "source", "wat"]), st.text())),
)
def test_any_headers_give_attributes_or_a_problem(headers: list[tuple[str, str]], query: list[tuple[str, str]]) -> None:
    try:
        attributes = read_attributes(headers, query)
    except ProblemError as problem:
        assert problem.kind.status in (400, 413)  # noqa: PT017
        return
    for name, value in attributes.record.items():
        assert name.startswith("ce_")
        assert not any(ord(character) < 32 for character in value)
        value.encode()


def test_bytes_of_a_url_that_are_not_utf_8_are_escaped_as_browsers_do() -> None:
    event = ("ce-specversion", "1.0")
    for byte in ("e9", "e8"):
        raw = f"{URL}/{bytes.fromhex(byte).decode('utf-8', 'surrogateescape')}"
        for headers, query in (
            ([("content-location", raw)], []),
            ([("ce-subject", raw)], []),
            ([event, ("ce-subject", f"{URL}/%{byte}")], []),
            ([], [("url", raw)]),
        ):
            assert read_attributes(headers, query).url == f"{URL}/%{byte.upper()}"
    assert read_attributes([("content-location", f"{URL}/é%e9")], []).url == f"{URL}/é%e9"


def test_too_many_attributes_are_refused() -> None:
    with pytest.raises(ProblemError, match="more than 64 of 8192"):
        read_attributes([("ce-subject", URL), *((f"ce-x{n}", "v") for n in range(100))], [])
    with pytest.raises(ProblemError, match="more than 64 of 8192"):
        read_attributes([("ce-x", "v" * 9000)], [])
    assert read_attributes([("ce-subject", URL + "x" * 9000)], []).url == URL + "x" * 9000


@given(st.lists(st.integers(1, 60), min_size=1, max_size=30))
def test_bytes_in_flight_stay_below_their_limit_and_all_get_their_turn(sizes: list[int]) -> None:
    async def use() -> int:
        most: list[float] = [0]
        in_flight = InFlight(100, most.append)

        async def one(size: int) -> None:
            await in_flight.take(size)
            await asyncio.sleep(0)
            in_flight.give_back(size)

        await asyncio.gather(*map(one, sizes))
        assert in_flight.free == 100
        return int(max(most))

    assert asyncio.run(use()) <= 100


async def test_a_request_gives_back_what_it_holds() -> None:
    in_flight = InFlight(100)
    share = Share(in_flight)
    share.hold_now(60)
    await share.hold(80)
    with pytest.raises(ProblemError, match="80 of 100 bytes are in flight"):
        share.hold_now(101)
    share.hold_now(10)
    assert in_flight.free == 90
    share.hold_now(0)
    assert in_flight.free == 100


def test_a_rate_is_kept_on_average() -> None:
    now = 0.0
    rates = Rates(pages=10, size=0, clock=lambda: now)
    published = 0
    for tick in range(1000):
        now = tick / 10
        try:
            rates.check("a")
        except ProblemError as problem:
            assert problem.retry_after is not None  # noqa: PT017
            assert 0 <= problem.retry_after < 5  # noqa: PT017
            continue
        rates.charge("a", 30, 1 << 30)
        published += 30
    assert 10 * 100 <= published <= 10 * 100 + 60
    rates.check("another")


def test_a_file_of_tokens_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text("crawler:first-token-of-all\n", encoding="utf-8")
    tokens = Tokens("WIREDESK_INTAKE_TOKEN", None, path)
    assert tokens.client("Bearer first-token-of-all") == "crawler"
    for text, first, second in (
        ("crawler:first-token-of-all\ncrawler:second-token-of-all", "crawler", "crawler"),
        ("crawler:second-token-of-all", None, "crawler"),
        ("short", None, "crawler"),  # a file that cannot be used changes nothing
    ):
        replaced = tmp_path / "new"
        replaced.write_text(text, encoding="utf-8")
        replaced.replace(path)
        assert tokens.client("Bearer first-token-of-all") == first
        assert tokens.client("bearer  second-token-of-all") == second
    path.unlink()
    assert tokens.client("Bearer second-token-of-all") == "crawler"


@pytest.mark.parametrize("text", ["", " , ", "short", "with\u00fcmlaut-and-more", "name:also:another-token-here"])
def test_a_token_that_cannot_be_used_is_refused_and_not_quoted(text: str, tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        Tokens("WIREDESK_INTAKE_TOKEN", None, path)
    assert not text.strip(" ,") or text not in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "intake.example", ""])  # noqa: S104 - refused
def test_no_address_beyond_loopback_without_a_token(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"loopback|at least 1"):
        IntakeSettings(intake_host=host)
    if host:
        monkeypatch.setitem(os.environ, "WIREDESK_INTAKE_TOKEN", "a-token-of-a-crawler")
        assert IntakeSettings(intake_host=host).has_tokens


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_token(host: str) -> None:
    assert not IntakeSettings(intake_host=host).has_tokens


def schema(name: str) -> dict[str, Any]:
    described = document()
    return {"$ref": f"#/components/schemas/{name}", "components": described["components"]}


async def test_the_description_is_that_of_the_answers() -> None:
    operation = document()["paths"]["/pages"]["post"]
    async with intake(Broker(), intake_page_bytes=4096) as client:
        described = await client.request("GET", "/openapi.json")
        assert described.body == document()
        assert described.body["openapi"] == "3.1.0"
        for path, operations in described.body["paths"].items():
            for method in operations:
                assert (await client.request(method.upper(), path)).status not in (404, 405)
        large = b'{"url": "https://a.example/", "body": "' + b"x" * 5000 + b'"}'
        for body, headers, query in (
            (EVENT, JSON, ""), (EVENT + b"\n{", LINES, ""), (b"{", JSON, ""), (large, JSON, ""), (large, LINES, ""),
            (b"", HTML, ""), (b"<p>", HTML, f"?url={URL}"), (b"x", {"Content-Type": "multipart/form-data"}, ""),
        ):  # fmt: skip
            reply = await client.post(body, headers, query)
            answer = operation["responses"][str(reply.status)]
            assert reply.headers["Content-Type"] in answer["content"]
            name = "Receipt" if reply.status == 202 else "Problem"
            jsonschema.Draft202012Validator(schema(name)).validate(reply.body)


def test_the_description_names_every_parameter_and_problem() -> None:
    operation = document()["paths"]["/pages"]["post"]
    named = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query"}
    assert named == {"url", "fetched_at", "http_status", "source", "language", "is_truncated"}
    types = document()["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    assert types == [kind.uri for kind in ProblemKind]
    for name in document()["components"]["schemas"]:
        jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("piece", [1, 7, 1000])
async def test_texts_of_a_sequence_may_have_several_lines(piece: int) -> None:
    texts = (b'{"url": "https://s.example/1",\n "body": "<p>1"}', b'{"url": "https://s.example/2", "body": "<p>2"}')
    body = b"".join(b"\x1e" + text + b"\n" for text in texts)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), piece):
            yield body[start : start + piece]

    async def hold(_size: int) -> None:
        pass

    separator = separator_of("application/json-seq; charset=utf-8")
    pages = [page async for page in lines(pieces(), Attributes(), 1000, hold, separator)]
    assert [(page.line, page.url) for page in pages] == [(1, "https://s.example/1"), (2, "https://s.example/2")]
    assert [page.record and page.record[0] for page in pages] == list(texts)
