"""The stage: an article is read again, by models, and published with what they found."""

import hashlib

from wiredesk.enrichment import fields
from wiredesk.enrichment.entities import Tagger, entities, mentions
from wiredesk.enrichment.language import MODEL as LANGUAGE_MODEL
from wiredesk.enrichment.language import LanguageDetector
from wiredesk.enrichment.models import classifier as load_classifier
from wiredesk.enrichment.models import tagger as load_tagger
from wiredesk.enrichment.settings import EnrichmentSettings
from wiredesk.enrichment.topics import Classifier
from wiredesk_schemas import (
    CleanedArticle,
    EnrichedArticle,
    Enrichment,
    Entity,
    LanguageGuess,
    MediaTopic,
    Model,
    derived_event_id,
)

RULES = "2.0.1"
"""Of the code around the models."""

SURE = 0.5
"""Confidence above which the detected language decides, whatever the page states: templates state the wrong one."""


class Enricher:
    """Finds language, topics and entities of articles.

    Its version covers the models: another model gives other event ids, so that a re-enrichment is told apart.

    Raises:
        UsageError: on construction, a model that the settings name cannot be loaded.
    """

    name = "enrichment"

    def __init__(
        self,
        settings: EnrichmentSettings | None = None,
        tagger: Tagger | None = None,
        classifier: Classifier | None = None,
    ) -> None:
        self._settings = settings or EnrichmentSettings()
        self._detector = LanguageDetector()
        self._tagger = tagger or load_tagger(self._settings)
        self._classifier = classifier or load_classifier(self._settings)
        language = Model(task="language", name=LANGUAGE_MODEL, version="1")
        self._models = (language, self._tagger.model, self._classifier.model)
        told = "/".join(f"{m.task}={m.name}@{m.version}" for m in self._models)
        self.version = f"{RULES}+{hashlib.sha256(told.encode()).hexdigest()[:8]}"

    def __call__(self, article: CleanedArticle) -> EnrichedArticle:
        """Enrich an article. What cannot be said of it honestly is left out, and noted."""
        notes: list[str] = []
        detected = self._detector.detect(self._text(article))
        language = _language(article.language, detected)
        found = self._entities(article, language, notes)
        topics = self._topics(article, language, notes)
        return EnrichedArticle(
            **{
                **{name: getattr(article, name) for name in CleanedArticle.model_fields if name != "schema_version"},
                "event_id": derived_event_id(article.event_id, self.name, self.version),
                "language": article.language or language,
            },
            detected_language=detected,
            topics=topics,
            entities=found,
            enrichment=Enrichment(version=self.version, models=self._models, notes=tuple(notes)),
        )

    def _text(self, article: CleanedArticle) -> str:
        return " ".join([article.title or "", *(block.text for block in article.paragraphs[:20])])

    def _entities(self, article: CleanedArticle, language: str | None, notes: list[str]) -> tuple[Entity, ...]:
        if language != self._tagger.language:
            notes.append(f"no-entities-for:{language or 'unknown'}")
            return ()
        texts, room = [], self._settings.enrich_characters
        for text in fields.texts(article):
            room -= len(text.text)
            if room < 0:
                notes.append(f"entities-cut-at:{text.pointer}")
                break
            texts.append(text)
        return entities(mentions(texts, self._tagger.tag([text.text for text in texts])))

    def _topics(self, article: CleanedArticle, language: str | None, notes: list[str]) -> tuple[MediaTopic, ...]:
        if language not in self._classifier.languages:
            notes.append(f"no-topics-for:{language or 'unknown'}")
            return ()
        found = self._classifier.topics(article, language or "")
        if not found:
            notes.append("no-topic-sure-enough")
        return found


def _language(stated: str | None, detected: LanguageGuess | None) -> str | None:
    """Return the language to read the article in, as ISO 639."""
    if detected is not None and detected.confidence >= SURE:
        return detected.code
    if stated:
        return stated.partition("-")[0].lower()
    return detected.code if detected is not None else None
