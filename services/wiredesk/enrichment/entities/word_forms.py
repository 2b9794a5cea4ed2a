"""Forms of a word: `Trump` and `Trumpa`, `Россия` and `России`, `Syrien` and `Syriens`.

Two words are taken for forms of one if they have a stem in common: what is left without a known ending, with the
changes
that the language makes at the end of a stem. No dictionary is needed, so names that nobody has listed merge as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from wiredesk.enrichment.entities.folding import fold
from wiredesk.enrichment.entities.lexicon import Lexicon, lexicon_of

MIN_STEM = 3
"""Minimum letters of a stem: shorter ones are stems of too many names."""

MIN_HANGUL_STEM = 2
"""The same in Korean, where a letter is a syllable."""

MAX_ENDING = 6
"""Maximum letters of an ending."""

REMEMBERED_NAMES = 4096
"""Names whose words are kept: an article compares each of its names with others again and again."""

VOWELS = frozenset("aeiouyаеиоуыэюяіїєαεηιουω")
"""Letters after which no consonant ends the stem."""

FIRST_HANGUL, LAST_HANGUL = "가", "힣"
"""The syllables of Korean."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name, as it is compared with others.

    Attributes:
        folded: the word as it is written, folded.
        stems: what is left of it without an ending, and the word itself.
    """

    folded: str
    stems: frozenset[str]

    def is_form_of(self, other: "Word") -> bool:
        """Whether both can be forms of the same word."""
        return self.folded == other.folded or not self.stems.isdisjoint(other.stems)


def words_of(folded_name: str, lexicon: Lexicon) -> tuple[Word, ...]:
    """Return the words of a folded name."""
    return _words_of(folded_name, lexicon.language)


@lru_cache(maxsize=REMEMBERED_NAMES)
def _words_of(folded_name: str, language: str) -> tuple[Word, ...]:
    parts = folded_name.split()
    has_adjectives = len(parts) > 1
    return tuple(Word(part, _stems(part, language, has_adjectives=has_adjectives)) for part in parts)


def are_forms(one: Sequence[Word], other: Sequence[Word]) -> bool:
    """Whether two names have the same words, in any of their forms."""
    return len(one) == len(other) and all(a.is_form_of(b) for a, b in zip(one, other, strict=True))


def _stems(folded: str, language: str, *, has_adjectives: bool) -> frozenset[str]:
    inflection = _inflection(language)
    endings = inflection.all_endings if has_adjectives else inflection.noun_endings
    bare = {folded, *inflection.without_prefixes(folded)}
    stems = set(bare)
    for word in bare:
        shortest = MIN_HANGUL_STEM if FIRST_HANGUL <= word[0] <= LAST_HANGUL else MIN_STEM
        for length in range(1, min(MAX_ENDING, len(word) - shortest) + 1):
            if word[-length:] in endings:
                stems.add(word[:-length])
    return frozenset(stems | {changed for stem in stems for changed in inflection.changed(stem)})


@dataclass(frozen=True, slots=True)
class _Inflection:
    """What a language does to its names, folded.

    Attributes:
        noun_endings: of a name of one word, and of nouns.
        all_endings: those, and of adjectives.
        alternations: ends of stems, as they are before other endings and before this one.
        fleeting_vowels: before the last consonant of a stem.
        prefixes: written together with the name.
    """

    noun_endings: frozenset[str]
    all_endings: frozenset[str]
    alternations: tuple[tuple[str, str], ...]
    fleeting_vowels: tuple[str, ...]
    prefixes: tuple[str, ...]

    def without_prefixes(self, folded: str) -> Iterator[str]:
        """Yield a word without each prefix that it can have."""
        for prefix in self.prefixes:
            if folded.startswith(prefix) and len(folded) - len(prefix) >= MIN_STEM:
                yield folded[len(prefix) :]

    def changed(self, stem: str) -> Iterator[str]:
        """Yield a stem as it is before other endings: `Prag` for `Pradz`, `Niemc` for `Niemiec`."""
        for before, after in self.alternations:
            if stem.endswith(after) and len(stem) - len(after) >= MIN_STEM - 1:
                yield stem[: -len(after)] + before
        if stem[-1:] not in VOWELS:
            for vowel in self.fleeting_vowels:
                if stem[:-1].endswith(vowel) and len(stem) - len(vowel) >= MIN_STEM:
                    yield stem[: -1 - len(vowel)] + stem[-1]


@cache
def _inflection(language: str) -> _Inflection:
    lexicon = lexicon_of(language)
    nouns = frozenset(fold(ending, lexicon) for ending in lexicon.endings)
    adjectives = frozenset(fold(ending, lexicon) for ending in lexicon.adjective_endings)
    pairs = sorted(fold(pair, lexicon).split() for pair in lexicon.alternations)
    return _Inflection(
        noun_endings=nouns,
        all_endings=nouns | adjectives,
        alternations=tuple((before, after) for before, after in pairs),
        fleeting_vowels=tuple(sorted(fold(vowel, lexicon) for vowel in lexicon.fleeting_vowels)),
        prefixes=tuple(sorted(fold(prefix, lexicon) for prefix in lexicon.prefixes)),
    )
