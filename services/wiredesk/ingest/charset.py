"""Bytes to text. Statements about the charset are tried in the order of their reliability, until one fits the bytes."""

import re
from collections.abc import Iterator
from typing import TypeGuard

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

from wiredesk_schemas import Charset, CharsetEvidence

REPLACEMENT = "\ufffd"
"""The character that replaces bytes which are not valid in the charset."""

CHARACTERS_PER_REPLACEMENT = 1000
"""A charset fits where at most one character in so many had to be replaced, and one more. A page that is cut off within
a character, or a stray byte in a comment, is not a reason to distrust its header."""

NOT_CHARSETS = frozenset(
    {
        "idna",
        "punycode",
        "unicode_escape",
        "unicode-escape",
        "raw_unicode_escape",
        "raw-unicode-escape",
        "undefined",
        "utf-7",
    }
)
"""Python codecs that a page can name and that are not charsets of pages: they cannot replace characters, or they turn
harmless text into markup."""

DETECTION_BYTES = 256 * 1024
"""Bytes from which a charset is detected. Detection tries dozens; more bytes do not make the result more certain."""

FALLBACK = "cp1252"
"""Charset of bytes for which none is detected: the one that browsers use for unlabelled Western pages."""

VALID_PER_INVALID = 2
"""Characters of several bytes, for each invalid byte, from which bytes are UTF-8 whatever a page states. Bytes of other
charsets have hardly a valid sequence for five invalid ones."""

ISO_2022 = {b"\x1b$B": "iso2022_jp", b"\x1b$@": "iso2022_jp", b"\x1b$)C": "iso2022_kr"}
"""Escape sequences of charsets of seven bits, whose bytes are valid ASCII."""

EAST_ASIAN = ("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr")
"""Charsets that are tried with stray bytes if none is detected: detection gives them up at the first invalid byte."""

BYTES_PER_STRAY = 100
"""Bytes for each stray one in a page whose charset is found in spite of them."""

_ACCENTED = re.compile(r"[\u0080-\u024f]")
"""A character of Latin beyond ASCII."""

_ACCENTED_BEFORE_ANOTHER = re.compile(r"[\u0080-\u024f](?=[\u0080-\u024f])")
"""Such a character before another one."""

MAX_UTF8_TAIL = 3
"""Bytes of a UTF-8 character that may be left at the end of a page that is cut off."""


def decode(content: bytes, *, declared: str | None, content_type: str | None) -> tuple[str, Charset]:
    """Decode a page by its byte order mark, its header, its `<meta>` or by detection, in this order.

    The first charset that fits is used. If none fits, the first one is used, with U+FFFD for invalid bytes. Bytes that
    can only be UTF-8 are UTF-8: servers and templates state a Western charset for every page.

    Args:
        content: the page, not compressed.
        declared: charset that the crawler states; as reliable as a header.
        content_type: the page's media type, with or without a charset.

    Returns:
        The text without byte order mark, and how the charset was determined.
    """
    first: tuple[str, Charset] | None = None
    is_utf8 = _is_certainly_utf8(content)
    for name, evidence in _stated_charsets(content, declared, content_type):
        text = _decode_as(content, name, evidence)
        replaced = text.count(REPLACEMENT)
        decoded = text, Charset(name=name, evidence=evidence, replaced=replaced)
        if is_utf8 and name == "utf-8":
            return decoded
        if not is_utf8 and replaced <= 1 + len(text) // CHARACTERS_PER_REPLACEMENT:
            return decoded
        first = first or decoded
    return first or (content.decode("utf-8", "replace"), Charset(name="utf-8", evidence=CharsetEvidence.DETECTED))


def _stated_charsets(
    content: bytes, declared: str | None, content_type: str | None
) -> Iterator[tuple[str, CharsetEvidence]]:
    by_mark, _ = read_bom(content)
    if by_mark:
        yield by_mark, CharsetEvidence.BOM
    by_crawler = resolve_encoding(declared) if declared else None
    by_header = http_content_type_encoding(content_type) if content_type else None
    for stated in (by_crawler, by_header):
        if _is_charset(stated, content):
            yield stated, CharsetEvidence.HEADER
    by_meta = html_body_declared_encoding(content)
    if _is_charset(by_meta, content):
        yield by_meta, CharsetEvidence.META
    yield _detect(content), CharsetEvidence.DETECTED


def _is_charset(name: str | None, content: bytes) -> TypeGuard[str]:
    """Return whether a page can be in a charset of this name: markup in UTF-16 and UTF-32 has NULs."""
    if not name or name in NOT_CHARSETS or (name.startswith(("utf-16", "utf-32")) and b"\0" not in content):
        return False
    try:
        b"a".decode(name, "replace")
    except LookupError:  # not a charset, but a codec for bytes, such as base64
        return False
    return True


def _is_certainly_utf8(content: bytes) -> bool:
    """Return whether bytes have characters of several bytes in UTF-8, and hardly an invalid byte."""
    if content.isascii():
        return False
    text = content.decode("utf-8", "replace")
    invalid = text.count(REPLACEMENT) - content.count(REPLACEMENT.encode())
    valid = len(text) - len(text.encode("ascii", "ignore")) - invalid
    return valid > VALID_PER_INVALID * invalid


def _detect(content: bytes) -> str:
    """Return the most likely charset. Non-ASCII bytes that are nearly all valid UTF-8 are UTF-8."""
    if content.isascii():
        stated = (name for sequence, name in ISO_2022.items() if sequence in content)
        return next((name for name in stated if not content.decode(name, "replace").isascii()), "utf-8")
    if _is_certainly_utf8(content):
        return "utf-8"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(content) - MAX_UTF8_TAIL:
            return "utf-8"  # cut off within a character
        guess = from_bytes(content[:DETECTION_BYTES]).best()
        name = (resolve_encoding(guess.encoding) or FALLBACK) if guess is not None else FALLBACK
        return _with_stray_bytes(content, name)
    return "utf-8"


def _with_stray_bytes(content: bytes, guess: str) -> str:
    """Return the charset of East Asia that fits bytes best but for a few stray ones, or else the guess.

    It is tried if by the guess most accented letters stand in runs, which no language does.
    """
    sample = content[:DETECTION_BYTES]
    text = sample.decode(guess, "replace")
    accented, in_runs = len(_ACCENTED.findall(text)), len(_ACCENTED_BEFORE_ANOTHER.findall(text))
    if in_runs * 2 <= accented:
        return guess
    replaced = {name: sample.decode(name, "replace").count(REPLACEMENT) for name in EAST_ASIAN}
    best = min(EAST_ASIAN, key=lambda name: replaced[name])
    return best if replaced[best] <= len(sample) // BYTES_PER_STRAY else guess


def _decode_as(content: bytes, name: str, evidence: CharsetEvidence) -> str:
    if evidence is CharsetEvidence.BOM:
        _, mark = read_bom(content)
        content = content.removeprefix(mark or b"")
    return content.decode(name, "replace").removeprefix("\ufeff")
