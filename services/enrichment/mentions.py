"""Mentions: what a tagger marked, trimmed to the name, and spread to where it was missed."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas import EntityType
from services.enrichment import names
from services.enrichment.fields import Text
from services.enrichment.tagging import Span

MAX_SURFACE = 120
"""Characters; no name is longer, a misread table is."""

MIN_FORM = 3
"""Characters of a name that is looked for by itself: shorter ones are words, or parts of other names."""

_WASHINGTON = re.compile(r"^,?\s*D\.?C\.?$")


@dataclass(frozen=True, slots=True)
class Named:
    """A mention in one of an article's texts."""

    text: Text
    start: int
    end: int
    type: EntityType

    @property
    def surface(self) -> str:
        """The name as written there."""
        return self.text.text[self.start : self.end]


def mentions(texts: Sequence[Text], tagged: Sequence[Sequence[Span]]) -> list[Named]:
    """Return the mentions of an article: in reading order, none overlapping another."""
    found = [named for text, spans in zip(texts, tagged, strict=True) for named in _cleaned(text, spans)]
    found = _voted(found)
    found.extend(_spread(texts, found))
    order = {text.pointer: index for index, text in enumerate(texts)}
    return sorted(found, key=lambda named: (order[named.text.pointer], named.start))


def _cleaned(text: Text, spans: Iterable[Span]) -> Iterable[Named]:
    previous: Named | None = None
    for span in spans:
        named = _trimmed(text, span)
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


def _trimmed(text: Text, span: Span) -> Named | None:
    surface = text.text[span.start : span.end]
    first, last = names.trimmed(surface)
    if span.type is EntityType.PERSON:
        first += names.without_roles(surface[first:last])
    name = surface[first:last]
    if not name or len(name) > MAX_SURFACE or not any(c.isalnum() for c in name):
        return None
    if span.type is EntityType.ORGANISATION and name.lower() in names.ABSTRACT_OFFICES:
        return None
    if span.type in (EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE) and not any(map(str.isupper, name)):
        return None
    known = names.well_known(name, span.type)
    return Named(text, span.start + first, span.start + last, known.type if known else span.type)


def _voted(found: Sequence[Named]) -> list[Named]:
    """Give each surface the type that it has most often in this article: a tagger judges each sentence alone."""
    votes: defaultdict[str, Counter[EntityType]] = defaultdict(Counter)
    for named in found:
        votes[named.surface][named.type] += 1
    return [Named(n.text, n.start, n.end, votes[n.surface].most_common(1)[0][0]) for n in found]


def _spread(texts: Sequence[Text], found: Sequence[Named]) -> Iterable[Named]:
    """Find the people that are known from elsewhere in the article where the tagger missed them."""
    known = {n.surface for n in found if n.type is EntityType.PERSON and len(names.parts(n.surface)) > 1}
    surnames = {names.parts(name)[-1] for name in known}
    forms = sorted({f for f in known | surnames if len(f) >= MIN_FORM and f[0].isupper()}, key=len, reverse=True)
    if not forms:
        return
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)")
    taken: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for named in found:
        taken[named.text.pointer].append((named.start, named.end))
    for text in texts:
        for match in pattern.finditer(text.text):
            if not any(start < match.end() and match.start() < end for start, end in taken[text.pointer]):
                yield Named(text, match.start(), match.end(), EntityType.PERSON)
