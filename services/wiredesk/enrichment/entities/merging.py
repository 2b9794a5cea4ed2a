"""Merging: mentions of the same person, organisation or place, only where that is certain."""

from collections import defaultdict
from collections.abc import Sequence

from wiredesk.enrichment.entities.folding import fold_name
from wiredesk.enrichment.entities.gazetteer import lookup_form
from wiredesk.enrichment.entities.merging_people import merge_people
from wiredesk.enrichment.entities.name_span import NameSpan
from wiredesk.enrichment.entities.short_names import merge_short_names
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import EntityType

type Cluster = list[NameSpan]
"""Mentions of one entity."""


def merge_mentions(mentions: Sequence[NameSpan]) -> list[Cluster]:
    """Return the mentions of an article grouped by the entity that they mean, each group in reading order."""
    order = {id(span): position for position, span in enumerate(mentions)}
    merged: list[Cluster] = []
    for kind in EntityType:
        of_kind = [span for span in mentions if span.type is kind]
        if kind is EntityType.PERSON:
            merged += merge_people(of_kind)
        elif kind in (EntityType.ORGANISATION, EntityType.PLACE):
            merged += merge_short_names(_merge_equal_names(of_kind))
        else:
            merged += _merge_equal_names(of_kind)
    return [sorted(cluster, key=lambda span: order[id(span)]) for cluster in merged]


def _merge_equal_names(mentions: Sequence[NameSpan]) -> list[Cluster]:
    clusters: defaultdict[str, Cluster] = defaultdict(list)
    for span in mentions:
        clusters[_identity(span)].append(span)
    return list(clusters.values())


def _identity(span: NameSpan) -> str:
    """Return what equal names share: the gazetteer's item, or else the folded name."""
    entry = lookup_form(span.surface, span.type, span.field.language or ENGLISH)
    item = entry.wikidata if entry is not None else None
    return item or fold_name(span.surface, span.lexicon)
