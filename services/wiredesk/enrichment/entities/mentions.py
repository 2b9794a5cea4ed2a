"""Mentions: what a tagger marked, trimmed to the name, and made consistent throughout the article."""

import re
from collections.abc import Iterable, Sequence

from wiredesk.enrichment.entities import kinds, names
from wiredesk.enrichment.entities.consistency import NAMES, consistent
from wiredesk.enrichment.entities.linking import known
from wiredesk.enrichment.entities.named import Named
from wiredesk.enrichment.entities.tagging import Span
from wiredesk.enrichment.fields import Text
from wiredesk_schemas import EntityType

MAX_SURFACE = 120
"""Characters; no name is longer, a misread table is."""

MAX_SPAN = 2 * MAX_SURFACE
"""Characters of what a tagger marked: with offices, articles and spaces around the name."""

_WASHINGTON = re.compile(r"^,?\s*D\.?C\.?$")


def mentions(texts: Sequence[Text], tagged: Sequence[Sequence[Span]]) -> list[Named]:
    """Return the mentions of an article: in reading order, none overlapping another."""
    placed = list(_datelines(texts))
    found = [named for text, spans in zip(texts, tagged, strict=True) for named in _cleaned(text, spans)]
    found = [*placed, *(named for named in found if not any(named.overlaps(other) for other in placed))]
    found = consistent(texts, found)
    order = {text.pointer: index for index, text in enumerate(texts)}
    return sorted(found, key=lambda named: (order[named.text.pointer], named.start))


def _cleaned(text: Text, spans: Iterable[Span]) -> Iterable[Named]:
    previous: Named | None = None
    taken = 0
    for span in spans:
        named = _trimmed(text, span, taken)
        taken = span.end
        if named is None:
            continue
        if previous is not None and _WASHINGTON.match(text.text[previous.end : named.end]):
            # `Washington, D.C.` comes in two pieces.
            named = Named(text, previous.start, named.end, EntityType.PLACE)
            previous = None
        if previous is not None:
            yield previous
        previous = named
    if previous is not None:
        yield previous


def _trimmed(text: Text, span: Span, taken: int) -> Named | None:
    """Return the name in a span, or None; particles before it are its own, unless they are `taken`."""
    surface = text.text[span.start : span.end]
    if len(surface) > MAX_SPAN:
        return None
    first, last = names.trimmed(surface)
    kind: EntityType | None = span.type
    if kind in NAMES:
        kind = kinds.kind(surface[first:last], span.type)
    if kind is EntityType.PERSON:
        first += names.without_roles(surface[first:last])
        first += names.without_demonym(surface[first:last])
    name = surface[first:last]
    if kind is None or not name or len(name) > MAX_SURFACE or not any(c.isalnum() for c in name):
        return None
    if kind in NAMES and (not any(map(str.isupper, name)) or name.lower() in names.ABSTRACT):
        return None
    start = span.start + first
    if kind is EntityType.PERSON:
        start -= names.particles_before(text.text[taken:start])
    return Named(text, start, span.start + last, kind)


def _datelines(texts: Iterable[Text]) -> Iterable[Named]:
    """Find the places in which news agencies begin: `BRUSSELS (Reuters) -`, `PARIS, May 3 (AP) —`.

    Without an agency it must be a place that is known: `BERLIN -` is one, `ANALYSIS -` is none.
    """
    for text in texts:
        found = _DATELINE.match(text.text)
        if found:
            for place in re.finditer(r"[^/]+", found[1]):
                surface = place[0].strip()
                start = found.start(1) + place.start() + place[0].index(surface)
                if found["agency"] or known(surface.title(), EntityType.PLACE):
                    yield Named(text, start, start + len(surface), EntityType.PLACE)


_DATELINE = re.compile(
    r"^([A-Z][A-Z.'’-]+(?:[ /][A-Z][A-Z.'’-]+){0,4})"  # the place, or places
    r"(?:, [A-Z][\w.]+(?: [A-Z][a-z]+)?)?"  # the country or state
    r"(?:, [A-Z][a-z]{2,8}\.? \d{1,2})? "  # the day
    r"(?:(?P<agency>\([A-Z][\w. ]{1,20}\)) [-–—]|[-–—] )"
)
