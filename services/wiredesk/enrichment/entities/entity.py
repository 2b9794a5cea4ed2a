"""Entities: each once, under its canonical name, with all its mentions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from wiredesk.enrichment.entities import names, roles
from wiredesk.enrichment.entities.linking import link
from wiredesk.enrichment.entities.merging import clusters
from wiredesk.enrichment.entities.named import Named
from wiredesk.enrichment.entities.salience import saliences
from wiredesk_schemas import Coordinates, Entity, EntityType, Mention


def entities(mentions: Sequence[Named]) -> tuple[Entity, ...]:
    """Return the entities of an article, the most salient first."""
    merged = clusters(mentions)
    floors = _floors(mentions)
    found = [_entity(cluster, salience, floors) for cluster, salience in zip(merged, saliences(merged), strict=True)]
    return tuple(sorted(found, key=lambda entity: -entity.salience))


type Floors = Mapping[tuple[str, int], int]


def _floors(mentions: Sequence[Named]) -> Floors:
    """Return, by text and begin of each mention, where the last person before it ends: a role is not shared."""
    floors = {}
    pointer, floor = "", 0
    for named in mentions:
        floor = floor if named.text.pointer == pointer else 0
        pointer = named.text.pointer
        floors[pointer, named.start] = floor
        if named.type is EntityType.PERSON:
            floor = named.end
    return floors


def _entity(cluster: Sequence[Named], salience: float, floors: Floors) -> Entity:
    kind = cluster[0].type
    role = _role(cluster, floors) if kind is EntityType.PERSON else None
    item = link(cluster, role)
    where = item.coordinates if item is not None else None
    return Entity(
        type=kind,
        name=item.name if item is not None else _best_name(cluster),
        mentions=tuple(Mention(field=n.text.pointer, start=n.start, end=n.end, surface=n.surface) for n in cluster),
        count=len(cluster),
        salience=salience,
        role=role,
        wikidata=item.wikidata if item is not None else None,
        country=item.country if item is not None and kind is EntityType.PLACE else None,
        coordinates=Coordinates(latitude=where[0], longitude=where[1]) if where else None,
    )


def _role(cluster: Iterable[Named], floors: Floors) -> str | None:
    """Return the fullest role that is stated."""
    found = (roles.role(n.text.text, n.start, n.end, floors[n.text.pointer, n.start]) for n in cluster)
    stated = [role for role in found if role]
    return max(stated, key=lambda r: (len(r.split()), -stated.index(r)), default=None)


def _best_name(cluster: Sequence[Named]) -> str:
    """Return the fullest name that is usual in the article: of those with most words, initials aside, the commonest."""
    counts = Counter(named.surface for named in cluster)
    return min(counts, key=lambda name: (-len(names.parts(name)), -counts[name], len(name)))
