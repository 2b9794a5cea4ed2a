"""Merging: mentions of the same person, organisation or place; only where that is certain."""

from collections import defaultdict
from collections.abc import Sequence

from wiredesk.enrichment.entities import names
from wiredesk.enrichment.entities.linking import Known, known
from wiredesk.enrichment.entities.named import Named
from wiredesk_schemas import EntityType

MIN_ACRONYM = 2


def clusters(mentions: Sequence[Named]) -> list[list[Named]]:
    """Return the mentions of an article by what they mean, each cluster in reading order."""
    order = {id(named): position for position, named in enumerate(mentions)}
    merged: list[list[Named]] = []
    for kind in EntityType:
        of_kind = [named for named in mentions if named.type is kind]
        if kind is EntityType.PERSON:
            merged += _people(of_kind)
        elif kind in (EntityType.ORGANISATION, EntityType.PLACE):
            merged += _by_name(of_kind)
        else:
            merged += _equal(of_kind)
    return [sorted(cluster, key=lambda named: order[id(named)]) for cluster in merged]


def _equal(mentions: Sequence[Named]) -> list[list[Named]]:
    found: defaultdict[str, list[Named]] = defaultdict(list)
    for named in mentions:
        found[_form(named)].append(named)
    return list(found.values())


def _form(named: Named) -> str:
    """Return what equal names have in common: the gazetteer's item, or the name without case and apostrophes."""
    item: Known | None = known(named.surface, named.type)
    return item.wikidata if item is not None else _plain(named.surface)


def _plain(name: str) -> str:
    return " ".join(name.replace("’", "'").replace(".", "").replace("-", " ").casefold().split())


class _Person:
    """A person under full names.

    Attributes:
        words: of the first of them, without initials.
        mentions: under all of them.
    """

    def __init__(self, named: Named) -> None:
        self.words = tuple(map(_plain, names.parts(named.surface)))
        self.surname = _plain(names.surname(named.surface))
        self.mentions = [named]

    def is_also(self, named: Named) -> bool:
        """Whether a full name is another form of this one: same surname, given names that do not contradict."""
        words = tuple(map(_plain, names.parts(named.surface)))
        if words == self.words:
            return True
        if _plain(names.surname(named.surface)) != self.surname:
            # Family name first, and written the other way round: `Abe Shinzo`, `Shinzo Abe`.
            return len(words) == 2 and words == self.words[::-1]  # noqa: PLR2004 - a pair
        return words[0] == self.words[0] or _shortened(words[0], self.words[0])


def _shortened(one: str, other: str) -> bool:
    """Whether a given name is short for another: `Dan` for `Daniel`; two letters are too few to tell."""
    short, long = sorted((one, other), key=len)
    return len(short) > 2 and long.startswith(short)  # noqa: PLR2004 - as the description says


def _people(mentions: Sequence[Named]) -> list[list[Named]]:
    """Merge people: full names first, then parts of a name that fit one person only."""
    people: list[_Person] = []
    partial: defaultdict[str, list[Named]] = defaultdict(list)
    for named in mentions:
        if not names.is_full(named.surface):
            partial[_plain(named.surface)].append(named)
            continue
        same = next((person for person in people if person.is_also(named)), None)
        if same is None:
            people.append(_Person(named))
        else:
            same.mentions.append(named)
    found = [person.mentions for person in people]
    for word, parts in partial.items():
        # A single word is a surname; where family names come first (Xi Jinping) it is the first word.
        owners = [p for p in people if word in (p.surname, p.words[-1])] or [p for p in people if p.words[0] == word]
        if len(owners) == 1:
            owners[0].mentions.extend(parts)
        else:
            found.append(parts)
    return found


def _by_name(mentions: Sequence[Named]) -> list[list[Named]]:
    """Merge organisations, and places: equal names, an acronym with what it abbreviates, a short form with its name."""
    found = _equal(mentions)
    full = [cluster for cluster in found if " " in cluster[0].surface]
    owners = [_owner(cluster[0], [other for other in full if other is not cluster]) for cluster in found]
    # Short forms first: `AA` goes to `Apex Airlines`, and with it to `Apex Airlines Inc`.
    for cluster, owner in sorted(zip(found, owners, strict=True), key=lambda pair: len(pair[0][0].surface)):
        if owner is not None:
            owner.extend(cluster)
    return [cluster for cluster, owner in zip(found, owners, strict=True) if owner is None]


def _owner(named: Named, full: Sequence[list[Named]]) -> list[Named] | None:
    """Return the one cluster of a longer name that a short one stands for."""
    surface = named.surface
    owners = [cluster for cluster in full if _abbreviates(surface, cluster[0].surface)]
    if not owners and named.type is EntityType.ORGANISATION:
        owners = [cluster for cluster in full if _shortens(surface, cluster[0].surface)]
    return owners[0] if len(owners) == 1 else None


def _abbreviates(short: str, name: str) -> bool:
    letters = short.replace(".", "")
    if len(letters) < MIN_ACRONYM or not letters.isupper() or " " in letters:
        return False
    found = names.initials(name)
    # `DHS` is said of the US Department of Homeland Security, too.
    return letters in found or any(letters == one[1:] for one in found if one.startswith("U"))


def _shortens(short: str, name: str) -> bool:
    """Whether a name is the beginning of a company's: `Pfizer` of `Pfizer Inc`."""
    return _plain(names.without_company_form(name)) == _plain(short)
