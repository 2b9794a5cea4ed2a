"""The stage: adds language, entities and media topics to an article."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import overload

from wiredesk.enrichment.article_fields import ArticleField, article_fields, composed_field
from wiredesk.enrichment.entities import build_entities, case_note, find_mentions, readable_fields
from wiredesk.enrichment.interfaces import Classifier, TaggedSpan, Tagger
from wiredesk.enrichment.languages import ENGLISH
from wiredesk.enrichment.models import load_classifier, load_taggers
from wiredesk.enrichment.settings import ANY_LANGUAGE, EnrichmentSettings
from wiredesk.enrichment.small_words import is_english_by_small_words
from wiredesk.enrichment.taggers import Taggers
from wiredesk.languages.codes import canonical, canonical_stated
from wiredesk.languages.detector import MODEL as LANGUAGE_MODEL
from wiredesk.languages.detector import LanguageDetector
from wiredesk.languages.paragraphs import ParagraphLanguages
from wiredesk_schemas import (
    ArticleWithdrawn,
    CleanedArticle,
    EnrichedArticle,
    Enrichment,
    LanguageGuess,
    MediaTopic,
    Model,
    derived_event_id,
)

RULES_VERSION = "3.2.0"
"""Version of the code around the models. It must change whenever the result for the same article changes."""

TRUSTED_CONFIDENCE = 0.5
"""From this confidence on, the detected language is used, even if the page states another one: page templates often
state a wrong one."""

SENTENCE_END = re.compile(r"[.!?。！？؟।][\"'”’)\]]{0,2}(?=\s)|[。！？]")
"""The end of a sentence within a text."""

SENTENCE_CHARACTERS = 2000
"""Characters before the limit that are searched for the end of a sentence."""

LANGUAGE_PARAGRAPHS = 20
"""Paragraphs, after the title, from which the language is detected."""


class Enricher:
    """Finds the language, the entities and the media topics of articles.

    Its version includes name and version of every model of the deployment, so that another model gives other event
    ids, and an article keeps its id in every replay. An event lists the models that read its article, and no others.

    Args:
        settings: which models to load, and how much of an article to tag.
        tagger: used for its languages, instead of those that the settings name.
        classifier: used instead of the one that the settings name.

    Raises:
        UsageError: a model that the settings name cannot be loaded.
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
        self._paragraph_languages = ParagraphLanguages(self._detector)
        self._taggers = Taggers({ANY_LANGUAGE: tagger}) if tagger else load_taggers(self._settings)
        self._classifier = classifier or load_classifier(self._settings)
        self._language_model = Model(task="language", name=LANGUAGE_MODEL, version="1")
        classifier_version = f"topics={self._classifier.model.name}@{self._classifier.model.version}"
        models = f"language={LANGUAGE_MODEL}@1/{self._taggers.version}/{classifier_version}"
        self.version = f"{RULES_VERSION}+{hashlib.sha256(models.encode()).hexdigest()[:8]}"

    @overload
    def __call__(self, article: CleanedArticle) -> EnrichedArticle: ...

    @overload
    def __call__(self, article: ArticleWithdrawn) -> ArticleWithdrawn: ...

    def __call__(self, article: CleanedArticle | ArticleWithdrawn) -> EnrichedArticle | ArticleWithdrawn:
        """Enrich an article; pass on that one is withdrawn."""
        if isinstance(article, ArticleWithdrawn):
            identifier = derived_event_id(article.event_id, self.name, self.version)
            return article.model_copy(update={"event_id": identifier})
        return self.enrich(article)

    def enrich(self, article: CleanedArticle) -> EnrichedArticle:
        """Enrich an article. What cannot be determined is left out, and the event's notes say so."""
        notes: list[str] = []
        beginning = _beginning(article)
        detected = self._detector.detect(beginning)
        language = _language_to_read(article.language, detected, beginning)

        models = [self._language_model]

        composed = [composed_field(field) for field in self._fields_to_tag(article, notes)]
        fields = readable_fields(self._with_languages(composed, language, notes))
        notes += [note for field in fields if (note := case_note(field)) is not None]
        tagged = self._tag(fields, models, notes)
        if not fields and self._taggers.of(language) is None:
            notes.append(_no_entities_for(language))
        entities = build_entities(find_mentions(fields, tagged))

        topics: tuple[MediaTopic, ...] = ()
        if language is not None and language in self._classifier.languages:
            models.append(self._classifier.model)
            topics = self._classifier.topics(article, language)
            if not topics:
                notes.append("no-topic-sure-enough")
        else:
            notes.append(f"no-topics-for:{language or 'unknown'}")

        return EnrichedArticle(
            **_fields_of(article),
            event_id=derived_event_id(article.event_id, self.name, self.version),
            language=article.language or language,
            detected_language=detected,
            topics=topics,
            entities=entities,
            enrichment=Enrichment(
                version=self.version,
                models=tuple(models),
                vocabulary=getattr(self._classifier, "vocabulary", None),
                notes=tuple(notes),
            ),
        )

    def _fields_to_tag(self, article: CleanedArticle, notes: list[str]) -> Sequence[ArticleField]:
        """Return the article's texts up to the limit of the settings; note where it was reached."""
        fields, remaining = [], self._settings.enrich_characters
        for field in article_fields(article):
            if len(field.text) > remaining:
                end = _last_sentence_end(field.text[:remaining])
                notes.append(f"entities-cut-at:{field.pointer}:{end}")
                if end:
                    fields.append(replace(field, text=field.text[:end]))
                break
            remaining -= len(field.text)
            fields.append(field)
        return fields

    def _with_languages(
        self, fields: Sequence[ArticleField], language: str | None, notes: list[str]
    ) -> Sequence[ArticleField]:
        """Return the texts, each with its language; note other languages than the article's."""
        languages = self._paragraph_languages.languages([field.text for field in fields], language)
        notes.extend(f"paragraphs-in:{other}" for other in dict.fromkeys(languages) if other != language)
        return [replace(field, language=one) for field, one in zip(fields, languages, strict=True)]

    def _tag(
        self, fields: Sequence[ArticleField], models: list[Model], notes: list[str]
    ) -> Sequence[Sequence[TaggedSpan]]:
        """Return the names in each text, by the tagger of its language.

        Adds the taggers' models to those that read the article, and notes the languages without a good tagger.
        """
        tagged: list[Sequence[TaggedSpan]] = [()] * len(fields)
        without = {field.language for field in fields if self._taggers.of(field.language) is None}
        notes.extend(_no_entities_for(language) for language in _in_order(fields) if language in without)
        fallen_back = [language for language in _in_order(fields) if self._taggers.falls_back(language)]
        notes.extend(f"entities-by-gazetteer:{language}" for language in fallen_back)
        # A tagger reads all its languages at once: its texts are of one article, and it may read them together.
        taggers = {
            id(tagger): tagger for language in _in_order(fields) if (tagger := self._taggers.of(language)) is not None
        }
        for tagger in taggers.values():
            texts = {i: field.text for i, field in enumerate(fields) if self._taggers.of(field.language) is tagger}
            for index, spans in zip(texts, tagger.tag(list(texts.values())), strict=True):
                tagged[index] = spans
            if tagger.model not in models:
                models.append(tagger.model)
        return tagged


def _in_order(fields: Sequence[ArticleField]) -> list[str | None]:
    """Return the languages of the texts, each once, in the order in which they begin."""
    return list(dict.fromkeys(field.language for field in fields))


def _no_entities_for(language: str | None) -> str:
    return f"no-entities-for:{language or 'unknown'}"


def _last_sentence_end(text: str) -> int:
    """Return the offset after the last sentence of a text that was cut; after the last word where none ends.

    A long text without spaces between words may be cut anywhere.
    """
    beginning = len(text) - SENTENCE_CHARACTERS
    ends = [match.end() for match in SENTENCE_END.finditer(text, max(0, beginning))]
    if ends:
        return ends[-1]
    return text.rfind(" ", max(0, beginning)) + 1 or (len(text) if beginning > 0 else 0)


def _beginning(article: CleanedArticle) -> str:
    return " ".join([article.title or "", *(block.text for block in article.paragraphs[:LANGUAGE_PARAGRAPHS])])


def _language_to_read(stated: str | None, detected: LanguageGuess | None, beginning: str) -> str | None:
    """Return the ISO 639 code of the language in which the models read the article; None where it is not known."""
    if detected is not None and detected.confidence >= TRUSTED_CONFIDENCE:
        return canonical(detected.code)
    if stated and (code := canonical_stated(stated)) is not None:
        return code
    if is_english_by_small_words(beginning):
        return ENGLISH
    return canonical(detected.code) if detected is not None else None


def _fields_of(article: CleanedArticle) -> dict[str, object]:
    """Return the fields that the enriched article takes over unchanged."""
    replaced = {"schema_version", "event_id", "language"}
    return {name: getattr(article, name) for name in CleanedArticle.model_fields if name not in replaced}
