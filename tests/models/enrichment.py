"""Fixed inputs of enrichment's models, and the outputs for them, as JSON values."""

from typing import Any

import numpy as np

from tests.stories import article
from wiredesk.enrichment.encoder import cut_windows, shared_encoder
from wiredesk.enrichment.entities.multilingual_tagger import MultilingualTagger
from wiredesk.enrichment.entities.spacy_tagger import SpacyTagger
from wiredesk.enrichment.settings import NEWS_PIPELINE
from wiredesk.enrichment.topics import NewsClassifier
from wiredesk.enrichment.topics.meaning_encoder import MeaningEncoder
from wiredesk.enrichment.topics.model_arrays import load_arrays
from wiredesk.enrichment.topics.sentence_model import LeadsModel
from wiredesk.enrichment.topics.universal_encoder import UniversalEncoder
from wiredesk.enrichment.topics.words_model import WordsModel
from wiredesk.languages.detector import LanguageDetector

TEXTS = (
    "The goalkeeper saved two penalties as Riverton United won the cup final against FC Basel in Bern on Sunday.",
    "US Attorney General Loretta Lynch met Guo Shengkun in Washington, the Department of Homeland Security (DHS) said.",
    "Shares of Northgate Bank Plc fell 4.5% in London after the central bank raised interest rates on €3 billion.",
    "Snow and freezing rain are forecast for Wales. Ferries from Holyhead to Dublin stay in port until Friday.",
    "Rain.",
    "Ein Gericht in Wien verurteilte am Montag zwei Männer wegen Betrugs.",
)
"""Invented: sport; politics; economy; weather; a text of one word; one in German."""

NAMED_TEXTS = (
    "In Halle stellte Jana Mertens von der Nordlicht AG am Montag das neue Werk vor, sagte die Deutsche Bahn.",
    "La ministra Elena Robles viajó el martes de Sevilla a Buenos Aires con el presidente del Banco de España.",
    "Minister Jan Kowalski rozmawiał w Gdańsku z prezydentem Francji Emmanuelem Macronem o Unii Europejskiej.",
    "Президент Финляндии Александр Стубб прилетел в Киев и встретился с Владимиром Зеленским.",
    "Ruotsin pääministeri Ulf Kristersson tapasi Petteri Orpon Helsingissä.",
    "प्रधानमंत्री नरेंद्र मोदी ने सोमवार को नई दिल्ली में रूस के राष्ट्रपति से मुलाकात की।",
    "石破茂首相は東京でトヨタ自動車の豊田章男会長と会談した。𠮷野家は大阪に店を開く。",
    "习近平在北京会见法国总统马克龙。",
    "นายกรัฐมนตรีแพทองธาร ชินวัตร เดินทางไปกรุงเทพมหานคร",
    "Ankara'da konuşan Mehmet Yılmaz, Türkiye'nin Avrupa Birliği'ne gireceğini söyledi.",
    "Jose\u0301 A\u0301lvarez nació en Málaga 👩\u200d🚀 y vive en Lisboa.",
    "Es regnet, und der Wind nimmt zu.",
)
"""Invented sentences in many scripts, with marks and characters beyond the first plane; the last has no name."""

MEANT_TEXTS = {
    "Brankář chytil dvě penalty a Sparta vyhrála pohár.": "cs",
    "Et døgn med sne og is har lukket lufthavnen i Aalborg, og færgerne bliver i havn.": "da",
    "A jegybank kamatot emelt, a részvények ára 4,5 százalékot esett.": "hu",
    "아시아나 노동조합이 임금 인상을 요구하며 파업에 들어갔다.": "ko",
    "Суд у Львові засудив двох чоловіків за шахрайство.": "uk",
    "Bộ Y tế cảnh báo về dịch sốt xuất huyết ở miền Nam.": "vi",
}
"""Invented sentences with their languages, which the universal encoder does not read: sport, weather, economy, labour,
crime, health."""

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
    network = model._pipeline.get_pipe("ner").model.get_ref("tok2vec")  # untyped in spaCy
    return {
        text: {
            "names": [[text[span.start : span.end], span.start, str(span.type)] for span in spans],
            "vector": network.predict([model._pipeline.make_doc(text)])[0][:VECTOR_NUMBERS].tolist(),
        }
        for text, spans in zip(TEXTS, model.tag(TEXTS), strict=True)
    }


def multilingual_tagger() -> dict[str, Any]:
    """Return for each text its word pieces, and the tagged names, each with its probability.

    The probability of a name is that of the least certain label of its words.
    """
    model, encoder = MultilingualTagger(), shared_encoder()
    outputs = {}
    for text in NAMED_TEXTS:
        pieced = encoder.pieces.read(text)
        (spans,) = model.tag([text])
        scores = np.concatenate(list(encoder.labels(cut_windows([text], [pieced]))))
        likely = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)).max(axis=1)
        outputs[text] = {
            "pieces": list(pieced.pieces),
            "names": {
                f"{text[span.start : span.end]} {span.start} {span.type}": min(
                    float(one)
                    for one, start in zip(likely, pieced.starts, strict=True)
                    if span.start <= start < span.end
                )
                for span in spans
            },
        }
    return outputs


def meaning_model() -> dict[str, Any]:
    """Return for each text its vector by the encoder of meanings, and the nearest leads' log probabilities."""
    encoder = MeaningEncoder()
    leads = LeadsModel(load_arrays(), encoder.name)
    outputs = {}
    for text, language in MEANT_TEXTS.items():
        (vector,) = encoder.vectors(text)
        by_leads = leads.by_nearest(leads.centred(vector, language, 1.0))
        outputs[text] = {"vector": vector.values.tolist(), "leads": by_leads.tolist()}
    return outputs


def words_model() -> dict[str, Any]:
    """Return for each text the natural logarithms of the top-level topics' probabilities."""
    model = WordsModel(load_arrays())
    return {text: model.log_probabilities(text).tolist() for text in (*TEXTS, LONG_TEXT)}


def sentence_model() -> dict[str, Any]:
    """Return for each text the ids of its word pieces, the last vector, and the log probabilities by the leads."""
    encoder = UniversalEncoder()
    leads = LeadsModel(load_arrays(), encoder.name)
    outputs = {}
    for text in (*TEXTS, LONG_TEXT):
        *_, vector = encoder.vectors(text)
        by_leads = leads.by_nearest(leads.centred(vector, "en", 1.0))
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
