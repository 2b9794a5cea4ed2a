"""Merging: mentions of the same person, organisation or place, only where that is certain."""

from collections import defaultdict
from collections.abc import Sequence

from wiredesk.enrichment.entities import names
from wiredesk.enrichment.entities.gazetteer import lookup
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk_schemas import EntityType

MIN_ACRONYM_CHARACTERS = 2
"""Minimum letters of an acronym: a single letter abbreviates too many names."""

MIN_SHORT_NAME_CHARACTERS = 3
"""Minimum letters of a given name that may be short for a longer one: `Jo` is short for many."""

type Cluster = list[NameSpan]
"""Mentions of one entity."""


def merge_mentions(mentions: Sequence[NameSpan]) -> list[Cluster]:
    """Return the mentions of an article grouped by the entity that they mean, each group in reading order."""
    order = {id(span): position for position, span in enumerate(mentions)}
    merged: list[Cluster] = []
    for kind in EntityType:
        of_kind = [span for span in mentions if span.type is kind]
        if kind is EntityType.PERSON:
            merged += _merge_people(of_kind)
        elif kind in (EntityType.ORGANISATION, EntityType.PLACE):
            merged += _merge_short_forms(of_kind)
        else:
            merged += _merge_equal_names(of_kind)
    return [sorted(cluster, key=lambda span: order[id(span)]) for cluster in merged]


def _merge_equal_names(mentions: Sequence[NameSpan]) -> list[Cluster]:
    clusters: defaultdict[str, Cluster] = defaultdict(list)
    for span in mentions:
        clusters[_identity(span)].append(span)
    return list(clusters.values())


def _identity(span: NameSpan) -> str:
    """Return what equal names share: the gazetteer's item, or else the normalised name."""
    entry = lookup(span.surface, span.type)
    return entry.wikidata if entry is not None else _normalised(span.surface)


def _normalised(name: str) -> str:
    """Return a name without case, full stops, hyphens and kinds of apostrophes."""
    return " ".join(name.replace("’", "'").replace(".", "").replace("-", " ").casefold().split())


class _Person:
    """A person whom the article calls by a full name.

    Attributes:
        words: of the first full name, normalised, without initials.
        surname: of that name, normalised.
        mentions: under all forms of the name.
    """

    def __init__(self, span: NameSpan) -> None:
        self.words = tuple(map(_normalised, names.name_words(span.surface)))
        self.surname = _normalised(names.surname(span.surface, span.lexicon))
        self.mentions = [span]

    def has_name(self, span: NameSpan) -> bool:
        """Whether a full name is another form of this one: the same surname, and given names that agree."""
        words = tuple(map(_normalised, names.name_words(span.surface)))
        if words == self.words:
            return True
        if _normalised(names.surname(span.surface, span.lexicon)) != self.surname:
            # Family name first, then the other way round: `Abe Shinzo`, `Shinzo Abe`.
            return len(words) == 2 and words == self.words[::-1]  # noqa: PLR2004 - a pair
        return words[0] == self.words[0] or _is_short_form(words[0], self.words[0])


def _is_short_form(one: str, other: str) -> bool:
    """Whether one given name begins the other: `Dan`, `Daniel`."""
    short, long = sorted((one, other), key=len)
    return len(short) >= MIN_SHORT_NAME_CHARACTERS and long.startswith(short)


def _merge_people(mentions: Sequence[NameSpan]) -> list[Cluster]:
    """Merge people: full names first, then single names that can mean one person only."""
    people: list[_Person] = []
    single_names: defaultdict[str, Cluster] = defaultdict(list)
    for span in mentions:
        if not names.is_full_name(span.surface, span.lexicon):
            single_names[_normalised(span.surface)].append(span)
            continue
        person = next((person for person in people if person.has_name(span)), None)
        if person is None:
            people.append(_Person(span))
        else:
            person.mentions.append(span)
    clusters = [person.mentions for person in people]
    for name, spans in single_names.items():
        # A single name is a surname; where family names come first (Xi Jinping), it is the first word.
        owners = [p for p in people if name in (p.surname, p.words[-1])] or [p for p in people if p.words[0] == name]
        if len(owners) == 1:
            owners[0].mentions.extend(spans)
        else:
            clusters.append(spans)
    return clusters


def _merge_short_forms(mentions: Sequence[NameSpan]) -> list[Cluster]:
    """Merge organisations, or places: equal names, acronyms with what they abbreviate, short forms with their names."""
    clusters = _merge_equal_names(mentions)
    long_names = [cluster for cluster in clusters if " " in cluster[0].surface]
    owners = [_owner(cluster[0], [other for other in long_names if other is not cluster]) for cluster in clusters]
    # Short forms first: `AA` goes to `Apex Airlines`, and with it to `Apex Airlines Inc`.
    for cluster, owner in sorted(zip(clusters, owners, strict=True), key=lambda pair: len(pair[0][0].surface)):
        if owner is not None:
            owner.extend(cluster)
    return [cluster for cluster, owner in zip(clusters, owners, strict=True) if owner is None]


def _owner(span: NameSpan, long_names: Sequence[Cluster]) -> Cluster | None:
    """Return the cluster whose name a short form means, if there is exactly one."""
    owners = [cluster for cluster in long_names if _is_acronym_of(span.surface, cluster[0])]
    if not owners and span.type is EntityType.ORGANISATION:
        owners = [cluster for cluster in long_names if _is_without_company_form(span.surface, cluster[0])]
    return owners[0] if len(owners) == 1 else None


def _is_acronym_of(short: str, long: NameSpan) -> bool:
    letters = short.replace(".", "")
    if len(letters) < MIN_ACRONYM_CHARACTERS or not letters.isupper() or " " in letters:
        return False
    acronyms = names.possible_acronyms(long.surface, long.lexicon)
    # `DHS` is used for `US Department of Homeland Security` as well.
    return letters in acronyms or any(letters == one[1:] for one in acronyms if one.startswith("U"))


def _is_without_company_form(short: str, long: NameSpan) -> bool:
    """Whether a name is a company's without the legal form: `Pfizer` of `Pfizer Inc`."""
    return _normalised(names.strip_company_form(long.surface, long.lexicon)) == _normalised(short)
