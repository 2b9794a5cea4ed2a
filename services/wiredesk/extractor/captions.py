"""Captions of pictures, and the credits in them."""

import re
from collections.abc import Iterable

from wiredesk.extractor.document import find, text_of
from wiredesk.extractor.page_elements import PageElements
from wiredesk.extractor.words import fold
from wiredesk_schemas import Caption

MAX_CAPTIONS = 50
"""Maximum number of captions that are read from one page."""

MAX_CAPTION = 1000
"""Maximum characters of a caption; the rest is cut off."""

MAX_CREDIT = 200
"""Characters at the end of a line that are searched for a credit."""

_MARK = "wp-caption-text"
"""The class name of captions in pages of WordPress."""

_CREDIT_WORDS = r"photo|photograph|picture|image|file photo|foto|bild|фото|图|図|写真|credit"
"""Words that introduce a credit."""

_CREDITS = (
    re.compile(rf"\s*\[(?P<credit>(?:{_CREDIT_WORDS})[^\]]{{0,80}})\]\s*\|?\s*$", re.IGNORECASE),
    re.compile(
        rf"\s*\((?P<credit>(?:[\w ./-]{{0,30}}\b)?(?:{_CREDIT_WORDS})\b[^)]{{0,80}})\)\s*\|?\s*$", re.IGNORECASE
    ),
    re.compile(r"\s+(?:Photograph|Photo|Foto|Picture|Image|Credit|Bild)s?\s*:\s*(?P<credit>[^.|]{2,80})\s*\|?\s*$"),
)
"""Credits at the end of a caption: [Photo/IC], (AP Photo/Name), Photograph: Name/Agency."""


def read_captions(page: PageElements) -> tuple[Caption, ...]:
    """Return the captions of an HTML page, each text once."""
    captions: dict[str, Caption] = {}
    marked = find(page.root, f"//@class[contains(., '{_MARK}')]/..") if _MARK in page.class_names else ()
    for element in (*page.root.iter("figcaption"), *marked):
        caption = parse_caption(text_of(element))
        if caption is not None:
            captions.setdefault(fold(caption.text), caption)
    return tuple(captions.values())[:MAX_CAPTIONS]


def read_text_captions(captions: Iterable[str]) -> tuple[Caption, ...]:
    """Return the captions of a text page.

    Args:
        captions: lines of the page that are captions.
    """
    return tuple(caption for line in captions if (caption := parse_caption(line)) is not None)


def parse_caption(text: str) -> Caption | None:
    """Separate a caption from the credit at its end. Return None if there is no text, or only a credit."""
    text = text[:MAX_CAPTION]
    for pattern in _CREDITS:
        match = pattern.search(text)
        if match:
            before = text[: match.start()].strip()
            return Caption(text=before, credit=match["credit"].strip()) if before else None
    text = text.strip(" |")
    return Caption(text=text) if text else None


def is_caption(line: str) -> bool:
    """Return whether a line of text is a caption: it ends with a credit."""
    end = line[-MAX_CREDIT:]
    may_be = ":" in end or end.rstrip().removesuffix("|").rstrip().endswith(("]", ")"))
    return may_be and any(pattern.search(end) for pattern in _CREDITS)
