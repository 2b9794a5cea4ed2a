"""Truncation: a story that its page breaks off."""

import re
from collections.abc import Sequence

from wiredesk.extractor import words
from wiredesk_schemas import Block

MUCH_MORE = 1.5
"""A page that states so many times the words that it shows has broken the story off."""

_LAST = 80
_MORE = re.compile(
    r"(?:\[?(?:…|\.{3})\]?|continue reading|read more|read the full (?:story|article)|weiterlesen|lire la suite|"
    r"seguir leyendo|continua a leggere|lees verder|читать далее)\W{0,5}$",
    re.IGNORECASE,
)
"""How pages say that there is more; the place to add a language to."""


def is_truncated(blocks: Sequence[Block], stated_words: int = 0) -> bool:
    """Return whether a story is broken off.

    Args:
        stated_words: that the page says the story has; 0 where it does not.
    """
    if not blocks:
        return False
    shown = sum(words.count(block.text) for block in blocks)
    return stated_words > MUCH_MORE * shown or _MORE.search(blocks[-1].text[-_LAST:]) is not None
