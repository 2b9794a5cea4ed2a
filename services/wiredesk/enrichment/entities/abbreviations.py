"""Abbreviations that a text explains itself: `Movimento 5 Stelle (M5S)`."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities.lexicon import Lexicon, lexicon_of
from wiredesk.enrichment.entities.name_span import MarkedPlaces, NameSpan
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
    by_field: defaultdict[str, list[NameSpan]] = defaultdict(list)
    for span in spans:
        if span.type is EntityType.ORGANISATION:
            by_field[span.field.pointer].append(span)
    for field in fields:
        lexicon = lexicon_of(field.language)
        if not lexicon.language or lexicon.unspaced:
            continue
        tagged = by_field[field.pointer]
        marked, surfaces = MarkedPlaces(tagged), {span.surface for span in tagged}
        for bracket in _BRACKETED.finditer(field.text):
            start = _start_of_name(field.text, bracket.start() - 1, bracket[1], lexicon)
            if start is None:
                continue
            name = NameSpan(field, start, bracket.start() - 1, EntityType.ORGANISATION)
            short = NameSpan(field, bracket.start(1), bracket.end(1), EntityType.ORGANISATION)
            is_tagged = short.surface in surfaces or marked.overlap(field, name.start, name.end)
            if is_tagged or _ends_like_organisation(name):
                explained += [name, short]
    return explained


def _ends_like_organisation(name: NameSpan) -> bool:
    return name.surface.rpartition(" ")[2].lower() in name.lexicon.organisation_heads


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
