"""Entities: mentions of the same person, organisation or place, merged; each once, under its canonical name."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from schemas import Entity, EntityType, Mention
from services.enrichment import names
from services.enrichment.mentions import Named

MIN_ACRONYM = 2


def entities(mentions: Sequence[Named]) -> tuple[Entity, ...]:
    """Return the entities of an article, the most salient first.

    Two are merged only where that is certain: a surname that two people of the article share stays by itself.
    """
    clusters: list[list[Named]] = []
    for kind in EntityType:
        of_kind = [named for named in mentions if named.type is kind]
        if kind is EntityType.PERSON:
            clusters.extend(_people(of_kind))
        elif kind is EntityType.ORGANISATION:
            clusters.extend(_organisations(of_kind))
        else:
            clusters.extend(_of_equal_form(of_kind))
    weights = [sum(named.text.weight for named in cluster) for cluster in clusters]
    most = max(weights, default=1.0)
    found = [_entity(cluster, weight / most) for cluster, weight in zip(clusters, weights, strict=True)]
    return tuple(sorted(found, key=lambda entity: -entity.salience))


def _entity(cluster: Sequence[Named], salience: float) -> Entity:
    known = next((k for n in cluster if (k := names.well_known(n.surface, n.type))), None)
    return Entity(
        type=cluster[0].type,
        name=known.name if known else _best_name(cluster),
        mentions=tuple(Mention(field=n.text.pointer, start=n.start, end=n.end, surface=n.surface) for n in cluster),
        salience=round(salience, 3),
        wikidata=known.wikidata if known else None,
    )


def _best_name(cluster: Sequence[Named]) -> str:
    """Return the fullest name that is usual in the article: of those with most words, initials aside, the commonest."""
    counts = Counter(named.surface for named in cluster)
    return min(counts, key=lambda name: (-len(names.parts(name)), -counts[name], len(name)))


def _of_equal_form(mentions: Iterable[Named]) -> list[list[Named]]:
    clusters: defaultdict[str, list[Named]] = defaultdict(list)
    for named in mentions:
        clusters[_canonical_form(named)].append(named)
    return list(clusters.values())


def _canonical_form(named: Named) -> str:
    known = names.well_known(named.surface, named.type)
    return known.name if known else named.surface.casefold()


def _people(mentions: Sequence[Named]) -> list[list[Named]]:
    """Merge people: full names that agree in first and last word, then parts of a name that fit one person only."""
    full: defaultdict[tuple[str, str], list[Named]] = defaultdict(list)
    partial: defaultdict[str, list[Named]] = defaultdict(list)
    for named in mentions:
        words = names.parts(named.surface) or (named.surface,)
        if len(words) > 1:
            full[words[0].casefold(), words[-1].casefold()].append(named)
        else:
            partial[words[0].casefold()].append(named)
    clusters = list(full.values())
    # A single word is a surname; where family names come first (Xi Jinping) it is the first word.
    for word, found in partial.items():
        surnames = [key for key in full if key[1] == word]
        owners = surnames or [key for key in full if key[0] == word]
        if len(owners) == 1:
            full[owners[0]].extend(found)
        else:
            clusters.append(found)
    return [sorted(cluster, key=mentions.index) for cluster in clusters]


def _organisations(mentions: Sequence[Named]) -> list[list[Named]]:
    """Merge organisations: equal names, and an acronym with the one name that it abbreviates."""
    clusters = _of_equal_form(mentions)
    long_names = {names.acronym(c[0].surface): c for c in clusters if " " in c[0].surface}
    merged = []
    for cluster in clusters:
        owner = long_names.get(cluster[0].surface)
        if owner is not None and owner is not cluster and len(cluster[0].surface) >= MIN_ACRONYM:
            owner.extend(cluster)
        else:
            merged.append(cluster)
    return merged
