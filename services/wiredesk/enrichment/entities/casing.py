"""Casing: the usual case of words in a text that has none: in capitals, in lower case, or a headline in Title Case.

A hidden Markov model of two states, a word with a capital and one without, with counts of English news
(`training.enrichment.casing`). What the article itself writes in ordinary case outweighs these counts.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise

from wiredesk.enrichment.entities.gazetteer import known_surnames, known_type
from wiredesk.enrichment.entities.lexicon import lexicon_of
from wiredesk.enrichment.languages import ENGLISH

WORD = re.compile(r"(?<![^\W\d_])(?<![^\W\d_]['’])[^\W\d_]+(?:['’][^\W\d_]{3,})?")
"""A word, or a part of a hyphened one: `O'Neill` is one, the `s` of `Japan's` is none."""

CONTINUES = re.compile(r"""(?:['’][^\W\d_]{1,2})?,?["”’]?[\s,;()$£€%\d\-–—/&'’]*""")
"""What may stand between two words of a sentence where the second is not a first word."""


class Case(StrEnum):
    """How a word is written within a sentence."""

    LOWER = "l"
    CAPITAL = "c"


HEADLINE_VERB_WEIGHT = 8.0
"""Added to the count in lower case of a headline's verb: the table knows `Vows` from headlines."""

MIN_CERTAIN_COUNT = 2
"""Minimum occurrences in the article, all in one case, with which the table counts for less."""

CERTAIN_FACTOR = 0.25
"""Factor on the table's counts then."""

SUFFIX_CHARACTERS = 3
"""Last letters of an unknown word that tell how it is written."""

SMOOTHING = {Case.LOWER: 0.5, Case.CAPITAL: 0.05}
"""Added to each count of a word, by case: about in proportion to how many words are written so."""

TRANSITION_WEIGHT = 0.7
"""Exponent of the probability of a case after another one: below 1, the word itself counts for more."""

ARTICLE_WEIGHT = 12.0
"""Weight of one occurrence in the article itself, in occurrences of the table."""

MIN_CASED_WORDS = 3
"""Minimum words of a text whose case is examined: fewer may be a name."""

MIN_CASED_LETTERS = 8
"""Minimum letters of a text in capitals: fewer may be abbreviations (`NATO, EU, UN`)."""

MAX_HEADLINE_CHARACTERS = 300
"""Maximum characters of a headline in Title Case."""

HEADLINE_SHARE = 0.85
"""Minimum share of words with a capital in a headline in Title Case; small words do not count."""

LOWERED_SHARE = 0.3
"""Minimum share of a headline's capitals that are not its words' usual case: with fewer, it is a list of names."""

INITIALS = re.compile(r"(?<!\w)(?:[a-zA-Z]\.){2,}|(?<!\w)[a-zA-Z]\.(?= \w)")
"""Abbreviations of single letters (`u.s.`), and an initial before a name."""

LOWER_INITIALS = frozenset({"a.m.", "p.m.", "e.g.", "i.e."})
"""Abbreviations that are written in lower case."""

MAX_NAME_WORDS = 5
"""Maximum words of a name of the gazetteer that is looked for in a text without its usual case."""

SMALL_WORD_CHARACTERS = 4
"""Words of fewer letters are often in lower case in a headline in Title Case."""


class Style(StrEnum):
    """How a text is written that is not in ordinary case."""

    CAPITALS = "capitals"
    LOWER_CASE = "lower case"
    TITLE_CASE = "title case"


type CaseCounts = Mapping[str, tuple[float, float]]
"""For each word in lower case: how often it is written without, and with a capital."""


@dataclass(frozen=True, slots=True)
class CasingTable:
    """The counts.

    Attributes:
        counts: of words; of the last letters of rare words, with a hyphen before them; of all rare words, `-`.
        forms: of words whose capitals are not the first letter alone: `NATO`, `McConnell`.
        totals: number of words without, and with a capital.
        transitions: natural logarithm of the probability of a case after another one.
    """

    counts: Mapping[str, tuple[int, int]]
    forms: Mapping[str, str]
    totals: tuple[int, int]
    transitions: Mapping[tuple[Case, Case], float]


@cache
def casing_table() -> CasingTable:
    """Return the table that ships."""
    counts: dict[str, tuple[int, int]] = {}
    forms: dict[str, str] = {}
    pairs: Counter[tuple[Case, Case]] = Counter()
    text = files("wiredesk.enrichment").joinpath("trained", "casing.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        word, *columns = line.split("\t")
        if not word:
            pairs[Case(columns[0]), Case(columns[1])] = int(columns[2])
            continue
        counts[word] = (int(columns[0]), int(columns[1]))
        if len(columns) > 2:  # noqa: PLR2004 - the third column
            forms[word] = columns[2]
    words = [own for word, own in counts.items() if word[0] != "-"]
    return CasingTable(
        counts=counts,
        forms=forms,
        totals=(sum(lower for lower, _ in words), sum(capital for _, capital in words)),
        transitions={
            (before, after): math.log(count / sum(pairs[before, other] for other in Case))
            for (before, after), count in pairs.items()
        },
    )


def style_of(text: str) -> Style | None:
    """Return how a text is written, if it is in capitals, in lower case, or may be a headline in Title Case."""
    if len(text) > MAX_HEADLINE_CHARACTERS and _has_both_cases(text[:MAX_HEADLINE_CHARACTERS]):
        return None
    words = WORD.findall(text)
    if len(words) < MIN_CASED_WORDS:
        return None
    letters = "".join(words)
    if letters.islower():
        return Style.LOWER_CASE
    if letters.isupper():
        return Style.CAPITALS if len(letters) >= MIN_CASED_LETTERS else None
    if len(text) > MAX_HEADLINE_CHARACTERS or text.lstrip()[:1] == "(" or text.rstrip()[-1:] in ".)":
        return None
    large = [word for word in words[1:] if len(word) >= SMALL_WORD_CHARACTERS]
    capitals = sum(not word[0].islower() for word in large)
    return Style.TITLE_CASE if large and capitals >= HEADLINE_SHARE * len(large) else None


def _has_both_cases(text: str) -> bool:
    letters = "".join(WORD.findall(text))
    return letters.lower() != letters and letters.upper() != letters


def count_cases(texts: Iterable[str]) -> CaseCounts:
    """Return how often the words of texts in ordinary case are written with and without a capital, within sentences."""
    lower: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in texts:
        end = 0
        for word in WORD.finditer(text):
            if end and CONTINUES.fullmatch(text, end, word.start()):
                (lower if word[0].islower() else capital)[word[0].lower()] += 1
            end = word.end()
    return {word: (lower[word], capital[word]) for word in {*lower, *capital}}


def restore_case(text: str, style: Style, article: CaseCounts) -> str:
    """Return a text in ordinary case, each character where it was.

    Args:
        text: the text.
        style: how it is written.
        article: counts of the article's other texts.
    """
    spaced = INITIALS.sub(lambda initials: initials[0].replace(".", " "), text)  # they end no sentence
    words = list(WORD.finditer(spaced))
    cases = _most_likely_cases(spaced, words, style, article)
    cases = _with_known_names(spaced, words, cases)
    if style is Style.TITLE_CASE and not _is_headline(words, cases):
        return text
    characters = list(text if style is Style.TITLE_CASE else _lowered(text))
    end = 0
    for word, case in zip(words, cases, strict=True):
        is_first = end == 0 or CONTINUES.fullmatch(spaced, end, word.start()) is None
        written = _written(word[0], style, case)
        characters[word.start() : word.end()] = _capitalised(written) if is_first else written
        end = word.end()
    if style is not Style.TITLE_CASE:
        for initials in INITIALS.finditer(text):
            is_lower = initials[0].lower() in LOWER_INITIALS
            characters[initials.start() : initials.end()] = initials[0].lower() if is_lower else initials[0].upper()
    return "".join(characters)


def _with_known_names(text: str, words: Sequence[re.Match[str]], cases: Sequence[Case]) -> list[Case]:
    """Return the cases, with capitals in names of several words that the gazetteer has: `WORLD HEALTH ORGANIZATION`.

    A name of two words needs a capital already: `best buy` is also none.
    """
    small = lexicon_of(ENGLISH).small_words
    known = list(cases)
    for begin in range(len(words)):
        for end in range(min(len(words), begin + MAX_NAME_WORDS), begin + 1, -1):
            of_name = words[begin:end]
            if end - begin == 2 and Case.CAPITAL not in cases[begin:end]:  # noqa: PLR2004 - two words
                continue
            if any(text[one.end() : other.start()] != " " for one, other in pairwise(of_name)):
                continue
            parts = [word[0].lower() for word in of_name]
            if known_type(" ".join(part if part in small else _capitalised(part) for part in parts)):
                known[begin:end] = [Case.LOWER if part in small else Case.CAPITAL for part in parts]
                break
    return known


def _is_headline(words: Sequence[re.Match[str]], cases: Sequence[Case]) -> bool:
    capitals = [case for word, case in zip(words[1:], cases[1:], strict=True) if not word[0][0].islower()]
    return capitals.count(Case.LOWER) >= LOWERED_SHARE * len(capitals)


def _lowered(text: str) -> str:
    """Return a text in lower case, without characters of which that would change the number (`İ`)."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _capitalised(word: str) -> str:
    """Return a word with a capital, if that changes no number of characters (`ß`)."""
    return word[0].upper() + word[1:] if len(word[0].upper()) == 1 else word


def _written(word: str, style: Style, case: Case) -> str:
    """Return a word in a case, with as many characters as before."""
    if case is Case.LOWER:
        return _lowered(word)
    if style is Style.TITLE_CASE:
        return word
    form = casing_table().forms.get(word.lower()) or _capitalised(_lowered(word))
    return form if len(form) == len(word) else word


def _most_likely_cases(text: str, words: Sequence[re.Match[str]], style: Style, article: CaseCounts) -> list[Case]:
    """Return the most likely sequence of cases (Viterbi's algorithm)."""
    best: dict[Case, float] = {Case.LOWER: 0.0, Case.CAPITAL: -math.inf}
    back: list[dict[Case, Case]] = []
    end = 0
    for word in words:
        last = None
        if end and CONTINUES.fullmatch(text, end, word.start()) is None:  # a new sentence
            last = Case.LOWER if best[Case.LOWER] >= best[Case.CAPITAL] else Case.CAPITAL
            best = {Case.LOWER: best[last], Case.CAPITAL: -math.inf}
        emission = _emission(word[0], style, article)
        came_from = {case: _best_before(best, case) for case in Case}
        best = {case: _after(best, came_from[case], case) + emission[case] for case in Case}
        back.append(came_from if last is None else dict.fromkeys(Case, last))
        end = word.end()
    case = Case.LOWER if best[Case.LOWER] >= best[Case.CAPITAL] else Case.CAPITAL
    cases: list[Case] = []
    for came_from in reversed(back):
        cases.append(case)
        case = came_from[case]
    return cases[::-1]


def _best_before(best: Mapping[Case, float], case: Case) -> Case:
    """Return the case of the word before that makes a case most likely."""
    is_lower = _after(best, Case.LOWER, case) >= _after(best, Case.CAPITAL, case)
    return Case.LOWER if is_lower else Case.CAPITAL


def _after(best: Mapping[Case, float], before: Case, case: Case) -> float:
    return best[before] + TRANSITION_WEIGHT * casing_table().transitions[before, case]


def _emission(word: str, style: Style, article: CaseCounts) -> dict[Case, float]:
    """Return the log-likelihood of a word in each case, up to a constant that both share."""
    if style is Style.TITLE_CASE and word[0].islower():
        return {Case.LOWER: 0.0, Case.CAPITAL: -math.inf}
    if style is Style.TITLE_CASE and not word[1:].islower() and len(word) > 1:
        return {Case.LOWER: -math.inf, Case.CAPITAL: 0.0}  # `NATO`, `McConnell`
    table = casing_table()
    lowered = word.lower()
    lower, capital = table.counts.get(lowered) or _unknown_counts(lowered)
    if style is not Style.LOWER_CASE and lowered in lexicon_of(ENGLISH).headline_verbs:
        lower, capital = lower + HEADLINE_VERB_WEIGHT, 0.0  # those with a capital are of headlines
    of_article = article.get(lowered, (0, 0))
    if min(of_article) == 0 and max(of_article) >= MIN_CERTAIN_COUNT:
        lower, capital = CERTAIN_FACTOR * lower, CERTAIN_FACTOR * capital
    lower, capital = lower + ARTICLE_WEIGHT * of_article[0], capital + ARTICLE_WEIGHT * of_article[1]
    return {
        Case.LOWER: math.log((lower + SMOOTHING[Case.LOWER]) / table.totals[0]),
        Case.CAPITAL: math.log((capital + SMOOTHING[Case.CAPITAL]) / table.totals[1]),
    }


def _unknown_counts(word: str) -> tuple[float, float]:
    """Return counts for a word that the table lacks: those of a name, or the shares of rare words with the same end."""
    table = casing_table()
    if known_type(word.capitalize()) is not None or word.capitalize() in known_surnames():
        return (0.0, 1.0)
    if word in lexicon_of(ENGLISH).headline_verbs:
        return (1.0, 0.0)
    lower, capital = table.counts.get("-" + word[-SUFFIX_CHARACTERS:], table.counts["-"])
    return (lower / (lower + capital), capital / (lower + capital))
