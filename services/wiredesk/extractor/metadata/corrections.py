"""Corrections of the story that a page states to machines: the property `correction` of schema.org.

Readers may not see them: what a page shows of its corrections is part of the body.
"""

import re
from collections.abc import Iterator
from typing import Any

from wiredesk.extractor import words
from wiredesk.extractor.metadata.json_ld import MAX_VALUES, Node, as_items, node_types
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk_schemas import Evidence

MAX_CORRECTIONS = 20
"""Maximum number of corrections of a page that are read."""

MAX_TEXT = 2000
"""Characters of a correction, at most; the rest of a longer one is cut off."""

MIN_WORDS = 4
"""Words of a correction, at least: `None` and `No corrections` state none."""

_TEXTS = ("text", "description", "commentText", "@value", "name", "headline")
"""Properties of a `CorrectionComment` that may say what it corrects."""

_COMMENT = "CorrectionComment"
"""The type of an object that is a correction among the comments of a story."""

_TAG = re.compile(r"<[^<>]{0,1000}>")
"""A tag: some sites have mark-up in their JSON-LD."""

_NOT_A_CORRECTION = re.compile(r"[?？@]|^(?:https?:)?//\S{1,2000}$")
"""Sites ask for corrections in this property, or say where their policy is."""


def corrections(sources: MetadataSources) -> Iterator[tuple[Evidence, tuple[str, ...]]]:
    """Yield the corrections that a page states to machines, the most trusted place first."""
    for place, story in ((Evidence.JSON_LD, sources.article), (Evidence.DOM, sources.microdata)):
        stated = [*as_items(story.get("correction")), *_comments(sources, story)]
        texts = (_text(sources, sources.resolve(value)) for value in stated[:MAX_VALUES])
        yield place, tuple(dict.fromkeys(filter(None, texts)))[:MAX_CORRECTIONS]


def _comments(sources: MetadataSources, story: Node) -> Iterator[Any]:
    """Yield the comments of a story that are corrections of it."""
    for value in as_items(story.get("comment")):
        comment = sources.resolve(value)
        if isinstance(comment, dict) and _COMMENT in node_types(comment):
            yield comment


def _text(sources: MetadataSources, value: Any) -> str | None:
    """Return what a correction says; None if it is none."""
    if isinstance(value, dict):
        value = next((value[name] for name in _TEXTS if value.get(name) not in (None, "", [], {})), None)
    text = sources.as_text(value) if isinstance(value, str | list | dict) else None
    if text and "<" in text:
        text = words.clean(_TAG.sub(" ", text))
    if not text or _NOT_A_CORRECTION.search(text) or words.count(text) < MIN_WORDS:
        return None
    return text[:MAX_TEXT].rstrip()
