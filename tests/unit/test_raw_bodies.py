"""Bodies of raw pages: base64 in other forms, and two bodies."""

import base64
import gzip
import json
import textwrap
from typing import Any

import pytest

from tests.raw_events import URL, kinds, read, refused
from wiredesk_schemas import RawPage

PAGE = "<p>Größe: ÿþ??>>"

ENCODED = base64.b64encode(PAGE.encode() * 9).decode()


@pytest.mark.parametrize(
    "encoded",
    [
        "\n".join(textwrap.wrap(ENCODED, 76)) + "\n",
        "\r\n".join(textwrap.wrap(ENCODED, 64)),
        " ".join(textwrap.wrap(ENCODED, 76)),
        f" {ENCODED} ",
        base64.urlsafe_b64encode(PAGE.encode() * 9).decode(),
        ENCODED.rstrip("="),
        f"data:text/html;base64,{ENCODED}",
        str(base64.b64encode(PAGE.encode() * 9)),
    ],
)
def test_base64_in_other_forms(encoded: str) -> None:
    page = read(json.dumps({"url": URL, "body_base64": encoded}).encode())
    assert page.body_base64 == PAGE.encode() * 9
    assert kinds(page) == ([] if encoded == ENCODED else ["field_repaired"])


@pytest.mark.parametrize(
    "encoded",
    [
        f'"{ENCODED}"',
        f"\ufeff{ENCODED}",
        f"base64:{ENCODED}",
        ENCODED.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D") + "%0A",
        "\\n".join(textwrap.wrap(ENCODED, 76)),
        ENCODED.replace("+", r"\u002b").replace("/", r"\/").replace("=", r"\u003d"),
        f"-----BEGIN PAGE-----\n{ENCODED}\n-----END PAGE-----\n",
        (PAGE.encode() * 9).hex(),
        (PAGE.encode() * 9).hex().upper(),
    ],
)
def test_base64_with_what_formats_have_around_it_and_hexadecimal_digits(encoded: str) -> None:
    page = read(json.dumps({"url": URL, "body_base64": encoded}).encode())
    assert page.body_base64 == PAGE.encode() * 9
    assert kinds(page) == ["field_repaired"]


NUMBERS = list(PAGE.encode())


@pytest.mark.parametrize(
    "body",
    [
        {"type": "Buffer", "data": NUMBERS},
        {"type": "Buffer", "data": f"base64:{base64.b64encode(PAGE.encode()).decode()}"},
        NUMBERS,
        [number - 256 if number > 127 else number for number in NUMBERS],
        {str(index): number for index, number in enumerate(NUMBERS)},
        {"$binary": {"base64": base64.b64encode(PAGE.encode()).decode(), "subType": "00"}},
    ],
)
@pytest.mark.parametrize("name", ["body", "body_base64"])
def test_bytes_in_json_of_libraries(name: str, body: Any) -> None:
    page = read(json.dumps({"url": URL, name: body}).encode())
    assert page.body_base64 == PAGE.encode()
    assert kinds(page) == ["field_repaired"]
    event = {"specversion": "1.0", "subject": URL, "datacontenttype": "text/html", "data": body}
    if isinstance(body, dict):
        assert read(json.dumps(event).encode()).body_base64 == PAGE.encode()


@pytest.mark.parametrize(
    "body", [[], {}, [1, 300], [-1, 200], [1.5], [True], ["a"], {"0": "a"}, {"1": 60}, {"html": "x"}]
)
def test_other_lists_and_objects_are_no_bytes(body: Any) -> None:
    assert "body: expected" in refused(json.dumps({"url": URL, "body": body}).encode())


DOCUMENT = "<!DOCTYPE html><p>Größe, and the words of a whole page"


@pytest.mark.parametrize(
    "content",
    [
        DOCUMENT.encode(),
        b"\n".join([b"<html>"] * 9),
        gzip.compress(DOCUMENT.encode()),
        b"\r\n\r\n" + DOCUMENT.encode(),
        b"<!-- saved --><body><p>words of a page</p></body>",
        b"<head><title>A page</title></head><p>words of it",
        b"\xff\xfe" + DOCUMENT.encode("utf-16-le"),
    ],
)
def test_a_page_in_base64_where_none_is_expected_is_read(content: bytes) -> None:
    once = base64.b64encode(content).decode()
    twice = base64.b64encode(base64.encodebytes(content)).decode()
    for_urls, url = base64.urlsafe_b64encode(content).decode(), f"data:text/html;base64,{once}"
    for fields in ({"body": once}, {"body": f"{once}\n"}, {"body": for_urls}, {"body": url}, {"body_base64": twice}):
        page = read(json.dumps({"url": URL, **fields}).encode())
        assert (page.body, page.body_base64) == (None, content)
        assert kinds(page) == ["field_repaired"]


@pytest.mark.parametrize(
    "text",
    [
        "PGh0bWw+",
        "H4sI" + "x" * 99,
        base64.b64encode(DOCUMENT.encode()).decode() + " <p>x",
        "H4sI is gzip " * 9,
        base64.b64encode(b"<headline>" * 9).decode(),
        "data: five of them, and more",
        ENCODED,
    ],
)
def test_a_text_that_may_be_a_page_itself_is_none_in_base64(text: str) -> None:
    assert read(json.dumps({"url": URL, "body": text}).encode()).body == text


@pytest.mark.parametrize(
    "content", [DOCUMENT.encode(), DOCUMENT.replace("<p>", "<p>it's ").encode(), b"\n<p>\\n'\"</p>"]
)
def test_bytes_as_python_prints_them_are_the_page(content: bytes) -> None:
    page = RawPage.from_object({"url": URL, "body": str(content)})
    assert (page.body, page.body_base64, kinds(page)) == (None, content, ["field_repaired"])


@pytest.mark.parametrize("text", ["b'", "b'x'", "b'<p>' and more", "b'<p>\\", "b'<p>it's'", "b\"<p>'", "b'<p>ä'"])
def test_a_text_that_is_not_bytes_of_a_page_is_a_text(text: str) -> None:
    page = RawPage.from_object({"url": URL, "body": text})
    assert (page.body, kinds(page)) == (text, [])


@pytest.mark.parametrize("prefix", ["0x", "\\x", ""])
def test_hexadecimal_digits_after_what_databases_write_before_them(prefix: str) -> None:
    page = RawPage.from_object({"url": URL, "body_base64": prefix + DOCUMENT.encode().hex()})
    assert page.body_base64 == DOCUMENT.encode()


def test_a_data_url_states_the_type_of_the_page() -> None:
    fields = {"url": URL, "body_base64": f"data:text/html;charset=gb2312;base64,{ENCODED}"}
    assert RawPage.from_object(fields).content_type == "text/html;charset=gb2312"
    assert RawPage.from_object({**fields, "content_type": "text/plain"}).content_type == "text/plain"
    assert (
        RawPage.from_object({"url": URL, "body_base64": "data:text/html,%3Cp%3E%C3%A4"}).body_base64 == "<p>ä".encode()
    )


@pytest.mark.parametrize("encoded", ["e", "eA==eA==", "<html>", "eHh4 eHh4eHh4 eHh4", 5, ["eA=="], {"a": 1}, "é"])
def test_base64_that_is_not_clear(encoded: Any) -> None:
    assert "body_base64: expected" in refused(json.dumps({"url": URL, "body_base64": encoded}).encode())


def test_a_space_may_be_a_plus_that_a_form_has_decoded() -> None:
    encoded = base64.b64encode(b"\xfb\xff\x00abcd" * 5).decode()
    assert "+" in encoded
    assert "spaces within lines" in refused(json.dumps({"url": URL, "body_base64": encoded.replace("+", " ")}).encode())


@pytest.mark.parametrize(
    ("text", "encoded", "expected"),
    [
        ("x", "eA==", ("x", None)),
        ("", "eA==", (None, b"x")),
        ("x", "", ("x", None)),
        ("ä", base64.b64encode("\ufeffä".encode()).decode(), ("ä", None)),
    ],
)
def test_two_bodies_of_one_page(text: str, encoded: str, expected: tuple[str | None, bytes | None]) -> None:
    page = RawPage.from_object({"url": URL, "body": text, "body_base64": encoded})
    assert (page.body, page.body_base64) == expected
    assert kinds(page) == ["event_repaired"]
