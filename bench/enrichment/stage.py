"""Enrichment as a user gets it, and its classifier without the cost of tagging."""

from collections.abc import Sequence

import numpy as np

from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.interfaces import TaggedSpan, Tagger
from wiredesk.enrichment.models import load_taggers
from wiredesk.enrichment.settings import ANY_LANGUAGE, EnrichmentSettings
from wiredesk.enrichment.topics import NewsClassifier
from wiredesk_schemas import CleanedArticle, MediaTopic, Model


class NoNames:
    """A tagger that marks nothing: for measures of topics."""

    languages = frozenset({ANY_LANGUAGE})
    model = Model(task="entities", name="none", version="0")

    def tag(self, texts: Sequence[str]) -> list[list[TaggedSpan]]:
        """Return no names."""
        return [[] for _ in texts]


class NoTopics:
    """A classifier that finds nothing: for measures of names."""

    languages = frozenset[str]()
    model = Model(task="topics", name="none", version="0")

    def topics(self, article: CleanedArticle, language: str) -> tuple[MediaTopic, ...]:
        """Return no topics."""
        del article, language
        return ()


def topic_stage(topic_model: str = "hybrid") -> Enricher:
    """Return enrichment that finds topics only."""
    return Enricher(EnrichmentSettings(topic_model=topic_model), tagger=NoNames())


def whole_stage() -> Enricher:
    """Return enrichment with the models that the default settings name."""
    return Enricher(EnrichmentSettings())


def english_tagger() -> Tagger:
    """Return the tagger that the default settings name for English.

    Raises:
        LookupError: they name none.
    """
    tagger = load_taggers(EnrichmentSettings()).of("en")
    if tagger is None:
        raise LookupError("the settings name no tagger for English")
    return tagger


def ranked_topics(classifier: NewsClassifier, article: CleanedArticle, language: str) -> list[str]:
    """Return the codes of all top-level topics, the most likely first, whatever their score."""
    body = " ".join(block.text for block in article.paragraphs)
    if language not in classifier.languages:
        return []
    top = classifier.score(article.title or "", body, language).top
    return [classifier.roots[int(index)] for index in np.argsort(-top, kind="stable")]
