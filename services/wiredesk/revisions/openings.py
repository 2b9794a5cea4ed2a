"""How the texts begin that a pattern matches: a cheap test before a pattern of hundreds of alternatives.

Patterns of many languages are tried one after the other, and hardly any text is matched by one. Their first characters
are known: as one tree they are compared in a few steps, and the pattern itself is tried only where they are found.
"""

import importlib
from collections.abc import Iterable
from typing import Any

_sre: Any = importlib.import_module("re._parser")
"""The parser of regular expressions. `re` has no public name for it; it has been part of Python since 3.11."""

_LITERAL, _IN, _BRANCH, _SUBPATTERN, _REPEAT = (
    getattr(_sre, name) for name in ("LITERAL", "IN", "BRANCH", "SUBPATTERN", "MAX_REPEAT")
)

type _Beginning = tuple[str, bool]
"""What is known of a beginning, and whether what follows may be added to it."""


def openings(pattern: str, length: int) -> frozenset[str]:
    """Return texts of which one begins each text that a pattern matches.

    Args:
        length: characters of such a text, at most; it has less where a pattern allows many there.
    """
    beginnings = _after({("", True)}, _sre.parse(pattern), length)
    return frozenset(text for text, _ in beginnings)


def _after(beginnings: set[_Beginning], pieces: Iterable[Any], length: int) -> set[_Beginning]:
    for piece in pieces:
        if not any(is_open for _, is_open in beginnings):
            break
        beginnings = _after_piece(beginnings, piece, length)
    return beginnings


def _after_piece(beginnings: set[_Beginning], piece: Any, length: int) -> set[_Beginning]:
    """Return beginnings with what a piece of a pattern adds; any other piece than these ends them."""
    kind, what = piece
    if kind is _LITERAL:
        return _with_one_of(beginnings, (what,), length)
    if kind is _IN and all(item is _LITERAL for item, _ in what):
        return _with_one_of(beginnings, [code for _, code in what], length)
    if kind is _SUBPATTERN:
        return _after(beginnings, what[-1], length)
    if kind is _BRANCH:
        return set().union(*(_after(beginnings, branch, length) for branch in what[1]))
    if kind is _REPEAT:
        least, most, repeated = what
        once = _after(beginnings, repeated, length)
        return (once if most == 1 else _ended(once)) | (set() if least else beginnings)
    return _ended(beginnings)


def _with_one_of(beginnings: set[_Beginning], codes: Iterable[int], length: int) -> set[_Beginning]:
    longer = {text + chr(code) for text, is_open in beginnings if is_open for code in codes}
    return {(text, len(text) < length) for text in longer} | {one for one in beginnings if not one[1]}


def _ended(beginnings: set[_Beginning]) -> set[_Beginning]:
    return {(text, False) for text, _ in beginnings}
