"""Composed text: as dictionaries write it, with letters and their marks as one character (Unicode's NFC).

What no reader sees is left out: soft hyphens, marks of the writing direction. What separates words is a space.
"""

import re
import unicodedata
from collections.abc import Iterator

from wiredesk.languages.invisible import INVISIBLE

FIRST_MEDIAL, LAST_FINAL = "\u1160", "\u11ff"
"""The parts of a Korean syllable after its first: they are composed with it, but are no marks."""

# Ends of lines stay: they may end a sentence.
_OTHER_SPACE = re.compile(r"[^\S \r\n]")


class ComposedText:
    """A text in its composed form, with the offsets of the text as it is.

    Args:
        text: in any form.

    Attributes:
        text: the composed form, letter by letter.
        original: the text as it is.
    """

    def __init__(self, text: str) -> None:
        self.original = text
        self.text = _OTHER_SPACE.sub(" ", text)
        self._places: list[tuple[int, int]] | None = None
        if self.text.isascii() or (unicodedata.is_normalized("NFC", self.text) and not INVISIBLE.search(self.text)):
            return
        letters, self._places = [], []
        for letter, start, end in _letters(self.text):
            composed = unicodedata.normalize("NFC", letter)
            letters.append(composed)
            self._places += [(start, end)] * len(composed)
        self.text = "".join(letters)

    def start(self, offset: int) -> int:
        """Return the offset in the text where a character of the composed form begins."""
        if self._places is None:
            return offset
        return self._places[offset][0] if offset < len(self._places) else len(self.original)

    def end(self, offset: int) -> int:
        """Return the offset in the text where a run of the composed form ends, with all marks of its last letter."""
        if self._places is None or offset == 0:
            return offset
        return self._places[offset - 1][1]


def _letters(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the parts of a text that are composed one by one: a letter with its marks, its start and its end."""
    letter: list[str] = []
    start = end = 0
    for offset, character in enumerate(text):
        if INVISIBLE.match(character):
            continue
        is_further = unicodedata.combining(character) != 0 or FIRST_MEDIAL <= character <= LAST_FINAL
        if letter and not is_further:
            yield "".join(letter), start, end
            letter = []
        if not letter:
            start = offset
        letter.append(character)
        end = offset + 1
    if letter:
        yield "".join(letter), start, end
