"""Mentions merged into entities, scored: recall of mentions, and B-cubed F1 of the clusters (Bagga & Baldwin 1998)."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import build_entities, find_mentions, names
from wiredesk.enrichment.interfaces import Tagger
from wiredesk_schemas import EntityType

NAMES = (EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE)

type Place = tuple[int, int, int]
"""Of a mention: number of the text, begin, end."""


@dataclass(frozen=True, slots=True)
class Story:
    """An article whose mentions are known: texts, and the entity that each mention names."""

    texts: tuple[str, ...]
    mentions: Mapping[Place, Hashable]


def found(story: Story, tagger: Tagger) -> dict[Place, int]:
    """Return the mentions that enrichment finds, and the number of the entity of each."""
    texts = [ArticleField(f"/paragraphs/{n}/text", text, 1.0, n) for n, text in enumerate(story.texts)]
    result = {}
    for number, entity in enumerate(build_entities(find_mentions(texts, tagger.tag(list(story.texts))))):
        if entity.type in NAMES:
            for mention in entity.mentions:
                result[int(mention.field.split("/")[2]), mention.start, mention.end] = number
    return result


def tagged_alone(story: Story, tagger: Tagger) -> dict[Place, int]:
    """Return the mentions that a tagger finds by itself, but for articles and possessives; none is merged."""
    places: list[Place] = []
    for number, (text, spans) in enumerate(zip(story.texts, tagger.tag(list(story.texts)), strict=True)):
        for span in spans:
            first, last = names.trim_name(text[span.start : span.end])
            if span.type in NAMES:
                places.append((number, span.start + first, span.start + last))
    return {place: number for number, place in enumerate(places)}


def recall(story: Story, predicted: Mapping[Place, int]) -> tuple[int, int]:
    """Return how many mentions were found, with exactly their borders, and how many there are."""
    return len(story.mentions.keys() & predicted.keys()), len(story.mentions)


def b_cubed(story: Story, predicted: Mapping[Place, int]) -> list[tuple[float, float]]:
    """Return precision and recall of each mention that was found."""
    matched = sorted(story.mentions.keys() & predicted.keys())
    scores = []
    for place in matched:
        gold = {other for other in matched if story.mentions[other] == story.mentions[place]}
        own = {other for other in matched if predicted[other] == predicted[place]}
        both = len(gold & own)
        scores.append((both / len(own), both / len(gold)))
    return scores


def f1(scores: Sequence[tuple[float, float]]) -> float:
    """Return the harmonic mean of mean precision and mean recall."""
    if not scores:
        return 0.0
    precision = sum(p for p, _ in scores) / len(scores)
    recalled = sum(r for _, r in scores) / len(scores)
    return 2 * precision * recalled / (precision + recalled)
