"""Consistency: a tagger judges each sentence alone; an article calls the same thing by the same name throughout."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from wiredesk.enrichment.entities import kinds, names
from wiredesk.enrichment.entities.lexicon import words
from wiredesk.enrichment.entities.linking import gazetteer
from wiredesk.enrichment.entities.named import Named
from wiredesk.enrichment.fields import Text
from wiredesk_schemas import EntityType

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE
NAMES = (PERSON, ORGANISATION, PLACE)

MIN_FORM = 3
"""Characters of a name that is looked for by itself: shorter ones are words, or parts of other names."""

PART_OF_FULL_NAME = 2.0
"""A full name says more of a surname's type than the tag of the surname alone does."""

KNOWN = 1.5
"""What the gazetteer knows weighs more than one tag, and less than two."""

GIVEN_NAMES = words("given_names")

type Ballot = defaultdict[EntityType, float]
type Votes = defaultdict[str, Ballot]
"""By the form of a name, as written."""


def consistent(texts: Sequence[Text], found: Sequence[Named]) -> list[Named]:
    """Return mentions with the type that their name has in most places, and those that the tagger missed."""
    found = [*found, *_acronyms(found)]
    votes = _votes(found)
    types = {form: _elected(ballot) for form, ballot in votes.items()}
    types |= dict.fromkeys(_unexplained_organisations(found, types), ORGANISATION)
    revised = [_revised(named, types) for named in found]
    return [*revised, *_missed(texts, revised, types)]


def _votes(found: Iterable[Named]) -> Votes:
    votes: Votes = defaultdict(lambda: defaultdict(float))
    for named in found:
        if named.type not in NAMES:
            continue
        votes[named.surface][named.type] += 1.0
        if named.type is PERSON and names.is_full(named.surface):
            votes[names.surname(named.surface)][PERSON] += PART_OF_FULL_NAME
        elif named.type is ORGANISATION and " " in named.surface:
            short = names.without_company_form(named.surface)
            if short != named.surface:
                votes[short][ORGANISATION] += PART_OF_FULL_NAME
            acronym = names.acronym(named.surface)
            if acronym in votes:
                votes[acronym][ORGANISATION] += 1.0
    _inform(votes)
    return votes


def _inform(votes: Votes) -> None:
    """Add what headlines in capitals and the gazetteer know."""
    known = gazetteer()
    for form, ballot in votes.items():
        if form.isupper() and len(form) >= MIN_FORM and form.title() in votes:
            for kind, weight in list(votes[form.title()].items()):
                ballot[kind] += weight  # `FAUCI` in a headline
        entry = known.get(form)
        is_given_name = form in GIVEN_NAMES and ballot[PERSON] > 0
        if entry is not None and not entry.needs_role and not is_given_name:
            ballot[entry.type] += KNOWN


def _acronyms(found: Sequence[Named]) -> Iterable[Named]:
    """Find abbreviations in brackets behind an organisation's name: `World Health Organization (WHO)`."""
    for named in found:
        behind = _BRACKETED.match(named.text.text[named.end : named.end + 16])
        if named.type is ORGANISATION and behind and behind[1].upper() in names.initials(named.surface):
            own = Named(named.text, named.end + behind.start(1), named.end + behind.end(1), ORGANISATION)
            if not any(own.overlaps(other) for other in found):
                yield own


_BRACKETED = re.compile(r"^ \(([A-Z][\w&-]{1,9})\)")


def _elected(ballot: Ballot) -> EntityType:
    return min(ballot, key=lambda kind: (-ballot[kind], NAMES.index(kind)))


def _unexplained_organisations(found: Sequence[Named], types: Mapping[str, EntityType]) -> set[str]:
    """Return single words taken for people that are organisations.

    News introduces people by their full names. A word that no full name explains, and that is written in capitals, has
    an article, or stands where companies and clubs do, is none.
    """
    explained = {
        word.casefold()
        for named in found
        if types.get(named.surface) is PERSON and " " in named.surface
        for word in (*names.parts(named.surface), names.surname(named.surface))
    }
    return {
        named.surface
        for named in found
        if types.get(named.surface) is PERSON
        and " " not in named.surface
        and named.surface.casefold() not in explained
        and (
            (named.surface.isupper() and len(named.surface) >= MIN_FORM and named.surface.isalpha())
            or kinds.sounds_like_organisation(named.text.text, named.start, named.end)
        )
    }


def _revised(named: Named, types: dict[str, EntityType]) -> Named:
    if named.type not in NAMES:
        return named
    return Named(named.text, named.start, named.end, types.get(named.surface, named.type))


def _missed(texts: Sequence[Text], found: Sequence[Named], types: dict[str, EntityType]) -> Iterable[Named]:
    """Find the names that are known from elsewhere in the article where the tagger missed them."""
    forms = names.longest_first(form for form in types if len(form) >= MIN_FORM and form[0].isupper())
    if not forms:
        return
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, forms))})(?![\w-])")
    taken: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for named in found:
        taken[named.text.pointer].append((named.start, named.end))
    for text in texts:
        for match in pattern.finditer(text.text):
            if not any(start < match.end() and match.start() < end for start, end in taken[text.pointer]):
                yield Named(text, match.start(), match.end(), types[match[0]])
