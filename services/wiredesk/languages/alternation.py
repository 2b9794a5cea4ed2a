"""Patterns of one of many texts, in the form of a tree: common beginnings are matched once.

A pattern `by|byline|bylines` has its alternatives tried one after the other at each place of a text, and lists of
phrases have hundreds. As `by(?:line(?:s)?)?` it takes a few steps. Longer texts come before their beginnings.
"""

import re
from collections.abc import Iterable

type _Node = dict[str, _Node]
"""What may follow, by the next piece of a pattern; the empty one is the end of a text."""

_END = ""

_SPACE = r"\s{1,3}"
"""What a space in a text matches."""


def alternation(texts: Iterable[str], space: str = _SPACE) -> str:
    """Return a pattern of one of these texts; all characters are themselves, but a space is any whitespace.

    Args:
        texts: which may be matched; of two that begin alike, the longer one is.
        space: pattern of a space.
    """
    root: _Node = {}
    for text in texts:
        node = root
        for character in text:
            node = node.setdefault(space if character == " " else re.escape(character), {})
        node[_END] = {}
    return "|".join(_branches(root))


def _branches(node: _Node) -> list[str]:
    return [piece + _rest(following) for piece, following in node.items() if piece != _END]


def _rest(node: _Node) -> str:
    branches = _branches(node)
    if not branches:
        return ""
    if len(branches) == 1 and _END not in node:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if _END in node else ''}"
