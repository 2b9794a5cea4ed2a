"""Names of several words that the gazetteer knows, where the tagger missed them: `Library of Congress`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities.gazetteer import (
    MIN_LARGE_CITY_PROMINENCE,
    candidates,
    is_country,
    known_type,
    lookup,
    lookup_form,
)
from wiredesk.enrichment.entities.lexicon import CAPITALS, SMALL_LETTERS, Lexicon, alternatives, lexicon_of
from wiredesk.enrichment.entities.name_span import MarkedPlaces, NameSpan
from wiredesk.enrichment.entities.readable import has_ordinary_case
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import EntityType

MAX_WORDS = 6
"""Maximum words of such a name."""

_RUN = re.compile(r"(?<![\w-])[A-Z][\w.'’&-]*(?: (?:[A-Z&][\w.'’&-]*|of|and|the|for|de|von|van|bin|al|el)){1,9}")
_WORD = re.compile(r"\S+")
_PREPOSITION_BEFORE = re.compile(r"\b(?:[Ii]n|[Aa]t|[Ff]rom|[Tt]o|[Nn]ear) $")
_SMALL = frozenset({"and", "of"})
_SPLIT = frozenset({"wednesday", "west", "north", "end", "real", "marks"})
"""Words of brands that taggers cut off."""

_HYPHENED = re.compile(r"(?<![\w-])[A-Z][^\W\d_]+(?:-[^\W\d_]+){1,3}(?![\w-])")
# `Paris, ` before `Texas`.
_CITY_BEFORE = re.compile(r"(?<![\w.-])(?P<city>[A-Z][^\W\d_]+(?:[ -][A-Z][^\W\d_]+){0,2}), $")
GERMAN = "de"
"""The language whose nouns have capitals."""

GENITIVE_LANGUAGES = frozenset({"da", "de", "no", "sv"})
"""Languages whose genitives end in `s`, without an apostrophe."""

_GENITIVE = re.compile(rf"(?:^|[.!?] )([{CAPITALS}][{SMALL_LETTERS}]{{3,}}s)(?= [{SMALL_LETTERS}])", re.MULTILINE)
_GERMAN_GENITIVE = re.compile(rf"(?:^|[.!?] )([{CAPITALS}][{SMALL_LETTERS}]{{3,}}s)(?= [^\W\d_])", re.MULTILINE)
"""The same before any word."""

MAX_CITY_CHARACTERS = 40
"""Number of characters before a region that are searched for a city in it."""

MAX_PLACE_WORDS = 3
"""Maximum words of a place that is looked for in a text whose case was restored."""

MIN_PLACE_CHARACTERS = 4
"""Minimum characters of such a place."""

_CAPITAL_WORD = re.compile(rf"(?<![\w-])[{CAPITALS}][^\W\d_]+(?![\w-])")
_NAME_AFTER = re.compile(r"[ -][A-Z]")


def known_names(fields: Iterable[ArticleField], spans: Sequence[NameSpan]) -> Iterator[NameSpan]:
    """Yield the missed names of English texts, and countries in others.

    A name within a longer one is left out: `Google` in `Google Chrome`.
    """
    marked = MarkedPlaces(spans)
    for field in fields:
        if field.published is not None and not has_ordinary_case(field):
            yield from _places_without_case(field, marked)
        if field.language != ENGLISH:
            yield from _countries_that_begin(field, marked)
            continue
        lexicon = lexicon_of(field.language)
        for run in _RUN.finditer(field.text):
            if not marked.overlap(field, *run.span()):
                yield from _names_of_run(field, run, lexicon)
        for word in _HYPHENED.finditer(field.text):
            kind = known_type(word[0])
            if kind and not marked.overlap(field, *word.span()):
                yield NameSpan(field, word.start(), word.end(), kind)
    yield from _cities_of_regions(spans, marked)


def _places_without_case(field: ArticleField, marked: MarkedPlaces) -> Iterator[NameSpan]:
    """Yield countries and large cities of a text whose case was restored: a tagger misses more there."""
    language = field.language or ENGLISH
    words = list(_CAPITAL_WORD.finditer(field.text))
    end = 0
    for begin, word in enumerate(words):
        for last in range(min(len(words), begin + MAX_PLACE_WORDS) - 1, begin - 1, -1):
            start, stop = word.start(), words[last].end()
            if (
                start < end
                or stop - start < MIN_PLACE_CHARACTERS
                or " ".join(one[0] for one in words[begin : last + 1]) != (field.text[start:stop])
            ):
                continue
            entry = lookup_form(field.text[start:stop], EntityType.PLACE, language)
            is_large = entry is not None and entry.kind == "city" and entry.prominence >= MIN_LARGE_CITY_PROMINENCE
            if entry is not None and (is_large or entry.kind == "country") and not marked.overlap(field, start, stop):
                yield NameSpan(field, start, stop, EntityType.PLACE)
                end = stop
                break


def _countries_that_begin(field: ArticleField, marked: MarkedPlaces) -> Iterator[NameSpan]:
    """Yield genitives of countries that begin a sentence, which taggers miss: `Danmarks statsminister`.

    In other languages such forms are adjectives as well: `Hrvatska premijerka`, `Самое большое`.
    """
    if field.language not in GENITIVE_LANGUAGES:
        return
    pattern = _GERMAN_GENITIVE if field.language == GERMAN else _GENITIVE
    for word in pattern.finditer(field.text):
        span = NameSpan(field, *word.span(1), EntityType.PLACE)
        is_form = lookup(word[1], EntityType.PLACE, field.language) is None and is_country(word[1], field.language)
        if is_form and not marked.overlap(field, span.start, span.end):
            yield span


def _cities_of_regions(spans: Sequence[NameSpan], marked: MarkedPlaces) -> Iterator[NameSpan]:
    """Yield cities that stand before the region or the country that they are in: `Paris, Texas`."""
    for span in spans:
        field = span.field
        if (
            span.type is not EntityType.PLACE
            or field.language != ENGLISH
            or not field.text.endswith(", ", 0, span.start)
        ):
            continue
        city = _CITY_BEFORE.search(field.text, max(0, span.start - MAX_CITY_CHARACTERS), span.start)
        region = lookup(span.surface, EntityType.PLACE)
        if city is None or region is None or region.kind not in ("region", "country"):
            continue
        is_within = any(
            meaning.entry.kind == "city"
            and meaning.entry.country == region.country
            and (region.kind == "country" or meaning.entry.region == region.region)
            for meaning in candidates(city["city"])
        )
        if is_within and not marked.overlap(field, *city.span("city")):
            yield NameSpan(field, *city.span("city"), EntityType.PLACE)


def brand_names(fields: Iterable[ArticleField]) -> Iterator[NameSpan]:
    """Yield companies and clubs of the word list, whose parts a tagger takes for something else: `Sheffield Wednesday`.

    Not after a preposition: `police in Sheffield Wednesday`.
    """
    for field in fields:
        if field.language == ENGLISH:
            for brand in _brands(lexicon_of(ENGLISH)).finditer(field.text):
                if not _PREPOSITION_BEFORE.search(field.text[max(0, brand.start() - 10) : brand.start()]):
                    yield NameSpan(field, brand.start(), brand.end(), EntityType.ORGANISATION)


@cache
def _brands(lexicon: Lexicon) -> re.Pattern[str]:
    """Return a pattern of the brands with a day or a direction in them, each word with a capital."""
    split = [brand for brand in lexicon.brands if not _SPLIT.isdisjoint(brand.split())]
    names = (" ".join(word if word in _SMALL else word.capitalize() for word in brand.split()) for brand in split)
    return re.compile(rf"(?<![\w-])(?:{alternatives(names)})(?![\w-])")


def _names_of_run(field: ArticleField, run: re.Match[str], lexicon: Lexicon) -> Iterator[NameSpan]:
    """Yield the names that end a run of words with capitals, or what an office or a sentence begins."""
    words = list(_WORD.finditer(field.text, run.start(), run.end()))
    first = 0
    while first < len(words) - 1 and _is_before_name(words[first][0].lower(), lexicon):
        first += 1
    for begin in range(first + 1):
        for last in range(min(len(words), begin + MAX_WORDS) - 1, begin, -1):
            start, end = words[begin].start(), words[last].end()
            end -= len(field.text[start:end]) - len(_plain(field.text[start:end]))
            kind = None if _NAME_AFTER.match(field.text, end) else known_type(field.text[start:end])
            if kind is not None:
                yield NameSpan(field, start, end, kind)
                return


def _is_before_name(word: str, lexicon: Lexicon) -> bool:
    return (
        word in lexicon.sentence_beginnings
        or word in lexicon.titles
        or word in lexicon.offices
        or word in lexicon.office_parts
    )


def _plain(name: str) -> str:
    """Return a name without the possessive and the full stop that end it."""
    return re.sub(r"(?:['’]s?|\.)$", "", name)
