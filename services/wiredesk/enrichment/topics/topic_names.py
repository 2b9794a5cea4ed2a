"""Names of topics in texts, in each language in which IPTC has names."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from wiredesk.enrichment.languages import ENGLISH
from wiredesk.enrichment.topics.taxonomy import TaxonomyTerm

NAMED_LANGUAGES = ("en", "ar", "da", "de", "es", "fr", "no", "pt", "sv", "zh")
"""ISO 639-1 codes of the languages in which IPTC has names."""

UNSPACED = frozenset({"zh"})
"""Languages that are written without spaces."""

MIN_WORD_CHARACTERS = 5
"""Minimum characters of a name of one word that is searched for: `art`, `law` and `food` are in too many texts."""

MIN_UNSPACED_CHARACTERS = 3
"""The same where words are not separated. One character is about half a word."""

MAX_WORDS = 8
"""Maximum words of a name that is searched for."""

MAX_CHARACTERS = 20_000
"""Characters of a text that are searched."""

BEGINNING = 5
"""First characters of a word by which most words are seen to begin no name."""

_QUALIFIER = re.compile(r"\s*[(（][^)）]*[)）]$")
_WORD = re.compile(r"\w+")


class TopicNames:
    """Finds the names of topics below the top level.

    Args:
        terms: the topics, by code.
    """

    def __init__(self, terms: Mapping[str, TaxonomyTerm]) -> None:
        self._code_by_key = {language: _codes_by_key(terms, language) for language in NAMED_LANGUAGES}
        self._longest = {language: max(map(len, keys), default=0) for language, keys in self._code_by_key.items()}
        self._beginnings = {language: _beginnings(keys) for language, keys in self._code_by_key.items()}

    def count(self, text: str, language: str) -> Counter[str]:
        """Return how many times each topic is named, by code; none in a language without names."""
        codes = self._code_by_key.get(language)
        if not codes:
            return Counter()
        text = text[:MAX_CHARACTERS].lower()
        if language in UNSPACED:
            return Counter({code: times for name, code in codes.items() if (times := text.count(name))})
        return self._count_words(_WORD.findall(text), language)

    def _count_words(self, words: list[str], language: str) -> Counter[str]:
        """Count the names in a list of words. Of the names that begin at a word, the longest counts."""
        times: Counter[str] = Counter()
        beginnings = self._beginnings[language]
        start = 0
        while start < len(words):
            if words[start][:BEGINNING] not in beginnings:
                start += 1
                continue
            code, taken = self._name_at(words[start : start + MAX_WORDS], language)
            if code:
                times[code] += 1
            start += taken
        return times

    def _name_at(self, words: list[str], language: str) -> tuple[str, int]:
        """Return the topic whose name the first words are, and how many they are; nothing and 1 if there is none."""
        codes, longest = self._code_by_key[language], self._longest[language]
        beginnings = self._beginnings[language]
        key, name = "", ("", 1)
        for number, word in enumerate(words, 1):
            key += word
            if len(key) > longest + 1 or key[:BEGINNING] not in beginnings:
                break
            if (code := codes.get(_without_plural(key, language))) is not None:
                name = code, number
        return name


def _codes_by_key(terms: Mapping[str, TaxonomyTerm], language: str) -> dict[str, str]:
    """Return the code of each name's key, without names that mean something else as well."""
    codes: dict[str, str] = {}
    for code, term in terms.items():
        full = term.name(language).lower()
        name = _QUALIFIER.sub("", full)
        is_translated = language == ENGLISH or full != term.name().lower()
        is_qualified = name != full  # `draw (art)`: the name alone means something else as well
        if len(term.path) > 1 and is_translated and not is_qualified and _is_long_enough(name, language):
            codes.setdefault(name if language in UNSPACED else _key(name, language), code)
    return codes


def _beginnings(keys: Iterable[str]) -> frozenset[str]:
    """Return what names can begin with: up to `BEGINNING` characters of each key, and of its plural."""
    return frozenset(f"{key}s"[:length] for key in keys for length in range(1, BEGINNING + 1))


def _is_long_enough(name: str, language: str) -> bool:
    if language in UNSPACED:
        return len(name) >= MIN_UNSPACED_CHARACTERS
    return " " in name or len(name) >= MIN_WORD_CHARACTERS


def _key(name: str, language: str) -> str:
    """Return a key that all forms of a name share: `cyber crime`, `cybercrime`, `Cyber-crimes`."""
    return _without_plural("".join(_WORD.findall(name)), language)


def _without_plural(key: str, language: str) -> str:
    return key.removesuffix("s") if language == ENGLISH else key
