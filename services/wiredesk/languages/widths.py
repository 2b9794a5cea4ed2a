"""Letters of full width, as wide as a Chinese character: pages with an East Asian charset write Latin names so."""

import re
from collections.abc import Mapping

HALF_WIDTH: Mapping[int, int] = {0x3000: 0x20, **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}}
"""Characters of full width, with those of the usual one."""

_FULL_WIDTH = re.compile(r"[\uff21-\uff3a\uff41-\uff5a]")
_LETTER = re.compile(r"[^\W\d_]")


def half_width(text: str) -> str:
    """Return a text whose letters are mostly of full width in the usual one, each character where it was."""
    if text.isascii() or _FULL_WIDTH.search(text) is None:
        return text
    is_full = 2 * len(_FULL_WIDTH.findall(text)) > len(_LETTER.findall(text))
    return text.translate(HALF_WIDTH) if is_full else text
