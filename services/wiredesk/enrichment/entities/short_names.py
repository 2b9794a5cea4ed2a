"""Short names of organisations and places: acronyms, names without the legal form, and other forms of a name."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from wiredesk.enrichment.entities import names
from wiredesk.enrichment.entities.folding import fold_name
from wiredesk.enrichment.entities.gazetteer import candidates, lookup
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk.enrichment.entities.word_forms import Word, are_forms, words_of
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import EntityType

MIN_ACRONYM_CHARACTERS = 2
"""Minimum letters of an acronym: a single letter abbreviates too many names."""

MIN_INNER_ACRONYM_CHARACTERS = 3
"""Minimum letters of an acronym that may have letters from within words: `ADFC`."""

MIN_SHUFFLED_ACRONYM_CHARACTERS = 4
"""Minimum letters of an acronym that has them in another order than the name, as in another language: `UAAR`."""

MAX_NAMESAKES = 50
"""Names with the same first word that a name is compared with."""

MIN_BEGINNING = 2
"""Minimum characters of the beginning of a name that is used for it; in languages with spaces, more."""

MAX_RUN_BEGINNING = 3
"""Maximum characters of such a beginning where a name is written without spaces."""

ENDS_OF_ORGANISATIONS = frozenset("署社局省庁部会會党黨行校所院団团系")
"""Characters that end the name of an organisation: what begins with it is a part of that one, or another."""

OPENING_BRACKET = re.compile(r"\s?[(（［\[〔]\s?")
"""An opening bracket after a name."""

type Cluster = list[NameSpan]
"""Mentions of one entity."""


class _Group:
    """Mentions with equal names, before short names are merged.

    Attributes:
        number: its index among the groups of the article.
        cluster: the mentions.
        words: of the name.
        item: the id of the gazetteer's item; None where the name is not in it.
    """

    def __init__(self, number: int, cluster: Cluster) -> None:
        self.number = number
        self.cluster = cluster
        self.first = cluster[0]
        self.words: tuple[Word, ...] = words_of(fold_name(self.first.surface, self.first.lexicon), self.first.lexicon)
        entry = lookup(self.first.surface, self.first.type, self.first.field.language or ENGLISH)
        self.item = entry.wikidata if entry is not None else None
        self.surfaces = list(dict.fromkeys(span.surface for span in cluster))

    @property
    def is_long(self) -> bool:
        """Whether the name has several words, or is written without spaces."""
        return " " in self.first.surface or self.first.lexicon.unspaced


def merge_short_names(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Return clusters of equal names, of organisations or of places, merged where one is short for the other.

    Args:
        clusters: of mentions with equal names.
    """
    groups = [_Group(number, cluster) for number, cluster in enumerate(clusters)]
    parents = list(range(len(groups)))
    for group, owner in _owners(groups):
        parents[_root(parents, group.number)] = _root(parents, owner.number)
    merged: defaultdict[int, Cluster] = defaultdict(list)
    for group in groups:
        merged[_root(parents, group.number)].extend(group.cluster)
    return [merged[number] for number in sorted(merged)]


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        number = parents[number]
    return number


def _owners(groups: Sequence[_Group]) -> Iterator[tuple[_Group, _Group]]:
    """Yield pairs of a group and the one whose name it is another form of, or short for."""
    yield from _other_forms(groups)
    long_groups = [group for group in groups if group.is_long]
    acronyms, stripped, by_letter = _acronyms(long_groups), _stripped(long_groups), _by_first_letter(long_groups)
    shuffled = _shuffled(acronyms)
    forms = dict(_other_forms(groups))
    # Short forms first: `AA` goes to `Apex Airlines`, and with it to `Apex Airlines Inc`.
    for group in sorted(groups, key=lambda one: len(one.first.surface)):
        letters = group.first.surface.replace(".", "")
        owners = [owner for owner in acronyms.get(letters, ()) if owner is not group] if _is_acronym(letters) else []
        if not owners and group.first.type is EntityType.ORGANISATION:
            owners = [owner for owner in _owners_of_inner_acronym(letters, by_letter) if owner is not group]
        if not owners and group.first.type is EntityType.ORGANISATION:
            owners = [owner for owner in stripped.get(_folded(group), ()) if owner is not group]
        if not owners and group.first.type is EntityType.ORGANISATION and _is_acronym(letters):
            owners = [owner for owner in shuffled.get("".join(sorted(letters)), ()) if not _are_two_items(group, owner)]
        if len({forms.get(owner, owner).number for owner in owners}) == 1:
            yield group, owners[0]
    if groups and groups[0].first.type is EntityType.ORGANISATION:
        yield from _bracketed(groups)
        yield from _beginnings(groups)
        yield from _institutions(groups)


def _other_forms(groups: Sequence[_Group]) -> Iterator[tuple[_Group, _Group]]:
    """Yield groups whose names are forms of an earlier one: `Irans` of `Iran`."""
    by_stem: defaultdict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        stems = sorted(group.words[0].stems) if group.words else []
        earlier = {other.number: other for stem in stems for other in by_stem[stem][:MAX_NAMESAKES]}
        same = (other for _, other in sorted(earlier.items()) if are_forms(group.words, other.words))
        owner = next((other for other in same if not _are_two_items(group, other)), None)
        if owner is not None:
            yield group, owner
        for stem in stems:
            by_stem[stem].append(group)


def _are_two_items(one: _Group, other: _Group) -> bool:
    """Whether the gazetteer knows both names, as names of different things."""
    return one.item is not None and other.item is not None and one.item != other.item


def _folded(group: _Group) -> str:
    return fold_name(group.first.surface, group.first.lexicon)


def _is_acronym(letters: str) -> bool:
    return len(letters) >= MIN_ACRONYM_CHARACTERS and letters.isupper() and " " not in letters


def _by_first_letter(groups: Iterable[_Group]) -> dict[str, list[tuple[_Group, Sequence[str]]]]:
    """Return the groups and their words, by the first letter of their acronyms; English has no inner acronyms."""
    by_letter: defaultdict[str, list[tuple[_Group, Sequence[str]]]] = defaultdict(list)
    for group in groups:
        words = names.large_words(group.first.surface, group.first.lexicon)
        if len(words) > 1 and group.first.lexicon.language != ENGLISH:
            by_letter[words[0][0]].append((group, words))
    return by_letter


def _owners_of_inner_acronym(
    letters: str, by_letter: Mapping[str, Sequence[tuple[_Group, Sequence[str]]]]
) -> list[_Group]:
    """Return the groups that an acronym with letters from within words can stand for, of those by first letter."""
    if len(letters) < MIN_INNER_ACRONYM_CHARACTERS or not _is_acronym(letters):
        return []
    folded = letters.casefold()
    return [owner for owner, words in by_letter.get(folded[0], ()) if _is_inner_acronym(folded, words)]


def _is_inner_acronym(letters: str, words: Sequence[str]) -> bool:
    """Whether an acronym in lower case has the initials of all words, and letters from within them: `adfc`."""
    left = letters
    if len(words) > len(letters):
        return False
    for word in words:
        if not left.startswith(word[0]):
            return False
        for letter in word:
            left = left[left.startswith(letter) :]
    return not left


def _acronyms(groups: Iterable[_Group]) -> dict[str, list[_Group]]:
    """Return the groups that each acronym can stand for."""
    by_acronym: defaultdict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        possible = {one for surface in group.surfaces for one in names.possible_acronyms(surface, group.first.lexicon)}
        # `DHS` is used for `US Department of Homeland Security` as well.
        possible |= {one[1:] for one in possible if one.startswith("U")}
        for acronym in sorted(possible):
            by_acronym[acronym].append(group)
    return by_acronym


def _shuffled(acronyms: Mapping[str, Sequence[_Group]]) -> dict[str, list[_Group]]:
    """Return the groups that each set of letters can stand for, in any order."""
    by_letters: defaultdict[str, list[_Group]] = defaultdict(list)
    for acronym, owners in acronyms.items():
        letters = "".join(sorted(acronym))
        if len(acronym) >= MIN_SHUFFLED_ACRONYM_CHARACTERS:
            by_letters[letters] += [owner for owner in owners if owner not in by_letters[letters]]
    return by_letters


def _stripped(groups: Iterable[_Group]) -> dict[str, list[_Group]]:
    """Return the groups of companies by their names without the legal form: `Pfizer Inc` by `pfizer`."""
    by_name: defaultdict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        lexicon = group.first.lexicon
        name = fold_name(names.strip_company_form(group.first.surface, lexicon), lexicon)
        if name != _folded(group):
            by_name[name].append(group)
    return by_name


def _bracketed(groups: Sequence[_Group]) -> Iterator[tuple[_Group, _Group]]:
    """Yield short names that stand in brackets after the long one: `日本バレーボール協会(JVA)`."""
    at = {(span.field.pointer, span.start): group for group in groups for span in group.cluster}
    for owner in groups:
        for span in owner.cluster:
            bracket = OPENING_BRACKET.match(span.field.text, span.end)
            short = at.get((span.field.pointer, bracket.end())) if bracket else None
            if short is not None and short is not owner and _is_alias(short, owner):
                yield short, owner


def _is_alias(short: _Group, owner: _Group) -> bool:
    return (
        owner.is_long
        and owner.first.lexicon.language != ENGLISH
        and " " not in short.first.surface
        and len(short.first.surface) < len(owner.first.surface)
        and not _are_two_items(short, owner)
    )


def _institutions(groups: Sequence[_Group]) -> Iterator[tuple[_Group, _Group]]:
    """Yield names of institutions that exactly one longer name has: `Supreme Court` in `Italian Supreme Court`.

    In English, without a place in the short name: `Michigan University` is not `Western Michigan University`.
    """
    english = [group for group in groups if group.first.lexicon.language == ENGLISH and group.is_long]
    for group in english:
        words = group.first.surface.split()
        if words[-1].lower() not in group.first.lexicon.organisation_heads or any(map(_is_place, words)):
            continue
        inner = f" {_folded(group)} "
        owners = [other for other in english if other is not group and inner in f" {_folded(other)} "]
        if len(owners) == 1 and not _are_two_items(group, owners[0]):
            yield group, owners[0]


def _is_place(word: str) -> bool:
    """Whether a word is the name of a place, or of its people."""
    return lookup(word, EntityType.PLACE) is not None or bool(candidates(f"@{word}"))


def _beginnings(groups: Sequence[_Group]) -> Iterator[tuple[_Group, _Group]]:
    """Yield names that are the beginning of exactly one longer name: `MSV` of `MSV Duisburg`, `フジ` of `フジテレビ`.

    Not in English, where such a name often is another one: `Apple`, `Apple Records`.
    """
    by_beginning: defaultdict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        if group.first.lexicon.language == ENGLISH:
            continue
        for beginning in _short_beginnings(group):
            by_beginning[beginning].append(group)
    for group in groups:
        owners = [owner for owner in by_beginning.get(_folded(group), ()) if owner is not group]
        longest = {owner.words for owner in owners}
        if owners and all(are_forms(one, owners[0].words) for one in longest) and not _are_two_items(group, owners[0]):
            yield group, owners[0]


def _short_beginnings(group: _Group) -> Iterator[str]:
    folded = _folded(group)
    if group.first.lexicon.unspaced:
        for length in range(MIN_BEGINNING, min(MAX_RUN_BEGINNING, len(folded) - 1) + 1):
            if folded[length - 1] not in ENDS_OF_ORGANISATIONS:
                yield folded[:length]
        return
    words = folded.split()
    for count in range(1, len(words)):
        beginning = " ".join(words[:count])
        if len(beginning) > MIN_BEGINNING:
            yield beginning
