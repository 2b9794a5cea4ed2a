"""Text that every parser and store takes: no control characters, no halves of characters, no noncharacters."""

import re

REPLACEMENT = "\ufffd"
"""The character in place of half of one: an unpaired surrogate, which no encoding can write."""

_CONTROLS = bytes((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F))
"""C0 controls and DEL. Tab, line feed and carriage return are kept."""

_BLANKED = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
"""What changes a text with one of them, and no other: no search for so many characters is as fast."""

SEPARATORS = "\v\f\x1c\x1d\x1e\x1f"
"""C0 controls between texts, which must not join the words around them: Word breaks lines with a vertical tab."""

_SEPARATING = bytes.maketrans(SEPARATORS.encode(), b"\n\n\n\n\n ")
"""What is in their place."""

_REMOVED = _CONTROLS.translate(None, SEPARATORS.encode())
"""Controls that separate nothing."""

CONTROL_SEQUENCE_INTRODUCER = "\x9b"
"""The control that begins commands to a terminal. Its byte is a quotation mark that few texts have: it is removed."""

WINDOWS_1252 = {
    chr(byte): bytes([byte]).decode("cp1252", "ignore")
    for byte in range(0x80, 0xA0)
    if chr(byte) != CONTROL_SEQUENCE_INTRODUCER
}
"""C1 controls, with the characters that their bytes are in windows-1252. Browsers read `&#146;` so, and a text that has
such a control got it from these bytes."""

_SHOWN = {character.encode(): shown.encode() for character, shown in WINDOWS_1252.items()}

_SUSPECTS = {
    b"\xc2": re.compile(rb"\xc2[\x80-\x9f]"),
    b"\xef": re.compile(rb"\xef(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])"),
} | {
    bytes([first]): re.compile(rb"%c[\x8f\x9f\xaf\xbf]\xbf[\xbe\xbf]" % first, re.DOTALL) for first in range(0xF0, 0xF5)
}
"""C1 controls, and the noncharacters of Unicode (of the first plane U+FDD0 to U+FDEF, of each plane the last two), in
UTF-8, by their first byte: a search for it is many times as fast as one for the characters."""

MAX_PLACES = 100
"""Places of such a byte that are looked at one by one: where it is frequent, a search for the characters is faster."""


def is_storable(text: str) -> bool:
    """Return whether a text has none of the characters that `storable` removes or replaces."""
    return storable(text) == text


def storable(text: str) -> str:
    """Return a text with what browsers show in place of C1 controls, and without other unstorable characters."""
    return storable_and_encoded(text)[0]


def storable_and_encoded(text: str, encoded: bytes | None = None) -> tuple[str, bytes]:
    """Return what `storable` does, and its UTF-8: of a long text each encoding counts.

    Args:
        text: any text. If it is storable, it is returned itself.
        encoded: its UTF-8, where that is known.
    """
    if encoded is None:
        try:
            encoded = text.encode()
        except UnicodeEncodeError:
            text = well_formed(text)
            encoded = text.encode()
    clean = encoded if encoded.translate(_BLANKED) == encoded else encoded.translate(_SEPARATING, _REMOVED)
    if not clean.isascii():
        for first, suspect in _SUSPECTS.items():
            if _has(clean, first, suspect):
                clean = suspect.sub(lambda match: _SHOWN.get(match[0], b""), clean)
    return (text, encoded) if clean == encoded else (clean.decode(), clean)


def _has(encoded: bytes, first: bytes, suspect: re.Pattern[bytes]) -> bool:
    """Return whether a text has a suspect. Most texts have its first byte hardly anywhere, and it is found fast."""
    position = encoded.find(first)
    for _ in range(MAX_PLACES):
        if position < 0 or suspect.match(encoded, position):
            return position >= 0
        position = encoded.find(first, position + 1)
    return position >= 0 and suspect.search(encoded, position) is not None


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
