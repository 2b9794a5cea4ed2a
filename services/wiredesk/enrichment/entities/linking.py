"""Linking: names to items of Wikidata, offline, by a small gazetteer; what is ambiguous stays unlinked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

from wiredesk.enrichment.entities.named import Named
from wiredesk_schemas import EntityType

_QUALIFIER = re.compile(r"^, ((?:[A-Z][\w.'’-]*)(?: [A-Z][\w.'’-]*){0,2})")
MAX_QUALIFIER = 60


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody or something that the gazetteer knows.

    Attributes:
        wikidata: its item.
        kind: of a place: `country`, `city`, `region` or `area`.
        country: ISO 3166-1 alpha-2, of a country or what lies in one.
        coordinates: latitude and longitude, in degrees.
        needs_role: whether others bear the name, too: it is this one where the article states an office.
    """

    name: str
    type: EntityType
    wikidata: str
    kind: str = ""
    country: str | None = None
    coordinates: tuple[float, float] | None = None
    needs_role: bool = False


@cache
def gazetteer() -> Mapping[str, Known]:
    """Return all that is known, by each form of its name as written: `US` is a country, `us` is not."""
    found: dict[str, Known] = {}
    lines = files("wiredesk.enrichment").joinpath("data", "gazetteer.jsonl").read_bytes().splitlines()
    for row in map(orjson.loads, lines):
        where = row.get("coordinates")
        known = Known(
            name=row["name"],
            type=EntityType(row["type"]),
            wikidata=row["wikidata"],
            kind=row.get("kind", ""),
            country=row.get("country"),
            coordinates=(where[0], where[1]) if where else None,
            needs_role=row.get("needs_role", False),
        )
        for form in (row["name"], *row["aliases"]):
            found.setdefault(form, known)
    return found


def known(surface: str, type_: EntityType) -> Known | None:
    """Return what the gazetteer knows under a name, where it is of that type."""
    entry = gazetteer().get(surface)
    return entry if entry is not None and entry.type is type_ else None


def link(cluster: Sequence[Named], role: str | None) -> Known | None:
    """Return the item that an entity is, where that is sure.

    A surname alone is nobody's; a city that the text puts elsewhere (`London, Ontario`) is another; of a name that
    many bear it is the official if the article states an office.
    """
    for named in cluster:
        item = known(named.surface, named.type)
        if item is None or (item.type is EntityType.PERSON and " " not in named.surface):
            continue
        if item.needs_role and role is None:
            return None
        return None if any(_elsewhere(mention, item) for mention in cluster) else item
    return None


def _elsewhere(named: Named, item: Known) -> bool:
    """Whether the text puts a city into another country or region than the gazetteer does."""
    if item.kind != "city":
        return False
    following = _QUALIFIER.match(named.text.text[named.end : named.end + MAX_QUALIFIER])
    where = known(following[1], EntityType.PLACE) if following else None
    return where is not None and where.country is not None and where.country != item.country
