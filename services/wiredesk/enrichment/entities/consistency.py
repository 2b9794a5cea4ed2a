"""Consistency: one type per name throughout an article.

A tagger sees each sentence alone, but an article uses a name for the same thing throughout.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import context, names
from wiredesk.enrichment.entities.gazetteer import (
    MIN_LARGE_CITY_PROMINENCE,
    is_country,
    known_type,
    lookup,
    lookup_form,
)
from wiredesk.enrichment.entities.lexicon import CAPITALS, lexicon_of
from wiredesk.enrichment.entities.missed_names import MIN_SEARCHED_CHARACTERS, missed_names
from wiredesk.enrichment.entities.name_forms import NameForms
from wiredesk.enrichment.entities.name_span import NAME_TYPES, MarkedPlaces, NameSpan
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import EntityType

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE

TAG_VOTE = 1.0
"""Weight of one tag, for the type of a name."""

LONG_FORM_VOTE = 2.0
"""Weight of a full name for the type of its surname, and of a company's name with its legal form for the name without
it: more than one tag of the short form."""

GAZETTEER_VOTE = 1.5
"""Weight of the gazetteer's type: more than one tag, less than two."""

CONTEXT_VOTE = 3.0
"""Weight of the type that the words around a mention show: more than a tag and the gazetteer together."""

# Abbreviations of organisations in a text: `the IMF`.
_ABBREVIATION = re.compile(r"(?<![\w&-])[A-Z]{3,6}(?![\w&-])")

# An abbreviation in brackets after a name: ` (WHO)`.
_BRACKETED = re.compile(r"^ \(([A-Z][\w&-]{1,9})\)")
# An organisation in brackets after a person's name: ` (SPD)`.
_AFFILIATION = re.compile(rf"^ \(([{CAPITALS}]{{2,8}})[)/]")
BRACKETED_CHARACTERS = 16
"""Number of characters after a name that are searched for the abbreviation."""

type Votes = defaultdict[EntityType, float]
"""Sum of the weights for each type of one name."""

type ShownTypes = Mapping[tuple[str, int], EntityType]
"""For mentions, by pointer and start: the type that the words around them show."""

type VotesByName = defaultdict[str, Votes]
"""Votes by the name as it is written."""


def unify_types(fields: Sequence[ArticleField], spans: Sequence[NameSpan]) -> list[NameSpan]:
    """Return the mentions with the type that got most votes for their name, and the mentions that the tagger missed."""
    spans = [*spans, *_bracketed_acronyms(spans)]
    spans = [*spans, *_known_abbreviations(fields, spans)]
    shown = {(span.field.pointer, span.start): kind for span in spans if (kind := context.type_shown(span)) is not None}
    shown |= dict.fromkeys(_surnames_like_places(fields, spans, shown), PERSON)
    forms = NameForms(spans)
    votes = _count_votes(spans, forms, shown)
    types = {name: _winner(of_name) for name, of_name in votes.items()}
    types |= {span.surface: types[forms.of(span)] for span in spans if span.type in NAME_TYPES}
    types |= dict.fromkeys(_organisations_tagged_as_people(spans, types), ORGANISATION)
    unified = [_with_type(span, types, shown) for span in spans]
    missed = missed_names(fields, unified, types)
    return [*unified, *(replace(span, type=context.type_shown(span) or span.type) for span in missed)]


def _count_votes(spans: Iterable[NameSpan], forms: NameForms, shown: ShownTypes) -> VotesByName:
    votes: VotesByName = defaultdict(lambda: defaultdict(float))
    spans = list(spans)
    tagged = {span.surface for span in spans}  # `(ESP)`, which nothing tagged, is a country's code
    shared = _shared_places(spans)
    languages: dict[str, str] = {}
    for span in spans:
        if span.type not in NAME_TYPES:
            continue
        form = forms.of(span)
        languages.setdefault(form, span.field.language or ENGLISH)
        kind = shown.get((span.field.pointer, span.start))
        votes[form][kind or span.type] += TAG_VOTE if kind is None else CONTEXT_VOTE
        if kind is not None and kind is not span.type:
            continue
        if span.type is PERSON and names.is_full_name(span.surface, span.lexicon):
            surname = names.surname(span.surface, span.lexicon)
            _add_surname_votes(votes, forms.of_name(surname, span.lexicon), shared)
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
    _add_outside_votes(votes, languages)
    return votes


def _add_surname_votes(votes: VotesByName, surname: str, shared: Collection[str]) -> None:
    if surname in shared:
        return
    votes[surname][PERSON] += LONG_FORM_VOTE
    if surname[0].islower():
        votes[surname[0].upper() + surname[1:]][PERSON] += LONG_FORM_VOTE  # `El-Sisi` begins a sentence


def _add_outside_votes(votes: VotesByName, languages: Mapping[str, str]) -> None:
    """Add the votes of the same name in ordinary case, and of the gazetteer.

    Args:
        votes: by name.
        languages: of the texts that the names are in.
    """
    given_names = lexicon_of(ENGLISH).given_names
    for name, of_name in votes.items():
        if name.isupper() and len(name) >= MIN_SEARCHED_CHARACTERS and name.title() in votes:
            for kind, weight in list(votes[name.title()].items()):
                of_name[kind] += weight  # `FAUCI` in a headline
        language = languages.get(name, ENGLISH)
        is_doubtful = language != ENGLISH and any(kind is not PLACE for kind in of_name) and not _is_full(name, of_name)
        is_place = is_doubtful and (
            is_country(name, language) or (of_name.keys() == {PERSON} and _is_city(name, language))
        )
        known = PLACE if is_place else known_type(name)
        is_given_name = name in given_names and of_name[PERSON] > 0
        if known is not None and not is_given_name:
            of_name[known] += GAZETTEER_VOTE


def _is_city(name: str, language: str) -> bool:
    """Whether a single word is a large city's name in a language, in any of its forms: `Séoul`."""
    entry = lookup_form(name, PLACE, language) if " " not in name else None
    return entry is not None and entry.kind == "city" and entry.prominence >= MIN_LARGE_CITY_PROMINENCE


def _is_full(name: str, of_name: Votes) -> bool:
    """Whether all take a name of several words for a person's: it is no country's, and need not be looked up."""
    return " " in name and all(kind is PERSON for kind in of_name)


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


def _shared_places(spans: Iterable[NameSpan]) -> set[str]:
    """Return surnames of several people that are places as well: alone, `Washington` is none of these people."""
    full_names: defaultdict[str, set[str]] = defaultdict(set)
    for span in spans:
        if span.type is PERSON and names.is_full_name(span.surface, span.lexicon):
            full_names[names.surname(span.surface, span.lexicon)].add(names.name_words(span.surface)[0])
    return {surname for surname, given in full_names.items() if len(given) > 1 and lookup(surname, PLACE)}


def _known_abbreviations(fields: Sequence[ArticleField], spans: Sequence[NameSpan]) -> Iterator[NameSpan]:
    """Yield abbreviations of the gazetteer's organisations that the tagger missed: `the IMF`."""
    marked = MarkedPlaces(spans)
    for field in fields:
        if field.language != ENGLISH:
            continue
        for match in _ABBREVIATION.finditer(field.text):
            if not marked.overlap(field, *match.span()) and lookup(match[0], ORGANISATION):
                yield NameSpan(field, *match.span(), ORGANISATION)


def _surnames_like_places(
    fields: Sequence[ArticleField], spans: Sequence[NameSpan], shown: ShownTypes
) -> Iterator[tuple[str, int]]:
    """Yield mentions that are the surname of the only person of that name: `Kerry Washington ... Washington`.

    The full name stands before them, no mention before it is the place, and no word before them says where.
    """
    order = {field.pointer: index for index, field in enumerate(fields)}
    owners: defaultdict[str, set[str]] = defaultdict(set)
    places: set[str] = set()
    for span in sorted(spans, key=lambda span: (order[span.field.pointer], span.start)):
        if span.field.language != ENGLISH or span.type not in NAME_TYPES:
            continue
        at = (span.field.pointer, span.start)
        if span.type is PERSON and " " in span.surface:
            owners[names.surname(span.surface, span.lexicon)].add(names.name_words(span.surface)[0])
        elif at in shown or context.follows_preposition(span) or not owners[span.surface]:
            if span.type is not PERSON and not owners[span.surface]:
                places.add(span.surface)
        elif len(owners[span.surface]) == 1 and span.surface not in places:
            yield at


def _with_type(span: NameSpan, types: Mapping[str, EntityType], shown: ShownTypes) -> NameSpan:
    if span.type not in NAME_TYPES:
        return span
    kind = shown.get((span.field.pointer, span.start)) or types.get(span.surface, span.type)
    return NameSpan(span.field, span.start, span.end, kind)
