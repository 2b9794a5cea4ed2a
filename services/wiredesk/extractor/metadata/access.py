"""Whether a story is for subscribers only, as the page says."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from wiredesk.extractor.document import Element, find, text_of
from wiredesk.extractor.metadata.json_ld import as_items, as_text
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk_schemas import Evidence

MAX_WALLS = 50
"""Maximum number of elements that are considered as walls."""

MAX_NAMES = 500
"""Characters of class names and ids that are read."""

_TIERS = (
    "article:content_tier", "og:article:content_tier", "content_tier", "content-tier", "contenttier", "article:access",
    "access-level", "accesslevel", "content-access", "content_access", "article:content_type_access",
)  # fmt: skip
"""`<meta>` names of the readers for whom a story is."""

_PAYWALLS = (
    "paywall", "paywalled", "is_paywalled", "ispaywalled", "article:paywall", "has_paywall", "haspaywall", "is_premium",
    "ispremium", "article:premium", "premium", "article:is_premium", "subscription", "requiressubscription",
)  # fmt: skip
"""`<meta>` names of whether there is a paywall."""

_FREE = ("isaccessibleforfree", "is_accessible_for_free", "article:free", "is_free", "isfree")
"""`<meta>` names of whether there is none."""

_YES = re.compile(r"(?:true|yes|y|1|1\.0|on)", re.IGNORECASE)
"""A statement that something is so."""

_NO = re.compile(r"(?:false|no|n|0|0\.0|off|none)", re.IGNORECASE)
"""A statement that something is not so."""

_FOR_SUBSCRIBERS = re.compile(
    r"(?:locked|metered|paid|premium|plus|subscription|hard|paywall(?:ed)?|(?:subscriber|member)s?(?:[ _-]only)?)",
    re.IGNORECASE,
)
"""A tier of stories that not everybody can read without limit."""

_FOR_ALL = re.compile(r"(?:free|open|public|everyone|all|unlocked|none)", re.IGNORECASE)
"""The tier of stories that everybody can read."""

_WALL = re.compile(
    r"(?:^|[\s_-])(?:pay|reg|registration|subscri(?:be|ption)|premium|member(?:ship)?)[-_]?(?:wall|barrier|gate)(?![a-z])",
    re.IGNORECASE,
)
"""The class name or id of an element that stands in the way of the rest of a story."""

_NO_WALL = re.compile(r"(?:^|[\s_-])(?:no|non|without|hidden|disabled|free)(?:$|[\s_-])", re.IGNORECASE)
"""A part of class names by which a page says that there is no wall, or that it is not shown."""

_WALLS = (
    "//body//*[contains(@class, 'wall') or contains(@class, 'Wall') or contains(@class, 'barrier') "
    "or contains(@class, 'gate') or contains(@id, 'wall')]"
)
"""Elements that may be walls."""

_PREFIX = re.compile(r"^https?://(?:www\.)?schema\.org/|^schema:", re.IGNORECASE)
"""What precedes the values of schema.org: `http://schema.org/False`."""


def paywalls(sources: MetadataSources) -> Iterator[tuple[Evidence, bool | None]]:
    """Yield what a page says about a paywall, the most trusted place first; None if a place says nothing."""
    story = sources.article
    yield Evidence.JSON_LD, _negated(_stated(sources, story.get("isAccessibleForFree")))
    yield Evidence.JSON_LD, _parts_are_paid(sources, story.get("hasPart"))
    yield Evidence.META, _meta(sources)
    yield (
        Evidence.JSON_LD,
        next(
            (
                paid
                for node in sources.own_nodes
                if (paid := _negated(_stated(sources, node.get("isAccessibleForFree")))) is not None
            ),
            None,
        ),
    )
    yield Evidence.DOM, _negated(truth(as_text(sources.microdata.get("isAccessibleForFree"))))


def has_wall(root: Element) -> bool:
    """Return whether a page shows a wall: an element that has the name of one, and a text for those it stops.

    It is meant for stories that are cut off. The templates of many sites have walls in stories that everybody can read.
    """
    for element in islice(find(root, _WALLS), MAX_WALLS):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"[:MAX_NAMES]
        if _WALL.search(names) and not _NO_WALL.search(names) and text_of(element):
            return True
    return False


def truth(text: str | None) -> bool | None:
    """Return what a text such as `False`, `yes` or `http://schema.org/True` says; None if it is neither."""
    word = _PREFIX.sub("", (text or "").strip())
    return True if _YES.fullmatch(word) else False if _NO.fullmatch(word) else None


def _stated(sources: MetadataSources, value: Any) -> bool | None:
    return truth(sources.as_text(value)) if value is not None else None


def _negated(is_free: bool | None) -> bool | None:  # noqa: FBT001 - its only argument
    return None if is_free is None else not is_free


def _parts_are_paid(sources: MetadataSources, parts: Any) -> bool | None:
    """Return True if a part of the story is for subscribers only."""
    resolved = (sources.resolve(part) for part in as_items(parts))
    free = [_stated(sources, part.get("isAccessibleForFree")) for part in resolved if isinstance(part, dict)]
    return True if False in free else False if True in free else None


def _meta(sources: MetadataSources) -> bool | None:
    tier = (sources.meta_content(*_TIERS) or "").strip()
    if _FOR_SUBSCRIBERS.fullmatch(tier):
        return True
    if _FOR_ALL.fullmatch(tier):
        return False
    for names, says_paid in ((_PAYWALLS, True), (_FREE, False)):
        stated = sources.meta_content(*names)
        if (is_so := truth(stated)) is not None:
            return is_so is says_paid
        if says_paid and stated and _FOR_SUBSCRIBERS.fullmatch(stated):
            return True
    return None
