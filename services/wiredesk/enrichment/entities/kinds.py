"""What a name says of itself: a tournament, a building, a company; and what looks like a name and is none."""

import re

from wiredesk.enrichment.entities.lexicon import words
from wiredesk_schemas import EntityType

NO_NAMES = words("no_names")
EVENT_HEADS = words("event_heads")
PLACE_HEADS = words("place_heads")
PLACES = words("places")
ORGANISATION_HEADS = words("organisation_heads") | words("company_forms")

_CUES = re.compile(
    r"^['’]s (?:shares|stock|board|profits?|sales|revenue|products?|parent|owner|plant|chief|ceo|unit)\b"
    r"|^,? (?:shares|stock|plc|inc|corp|ltd|group|which|sells|makes|employs|acquired|reported|operates)\b",
    re.IGNORECASE,
)
_CUES_BEFORE = re.compile(
    r"\b(?:company|firm|group|maker|producer|retailer|operator|brand|lender|bank|agency|regulator|insurer|developer|"
    r"startup|start-up|club|team|side|rival|unit|subsidiary|shares in|stake in|shares of|owner of|chief executive of|"
    r"ceo of|miner|giant|conglomerate|site|website|newspaper|broadcaster|the)\s+$",
    re.IGNORECASE,
)
CONTEXT = 40


def kind(surface: str, tagged: EntityType) -> EntityType | None:
    """Return what a tagged name is by its own words, or None when it is no name."""
    lowered = surface.lower()
    if lowered in NO_NAMES:
        return None
    said = lowered.split()
    if lowered in PLACES:
        return EntityType.PLACE
    if len(said) > 1 and tagged in (EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE):
        last = said[-1]
        if last in EVENT_HEADS:
            return EntityType.EVENT
        if last in PLACE_HEADS:
            return EntityType.PLACE
        if last in ORGANISATION_HEADS:
            return EntityType.ORGANISATION
    return tagged


def sounds_like_organisation(text: str, start: int, end: int) -> bool:
    """Whether what stands around a name is said of companies, clubs and agencies."""
    return bool(_CUES.match(text[end : end + CONTEXT]) or _CUES_BEFORE.search(text[max(0, start - CONTEXT) : start]))
