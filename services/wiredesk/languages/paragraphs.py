"""The language of each of an article's texts: a quotation or a caption may be in another one than the article.

A text is read in the article's language unless there is good evidence against it: texts of a few words, or of names
only, look like many languages.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wiredesk.languages.codes import canonical
from wiredesk.languages.detector import LanguageDetector
from wiredesk.languages.scripts import DEFAULT_LANGUAGE, Script, main_script

MIN_CONFIDENCE = 0.85
"""From this confidence on, a text in the article's script is taken for one in another language."""

MAX_OWN_CONFIDENCE = 0.05
"""Above this confidence in the article's own language, a text is read in that one."""

MIN_LETTERS = 30
"""Letters from which a text in the article's script can be taken for one in another language: about five words."""

NEIGHBOUR_CONFIDENCE = 0.4
"""The same for a text next to one in that other language, of any length."""

SAMPLE_CHARACTERS = 300
"""Characters of a text that are examined."""

CANDIDATES = 4
"""Languages of a text that are compared."""

RELATED: tuple[frozenset[str], ...] = (
    frozenset({"da", "no", "sv", "fo"}),
    frozenset({"cs", "sk"}),
    frozenset({"hr", "sr", "sl", "mk"}),
    frozenset({"bg", "mk"}),
    frozenset({"es", "ca", "gl", "pt", "ast", "an", "oc"}),
    frozenset({"it", "co", "scn", "lmo", "pms", "nap", "vec"}),
    frozenset({"id", "ms", "jv", "su"}),
    frozenset({"ru", "uk", "be"}),
    frozenset({"tr", "az"}),
    frozenset({"de", "nds", "lb"}),
    frozenset({"nl", "af", "li", "vls"}),
    frozenset({"hi", "mr", "ne", "bh", "sa"}),
    frozenset({"ar", "fa", "ur", "ps", "ckb", "azb"}),
    frozenset({"zh", "ja"}),
    frozenset({"en", "sco"}),
    frozenset({"xh", "zu"}),
)
"""Languages that the detector confuses in short texts. A text is not taken for one in a relative of the article's
language, or only where its script shows it."""


def are_related(one: str, other: str) -> bool:
    """Return whether the detector confuses two languages in short texts."""
    return any({one, other} <= related for related in RELATED)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for another language than the article's.

    Attributes:
        language: the other one.
        confidence: of the detector, from 0 to 1.
        is_enough: whether that is enough for a text by itself, without its neighbours.
    """

    language: str
    confidence: float
    is_enough: bool


class ParagraphLanguages:
    """Detects the language of each text of an article.

    Args:
        detector: of languages.
    """

    def __init__(self, detector: LanguageDetector) -> None:
        self._detector = detector

    def languages(self, texts: Sequence[str], main: str | None) -> list[str | None]:
        """Return the language of each text, as `languages.canonical` writes it.

        Args:
            texts: of the article, in reading order.
            main: the article's language; None where it is not known: then no text's is.
        """
        if main is None:
            return [None] * len(texts)
        own = canonical(main)
        scripts = list(map(main_script, texts))
        common = _most_common(texts, scripts)
        evidence = [self._evidence(text, own, script, common) for text, script in zip(texts, scripts, strict=True)]
        languages: list[str | None] = [one.language if one and one.is_enough else own for one in evidence]
        for index, one in enumerate(evidence):
            neighbours = {languages[near] for near in (index - 1, index + 1) if 0 <= near < len(texts)}
            if one and one.language in neighbours and one.confidence >= NEIGHBOUR_CONFIDENCE:
                languages[index] = one.language
        return languages

    def _evidence(self, text: str, own: str, script: Script | None, common: Script | None) -> Evidence | None:
        """Return what speaks for another language than the article's own; None where nothing does.

        Args:
            script: of the text.
            common: the article's script.
        """
        if script is None:
            return None
        guesses = self._guesses(text)
        best = max(guesses, key=lambda code: guesses[code], default=own)
        if script is not common and script is not Script.LATIN and not {script, common} <= {Script.KANA, Script.HAN}:
            # Not the article's language, however short it is.
            language = DEFAULT_LANGUAGE.get(script, best)
            return None if language == own else Evidence(language, guesses.get(language, 0.0), is_enough=True)
        if best == own or are_related(own, best):
            return None
        letters = sum(map(str.isalpha, text[:SAMPLE_CHARACTERS]))
        is_sure = guesses[best] >= MIN_CONFIDENCE and guesses.get(own, 0.0) <= MAX_OWN_CONFIDENCE
        return Evidence(best, guesses[best], is_enough=is_sure and letters >= MIN_LETTERS)

    def _guesses(self, text: str) -> Mapping[str, float]:
        """Return the confidence in each likely language; variants of a language are added up."""
        guesses: dict[str, float] = {}
        for guess in self._detector.candidates(text, CANDIDATES, SAMPLE_CHARACTERS):
            code = canonical(guess.code)
            guesses[code] = guesses.get(code, 0.0) + guess.confidence
        return guesses


def _most_common(texts: Sequence[str], scripts: Sequence[Script | None]) -> Script | None:
    """Return the script of most of an article's texts, each counted by its characters up to a limit."""
    counts: Counter[Script] = Counter()
    for text, script in zip(texts, scripts, strict=True):
        if script is not None:
            counts[script] += min(len(text), SAMPLE_CHARACTERS)
    return min(counts, key=lambda script: (-counts[script], script), default=None)
