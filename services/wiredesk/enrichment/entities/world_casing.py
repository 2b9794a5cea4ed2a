"""Casing in other languages than English, of a text in capitals or in lower case throughout.

What the article writes elsewhere in ordinary case shows how a word is written. Where the article is nothing but such
text, each word gets a capital: our tagger was taught on headlines in Title Case too, and finds twice as many names so.
A text with capitals on some of its common words would be worse than either.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from wiredesk.enrichment.entities.casing import MAX_NAME_WORDS, CaseCounts, Style
from wiredesk.enrichment.entities.gazetteer import candidates, known_surnames, known_type
from wiredesk.enrichment.entities.inflection import dictionary_forms
from wiredesk.enrichment.entities.lexicon import lexicon_of
from wiredesk.enrichment.languages import NamesFrom, support_of
from wiredesk_schemas import EntityType

MIN_ARTICLE_WORDS = 25
"""Minimum different words in the article's other texts, within sentences, for these to show how words are written."""

MIN_CASED_SHARE = 0.5
"""Minimum share of letters with a capital form in a text whose case is examined: `iphoneの価格` has none to miss."""

MIN_NAME_CHARACTERS = 4
"""Minimum characters of a single word that is looked up: shorter ones are small words of some language."""

MIN_ACRONYM_CHARACTERS = 3
"""Minimum characters of an organisation's abbreviation that gets its capitals: `UN` is an article in French."""

MIN_PART_CHARACTERS = 3
"""Minimum characters after an apostrophe that are a word of their own: `D'Orsay`, not `Paris's`."""

CAPITALS_OF_DOTLESS_I = {"I": "ı", "İ": "i"}
"""Capitals with other small letters in some languages."""

DOTLESS_I_LANGUAGES = frozenset({"az", "tr"})
"""Those languages."""

_WORD = re.compile(r"[^\W\d_]+")
"""A word, or a part of one: `L'Ukraine` has two."""

_SUFFIX_BEFORE = re.compile(r"\w['’]$")

# Scripts that have capitals. Georgian is not among them: Unicode gives it some that nobody writes.
_CASED = re.compile(r"[A-Za-z\u00c0-\u02af\u0370-\u058f\u1e00-\u1fff]")


def is_in_cased_script(text: str) -> bool:
    """Whether a text is written in a script with capitals."""
    letters = "".join(_WORD.findall(text))
    return len(_CASED.findall(letters)) > MIN_CASED_SHARE * len(letters)


def may_restore(language: str | None) -> bool:
    """Whether case is restored in a language: where a tagger reads it. The gazetteer takes common words for names."""
    return support_of(language).names is NamesFrom.TAGGER


def restore_case(text: str, style: Style, article: CaseCounts, language: str) -> str:
    """Return a text in ordinary or Title Case, each character where it was.

    Args:
        text: the text.
        style: how it is written.
        article: counts of the article's other texts.
        language: of the text.
    """
    words = list(_WORD.finditer(text))
    small = [_lowered(word[0], style, language) for word in words]
    if len(article) >= MIN_ARTICLE_WORDS:
        capitals = _capitals_by_article(text, words, small, article, language)
        if style is Style.CAPITALS:
            capitals |= _surnames(small, article, language)
    else:
        capitals = {index for index, word in enumerate(words) if not _is_suffix(text, word, language)}
    function_words = lexicon_of(language).small_words | lexicon_of(language).sentence_words
    characters = list(text)
    for index, (word, lowered) in enumerate(zip(words, small, strict=True)):
        written = _with_capital(lowered, language) if index in capitals else lowered
        if index in capitals and lowered not in function_words and _is_acronym(lowered.upper()):
            written = lowered.upper()
        characters[word.start() : word.end()] = written if len(written) == len(lowered) else lowered
    return "".join(characters)


def _is_suffix(text: str, word: re.Match[str], language: str) -> bool:
    """Whether a part of a word is an ending, or what is left out of a word: `da` of `İstanbul'da`."""
    is_part = _SUFFIX_BEFORE.search(text, max(0, word.start() - 2), word.start()) is not None
    return is_part and (len(word[0]) < MIN_PART_CHARACTERS or "'" in lexicon_of(language).suffix_marks)


def _is_acronym(word: str) -> bool:
    return len(word) >= MIN_ACRONYM_CHARACTERS and known_type(word) is EntityType.ORGANISATION


def _capitals_by_article(
    text: str, words: Sequence[re.Match[str]], small: Sequence[str], article: CaseCounts, language: str
) -> set[int]:
    """Return the indices of the words with a capital: those of the article, and of the gazetteer's names."""
    capitals = {0}
    for begin, word in enumerate(small):
        lower, capital = article.get(word, (0, 0))
        if capital > lower:
            capitals.add(begin)
        if lower > capital:
            continue
        for end in range(min(len(words), begin + MAX_NAME_WORDS), begin, -1):
            of_name = words[begin:end]
            if any(text[one.end() : other.start()] != " " for one, other in pairwise(of_name)):
                continue
            name = " ".join(_with_capital(part, language) for part in small[begin:end])
            if len(name) >= MIN_NAME_CHARACTERS and _is_known(name, language):
                capitals.update(range(begin, end))
                break
    return capitals


def _surnames(small: Sequence[str], article: CaseCounts, language: str) -> set[int]:
    """Return the indices of surnames of the gazetteer that the article does not write in lower case."""
    return {
        index
        for index, word in enumerate(small)
        if len(word) >= MIN_NAME_CHARACTERS
        and not article.get(word, (0, 0))[0]
        and _with_capital(word, language) in known_surnames()
    }


def _is_known(name: str, language: str) -> bool:
    """Whether the gazetteer has a name, in any of its forms."""
    return any(c.own_name for form in (name, *dictionary_forms(name, language)) for c in candidates(form, language))


def _lowered(word: str, style: Style, language: str) -> str:
    """Return a word in lower case, with as many characters as before."""
    if style is Style.LOWER_CASE:
        return word
    if language in DOTLESS_I_LANGUAGES:
        word = "".join(CAPITALS_OF_DOTLESS_I.get(character, character) for character in word)
    lowered = word.lower()  # as a whole, for the last letter of Greek words
    return lowered if len(lowered) == len(word) else "".join(c.lower() if len(c.lower()) == 1 else c for c in word)


def _with_capital(word: str, language: str) -> str:
    """Return a word with a capital, if that changes no number of characters."""
    capital = "İ" if word[0] == "i" and language in DOTLESS_I_LANGUAGES else word[0].upper()
    return capital + word[1:] if len(capital) == 1 else word
