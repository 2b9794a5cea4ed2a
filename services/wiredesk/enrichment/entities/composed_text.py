"""Composed text: letters with their marks as one character (Unicode's NFC), as dictionaries have them."""

import unicodedata
from itertools import accumulate

FIRST_MEDIAL, LAST_FINAL = "\u1160", "\u11ff"
"""The parts of a Korean syllable after its first: they are composed with it, but are no marks."""


class ComposedText:
    """A text in its composed form, with the offsets of the text as it is.

    Args:
        text: in any form.

    Attributes:
        text: the composed form, letter by letter.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] | None = None
        if unicodedata.is_normalized("NFC", text):
            return
        letters = _letters(text)
        composed = [unicodedata.normalize("NFC", letter) for letter in letters]
        self.text = "".join(composed)
        starts = list(accumulate(map(len, letters), initial=0))
        self._starts = [start for start, letter in zip(starts, composed, strict=False) for _ in letter]
        self._starts.append(len(text))

    def start(self, offset: int) -> int:
        """Return the offset in the text where a character of the composed form begins."""
        return offset if self._starts is None else self._starts[offset]

    def end(self, offset: int) -> int:
        """Return the offset in the text where a run of the composed form ends, with all marks of its last letter."""
        if self._starts is None:
            return offset
        while 0 < offset < len(self.text) and self._starts[offset] == self._starts[offset - 1]:
            offset += 1
        return self._starts[offset]


def _letters(text: str) -> list[str]:
    """Return the parts of a text that are composed one by one: a letter with what follows it and belongs to it."""
    letters: list[list[str]] = []
    for character in text:
        is_further = unicodedata.combining(character) != 0 or FIRST_MEDIAL <= character <= LAST_FINAL
        if is_further and letters:
            letters[-1].append(character)
        else:
            letters.append([character])
    return ["".join(letter) for letter in letters]
