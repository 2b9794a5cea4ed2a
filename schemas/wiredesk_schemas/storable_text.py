"""Text that every parser and store takes: no control characters, no halves of characters, no noncharacters."""

import re
from collections.abc import Mapping

REPLACEMENT = "\ufffd"
"""The character in place of half of one: an unpaired surrogate, which no encoding can write."""

_CONTROLS = bytes((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F))
"""C0 controls and DEL. Tab, line feed and carriage return are kept."""

_SUSPECTS = {
    b"\xc2": re.compile(rb"\xc2[\x80-\x9f]"),
    b"\xef": re.compile(rb"\xef(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])"),
}
"""C1 controls, and the noncharacters of the first plane, in UTF-8, by their first byte: a search for it is many times
as fast as one for the characters."""

_ASTRAL_SUSPECTS = {
    bytes([first]): re.compile(rb"%c[\x8f\x9f\xaf\xbf]\xbf[\xbe\xbf]" % first, re.DOTALL) for first in range(0xF0, 0xF5)
}
"""The noncharacters of other planes, in UTF-8, by their first byte."""

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_ASTRAL_NONCHARACTERS = re.compile(
    "[" + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17)) + "]"
)
"""The last two code points of each plane, which Unicode reserves for use within a program."""

CONTROL_SEQUENCE_INTRODUCER = "\x9b"
"""The control that begins commands to a terminal. Its byte is a quotation mark that few texts have: it is removed."""

WINDOWS_1252 = {
    chr(byte): bytes([byte]).decode("cp1252", "ignore")
    for byte in range(0x80, 0xA0)
    if chr(byte) != CONTROL_SEQUENCE_INTRODUCER
}
"""C1 controls, with the characters that their bytes are in windows-1252. Browsers read `&#146;` so, and a text that has
such a control got it from these bytes."""

_SEPARATORS = {"\v": "\n", "\f": "\n", "\x1c": "\n", "\x1d": "\n", "\x1e": "\n", "\x1f": " "}
"""Controls between texts, which must not join the words around them: Word breaks lines with a vertical tab."""

_REPLACED = {**WINDOWS_1252, **_SEPARATORS}


def is_storable(text: str) -> bool:
    """Return whether a text has none of the characters that `storable` removes or replaces."""
    return _encoded_if_storable(text) is not None


def _encoded_if_storable(text: str) -> bytes | None:
    """Return the UTF-8 of a text that is storable; None for another one."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        return None
    if len(encoded.translate(None, _CONTROLS)) != len(encoded):
        return None
    if not text.isascii() and (_has(encoded, _SUSPECTS) or _has(encoded, _ASTRAL_SUSPECTS)):
        return None
    return encoded


def _has(encoded: bytes, suspects: Mapping[bytes, re.Pattern[bytes]]) -> bool:
    """Return whether one of some characters is in a text. Most texts do not even have their first bytes."""
    return any(first in encoded and suspect.search(encoded) is not None for first, suspect in suspects.items())


def storable(text: str) -> str:
    """Return a text with what browsers show in place of C1 controls, and without other unstorable characters."""
    return storable_and_encoded(text)[0]


def storable_and_encoded(text: str) -> tuple[str, bytes]:
    """Return what `storable` does, and its UTF-8: of a long text each encoding counts."""
    if (encoded := _encoded_if_storable(text)) is not None:
        return text, encoded
    text = _UNSTORABLE.sub(lambda match: _REPLACED.get(match[0], ""), well_formed(text))
    encoded = text.encode()
    if not _has(encoded, _ASTRAL_SUSPECTS):
        return text, encoded
    text = _ASTRAL_NONCHARACTERS.sub("", text)
    return text, text.encode()


def with_joined_pairs(text: str) -> str:
    """Return a text in which pairs of surrogates are joined. Unpaired ones stay."""
    return text if is_well_formed(text) else text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def is_well_formed(text: str) -> bool:
    """Return whether a text can be encoded: it has no surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def well_formed(text: str) -> str:
    """Return a text that can be encoded: pairs of surrogates are joined, U+FFFD takes the place of unpaired ones."""
    return text if is_well_formed(text) else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
