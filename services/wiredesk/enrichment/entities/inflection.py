"""Inflection: the forms of a name that a dictionary may have, for one as it stands in a text (`России`, `Trumpa`)."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, product

MIN_STEM_CHARACTERS = 2
"""Minimum characters of a word before its ending."""

MAX_WORDS = 4
"""Maximum words of a name that is read as inflected."""

MAX_FORMS = 200
"""Maximum forms of one name."""

MAX_CACHED_NAMES = 4096
"""Names whose forms are kept."""


_SEPARATORS = re.compile("([ -])")


@cache
def _endings() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    text = files("wiredesk.enrichment").joinpath("entities", "inflection.toml").read_text(encoding="utf-8")
    return {
        language: {ending: tuple(bases) for ending, bases in endings.items()}
        for language, endings in tomllib.loads(text).items()
    }


@lru_cache(MAX_CACHED_NAMES)
def dictionary_forms(name: str, language: str) -> tuple[str, ...]:
    """Return other forms that a name may have in a dictionary, the most likely first; none for most languages' names.

    The form that stands in the text is not among them.
    """
    parts = _SEPARATORS.split(unicodedata.normalize("NFC", name.replace("’", "'")))  # words, and what separates them
    if language not in _endings() or not 0 < len(parts) <= 2 * MAX_WORDS - 1:
        return ()
    forms = ((part, *_word_forms(part, language)) if index % 2 == 0 else (part,) for index, part in enumerate(parts))
    return tuple(islice((form for words in product(*forms) if (form := "".join(words)) != name), MAX_FORMS))


def _word_forms(word: str, language: str) -> Iterator[str]:
    """Yield the forms of a word: of long endings first, because they fit fewer words."""
    endings = _endings()[language]
    if language == "ar" and word.startswith("ل"):
        yield f"ا{word}"  # `لأردن`, which is left of `للأردن`
    for length in range(min(len(word) - MIN_STEM_CHARACTERS, max(map(len, endings))), 0, -1):
        for base in endings.get(word[-length:], ()):
            yield word[:-length] + base
