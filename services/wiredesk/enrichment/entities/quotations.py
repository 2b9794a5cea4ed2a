"""Quotations in another language within an English text: the tagger takes their words for names (`Montag`)."""

import re
from collections.abc import Iterable, Iterator

from wiredesk.enrichment.entities.gazetteer import known_type
from wiredesk.enrichment.entities.lexicon import Lexicon
from wiredesk.enrichment.entities.name_span import NAME_TYPES, NameSpan
from wiredesk.enrichment.languages import ENGLISH

MAX_QUOTATION_CHARACTERS = 400
"""Maximum characters of a quotation that is examined."""

MIN_WORDS = 3
"""Minimum words of a quotation in another language: fewer are a name."""

MIN_FOREIGN_SHARE = 0.2
"""Minimum share of small words of other languages in such a quotation. It has none of English."""

_QUOTATION = re.compile(
    rf"[“„«]([^“”„«»\n]{{8,{MAX_QUOTATION_CHARACTERS}}})[”“»]|\"(?!\s)([^\"\n]{{8,{MAX_QUOTATION_CHARACTERS}}})\""
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def without_foreign_words(spans: Iterable[NameSpan]) -> Iterator[NameSpan]:
    """Yield the spans, of those in quotations in another language only what the gazetteer knows."""
    quoted: dict[str, list[tuple[int, int]]] = {}
    for span in spans:
        field = span.field
        if field.language != ENGLISH or span.type not in NAME_TYPES:
            yield span
            continue
        if field.pointer not in quoted:
            quoted[field.pointer] = list(_foreign_quotations(field.text, span.lexicon))
        if any(start <= span.start and span.end <= end for start, end in quoted[field.pointer]):
            known = _known_part(span)
            if known is not None:
                yield known
        else:
            yield span


def _foreign_quotations(text: str, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    for quotation in _QUOTATION.finditer(text):
        words = [word.lower() for word in _WORD.findall(quotation[0])]
        foreign = sum(word in lexicon.foreign_small_words for word in words)
        if (
            len(words) >= MIN_WORDS
            and foreign >= MIN_FOREIGN_SHARE * len(words)
            and lexicon.sentence_words.isdisjoint(words)
        ):
            yield quotation.span()


def _known_part(span: NameSpan) -> NameSpan | None:
    """Return what the gazetteer knows of a span: the whole, or what follows its first word, an article."""
    first = span.surface.partition(" ")[0]
    for start in (span.start, span.start + len(first) + 1):
        if start < span.end:
            kind = known_type(span.field.text[start : span.end])
            if kind is not None:
                return NameSpan(span.field, start, span.end, kind)
    return None
