"""The protocols that a tagger and a classifier implement, ours or another package's.

A package provides its own through an entry point: see docs/enrichment.md. This module imports no model library.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from wiredesk_schemas import CleanedArticle, EntityType, MediaTopic, Model


@dataclass(frozen=True, slots=True)
class TaggedSpan:
    """A name that a tagger marked in a text.

    Attributes:
        start: offset of its first character, in Unicode code points.
        end: offset after its last character.
        type: the type of the named entity.
    """

    start: int
    end: int
    type: EntityType


class Tagger(Protocol):
    """Marks names in texts of one or several languages.

    A tagger is created once per worker, before the worker forks its child processes. It must be deterministic: a replay
    of an article must give the same event.

    Attributes:
        languages: ISO 639-1 codes of the languages that it reads; `frozenset({"*"})` for all. `WIREDESK_NER_MODELS`
            says which of them it is used for. In 0.1.0 this was `language`, one code: such a tagger still loads.
        model: its task (`entities`), name and version. They are part of every event and of the event's id, so a new
            version gives new ids.
    """

    languages: frozenset[str]
    model: Model

    def tag(self, texts: Sequence[str]) -> Sequence[Sequence[TaggedSpan]]:
        """Return the names in each text: one sequence per text, ordered by `start`, without overlaps."""


class Classifier(Protocol):
    """Finds the IPTC Media Topics of articles in some languages.

    A classifier is created once per worker, before the worker forks its child processes. It must be deterministic.

    Attributes:
        model: its task (`topics`), name and version. They are part of every event and of the event's id.
        languages: ISO 639-1 codes of the languages that it reads. Articles in another language are published without
            topics.

    It may have an attribute `vocabulary`: the date of the release of the Media Topics that it knows (`2026-07-02`),
    which every event states. Without it, or if it is None, the event states none.
    """

    model: Model
    languages: frozenset[str]

    def topics(self, article: CleanedArticle, language: str) -> tuple[MediaTopic, ...]:
        """Return the topics of an article, the main one first.

        A score is the probability that the topic is right.

        Args:
            article: the article as the extractor published it.
            language: ISO 639-1 code of its language, one of `languages`.
        """
