"""Captions, and the credits in them."""

import re

from wiredesk_schemas import Caption

MAX_CAPTION = 1000

_MAKERS = r"photo|photograph|picture|image|file photo|foto|bild|фото|图|図|写真|credit"

_CREDITS = (
    re.compile(rf"\s*\[(?P<credit>(?:{_MAKERS})[^\]]{{0,80}})\]\s*\|?\s*$", re.IGNORECASE),
    re.compile(rf"\s*\((?P<credit>(?:[\w ./-]{{0,30}}\b)?(?:{_MAKERS})\b[^)]{{0,80}})\)\s*\|?\s*$", re.IGNORECASE),
    re.compile(r"\s+(?:Photograph|Photo|Foto|Picture|Image|Credit|Bild)s?\s*:\s*(?P<credit>[^.|]{2,80})\s*\|?\s*$"),
)
"""How credits are written at the end of a caption: [Photo/IC], (AP Photo/Name), Photograph: Name/Agency."""


def caption(text: str) -> Caption | None:
    """Read a caption and the credit at its end; None where nothing but a credit, or nothing, is there."""
    text = text[:MAX_CAPTION]
    for pattern in _CREDITS:
        found = pattern.search(text)
        if found:
            told = text[: found.start()].strip()
            return Caption(text=told, credit=found["credit"].strip()) if told else None
    text = text.strip(" |")
    return Caption(text=text) if text else None


def is_caption(line: str) -> bool:
    """Whether a line of text is a caption: it ends with a credit."""
    return any(pattern.search(line[-200:]) for pattern in _CREDITS)
