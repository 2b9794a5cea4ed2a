"""Mentions: tagged spans, trimmed to the name, and made consistent throughout the article."""

import re
from collections.abc import Iterable, Iterator, Sequence

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import names
from wiredesk.enrichment.entities.abbreviations import explained_names
from wiredesk.enrichment.entities.borders import (
    further_names,
    is_cut_given_name,
    is_east_asian_name,
    name_borders,
    trailing_length,
)
from wiredesk.enrichment.entities.consistency import unify_types
from wiredesk.enrichment.entities.context import is_place_after_preposition
from wiredesk.enrichment.entities.cut_names import whole_names
from wiredesk.enrichment.entities.datelines import dateline_agencies, dateline_places
from wiredesk.enrichment.entities.graphemes import whole_characters
from wiredesk.enrichment.entities.known_names import brand_names, known_names
from wiredesk.enrichment.entities.lexicon import Lexicon, lexicon_of
from wiredesk.enrichment.entities.name_ends import whole_organisations, without_seat
from wiredesk.enrichment.entities.name_span import NAME_TYPES, MarkedPlaces, NameSpan
from wiredesk.enrichment.entities.place_adjectives import is_place_adjective
from wiredesk.enrichment.entities.quotations import without_foreign_words
from wiredesk.enrichment.entities.unspaced import complete_names
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import EntityType

MAX_NAME_CHARACTERS = 120
"""Maximum characters of a name. A longer one is a table that was read as a sentence."""

MAX_SPAN_CHARACTERS = 2 * MAX_NAME_CHARACTERS
"""Maximum characters of a tagged span, which may have titles, articles and spaces around the name."""

DUTCH = "nl"
"""The language with names of places that begin with an apostrophe."""

_ELIDED_ARTICLE = re.compile(r"['’]s-[A-Z]")

# The second part of `Washington, D.C.`, which taggers mark as two places.
_WASHINGTON_DC = re.compile(r"^,?\s*D\.?C\.?$")


def find_mentions(fields: Sequence[ArticleField], tagged: Sequence[Sequence[TaggedSpan]]) -> list[NameSpan]:
    """Return the mentions of an article in reading order, without overlaps.

    Args:
        fields: the article's texts.
        tagged: the spans that the tagger marked in each of them.
    """
    datelines = [span for field in fields for find in (dateline_places, dateline_agencies) for span in find(field)]
    trimmed = (span for field, marked in zip(fields, tagged, strict=True) for span in _trimmed_spans(field, marked))
    spans = list(without_foreign_words(trimmed))
    spans = [*datelines, *_outside(spans, datelines)]
    explained = [*explained_names(fields, spans), *brand_names(fields)]
    explained += _outside(whole_organisations(spans), explained)
    spans = [*explained, *_outside(spans, explained)]
    spans = [*spans, *further_names(fields, spans)]
    spans = unify_types(fields, [*spans, *known_names(fields, spans)])
    order = {field.pointer: index for index, field in enumerate(fields)}
    return list(_whole_spans(sorted(spans, key=lambda span: (order[span.field.pointer], span.start, -span.end))))


def _outside(spans: Iterable[NameSpan], others: Iterable[NameSpan]) -> list[NameSpan]:
    """Return the spans that share no character with others."""
    marked = MarkedPlaces(others)
    return [span for span in spans if not marked.overlap(span.field, span.start, span.end)]


def _whole_spans(spans: Iterable[NameSpan]) -> Iterator[NameSpan]:
    """Yield the spans in whole characters, without those that overlap the one before."""
    pointer, previous_end = "", 0
    for span in spans:
        start, end = whole_characters(span.field.text, span.start, span.end)
        if span.field.pointer != pointer:
            pointer, previous_end = span.field.pointer, 0
        if previous_end <= start < end:
            previous_end = end
            yield span if (start, end) == (span.start, span.end) else NameSpan(span.field, start, end, span.type)


def _trimmed_spans(field: ArticleField, marked: Sequence[TaggedSpan]) -> Iterator[NameSpan]:
    """Yield the names in the tagged spans; `Washington` and `D.C.` become one."""
    lexicon = lexicon_of(field.language)
    if lexicon.unspaced:
        marked = complete_names(field.text, marked, lexicon)
    elif lexicon.language not in ("", ENGLISH):
        marked = whole_names(field.text, marked, lexicon)
    previous: NameSpan | None = None
    previous_end = 0
    for tagged in marked:
        span = _trimmed_span(field, tagged, previous_end)
        previous_end = tagged.end
        if span is None:
            continue
        if previous is not None and _WASHINGTON_DC.match(field.text[previous.end : span.end]):
            span = NameSpan(field, previous.start, span.end, EntityType.PLACE)
            previous = None
        if previous is not None:
            yield previous
        previous = span
    if previous is not None:
        yield previous


def _trimmed_span(field: ArticleField, tagged: TaggedSpan, previous_end: int) -> NameSpan | None:
    """Return the name in a tagged span; None where it holds none.

    Args:
        previous_end: end of the span before. Particles between it and this name are a part of the name.
    """
    surface = field.text[tagged.start : tagged.end]
    if len(surface) > MAX_SPAN_CHARACTERS:
        return None
    lexicon = lexicon_of(field.language)
    first, last = names.trim_name(surface, lexicon, tagged.type)
    kind = _shown_kind(field, tagged.start + first, tagged.start + last, tagged.type)
    if kind is EntityType.PERSON:
        first += names.skip_roles(surface[first:last], lexicon)
        first += names.skip_demonym(surface[first:last], lexicon)
        last -= names.honorific_length(surface[first:last], lexicon)
    name = surface[first:last]
    if kind is None or not name or len(name) > MAX_NAME_CHARACTERS or not any(c.isalnum() for c in name):
        return None
    if kind in NAME_TYPES and (not names.may_be_name(name) or name.lower() in lexicon.abstract_nouns):
        return None
    start, end = _borders(field, tagged.start + first, tagged.start + last, kind, previous_end)
    return NameSpan(field, start, end, kind)


def _shown_kind(field: ArticleField, start: int, end: int, tagged: EntityType) -> EntityType | None:
    """Return the type of a name that its words and those beside it show, or else the tagged one; None for no name."""
    text, lexicon = field.text, lexicon_of(field.language)
    if tagged is EntityType.WORK and is_place_after_preposition(field, start, end):
        return EntityType.PLACE
    if tagged not in NAME_TYPES:
        return tagged
    kind = names.type_by_words(text[start:end], tagged, lexicon)
    if kind is None or _is_no_name(text, start, end, kind, lexicon):
        return None
    if kind is EntityType.ORGANISATION and names.is_storm(text, start, end, lexicon):
        return EntityType.EVENT
    is_doubtful = kind in (EntityType.ORGANISATION, EntityType.PLACE)
    if is_doubtful and (is_east_asian_name(text[start:end], lexicon) or is_cut_given_name(text, start, end, lexicon)):
        return EntityType.PERSON
    return kind


def _borders(field: ArticleField, start: int, end: int, kind: EntityType, previous_end: int) -> tuple[int, int]:
    """Return where a name begins and ends by the text around it."""
    lexicon = lexicon_of(field.language)
    if kind is EntityType.PERSON:
        start, end = name_borders(field.text, start, end, lexicon)
        start = max(start, previous_end)
        return start - names.particle_length_before(field.text[previous_end:start], lexicon), end
    if kind is EntityType.ORGANISATION and f"{field.text[start:end].lower()}'s" in lexicon.possessive_names:
        end += len(names.possessive(field.text, end))
    if kind in (EntityType.ORGANISATION, EntityType.PLACE):
        end -= trailing_length(field.text, start, end, kind, lexicon)
    if kind is EntityType.ORGANISATION:
        end = without_seat(field.text, start, end)
    if lexicon.language == DUTCH and _ELIDED_ARTICLE.match(field.text, start - 1, end):
        start -= 1  # `'s-Hertogenbosch`
    return start, end


def _is_no_name(text: str, start: int, end: int, kind: EntityType, lexicon: Lexicon) -> bool:
    """Whether a tagger took an office, an index, a mission or letters of countries for a name."""
    if kind not in NAME_TYPES:
        return False
    if names.is_only_role(text[start:end], kind, lexicon):
        return True
    if names.is_index(text, start, end, lexicon) or names.is_mission(text, start, end, lexicon):
        return True
    if kind is not EntityType.PERSON and is_place_adjective(text, start, end, lexicon):
        return True
    return kind is not EntityType.PERSON and (
        names.is_abbreviation_of_countries(text[start:end], lexicon) or names.is_portfolio(text, start, end, lexicon)
    )
