"""What a date is the date of, by the words beside it. `words.toml` lists them."""

import re
from collections.abc import Mapping
from enum import StrEnum
from itertools import filterfalse

from wiredesk.extractor.metadata.dates.names import own_words
from wiredesk.languages.alternation import alternation


class DateLabel(StrEnum):
    """What a date is the date of."""

    FIRST = "first"
    PUBLISHED = "published"
    MODIFIED = "modified"
    OTHER = "other"


_LABEL_OF: Mapping[str, DateLabel] = {word: label for label in DateLabel for word in own_words("labels", label.value)}
"""Labels by their words."""


def _needs_boundary(word: str) -> bool:
    """Return whether a word begins with a letter of a script with spaces."""
    return word < "\u0e00" and re.match(r"[^\W\d_]", word) is not None


_LABEL = re.compile(
    rf"(?<![^\W\d_])(?:{alternation(filter(_needs_boundary, _LABEL_OF), ' ')})"
    rf"|(?:{alternation(filterfalse(_needs_boundary, _LABEL_OF), ' ')})"
)
"""One of the words, the longest one. Scripts without spaces need no boundary."""


def last_label(text: str) -> DateLabel | None:
    """Return the label that stands last in a folded text."""
    label = None
    for match in _LABEL.finditer(text):
        label = _LABEL_OF[match[0]]
    return label
