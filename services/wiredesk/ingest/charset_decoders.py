"""Decoders of charsets that give what browsers show.

Python has codecs for all of them, but their tables differ in places from the indexes of the Encoding Standard of the
WHATWG, by which browsers decode: rows of vendors, punctuation, bytes that are not assigned. Here the codecs are
corrected in these places; `tests/unit/test_charset_decoders.py` lists all codes that differ.
"""

import codecs
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

REPLACEMENT = "\ufffd"
"""The character that replaces bytes which are not valid in the charset."""

MAX_CORRECTIONS = 100_000
"""Codes of a page that a codec does not know and that are looked up one by one; in a page with more they are replaced.
Each costs a microsecond."""

_LAST_OF_ASCII = b"\x7f"
_LEADS: Mapping[str, bytes] = {
    "euc_jp": bytes((0x8E, 0x8F, *range(0xA1, 0xFF))),
    "cp932": bytes((*range(0x81, 0xA0), *range(0xE0, 0xFD))),
    **dict.fromkeys(("big5hkscs", "gb18030", "cp949"), bytes(range(0x81, 0xFF))),
}
"""The bytes that begin a character of several bytes."""

_CORRECTED_BYTES: Mapping[str, Mapping[int, str]] = {
    "koi8-u": {0xAE: "ў", 0xBE: "Ў"},  # as in KOI8-RU
    "cp1255": {0xCA: "\u05ba"},
}
"""Bytes of charsets of one byte a character that browsers decode otherwise than Python."""

_WINDOWS = ("cp874", *(f"cp125{number}" for number in range(9)))
"""Charsets whose unassigned bytes from 0x80 to 0x9F are the C1 controls of the same number."""

_CORRECTED_CHARACTERS: Mapping[str, tuple[str, str]] = {
    "gb18030": (
        "\ue5e5\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864",
        "\u3000\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u1e3f\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb",
    ),
    "big5hkscs": (
        "\u2022\uff64\u203e\u223c\u2641\u2609\u00a5\u00a2\u00a3",
        "\u2027\ufe51\u00af\uff5e\u2295\u2299\uffe5\uffe0\uffe1",
    ),
    "euc_jp": ("\u301c\u2016\u2212\u00a2\u00a3\u00ac", "\uff5e\u2225\uff0d\uffe0\uffe1\uffe2"),
    "cp932": ("\uf8f0\uf8f1\uf8f2\uf8f3", REPLACEMENT * 4),
}
"""Characters that the codecs of Python give, and those of browsers for the same codes."""

_BIG5_SLASHES = {b"\xa2\x41": "\u2215", b"\xa2\x42": "\ufe68"}
"""Codes of Big5 that Python decodes as the same characters as two others."""

_UP_TO_SLASHES = re.compile(rb"(?:(?!\xa2[AB])(?:[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x00-\xff]))*+")
"""Whole characters of Big5 up to one of these codes."""

_ESCAPE = re.compile(rb"\x1b(\([BJI]|\$[@B]|\$\(D)")
"""The escape sequences of ISO-2022-JP, with the two that only mail readers knew: katakana, and JIS X 0212."""

_INCOMPLETE = re.compile(rb"[\x80-\xff](?:[0-9][\x80-\xff]?|[\x80-\xff])?")
"""The beginning of a character at the end of a page."""

_TWO_BYTES = re.compile(rb"[\x21-\x7e]+")
_HIGH = bytes(byte | 0x80 for byte in range(0x100))


def decode_as_browsers(content: bytes, codec: str) -> str:
    """Decode bytes as browsers do, with U+FFFD for what is not valid.

    Args:
        codec: name of a codec, as `charset_labels.codec_of` returns it.
    """
    if codec == "iso2022_jp":
        return _decode_iso_2022_jp(content)
    if codec in _TABLES:
        return codecs.charmap_decode(content, "replace", _TABLES[codec])[0]
    if codec == "big5hkscs" and any(code in content for code in _BIG5_SLASHES):
        return _decode_big5_slashes(content)
    return _decode(content, codec)


def _decode(content: bytes, codec: str) -> str:
    if codec == "euc_jp":
        content = content.replace(b"\x8f\xa2\xb7", b"\xa1\xc1")  # a tilde; Python gives that of ASCII
    text = content.decode(codec, "replace")
    if codec in _ADDED and 0 < text.count(REPLACEMENT) <= MAX_CORRECTIONS:
        text = content.decode(codec, f"wiredesk.{codec}")
    if codec in _CORRECTED_CHARACTERS:
        for character, shown in zip(*_CORRECTED_CHARACTERS[codec], strict=True):
            text = text.replace(character, shown)
    return text


def _decode_big5_slashes(content: bytes) -> str:
    pieces, at = list[str](), 0
    while at < len(content):
        run = _UP_TO_SLASHES.match(content, at)
        end = run.end() if run else len(content)
        code = content[end : end + 2]
        pieces += (_decode(content[at:end], "big5hkscs"), _BIG5_SLASHES.get(code, ""))
        at = end + 2
    return "".join(pieces)


def _decode_iso_2022_jp(content: bytes) -> str:
    """Decode the parts between escape sequences, each in its character set. Line ends change none of them."""
    begin, *parts = _ESCAPE.split(content)
    pieces = [_ascii(begin)]
    for sequence, part in zip(parts[::2], parts[1::2], strict=True):
        if part:
            pieces.append(_PARTS[sequence](part))
    return "".join(pieces)


def _ascii(part: bytes) -> str:
    return part.decode("ascii", "replace")


def _roman(part: bytes) -> str:
    return _ascii(part).replace("\\", "¥").replace("~", "‾")


def _katakana(part: bytes) -> str:
    return _in_euc_jp(part, lambda run: b"".join(b"\x8e%c" % byte for byte in run))


def _jis_0208(part: bytes) -> str:
    return _in_euc_jp(part, lambda run: run)


def _jis_0212(part: bytes) -> str:
    return _in_euc_jp(part, lambda run: b"".join(b"\x8f" + run[at : at + 2] for at in range(0, len(run), 2)))


def _in_euc_jp(part: bytes, encoded: Callable[[bytes], bytes]) -> str:
    return _decode(_TWO_BYTES.sub(lambda run: encoded(run[0].translate(_HIGH)), part), "euc_jp")


_PARTS = {
    b"(B": _ascii, b"(J": _roman, b"(I": _katakana, b"$@": _jis_0208, b"$B": _jis_0208, b"$(D": _jis_0212,
}  # fmt: skip
"""The decoder of the bytes that follow each escape sequence."""


def _table(codec: str) -> str:
    """Return the characters of all bytes of a charset; U+FFFE, as decoders have it, for those that it has not."""
    characters = [bytes((byte,)).decode(codec, "replace").replace(REPLACEMENT, "\ufffe") for byte in range(256)]
    for byte in range(0x80, 0xA0):
        if codec in _WINDOWS and characters[byte] == "\ufffe":
            characters[byte] = chr(byte)
    for byte, character in _CORRECTED_BYTES.get(codec, {}).items():
        characters[byte] = character
    return "".join(characters)


def _added_to_big5() -> dict[bytes, str]:
    runs = tomllib.loads((Path(__file__).parent / "big5.toml").read_text(encoding="utf-8"))
    trails = bytes((*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    added = {}
    for code, characters in runs.items():
        lead, first = bytes.fromhex(code)
        at = trails.index(first)
        added.update({bytes((lead, trails[at + number])): one for number, one in enumerate(characters)})
    return added


def _added_to_euc_jp() -> dict[bytes, str]:
    """Return the rows of NEC, and of IBM as NEC has them: those of Shift_JIS, which Python has."""
    added = {}
    for row in (13, *range(89, 93)):
        lead = (row - 1) // 2 + (0x81 if row < 63 else 0xC1)  # noqa: PLR2004 - the rows of JIS X 0208, two in a lead byte
        for cell in range(1, 95):
            trail = cell - 1 + (94 if row % 2 == 0 else 0)
            trail += 0x40 if trail < 63 else 0x41  # noqa: PLR2004 - 0x7F is left out
            character = bytes((lead, trail)).decode("cp932", "replace")
            if REPLACEMENT not in character:
                added[bytes((row + 0xA0, cell + 0xA0))] = character
    return added


def _handler(added: Mapping[bytes, str], leads: bytes) -> Callable[[UnicodeError], tuple[str, int]]:
    """Return a handler of bytes that a codec does not know.

    A first byte that another one beyond ASCII follows is replaced together with it, and ASCII is never replaced.
    """

    def handle(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        code = error.object[error.start : error.start + 2]
        for known in (code, code[:1]):
            if known in added:
                return added[known], error.start + len(known)
        if _INCOMPLETE.fullmatch(error.object, error.start):
            return REPLACEMENT, len(error.object)
        is_pair = code[0] in leads and code[1:] > _LAST_OF_ASCII
        return REPLACEMENT, error.start + 1 + is_pair

    return handle


_TABLES = MappingProxyType({codec: _table(codec) for codec in (*_WINDOWS, *_CORRECTED_BYTES)})
"""The characters of the bytes of charsets that Python decodes otherwise."""

_ADDED: Mapping[str, Mapping[bytes, str]] = MappingProxyType(
    {"big5hkscs": _added_to_big5(), "euc_jp": _added_to_euc_jp(), "gb18030": {b"\x80": "€"}, "cp932": {}, "cp949": {}}
)
"""Codes that the codecs of Python do not know."""

for _codec, _codes in _ADDED.items():
    codecs.register_error(f"wiredesk.{_codec}", _handler(_codes, _LEADS[_codec]))
