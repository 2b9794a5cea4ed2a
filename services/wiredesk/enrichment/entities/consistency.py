"""Consistency: one type per name throughout an article.

A tagger sees each sentence alone, but an article uses a name for the same thing throughout.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import names
from wiredesk.enrichment.entities.gazetteer import known_type
from wiredesk.enrichment.entities.lexicon import CAPITALS, lexicon_of
from wiredesk.enrichment.entities.missed_names import MIN_SEARCHED_CHARACTERS, missed_names
from wiredesk.enrichment.entities.name_forms import NameForms
from wiredesk.enrichment.entities.name_span import NAME_TYPES, NameSpan
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import EntityType

PERSON, ORGANISATION = EntityType.PERSON, EntityType.ORGANISATION

TAG_VOTE = 1.0
"""Weight of one tag, for the type of a name."""

LONG_FORM_VOTE = 2.0
"""Weight of a full name for the type of its surname, and of a company's name with its legal form for the name without
it: more than one tag of the short form."""

GAZETTEER_VOTE = 1.5
"""Weight of the gazetteer's type: more than one tag, less than two."""

# An abbreviation in brackets after a name: ` (WHO)`.
_BRACKETED = re.compile(r"^ \(([A-Z][\w&-]{1,9})\)")
# An organisation in brackets after a person's name: ` (SPD)`.
_AFFILIATION = re.compile(rf"^ \(([{CAPITALS}]{{2,8}})[)/]")
BRACKETED_CHARACTERS = 16
"""Number of characters after a name that are searched for the abbreviation."""

type Votes = defaultdict[EntityType, float]
"""Sum of the weights for each type of one name."""

type VotesByName = defaultdict[str, Votes]
"""Votes by the name as it is written."""


def unify_types(fields: Sequence[ArticleField], spans: Sequence[NameSpan]) -> list[NameSpan]:
    """Return the mentions with the type that got most votes for their name, and the mentions that the tagger missed."""
    spans = [*spans, *_bracketed_acronyms(spans)]
    forms = NameForms(spans)
    votes = _count_votes(spans, forms)
    types = {name: _winner(of_name) for name, of_name in votes.items()}
    types |= {span.surface: types[forms.of(span)] for span in spans if span.type in NAME_TYPES}
    types |= dict.fromkeys(_organisations_tagged_as_people(spans, types), ORGANISATION)
    unified = [_with_type(span, types) for span in spans]
    return [*unified, *missed_names(fields, unified, types)]


def _count_votes(spans: Iterable[NameSpan], forms: NameForms) -> VotesByName:
    votes: VotesByName = defaultdict(lambda: defaultdict(float))
    spans = list(spans)
    tagged = {span.surface for span in spans}  # `(ESP)`, which nothing tagged, is a country's code
    for span in spans:
        if span.type not in NAME_TYPES:
            continue
        votes[forms.of(span)][span.type] += TAG_VOTE
        if span.type is PERSON and names.is_full_name(span.surface, span.lexicon):
            votes[forms.of_name(names.surname(span.surface, span.lexicon), span.lexicon)][PERSON] += LONG_FORM_VOTE
            affiliation = _AFFILIATION.match(span.field.text[span.end : span.end + BRACKETED_CHARACTERS])
            if affiliation and span.field.language != ENGLISH and affiliation[1] in tagged:
                votes[affiliation[1]][ORGANISATION] += LONG_FORM_VOTE
        elif span.type is ORGANISATION and " " in span.surface:
            short = names.strip_company_form(span.surface, span.lexicon)
            if short != span.surface:
                votes[short][ORGANISATION] += LONG_FORM_VOTE
            acronym = names.acronym(span.surface)
            if acronym in votes:
                votes[acronym][ORGANISATION] += TAG_VOTE
    _add_outside_votes(votes)
    return votes


def _add_outside_votes(votes: VotesByName) -> None:
    """Add the votes of the same name in ordinary case, and of the gazetteer."""
    given_names = lexicon_of(ENGLISH).given_names
    for name, of_name in votes.items():
        if name.isupper() and len(name) >= MIN_SEARCHED_CHARACTERS and name.title() in votes:
            for kind, weight in list(votes[name.title()].items()):
                of_name[kind] += weight  # `FAUCI` in a headline
        known = known_type(name)
        is_given_name = name in given_names and of_name[PERSON] > 0
        if known is not None and not is_given_name:
            of_name[known] += GAZETTEER_VOTE


def _bracketed_acronyms(spans: Sequence[NameSpan]) -> Iterator[NameSpan]:
    """Yield abbreviations in brackets after an organisation's name: `World Health Organization (WHO)`."""
    for span in spans:
        bracketed = _BRACKETED.match(span.field.text[span.end : span.end + BRACKETED_CHARACTERS])
        if (
            span.type is ORGANISATION
            and bracketed
            and bracketed[1].upper() in names.possible_acronyms(span.surface, span.lexicon)
        ):
            acronym = NameSpan(span.field, span.end + bracketed.start(1), span.end + bracketed.end(1), ORGANISATION)
            if not any(acronym.overlaps(other) for other in spans):
                yield acronym


def _winner(votes: Votes) -> EntityType:
    return min(votes, key=lambda kind: (-votes[kind], NAME_TYPES.index(kind)))


def _organisations_tagged_as_people(spans: Sequence[NameSpan], types: Mapping[str, EntityType]) -> set[str]:
    """Return single words that were tagged as people and are organisations.

    News introduces people by their full names. A word that is part of no full name is an organisation if it is written
    in capitals, or if the words around it are typical for companies and clubs.
    """
    words_of_people = {
        word.casefold()
        for span in spans
        if types.get(span.surface) is PERSON and " " in span.surface
        for word in (*names.name_words(span.surface), names.surname(span.surface, span.lexicon))
    }
    return {
        span.surface
        for span in spans
        if types.get(span.surface) is PERSON
        and " " not in span.surface
        and span.surface.casefold() not in words_of_people
        and (
            (span.surface.isupper() and len(span.surface) >= MIN_SEARCHED_CHARACTERS and span.surface.isalpha())
            or names.has_organisation_context(span.field.text, span.start, span.end, span.lexicon)
        )
    }


def _with_type(span: NameSpan, types: Mapping[str, EntityType]) -> NameSpan:
    if span.type not in NAME_TYPES:
        return span
    return NameSpan(span.field, span.start, span.end, types.get(span.surface, span.type))
