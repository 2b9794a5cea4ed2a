"""Abbreviations that a text explains itself: `Movimento 5 Stelle (M5S)`."""

import re
from collections.abc import Iterable, Iterator, Sequence

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities.lexicon import Lexicon, lexicon_of
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk_schemas import EntityType

MAX_NAME_CHARACTERS = 100
"""Number of characters before the brackets that are searched for the name."""

_BRACKETED = re.compile(r"(?<=[\w.’'] )\(([A-Z][A-Z\d]{2,7})\)")
_WORD = re.compile(r"[^\s-]+")


def explained_names(fields: Iterable[ArticleField], spans: Sequence[NameSpan]) -> list[NameSpan]:
    """Return organisations whose abbreviation stands in brackets after them, and the abbreviations.

    Only where the tagger saw an organisation in one of both, or the name's last word is one for organisations: what
    `gross domestic product (GDP)` stands for is none.
    """
    explained = []
    for field in fields:
        lexicon = lexicon_of(field.language)
        if not lexicon.language or lexicon.unspaced:
            continue
        tagged = [span for span in spans if span.field is field]
        for bracket in _BRACKETED.finditer(field.text):
            start = _start_of_name(field.text, bracket.start() - 1, bracket[1], lexicon)
            if start is None:
                continue
            name = NameSpan(field, start, bracket.start() - 1, EntityType.ORGANISATION)
            short = NameSpan(field, bracket.start(1), bracket.end(1), EntityType.ORGANISATION)
            if _is_organisation(name, short, tagged):
                explained += [name, short]
    return explained


def without_parts(spans: Iterable[NameSpan], explained: Sequence[NameSpan]) -> Iterator[NameSpan]:
    """Yield the spans that are no parts of explained names, nor across their borders."""
    for span in spans:
        if not any(span.overlaps(name) for name in explained):
            yield span


def _is_organisation(name: NameSpan, short: NameSpan, tagged: Iterable[NameSpan]) -> bool:
    last = name.surface.rpartition(" ")[2].lower()
    if last in name.lexicon.organisation_heads:
        return True
    return any(
        span.type is EntityType.ORGANISATION and (span.overlaps(name) or span.surface == short.surface)
        for span in tagged
    )


def _start_of_name(text: str, end: int, letters: str, lexicon: Lexicon) -> int | None:
    """Return where the name begins whose words have these first letters; None where no words do."""
    begin = max(0, end - MAX_NAME_CHARACTERS)
    left = letters
    for word in reversed(list(_WORD.finditer(text, begin, end))):
        first = word[0][0]
        if word[0].lower() in lexicon.small_words and not (left and left[-1] == first.upper()):
            continue
        if not left or left[-1] != first or not (first.isupper() or first.isdigit()):
            return None
        left = left[:-1]
        if not left:
            return word.start()
    return None
