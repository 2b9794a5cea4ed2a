"""The kind of a copy: what it has of the text that it is compared with, and whether its headline is another one."""

import re
import unicodedata

from wiredesk.syndication.matching import SAME_TEXT
from wiredesk.syndication.overlap import Overlap
from wiredesk_schemas import CopyKind

_WORD = re.compile(r"\w+")


def kind_of(common: Overlap, *, is_member: bool, has_same_title: bool | None) -> CopyKind:
    """Return the kind of a copy.

    Args:
        common: what the original has in common with the copy.
        is_member: it has the text of the group, and not only a passage of it.
        has_same_title: None where one of the two has no headline.
    """
    if not is_member:
        return CopyKind.QUOTED
    if common.extent >= SAME_TEXT:
        return CopyKind.REHEADLINED if has_same_title is False else CopyKind.WHOLE
    return CopyKind.ABRIDGED if common.extent_of_other >= SAME_TEXT else CopyKind.QUOTED


def same_title(one: str | None, other: str | None) -> bool | None:
    """Return whether two headlines say the same; None where there are no two.

    One may have something in front of it or after it: `WATCH: `, the name of the site.
    """
    if not one or not other:
        return None
    words = _words(one)
    first, second = sorted((words, words if one == other else _words(other)), key=len)
    if not first:
        return None
    return f" {first} " in f" {second} "


def _words(title: str) -> str:
    if title.isascii():
        return " ".join(_WORD.findall(title.lower()))
    folded = unicodedata.normalize("NFKD", title).casefold()
    return " ".join(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c))))
