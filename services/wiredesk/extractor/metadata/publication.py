"""The publication that a text page names."""

import re

from wiredesk.extractor.metadata.dates import is_dated
from wiredesk.extractor.metadata.text_sources import TextSources
from wiredesk.extractor.words import clean

MAX_LINE = 200
"""Characters of a line that are searched."""

_SOURCE = re.compile(r"^\(([^()]{2,50})\)$|^(?:source|quelle|来源|出典)\s*[:：]\s*(.{2,50})$", re.IGNORECASE)
"""A line that names the publication."""

_AMONG_OTHERS = re.compile(
    r"(?:^|\s)(?:来源|來源|稿源|出典|配信)\s{0,3}[:：]\s{0,3}([^\s:：|｜（）()\[\]]{2,30})(?=\s|$)"
)
"""The publication in a line that has a date or a byline, too, as Chinese and Japanese pages write it."""


def publication_in_text(sources: TextSources) -> str | None:
    """Return the first publication that the lines above the body name."""
    for line in sources.header:
        match = _SOURCE.match(line.text)
        if match and not is_dated(line.text):
            return clean(match[1] or match[2])
        if among := _AMONG_OTHERS.search(line.text[:MAX_LINE]):
            return clean(among[1])
    return None


def names_publication(line: str) -> bool:
    """Return whether a line of text says who published it."""
    return _SOURCE.match(line) is not None
