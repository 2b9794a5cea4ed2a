"""Fixed inputs of enrichment's models, and the outputs for them, as JSON values."""

from typing import Any

from tests.stories import article
from wiredesk.enrichment.entities.spacy_tagger import SpacyTagger
from wiredesk.enrichment.language import LanguageDetector
from wiredesk.enrichment.settings import NEWS_PIPELINE
from wiredesk.enrichment.topics import NewsClassifier
from wiredesk.enrichment.topics.model_arrays import load_arrays
from wiredesk.enrichment.topics.sentence_model import NearestLeads
from wiredesk.enrichment.topics.universal_encoder import UniversalEncoder
from wiredesk.enrichment.topics.words_model import WordsModel

TEXTS = (
    "The goalkeeper saved two penalties as Riverton United won the cup final against FC Basel in Bern on Sunday.",
    "US Attorney General Loretta Lynch met Guo Shengkun in Washington, the Department of Homeland Security (DHS) said.",
    "Shares of Northgate Bank Plc fell 4.5% in London after the central bank raised interest rates on €3 billion.",
    "Snow and freezing rain are forecast for Wales. Ferries from Holyhead to Dublin stay in port until Friday.",
    "Rain.",
    "Ein Gericht in Wien verurteilte am Montag zwei Männer wegen Betrugs.",
)
"""Invented: sport; politics; economy; weather; a text of one word; one in German."""

LONG_TEXT = f"{TEXTS[2]} {TEXTS[3]} " + f"{TEXTS[0]} " * 18
"""A text that fills two windows of the sentence model."""

VECTOR_NUMBERS = 8
"""How many numbers are stored of the tagger's vector of each text's first word."""


def language() -> dict[str, Any]:
    """Return code and confidence for each text."""
    detector = LanguageDetector()
    guesses = {text: detector.detect(text) for text in TEXTS}
    return {text: [guess.code, guess.confidence] if guess else None for text, guess in guesses.items()}


def tagger() -> dict[str, Any]:
    """Return for each text the tagged names, and the beginning of the tagger's vector of the first word."""
    model = SpacyTagger(NEWS_PIPELINE)
    network = model._pipeline.get_pipe("ner").model.get_ref("tok2vec")  # type: ignore[attr-defined] # untyped in spaCy
    return {
        text: {
            "names": [[text[span.start : span.end], span.start, str(span.type)] for span in spans],
            "vector": network.predict([model._pipeline.make_doc(text)])[0][:VECTOR_NUMBERS].tolist(),
        }
        for text, spans in zip(TEXTS, model.tag(TEXTS), strict=True)
    }


def words_model() -> dict[str, Any]:
    """Return for each text the natural logarithms of the top-level topics' probabilities."""
    model = WordsModel(load_arrays())
    return {text: model.log_probabilities(text).tolist() for text in (*TEXTS, LONG_TEXT)}


def sentence_model() -> dict[str, Any]:
    """Return for each text the ids of its word pieces, the last vector, and the nearest leads' log probabilities."""
    encoder = UniversalEncoder()
    leads = NearestLeads(load_arrays(), encoder.name)
    outputs = {}
    for text in (*TEXTS, LONG_TEXT):
        *_, vector = encoder.vectors(text)
        by_leads = leads.log_probabilities(leads.centred(vector, "en"))
        outputs[text] = {"pieces": encoder.pieces(text), "vector": vector.values.tolist(), "leads": by_leads.tolist()}
    return outputs


def topics() -> dict[str, Any]:
    """Return for each text, in both profiles, its topics with their scores."""
    profiles = {"hybrid": NewsClassifier(), "fast": NewsClassifier(fast=True)}
    return {
        f"{profile}: {text}": {
            topic.code: topic.score for topic in classifier.topics(article(text), "de" if text == TEXTS[-1] else "en")
        }
        for profile, classifier in profiles.items()
        for text in (*TEXTS, LONG_TEXT)
    }
