"""The language that a crawler or a response states, as a tag of BCP 47."""

import re

from wiredesk.languages.tags import language_tag
from wiredesk_schemas import IngestNoteKind
from wiredesk_schemas.ingest_note import Notes

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")
"""A tag of BCP 47: a language, and what says more of it."""

_SCRIPT_LETTERS = 4
"""Letters of the code of a script, such as `Hant`."""

_REGION_LETTERS = 2
"""Letters of the code of a region, such as `GB`."""


def stated_language(stated: str | None, notes: Notes) -> str | None:
    """Return the first language of a list as a tag; None if it names none.

    `en_US`, `eng` and `English` are read with a note; what is no language is ignored with a note.
    """
    first = (stated or "").partition(",")[0].partition(";")[0].strip()
    if not first:
        return None
    is_tag = _TAG.fullmatch(first) is not None
    tag = language_tag(first)
    if is_tag and (tag is None or tag.partition("-")[0] == first.partition("-")[0].lower()):
        return _in_usual_case(first)
    if tag is None:
        notes.add(IngestNoteKind.FIELD_IGNORED, f"language: {first!r} is ignored, expected a tag of BCP 47")
        return None
    notes.add(IngestNoteKind.FIELD_REPAIRED, f"language: {first!r} is read as {tag}")
    return tag


def _in_usual_case(tag: str) -> str:
    """Return a tag as it is usually written: `en-GB`, `zh-Hant-TW`. Case means nothing in tags (RFC 5646, 2.1.1)."""
    language, *parts = tag.lower().split("-")
    return "-".join((language, *(_part_in_usual_case(part) for part in parts)))


def _part_in_usual_case(part: str) -> str:
    if len(part) == _REGION_LETTERS:
        return part.upper()
    return part.title() if len(part) == _SCRIPT_LETTERS and part.isalpha() else part
