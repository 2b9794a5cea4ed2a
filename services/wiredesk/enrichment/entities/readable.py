"""Texts as taggers read them best: without emoji, with the names of pairs separated, in ordinary case.

Each character stays where it was, so a mention's offsets hold in the published text as well.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import casing, world_casing
from wiredesk.enrichment.entities.gazetteer import known_surnames, known_type
from wiredesk.enrichment.entities.lexicon import Lexicon, lexicon_of
from wiredesk.enrichment.languages import ENGLISH
from wiredesk.languages.widths import half_width
from wiredesk_schemas import EntityType

HEADLINES = frozenset({"/title", "/subtitle"})
"""Pointers of the texts that may be in Title Case. In a paragraph, capitals throughout are a list of names."""

PAIR_MARK = ","
"""Stands between the names of a pair in a readable text. Without a space after it, it occurs nowhere else."""

# Pictures: with their selectors, joiners, skin tones, and flags.
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\U000e0020-\U000e007f\u2600-\u27bf\u2b00-\u2bff\u20e3]"
    "[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]*|\ufe0f\u20e3"
)

# `Macron/Scholz`, `Biden-Xi`: two words with a capital, and no third one.
_PAIR = re.compile(r"(?<![\w/’'-])(?P<first>[^\W\d_][^\W\d_]+)(?P<mark>[/–-])(?P<second>[^\W\d_][^\W\d_]+)(?![\w/-])")
_WORD_BEFORE = re.compile(r"([^\W\d_][\w.’'-]*) $")
_WORDS_AFTER = re.compile(r"\s([a-z]+)(?:\s([a-z]+))?")

CONTEXT_CHARACTERS = 40
"""Number of characters on either side of a pair that are examined."""

MIN_SLASHED_CHARACTERS = 3
"""Minimum letters of both names of a pair with a slash: `AC/DC` is one name."""


def readable_fields(fields: Iterable[ArticleField]) -> list[ArticleField]:
    """Return an article's texts in the form in which names are found best.

    Headlines in Title Case are read in ordinary case, and hyphened pairs are separated, in English only.
    """
    plain = [_with_text(field, half_width(_without_emoji(field.text))) for field in fields]
    styles = [_style(field) for field in plain]
    ordinary = [field.text for field, style in zip(plain, styles, strict=True) if style is None]

    @cache  # few articles have a text that needs them
    def counts() -> casing.CaseCounts:
        return casing.count_cases(ordinary)

    @cache
    def single_words() -> frozenset[str]:
        return frozenset(word for word, (_, capital) in counts().items() if capital)

    cased = [
        field if style is None else _with_text(field, _restored(field, style, counts()))
        for field, style in zip(plain, styles, strict=True)
    ]
    return [_with_text(field, _separate_pairs(field, single_words)) for field in cased]


def has_ordinary_case(field: ArticleField) -> bool:
    """Whether a published text has capitals where they tell names from other words."""
    return _throughout(field.published_text) is None


def case_note(field: ArticleField) -> str | None:
    """Return a note on a text whose names are less certain: its case was restored, or is missed; None for others."""
    if has_ordinary_case(field):
        return None
    return f"{'case-restored' if _restores(field) else 'case-missing'}:{field.pointer}"


def _restores(field: ArticleField) -> bool:
    return field.language == ENGLISH or world_casing.may_restore(field.language)


def _restored(field: ArticleField, style: casing.Style, counts: casing.CaseCounts) -> str:
    """Return a text in ordinary case."""
    if field.language is None or field.language == ENGLISH:
        return casing.restore_case(field.text, style, counts)
    return world_casing.restore_case(field.text, style, counts, field.language)


def _throughout(text: str) -> casing.Style | None:
    """Return whether a text is in capitals or in lower case throughout; None where neither."""
    style = casing.style_of(text)
    is_throughout = style in (casing.Style.CAPITALS, casing.Style.LOWER_CASE)
    return style if is_throughout and world_casing.is_in_cased_script(text) else None


def _with_text(field: ArticleField, text: str) -> ArticleField:
    return field if text == field.text else replace(field, text=text, published=field.published_text)


def _style(field: ArticleField) -> casing.Style | None:
    if field.language != ENGLISH:
        return _throughout(field.text) if _restores(field) else None
    style = casing.style_of(field.text)
    return None if style is casing.Style.TITLE_CASE and field.pointer not in HEADLINES else style


def _without_emoji(text: str) -> str:
    return text if text.isascii() else _EMOJI.sub(lambda emoji: " " * len(emoji[0]), text)


def _separate_pairs(field: ArticleField, single_words: Callable[[], frozenset[str]]) -> str:
    """Return a text with a comma between the names of each pair."""
    text = field.text
    if "/" not in text and "-" not in text and "–" not in text:
        return text
    characters = list(text)
    for pair in _PAIR.finditer(text):
        if _is_pair(text, pair, single_words, lexicon_of(field.language)):
            characters[pair.start("mark")] = PAIR_MARK
    return "".join(characters)


def _is_pair(text: str, pair: re.Match[str], single_words: Callable[[], frozenset[str]], lexicon: Lexicon) -> bool:
    first, second = pair["first"], pair["second"]
    if (
        not (first[0].isupper() and second[0].isupper())
        or pair[0].lower() in lexicon.hyphened_names
        or known_type(pair[0]) is not None
        or second.lower() in lexicon.rivers
    ):
        return False
    before = _WORD_BEFORE.search(text[max(0, pair.start() - CONTEXT_CHARACTERS) : pair.start()])
    ends_company = before is not None and known_type(f"{before[1]} {first}") is EntityType.ORGANISATION
    if pair["mark"] == "/":
        return min(len(first), len(second)) >= MIN_SLASHED_CHARACTERS
    if lexicon.language != ENGLISH or ends_company:
        return False  # `Air France-KLM`
    known = [is_known_name(word) or word.lower() in single_words() for word in (first, second)]
    if all(is_known_name(word) for word in (first, second)) or (all(known) and pair["mark"] == "–"):
        return True
    if before is not None and before[1][0].isupper() and before[1].lower() not in lexicon.sentence_beginnings:
        return False  # a given name: `Kristin Scott-Thomas`
    after = _WORDS_AFTER.match(text[pair.end() : pair.end() + CONTEXT_CHARACTERS])
    return any(known) and after is not None and not lexicon.relation_nouns.isdisjoint(after.groups())


def is_known_name(word: str) -> bool:
    """Whether a word is a name of the gazetteer, or the surname of a person there."""
    return known_type(word) is not None or word in known_surnames()
