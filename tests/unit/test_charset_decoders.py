"""Bytes are decoded as browsers do, also where the codecs of Python have other tables."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.ingest import charset_decoders
from wiredesk.ingest.charset_decoders import REPLACEMENT, decode_as_browsers

CODES = [
    ("koi8-u", "ae be", "ўЎ"),
    ("cp1255", "ca", "\u05ba"),
    ("cp1252", "81 8d 8f 90 9d 80", "\x81\x8d\x8f\x90\x9d€"),
    ("cp1250", "81 83 88 90 98", "\x81\x83\x88\x90\x98"),
    ("cp1251", "98", "\x98"),
    ("cp874", "81 fc", f"\x81{REPLACEMENT}"),
    ("big5hkscs", "a145 a14e a1c2 a1e3 a1f2 a1f3 a244 a246 a247 a3e1", "‧﹑¯～⊕⊙￥￠￡€"),
    ("big5hkscs", "a1fe a240 a241 a242 a140", "／＼∕﹨\u3000"),
    ("big5hkscs", "877a 8e69 fedd 8862", "㡵箸砉Ê̄"),
    ("euc_jp", "a1c1 a1c2 a1dd a1f1 a1f2 a2cc 8fa2b7", "～∥－￠￡￢～"),
    ("euc_jp", "ada1 adea f9a1 fcfe 8eb1", "①㈱纊＂ｱ"),
    ("gb18030", "a3a0 a6d9 a6f3 a8bc fe59 fea0 80 8230f537", "\u3000︐︙ḿ龴龻€\u3936"),
    ("cp932", "8160 8740 f040 80 fa40", "～①\ue000\x80ⅰ"),
    ("cp932", "fd a0", REPLACEMENT * 2),
    ("cp949", "b0a1 8141", "가갂"),
    ("iso2022_jp", "1b2442 2141 2d21 1b284a 5c7e 1b2842 5c 1b2849 31 1b2842", "～①¥‾\\ｱ"),
]  # fmt: skip


@pytest.mark.parametrize(("codec", "codes", "shown"), CODES)
def test_codes_are_those_of_the_encoding_standard(codec: str, codes: str, shown: str) -> None:
    assert decode_as_browsers(bytes.fromhex(codes), codec) == shown


INDEXES = {
    "big5hkscs": "0be1643090e4ebd6",
    "euc_jp": "850fc24b73e75d72",
    "gb18030": "5a4fdd4ec8cb1be6",
    "cp932": "2345b455c3045d46",
    "cp949": "40a15730e3e3fed7",
}
"""The beginning of the SHA-256 of each index of the Encoding Standard: its codes beyond ASCII in hexadecimal digits, each
with its character."""


@pytest.mark.parametrize("codec", INDEXES)
def test_every_code_of_an_index_is_decoded(codec: str) -> None:
    codes = (bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in range(0x80, 0xFF))
    shown = ((code, decode_as_browsers(code, codec)) for code in codes)
    table = "".join(f"{code.hex()}{text}" for code, text in shown if REPLACEMENT not in text)
    assert hashlib.sha256(table.encode()).hexdigest()[:16] == INDEXES[codec]


@pytest.mark.parametrize(
    ("codec", "content", "shown"),
    [
        ("big5hkscs", b"a\xff\xa4\xa4b\xa4", f"a{REPLACEMENT}中b{REPLACEMENT}"),
        ("big5hkscs", b"\xa4<p>\xa4\xa4", f"{REPLACEMENT}<p>中"),
        ("euc_jp", b"\xa4<p>\xa4\xa2\x8f", f"{REPLACEMENT}<p>あ{REPLACEMENT}"),
        ("cp949", b"\xb0<p>\xb0\xa1\xff", f"{REPLACEMENT}<p>가{REPLACEMENT}"),
        ("gb18030", b"\x810\x81<p>\xc4\xe3", f"{REPLACEMENT}0{REPLACEMENT}<p>你"),
        ("cp932", b"\x82\x3c\x82\xa0", f"{REPLACEMENT}<あ"),
        ("iso2022_jp", b'\x1b$B$"\n$$\x1b(B<p>\x80', f"あ\nい<p>{REPLACEMENT}"),
    ],
)
def test_invalid_bytes_cost_themselves_and_no_markup(codec: str, content: bytes, shown: str) -> None:
    assert decode_as_browsers(content, codec) == shown


@given(st.binary(max_size=200), st.sampled_from([*charset_decoders._LEADS, *charset_decoders._TABLES, "iso2022_jp"]))
def test_any_bytes_are_decoded(content: bytes, codec: str) -> None:
    assert decode_as_browsers(content + b"<p>", codec).endswith("<p>") or content
    assert len(decode_as_browsers(content, codec)) <= 2 * len(content)


def test_a_page_of_invalid_bytes_is_decoded_at_once() -> None:
    content = b"\xff" * (charset_decoders.MAX_CORRECTIONS + 1)
    assert decode_as_browsers(content, "big5hkscs") == REPLACEMENT * len(content)
