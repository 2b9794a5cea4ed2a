"""Whether bytes are text already, in whatever charset: then no encoding is left to undo."""

from wiredesk.encodings.wide import texts_in_utf16

SAMPLE_BYTES = 1024
"""Bytes at the beginning of a body that are looked at. Compressed ones have a hundred control characters in them."""

MIN_BYTES_PER_CONTROL = 50
"""Text has at most one control character in so many bytes. Compressed bytes have one in ten, pages none."""

MIN_BYTES_PER_NUL = 5
"""Markup in UTF-16 or UTF-32 has a NUL at one of four positions in at least one of so many characters, and at another
position hardly ever."""

MIN_NULS = 8
"""NULs at that position, so that it is no accident."""

SHORT_BYTES = 128
"""Below this length, compressed bytes may be without control characters; then text is what is valid UTF-8."""

BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
"""The byte order marks of UTF-8 and UTF-16; that of UTF-32 begins with one of these."""

KOREAN_SHIFTS = b"\x1b$)C"
"""The sequence that a text in ISO-2022-KR begins with: shift out and shift in are before and after its words."""

_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0C, 0x0D, 0x1B})
"""Control characters that no text needs. Escape begins the shift sequences of ISO-2022-JP."""

_CONTROLS_BUT_SHIFTS = bytes({*_CONTROLS} - {0x0E, 0x0F})


def is_text(content: bytes) -> bool:
    """Return whether bytes look like text, and not like compressed data."""
    sample = content[:SAMPLE_BYTES]
    if sample.startswith(BYTE_ORDER_MARKS):
        return True
    controls = _number_of(_CONTROLS, sample)
    if controls * MIN_BYTES_PER_CONTROL <= len(sample):
        return len(sample) >= SHORT_BYTES or is_utf8(sample)
    if KOREAN_SHIFTS in sample and _number_of(_CONTROLS_BUT_SHIFTS, sample) * MIN_BYTES_PER_CONTROL <= len(sample):
        return True
    nuls = [sample[position::4].count(0) for position in range(4)]
    if texts_in_utf16(content):
        return True
    is_wide = max(nuls) * MIN_BYTES_PER_NUL * 4 >= len(sample) >= min(nuls) * MIN_BYTES_PER_CONTROL * 4
    others = controls - sum(nuls)  # compressed bytes have all kinds of them
    return is_wide and max(nuls) >= MIN_NULS and others * MIN_BYTES_PER_CONTROL <= len(sample)


def controls_in(content: bytes) -> int:
    """Return the number of control characters at the beginning of bytes that no text needs."""
    return _number_of(_CONTROLS, content[:SAMPLE_BYTES])


def _number_of(controls: bytes, sample: bytes) -> int:
    return len(sample) - len(sample.translate(None, controls))


def is_utf8(sample: bytes) -> bool:
    """Return whether bytes are valid UTF-8, up to a last character that may be cut off."""
    try:
        sample.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True
