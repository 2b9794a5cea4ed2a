"""The gazetteer: links names to items of Wikidata, offline. Ambiguous names are not linked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk_schemas import EntityType

MAX_QUALIFIER_CHARACTERS = 60
"""Number of characters after a city's name that are searched for the country or state."""

# A country or state after a city: `London, Ontario`.
_QUALIFIER = re.compile(r"^, ((?:[A-Z][\w.'’-]*)(?: [A-Z][\w.'’-]*){0,2})")


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """An item of the gazetteer.

    Attributes:
        name: canonical name.
        type: person, organisation or place.
        wikidata: id of the item, `Q84`.
        kind: of a place: `country`, `city`, `region` or `area`.
        country: ISO 3166-1 alpha-2, of a country or of the one that a place lies in.
        coordinates: latitude and longitude, in degrees.
        needs_role: whether many people have this name. An article means this one only if it states an office.
    """

    name: str
    type: EntityType
    wikidata: str
    kind: str = ""
    country: str | None = None
    coordinates: tuple[float, float] | None = None
    needs_role: bool = False


@cache
def gazetteer() -> Mapping[str, GazetteerEntry]:
    """Return all entries by each form of their names, case-sensitive: `US` is a country, `us` is not."""
    entries: dict[str, GazetteerEntry] = {}
    lines = files("wiredesk.enrichment").joinpath("data", "gazetteer.jsonl").read_bytes().splitlines()
    for row in map(orjson.loads, lines):
        coordinates = row.get("coordinates")
        entry = GazetteerEntry(
            name=row["name"],
            type=EntityType(row["type"]),
            wikidata=row["wikidata"],
            kind=row.get("kind", ""),
            country=row.get("country"),
            coordinates=(coordinates[0], coordinates[1]) if coordinates else None,
            needs_role=row.get("needs_role", False),
        )
        for form in (row["name"], *row["aliases"]):
            entries.setdefault(form, entry)
    return entries


def lookup(surface: str, entity_type: EntityType) -> GazetteerEntry | None:
    """Return the entry of a name, if it is of that type."""
    entry = gazetteer().get(surface)
    return entry if entry is not None and entry.type is entity_type else None


def link(cluster: Sequence[NameSpan], role: str | None) -> GazetteerEntry | None:
    """Return the entry that a cluster of mentions is certain to mean, or None.

    A surname alone is not linked. Neither is a city that the text places elsewhere (`London, Ontario`), nor a person
    with a common name of whom the article states no office.
    """
    for span in cluster:
        entry = lookup(span.surface, span.type)
        if entry is None or (entry.type is EntityType.PERSON and " " not in span.surface):
            continue
        if entry.needs_role and role is None:
            return None
        return None if any(_is_elsewhere(mention, entry) for mention in cluster) else entry
    return None


def _is_elsewhere(span: NameSpan, entry: GazetteerEntry) -> bool:
    """Whether the text states another country for a city than the gazetteer."""
    if entry.kind != "city":
        return False
    qualifier = _QUALIFIER.match(span.field.text[span.end : span.end + MAX_QUALIFIER_CHARACTERS])
    region = lookup(qualifier[1], EntityType.PLACE) if qualifier else None
    return region is not None and region.country is not None and region.country != entry.country
