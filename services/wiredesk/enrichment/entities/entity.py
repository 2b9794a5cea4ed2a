"""Entities: one per cluster of mentions, with canonical name, role, link and salience."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from wiredesk.enrichment.entities import names
from wiredesk.enrichment.entities.linking import Linker
from wiredesk.enrichment.entities.merging import merge_mentions
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk.enrichment.entities.roles import find_role
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import Coordinates, Entity, EntityType

SALIENCE_FACTORS = {EntityType.NATIONALITY: 0.5, EntityType.DATE: 0.25, EntityType.AMOUNT: 0.25}
"""Factor on the salience by type, 1 for all others: a story is rarely about a day or a sum."""

type RoleFloors = Mapping[tuple[str, int], int]
"""For each mention, by pointer and start: the end offset of the person named before it. A role is not shared."""


def build_entities(mentions: Sequence[NameSpan]) -> tuple[Entity, ...]:
    """Return the entities of an article, the most salient first.

    Args:
        mentions: of the article, in reading order.
    """
    linker = Linker(mentions)
    clusters = [part for cluster in merge_mentions(mentions) for part in linker.parted(cluster)]
    floors = _role_floors(mentions)
    entities = [
        _build_entity(cluster, salience, floors, linker)
        for cluster, salience in zip(clusters, _saliences(clusters), strict=True)
    ]
    return tuple(sorted(entities, key=lambda entity: -entity.salience))


def _build_entity(cluster: Sequence[NameSpan], salience: float, floors: RoleFloors, linker: Linker) -> Entity:
    kind = cluster[0].type
    role = _fullest_role(cluster, floors) if kind is EntityType.PERSON else None
    link = linker.link(cluster, role)
    entry = link.entry if link is not None else None
    coordinates = entry.coordinates if entry is not None else None
    return Entity(
        type=kind,
        name=link.name if link is not None else _fullest_name(cluster),
        mentions=tuple(span.field.mention(span.start, span.end) for span in cluster),
        count=len(cluster),
        salience=salience,
        role=role,
        wikidata=entry.wikidata if entry is not None else None,
        country=entry.country if entry is not None and kind is EntityType.PLACE else None,
        coordinates=Coordinates(latitude=coordinates[0], longitude=coordinates[1]) if coordinates else None,
    )


def _role_floors(mentions: Sequence[NameSpan]) -> RoleFloors:
    floors = {}
    pointer, floor = "", 0
    for span in mentions:
        floor = floor if span.field.pointer == pointer else 0
        pointer = span.field.pointer
        floors[pointer, span.start] = floor
        if span.type is EntityType.PERSON:
            floor = span.end
    return floors


def _fullest_role(cluster: Iterable[NameSpan], floors: RoleFloors) -> str | None:
    """Return the longest stated role by words, the first of several; None if none is stated."""
    roles = (
        find_role(s.field.text, s.start, s.end, floors[s.field.pointer, s.start])
        for s in cluster
        if s.lexicon.language == ENGLISH
    )
    stated = [role for role in roles if role]
    return max(stated, key=lambda role: (len(role.split()), -stated.index(role)), default=None)


def _fullest_name(cluster: Sequence[NameSpan]) -> str:
    """Return the form of the name with most words, without initials; of several the most frequent, then shortest.

    A person's name in one run is fullest where it is longest: `石破茂`, not `石破`.
    """
    counts = Counter(" ".join(span.written.split()) for span in cluster)
    is_person = cluster[0].type is EntityType.PERSON

    def order(name: str) -> tuple[int, int, int, int]:
        run = len(name) if is_person and names.is_run(name) else 0
        return -len(names.name_words(name)), -run, -counts[name], len(name)

    return min(counts, key=order)


def _saliences(clusters: Sequence[Sequence[NameSpan]]) -> list[float]:
    """Return the salience of each entity, from 0 to 1. The most salient of an article has 1.

    It grows with the mentions, each further one adding less; a mention counts by the weight of its text, so more in the
    headline than in a caption. An entity that is named early is more salient.
    """
    weights = [_salience_weight(cluster) for cluster in clusters]
    largest = max(weights, default=1.0)
    return [round(weight / largest, 3) for weight in weights]


def _salience_weight(cluster: Sequence[NameSpan]) -> float:
    mentioned = math.log1p(sum(span.field.weight for span in cluster))
    first_position = min(span.field.position for span in cluster)
    return mentioned * (1 + 1 / (1 + first_position)) * SALIENCE_FACTORS.get(cluster[0].type, 1.0)
