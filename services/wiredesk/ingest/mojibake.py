"""Mojibake: text in UTF-8 that was read in another charset, and written again. It is noted, and left as it is."""

import re

MIN_PAIRS = 3
"""Pairs from which a text has mojibake; one or two may be names, or a page about charsets."""

SAMPLE_CHARACTERS = 100_000
"""Characters at the beginning of a text that are searched."""

AROUND = 10
"""Characters before and after a piece that is quoted."""

_LATIN = re.compile(
    "[ÂÃâÐÑ](?:(?<=[ÂÃ])[\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|"
    "(?<=â)(?:€[\u0080-\u00bfœžšŸ™˜“”¢¦¡]|‚¬|„¢)|(?<=Ð)[\u0090-\u00bf]|(?<=Ñ)[\u0080-\u008f€‚ƒ„…†‡ˆ‰Š‹Œ])"
)
"""Letters of several bytes in UTF-8, read as windows-1252. Patterns that begin with one set are searched fast."""

_CYRILLIC_PAIR = "[РС][°-ї‚„…†‡€‰‹Ђ-Џђ-џ\u00a0-\u00bf]"
_CYRILLIC = re.compile(f"{_CYRILLIC_PAIR}(?:{_CYRILLIC_PAIR}){{2}}")
"""Three Cyrillic letters in UTF-8, read as windows-1251."""


_FORMS = (("ÃâÐ", _LATIN, MIN_PAIRS), ("Р", _CYRILLIC, 1))
"""For each form, characters of which a text with it has one, its pattern, and how many occurrences it needs."""


def mojibake_in(text: str) -> str:
    """Return a piece of mojibake of a text; empty if it has none, or hardly any."""
    sample = text[:SAMPLE_CHARACTERS]
    for signs, pattern, least in _FORMS:
        occurrences = pattern.finditer(sample) if any(sign in sample for sign in signs) else iter(())
        for number, match in enumerate(occurrences, 1):
            if number == least:
                return sample[max(0, match.start() - AROUND) : match.end() + AROUND]
    return ""
