"""Drop caps: the first letter of a story, which is set large and in an element of its own, belongs to its word."""

import re

from wiredesk.extractor.document import Element

MAX_DROP_CAP = 4
"""Characters of a drop cap, with quotation marks and spaces around it."""

MIN_AFTER = 40
"""Characters of a text from which it may be what follows a drop cap that is a block of its own."""

_MAX_ATTRIBUTE = 200
"""Characters that are read of a class name or a style."""

_NAMED = re.compile(
    r"drop[\s_-]?cap|drop[\s_-]?letter|first[\s_-]?(?:letter|char)|initial|big[\s_-]?(?:letter|cap)|lettrine|"
    r"capitular|capolettera|letrina|anfang|буквица|float\s{0,3}:\s{0,3}left",
    re.IGNORECASE,
)
"""Class names and styles of drop caps."""

DROP_CAP_NAMES = frozenset({"dropcap", "cap", "lettrine", "initial", "firstletter", "initialcap", "capitular"})
"""Words of the class names of blocks that hold a drop cap."""

_WORDS_OF_ONE_LETTER = frozenset("AIOEYUÀÁÈÉÓÖÅÆÍWZKSVВИКОСУЯАЄІЙН")
"""Capitals that are words by themselves, in languages of Europe: a space after them is kept."""


def is_drop_cap(element: Element) -> bool:
    """Return whether an element holds a single capital, and says that it is a drop cap."""
    if not is_capital(element.text or ""):
        return False
    around = element.getparent()
    return _is_named(element) or (around is not None and element.getprevious() is None and _is_named(around))


def is_capital(text: str) -> bool:
    """Return whether a text is one capital, perhaps after a quotation mark."""
    return len(text) <= MAX_DROP_CAP and text.strip(" \t\r\n\"'“„«‘”").isupper() and letter_of(text) is not None


def letter_of(text: str) -> str | None:
    """Return the only letter of a text; None if it has none or several."""
    letters = [character for character in text if character.isalpha()]
    return letters[0] if len(letters) == 1 else None


def after(capital: str, text: str) -> str:
    """Return the text that follows a drop cap, without the spaces that do not separate two words."""
    if letter_of(capital) in _WORDS_OF_ONE_LETTER and text[:1].isspace():
        return f" {text.lstrip()}"
    return text.lstrip()


def _is_named(element: Element) -> bool:
    """Return whether the class names or the style of an element are those of a drop cap."""
    named = f"{(element.get('class') or '')[:_MAX_ATTRIBUTE]} {(element.get('style') or '')[:_MAX_ATTRIBUTE]}"
    return _NAMED.search(named) is not None
