"""Text that every parser and store takes: no control characters, no halves of characters, no noncharacters."""

import re

REPLACEMENT = "\ufffd"
"""The character in place of half of one: an unpaired surrogate, which no encoding can write."""

_NONCHARACTERS = r"\ufdd0-\ufdef" + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(17))
"""Code points that Unicode reserves for use within a program."""

_UNSTORABLE = re.compile(rf"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff{_NONCHARACTERS}]")
"""What text must not have. Tab, line feed, form feed, carriage return and next line separate words and lines."""

_WINDOWS = {chr(byte): bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xA0)}
"""C1 controls, with the characters that their bytes are in windows-1252. Browsers read `&#146;` so, and a text that has
such a control got it from these bytes."""

_SEPARATORS = {"\v": "\n", "\x1c": "\n", "\x1d": "\n", "\x1e": "\n", "\x1f": " "}
"""Controls between texts, which must not join the words around them: Word breaks lines with a vertical tab."""

_REPLACED = {**_WINDOWS, **_SEPARATORS}


def storable(text: str) -> str:
    """Return a text with what browsers show in place of C1 controls, and without other unstorable characters."""
    return _UNSTORABLE.sub(lambda match: _REPLACED.get(match[0], ""), well_formed(text))


def well_formed(text: str) -> str:
    """Return a text that can be encoded: pairs of surrogates are joined, U+FFFD takes the place of unpaired ones."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
