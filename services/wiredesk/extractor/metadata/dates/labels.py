"""What a date is the date of, by the words beside it. `words.toml` lists them."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from wiredesk.extractor.metadata.dates.names import own_words


class DateLabel(StrEnum):
    """What a date is the date of."""

    PUBLISHED = "published"
    MODIFIED = "modified"
    OTHER = "other"


_LABEL_OF: Mapping[str, DateLabel] = {word: label for label in DateLabel for word in own_words("labels", label.value)}
"""Labels by their words."""


def _alternatives() -> Iterator[str]:
    """Yield patterns of the words, longer ones first. Scripts without spaces need no boundary."""
    for word in sorted(_LABEL_OF, key=len, reverse=True):
        yield rf"(?<![^\W\d_]){re.escape(word)}" if re.match(r"[^\W\d_]", word) and word < "\u0e00" else re.escape(word)


_LABEL = re.compile("|".join(_alternatives()))


def last_label(text: str) -> DateLabel | None:
    """Return the label that stands last in a folded text."""
    label = None
    for match in _LABEL.finditer(text):
        label = _LABEL_OF[match[0]]
    return label
