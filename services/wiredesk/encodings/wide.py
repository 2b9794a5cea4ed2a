"""Text in UTF-16 without a byte order mark: which order its bytes have, by the characters that they give.

Its bytes are full of control characters, as compressed and other binary data are. But those give characters that are
not assigned, halves of pairs, and all scripts at once; text has one script, with ASCII and punctuation.
"""

import unicodedata
from collections import Counter

SAMPLE_BYTES = 2048
"""Bytes at the beginning of a text that are looked at."""

MIN_CHARACTERS = 12
"""Characters from which it is no accident that all are of one alphabet."""

MIN_EAST_ASIAN = 40
"""The same for those of East Asia, which are three fifths of all pairs of bytes: of 24 pairs in compressed bytes, one
time in 200,000 all are."""

MIN_OF_SCRIPT = 0.95
"""Share of the characters that are of one script, ASCII or punctuation."""

MIN_BEYOND_ASCII = 0.2
"""Share of the characters that are beyond ASCII; text in ASCII has NULs for half of its bytes."""

MAX_FAULTY = 0.01
"""Share of the characters that text does not have: pages have a stray one."""

BLOCK_BITS = 7
"""Bits of a code point within a block of an alphabet, as most of Unicode's."""

BLOCKS_OF_ALPHABET = 2
"""Blocks that text of one alphabet is in: Cyrillic has two, Arabic and its neighbours, too."""

_EAST_ASIAN = (
    range(0x2E80, 0x3100), range(0x3100, 0x3400), range(0x3400, 0xA000), range(0xAC00, 0xD7B0), range(0xF900, 0xFB00),
    range(0xFE30, 0xFE50), range(0xFF00, 0xFFF0),
)  # fmt: skip
_PUNCTUATION = range(0x2000, 0x2070)
_SPACES = frozenset("\t\n\r\f")


def texts_in_utf16(content: bytes) -> dict[str, str]:
    """Return the beginning of a text by the codecs of UTF-16 that it may be in, the likelier one first."""
    sample = content[: min(SAMPLE_BYTES, len(content) // 2 * 2)]
    texts = {codec: sample.decode(codec, "replace") for codec in ("utf-16-le", "utf-16-be")}
    shares = {codec: _share_of_script(text) for codec, text in texts.items()}
    return {
        codec: texts[codec]
        for codec in sorted(texts, key=lambda codec: -shares[codec])
        if shares[codec] >= MIN_OF_SCRIPT
    }


def is_east_asian(text: str) -> bool:
    """Return whether most characters of a text beyond ASCII are those of East Asia."""
    others = [ord(character) for character in text if character >= "\x80"]
    return 2 * sum(map(_is_east_asian, others)) > len(others)


def _share_of_script(text: str) -> float:
    """Return the share of the most frequent script in a text; 0 if it is no text, or one of ASCII."""
    if len(text) < MIN_CHARACTERS or sum(map(_is_faulty, text)) > MAX_FAULTY * len(text):
        return 0.0
    ascii_only = sum(character < "\x80" for character in text)
    if len(text) - ascii_only < MIN_BEYOND_ASCII * len(text):
        return 0.0
    others = [ord(character) for character in text if character >= "\x80"]
    blocks = Counter(code >> BLOCK_BITS for code in others if not _is_east_asian(code) and code not in _PUNCTUATION)
    alphabet = sum(number for _, number in blocks.most_common(BLOCKS_OF_ALPHABET))
    east_asian = sum(map(_is_east_asian, others))
    if east_asian > alphabet and len(text) < MIN_EAST_ASIAN:
        return 0.0
    punctuation = sum(code in _PUNCTUATION for code in others)
    return (ascii_only + punctuation + max(alphabet, east_asian)) / len(text)


def _is_east_asian(code: int) -> bool:
    return any(code in block for block in _EAST_ASIAN)


def _is_faulty(character: str) -> bool:
    is_control = unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs") and character not in _SPACES
    return is_control or character == "\ufffd"
