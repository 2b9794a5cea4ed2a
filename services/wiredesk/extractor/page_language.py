"""The language of a story, and of the texts in it: what the page states is one witness, the words are another."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from wiredesk.extractor.metadata.fields import MetadataField
from wiredesk.languages.codes import canonical
from wiredesk.languages.detector import Guess, LanguageDetector
from wiredesk.languages.paragraphs import ParagraphLanguages, are_related
from wiredesk.languages.scripts import DEFAULT_LANGUAGE, Script, main_script, script_of_letter
from wiredesk_schemas import Block, Evidence

SAMPLE_CHARACTERS = 320
"""Characters of a story from which its language is detected. With 2,000 the result is another one on one page of 789
that are in a language which the detector knows."""

SAMPLED_BLOCKS = 8
"""Blocks of a story, from its beginning to its end, that the characters are taken from."""

MIN_LETTERS = 20
"""Minimum letters of a text whose language is detected; fewer look like many languages."""

CANDIDATES = 4
"""Languages of a story that are compared."""

MIN_CONFIDENCE = 0.5
"""Confidence from which the detected language is used if the page states none."""

OVERRULING_CONFIDENCE = 0.7
"""Confidence from which the detected language is used if the page states another one."""

SURE_CONFIDENCE = 0.95
"""The same if the page states a related language, which the detector may confuse with it."""

MAX_STATED_CONFIDENCE = 0.05
"""Confidence in the stated language above which it is not overruled."""

MIXED_CONFIDENCE = 0.03
"""Confidence in a second, unrelated language from which the texts of a story are read one by one: 5 % of stories. Of
stories with one text of eight in another language, two thirds reach it."""

FIRST_WORDS = 3
"""Words of a text whose script is compared with that of the story."""

_WORD = re.compile(r"[^\W\d_]{1,40}")
"""A run of letters."""

_EAST_ASIAN = frozenset({Script.HAN, Script.KANA, Script.HANGUL})
"""Scripts that are written together."""


def page_language(
    stated: Iterable[tuple[Evidence, str]], title: str | None, blocks: Sequence[Block], detector: LanguageDetector
) -> tuple[MetadataField[str | None], tuple[Block, ...]]:
    """Return the language of a story, and its blocks, with the languages of those that are in another one.

    The first stated language that the words bear out is used, with its region. The words overrule all of them if they
    are clearly in another language.

    Args:
        stated: language tags that the page states, the most trusted place first.
        title: the headline.
        blocks: the story.
        detector: of languages.
    """
    tags = list(stated)
    sample = _sample(title, blocks)
    guesses = _merged(detector.candidates(sample, CANDIDATES, SAMPLE_CHARACTERS)) if sample else {}
    script = main_script(sample)
    language = _chosen(tags, guesses, script)
    if language.value is None or not (_names_second_language(guesses) or _has_second_script(blocks, script)):
        return language, tuple(blocks)
    return language, _with_languages(blocks, language.value, detector)


def _sample(title: str | None, blocks: Sequence[Block]) -> str:
    """Return pieces of a story from its beginning to its end; empty if it has too few letters."""
    step = max(1, -(-len(blocks) // SAMPLED_BLOCKS))
    pieces = [block.text for block in blocks[::step]]
    share = SAMPLE_CHARACTERS // max(1, len(pieces))
    sample = " ".join(piece[:share] for piece in pieces)
    if len(sample) < SAMPLE_CHARACTERS * 3 // 4:
        texts = (title or "", *(block.text[:SAMPLE_CHARACTERS] for block in blocks[:SAMPLED_BLOCKS]))
        sample = " ".join(texts)[:SAMPLE_CHARACTERS]
    return sample if sum(map(str.isalpha, sample)) >= MIN_LETTERS else ""


def _merged(guesses: Iterable[Guess]) -> dict[str, float]:
    """Return the confidence in each language, the likeliest first; variants of a language are added up."""
    merged: dict[str, float] = {}
    for guess in guesses:
        code = canonical(guess.code)
        merged[code] = merged.get(code, 0.0) + guess.confidence
    return dict(sorted(merged.items(), key=lambda item: -item[1]))


def _chosen(
    tags: Sequence[tuple[Evidence, str]], guesses: Mapping[str, float], script: Script | None
) -> MetadataField[str | None]:
    """Return the language, by what the page states and what its words are likely in."""
    default = DEFAULT_LANGUAGE.get(script) if script else None
    detected, confidence = next(iter(guesses.items()), (default, 0.0))
    if detected is None:
        return MetadataField(tags[0][1], tags[0][0]) if tags else MetadataField(None)
    for place, tag in tags:
        if canonical(tag) == detected:
            return MetadataField(tag, place)
    for place, tag in tags:
        if not _is_overruled(canonical(tag), guesses, detected):
            return MetadataField(tag, place)
    sure_enough = tags or confidence >= MIN_CONFIDENCE
    return MetadataField(detected, Evidence.DETECTED) if sure_enough else MetadataField(None)


def _is_overruled(stated: str, guesses: Mapping[str, float], detected: str) -> bool:
    """Return whether the words are clearly in another language than the stated one."""
    needed = SURE_CONFIDENCE if are_related(stated, detected) else OVERRULING_CONFIDENCE
    return guesses.get(detected, 0.0) >= needed and guesses.get(stated, 0.0) <= MAX_STATED_CONFIDENCE


def _names_second_language(guesses: Mapping[str, float]) -> bool:
    """Return whether the words may be in two languages that the detector does not confuse."""
    first = next(iter(guesses), "")
    return any(
        confidence >= MIXED_CONFIDENCE and code != first and not are_related(code, first)
        for code, confidence in guesses.items()
    )


def _has_second_script(blocks: Sequence[Block], script: Script | None) -> bool:
    """Return whether one of the first words of a block is in another script than the story."""
    if script is None:
        return False
    own = _EAST_ASIAN if script in _EAST_ASIAN else {script}
    for block in blocks:
        if block.text.isascii() and script is Script.LATIN:
            continue
        first_words = islice(_WORD.finditer(block.text), FIRST_WORDS)
        if any(script_of_letter(word[0][0]) not in own for word in first_words):
            return True
    return False


def _with_languages(blocks: Sequence[Block], main: str, detector: LanguageDetector) -> tuple[Block, ...]:
    own = canonical(main)
    languages = ParagraphLanguages(detector).languages([block.text for block in blocks], main)
    return tuple(
        block if language in (own, None) else block.model_copy(update={"language": language})
        for block, language in zip(blocks, languages, strict=True)
    )
