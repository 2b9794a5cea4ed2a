"""Names of teams and institutions whose last word a tagger left out: `Mumbai Indians`, `St Mary's Hospital`."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from wiredesk.enrichment.entities.context import in_match_report
from wiredesk.enrichment.entities.gazetteer import known_surnames
from wiredesk.enrichment.entities.lexicon import CAPITALS, Lexicon, alternatives
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import EntityType

MAX_NICKNAME_CHARACTERS = 24
"""Number of characters after a place that are searched for the name of its team."""

_INSTITUTION = re.compile(
    r"['’]s? (?:[A-Z][a-z]+ )?(?:Hospital|College|School|University|Academy|Infirmary|Hospice|Church|Cathedral)\b"
    r"(?! (?:Award|Medal|Prize|visit|speech|sermon|project|days|years)s?\b)"
)
_SAINT = re.compile(r"(?:St\.?|Saint|Sts\.?|SS) ")
_NEXT_WORD = re.compile(rf" [{CAPITALS}][\w-]+")
_COMPANY_OF = re.compile(r"(?:Ltd|Limited|Inc|Corp|LLC|LLP|PLC|plc)\.?(?= of [A-Z])")


def whole_organisations(spans: Iterable[NameSpan]) -> Iterator[NameSpan]:
    """Yield the organisations of which spans are the beginning."""
    for span in spans:
        is_english = span.field.language == ENGLISH
        end = (_team_end(span) or _institution_end(span)) if is_english else _end_after_article(span)
        if end:
            yield NameSpan(span.field, span.start, end, EntityType.ORGANISATION)


def without_seat(text: str, start: int, end: int) -> int:
    """Return where a company's name ends, before the town that it is in: `Smith & Sons Ltd of Hull`."""
    form = _COMPANY_OF.search(text, start, end)
    return form.end() if form else end


def _team_end(span: NameSpan) -> int:
    """Return where the name of a place's team ends; 0 where none follows."""
    if span.type is not EntityType.PLACE or "," in span.surface:
        return 0
    after = _nicknames(span.lexicon).match(span.field.text, span.end, span.end + MAX_NICKNAME_CHARACTERS)
    if after is None:
        return 0
    is_team = after[1].lower() in span.lexicon.club_heads or in_match_report(span)
    return after.end() if is_team else 0


def _end_after_article(span: NameSpan) -> int:
    """Return where an organisation's name ends of which only the article was marked: `De Telegraaf`; or 0."""
    if span.type is not EntityType.ORGANISATION or span.surface.lower() not in span.lexicon.articles:
        return 0
    after = _NEXT_WORD.match(span.field.text, span.end)
    return after.end() if after else 0


def _institution_end(span: NameSpan) -> int:
    """Return where the name of an institution ends that a person's name begins; 0 where none follows.

    A known person has a school or a church rather than gives it a name: `Trump's Church`, `Steven Alder's School`.
    """
    is_saint = _SAINT.match(span.surface) is not None
    if span.type is not EntityType.PERSON or (
        not is_saint and (" " in span.surface or span.surface in known_surnames())
    ):
        return 0
    after = _INSTITUTION.match(span.field.text, span.end)
    return after.end() if after else 0


@cache
def _nicknames(lexicon: Lexicon) -> re.Pattern[str]:
    """Return a pattern of the teams' names that follow a place's."""
    names = (" ".join(map(str.capitalize, name.split())) for name in lexicon.club_heads | lexicon.team_nicknames)
    return re.compile(rf" ({alternatives(names)})(?![\w-])")
