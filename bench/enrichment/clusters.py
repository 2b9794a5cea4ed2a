"""Scores of entities: recall of their mentions, and B-cubed F1 of the clusters (Bagga & Baldwin 1998)."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import build_entities, find_mentions, names
from wiredesk.enrichment.entities.lexicon import lexicon_of
from wiredesk.enrichment.entities.name_span import NAME_TYPES
from wiredesk.enrichment.interfaces import Tagger
from wiredesk.enrichment.languages import ENGLISH

type MentionPlace = tuple[int, int, int]
"""Number of the text, start, end."""


@dataclass(frozen=True, slots=True)
class Story:
    """An article whose mentions are known.

    Attributes:
        texts: of the article.
        mentions: the entity that each mention names.
    """

    texts: tuple[str, ...]
    mentions: Mapping[MentionPlace, Hashable]


def predict_clusters(story: Story, tagger: Tagger) -> dict[MentionPlace, int]:
    """Return the mentions that enrichment finds, each with the number of its entity."""
    fields = [ArticleField(f"/paragraphs/{n}/text", text, 1.0, n) for n, text in enumerate(story.texts)]
    predicted = {}
    for number, entity in enumerate(build_entities(find_mentions(fields, tagger.tag(list(story.texts))))):
        if entity.type in NAME_TYPES:
            for mention in entity.mentions:
                predicted[int(mention.field.split("/")[2]), mention.start, mention.end] = number
    return predicted


def tagger_alone(story: Story, tagger: Tagger) -> dict[MentionPlace, int]:
    """Return the mentions of the tagger alone, without articles and possessives, each as an entity of its own."""
    places: list[MentionPlace] = []
    for number, (text, spans) in enumerate(zip(story.texts, tagger.tag(list(story.texts)), strict=True)):
        for span in spans:
            first, last = names.trim_name(text[span.start : span.end], lexicon_of(ENGLISH))
            if span.type in NAME_TYPES:
                places.append((number, span.start + first, span.start + last))
    return {place: number for number, place in enumerate(places)}


def recall(story: Story, predicted: Mapping[MentionPlace, int]) -> tuple[int, int]:
    """Return how many mentions were predicted with exactly their borders, and how many there are."""
    return len(story.mentions.keys() & predicted.keys()), len(story.mentions)


def b_cubed(story: Story, predicted: Mapping[MentionPlace, int]) -> list[tuple[float, float]]:
    """Return precision and recall of each mention that was predicted."""
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
    mean_precision = sum(precision for precision, _ in scores) / len(scores)
    mean_recall = sum(recall for _, recall in scores) / len(scores)
    return 2 * mean_precision * mean_recall / (mean_precision + mean_recall)
