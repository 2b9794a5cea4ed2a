"""The gazetteer: the people, organisations and places that a name can mean, by language, offline.

`data/gazetteer.xz`, which `training.enrichment.gazetteer` writes, unpacks to lines of text: first the entries, then an
empty line, then the names, sorted by their bytes. They stay in one object of bytes (5 MB), which the child processes
share; a line is parsed when an article has its name.
"""

import lzma
import unicodedata
from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate

from wiredesk.enrichment.entities.inflection import dictionary_forms
from wiredesk_schemas import EntityType

DOMINANCE = 5.0
"""Minimum ratio of the weight of what a name most likely means to that of the next: below it, the name is ambiguous."""

CITY_OVER_REGION = 15
"""A city is meant rather than the region of the same name, if the region has at most so many times its weight."""

UNKNOWN_LANGUAGE_FACTOR = 0.05
"""Factor on the weight of an entry whose name this is in some unknown language."""

OTHER_LANGUAGE_FACTOR = 0.1
"""Factor on the weight of an entry whose name this is in other languages than the text's."""

MIN_LARGE_CITY_PROMINENCE = 500_000
"""Minimum prominence of a city whose name is hardly ever a person's."""

NEEDS_COUNTRY = "country="
"""Beginning of what a text must state where it must be about a country."""

BLOCK_BYTES = 2048
"""Bytes of a block of lines. The first name of each block is kept: a search in these leads to the block of a name."""

MAX_CACHED_NAMES = 4096
"""Names whose candidates are kept: a story repeats its names, and so do the stories of a day."""

MAX_NAME_CHARACTERS = 120
"""Maximum characters of a name that is looked up."""

LATIN_NAMES: Mapping[str, tuple[str, ...]] = {"sr": ("bs", "hr", "sl"), "bs": ("hr",)}
"""Languages whose names another one has, too: Serbian's own are in Cyrillic letters, and it is written in both."""


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """An item of the gazetteer.

    Attributes:
        name: canonical name.
        type: person, organisation or place.
        kind: of a place: `country`, `region` (a state or province), `city`, `area`, `river`, ...; of a person:
            `footballer`.
        wikidata: id of the item, `Q84`; None where it is not known for certain.
        country: ISO 3166-1 alpha-2, of a country, or of the one that a place lies in or others belong to, where known.
        region: GeoNames' code of the state or province, within the country; empty where it is not known.
        coordinates: latitude and longitude, in degrees.
        prominence: inhabitants, or a number that compares with that; 0 for people and organisations.
        needs: what the text must show, because many have this name: `role` (an office), `politics` (an
            office, or another politician), `football` or `country=US`.
    """

    name: str
    type: EntityType
    kind: str = ""
    wikidata: str | None = None
    country: str | None = None
    region: str = ""
    coordinates: tuple[float, float] | None = None
    prominence: int = 0
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a name can mean.

    Attributes:
        entry: the item.
        weight: how likely it is meant, against the name's other candidates of the same type.
        own_name: whether the name is the item's own, in the text's language or in any.
    """

    entry: GazetteerEntry
    weight: float
    own_name: bool


class Gazetteer:
    """Names and what they can mean.

    Args:
        text: content of the file, unpacked.
    """

    def __init__(self, text: bytes) -> None:
        entries, _, names = text.partition(b"\n\n")
        self._entries = entries
        self._names = names
        lengths = (len(line) + 1 for line in entries.split(b"\n"))
        self._offsets = [0, *accumulate(lengths)]
        begun = {names.find(b"\n", end) + 1 for end in range(BLOCK_BYTES, len(names), BLOCK_BYTES)}
        self._blocks = [*sorted({0, *begun} - {len(names)}), len(names)]
        self._first_names = [names[start : names.find(b"\t", start)] for start in self._blocks[:-1]]

    def entry(self, index: int) -> GazetteerEntry:
        """Return the entry of a number."""
        line = self._entries[self._offsets[index] : self._offsets[index + 1] - 1].decode()
        kind_of, kind, wikidata, country, region, coordinates, prominence, needs, name = line.split("\t")
        latitude, _, longitude = coordinates.partition(",")
        return GazetteerEntry(
            name=name,
            type=EntityType(kind_of),
            kind=kind,
            wikidata=wikidata or None,
            country=country or None,
            region=region,
            coordinates=(float(latitude), float(longitude)) if longitude else None,
            prominence=int(prominence),
            needs=needs,
        )

    def names_of_people(self) -> list[str]:
        """Return the canonical names of all people."""
        kind = f"{EntityType.PERSON.value}\t".encode()
        lines = (line for line in self._entries.split(b"\n") if line.startswith(kind))
        return [line.rpartition(b"\t")[2].decode() for line in lines]

    def references(self, name: str) -> list[tuple[int, str]]:
        """Return the entries of a name: number, and mark (see `training.enrichment.gazetteer`)."""
        return [_split_reference(reference) for reference in self._line(_composed(name).encode()).split()]

    def _line(self, name: bytes) -> str:
        """Return what stands after a name in its line; empty where there is no such line."""
        block = bisect_right(self._first_names, name) - 1
        if block < 0:
            return ""
        start, stop = self._blocks[block : block + 2]
        if name != self._first_names[block]:
            start = self._names.find(b"\n%b\t" % name, start, stop) + 1
            if not start:
                return ""
        end = self._names.find(b"\n", start, stop)
        return self._names[start + len(name) + 1 : end if end >= 0 else stop].decode()

    def prominent_entries(self, min_city_prominence: int) -> dict[int, GazetteerEntry]:
        """Return the entries with an id that need no statement of the text, without regions and smaller cities."""
        entries = {}
        for index, line in enumerate(self._entries.split(b"\n")):
            _, kind, wikidata, _, _, _, prominence, needs, _ = line.split(b"\t")
            is_small = kind == b"city" and int(prominence) < min_city_prominence
            if wikidata and not needs and not is_small and kind != b"region":
                entries[index] = self.entry(index)
        return entries

    def names_of(self, entries: Container[int]) -> Iterator[tuple[str, list[tuple[int, str]]]]:
        """Yield the names of some entries, each with its references to them."""
        for line in self._names.split(b"\n"):
            name, references = split_line(line.decode())
            of_entries = [reference for reference in references if reference[0] in entries]
            if of_entries:
                yield name, of_entries


def _composed(name: str) -> str:
    """Return a name with letters and marks as one character, as the file has them."""
    return unicodedata.normalize("NFC", name)


def split_line(line: str) -> tuple[str, list[tuple[int, str]]]:
    """Return the name of a line of the file, and its references."""
    name, _, references = line.partition("\t")
    return name, [_split_reference(reference) for reference in references.split()]


def _split_reference(reference: str) -> tuple[int, str]:
    """Return number and mark."""
    digits = len(reference) - len(reference.lstrip("0123456789"))
    return int(reference[:digits]), reference[digits:]


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer that ships."""
    packed = files("wiredesk.enrichment").joinpath("data", "gazetteer.xz").read_bytes()
    return Gazetteer(lzma.decompress(packed))


@lru_cache(MAX_CACHED_NAMES)
def candidates(name: str, language: str = "en") -> tuple[Candidate, ...]:
    """Return what a name can mean in a text of a language, the most likely first. `US` is a country, `us` is not."""
    if not name or len(name) > MAX_NAME_CHARACTERS or "\n" in name or "\t" in name:
        return ()
    meanings = []
    references = gazetteer().references(name)
    has_own = any(_is_own(mark, language) for _, mark in references)
    is_known = any(mark and is_of_language(mark, language) for _, mark in references)
    for index, mark in references:
        is_own = _is_own(mark, language)
        if has_own and not is_own and mark[:1] == ":":
            continue  # `Brasilia` is a country in Finnish
        if is_known and mark == "~":
            continue  # `नई दिल्ली` is New Delhi, whatever else it may be in some language
        entry = gazetteer().entry(index)
        factor = 1.0 if is_own else UNKNOWN_LANGUAGE_FACTOR if mark == "~" else OTHER_LANGUAGE_FACTOR
        meanings.append(Candidate(entry, max(entry.prominence, 1) * factor, is_own))
    return tuple(sorted(meanings, key=lambda candidate: -candidate.weight))


def _is_own(mark: str, language: str) -> bool:
    """Whether a mark says that a name is its item's own, in a language or in any."""
    return mark[:1] in ("", "=") or is_of_language(mark, language)


def is_of_language(mark: str, language: str) -> bool:
    """Whether a mark says that a name is its item's own in a language."""
    languages = mark[1:].split(",")
    return any(one in languages for one in (language, *LATIN_NAMES.get(language, ())))


def dominant(meanings: Sequence[Candidate]) -> GazetteerEntry | None:
    """Return the entry that outweighs all others; None where none does.

    Args:
        meanings: candidates of a name, the most likely first.
    """
    if not meanings:
        return None
    if len(meanings) > 1 and meanings[0].weight < DOMINANCE * meanings[1].weight:
        return None
    return meanings[0].entry


def without_regions_of_cities(meanings: Sequence[Candidate]) -> Sequence[Candidate]:
    """Leave out the region of a city with the same name, if the city is large: `Córdoba`, `Washington`."""
    cities = [c for c in meanings if c.entry.kind == "city" and c.own_name]
    return [
        region
        for region in meanings
        if region.entry.kind != "region"
        or not any(
            city.entry.country == region.entry.country and city.weight * CITY_OVER_REGION > region.weight
            for city in cities
        )
    ]


def lookup(name: str, entity_type: EntityType, language: str = "en") -> GazetteerEntry | None:
    """Return the entry of a type that a name means without further evidence; None for none, and for several."""
    meanings = [
        candidate
        for candidate in candidates(name, language)
        if candidate.entry.type is entity_type and not candidate.entry.needs.startswith(NEEDS_COUNTRY)
    ]
    return dominant(without_regions_of_cities(meanings))


def known_type(name: str, language: str = "en") -> EntityType | None:
    """Return the type of what nearly every text means by a name; None where texts differ (`Lincoln`, `Jackson`)."""
    meanings = [c for c in candidates(name, language) if c.own_name and not c.entry.needs]
    kinds = {c.entry.type for c in meanings if not _is_small(c.entry)}
    return kinds.pop() if len(kinds) == 1 else None


def lookup_form(name: str, entity_type: EntityType, language: str) -> GazetteerEntry | None:
    """Return the same for a name in any of its forms: `Stanami Zjednoczonymi`."""
    entry = lookup(name, entity_type, language)
    if entry is not None or entity_type is EntityType.PERSON:
        return entry
    for form in dictionary_forms(name, language):
        own = [c for c in candidates(form, language) if c.own_name and c.entry.type is entity_type]
        if own:
            return dominant(without_regions_of_cities(own))
    return None


def is_country(name: str, language: str) -> bool:
    """Whether a name is a country's and nothing else's in a language, in any of its forms: `Venäjän`."""
    for form in (name, *dictionary_forms(name, language)):
        own = [candidate.entry for candidate in candidates(form, language) if candidate.own_name]
        if own:
            return all(entry.kind == "country" for entry in own)
    return False


def _is_small(entry: GazetteerEntry) -> bool:
    return entry.kind == "city" and (entry.wikidata is None or entry.prominence < MIN_LARGE_CITY_PROMINENCE)


@cache
def known_surnames() -> frozenset[str]:
    """Return the last words of the names of people."""
    return frozenset(name.rpartition(" ")[2] for name in gazetteer().names_of_people() if " " in name)
