"""Codes of languages, of which one stands for all variants of a language."""

from collections.abc import Mapping
from functools import lru_cache

from wiredesk.languages.tags import SHORT_CODES, language_tag

CANONICAL: Mapping[str, str] = {
    "als": "de",  # Alemannic
    "arz": "ar",
    "bar": "de",
    "cn": "zh",
    "cz": "cs",
    "dk": "da",
    "fil": "tl",
    "gr": "el",
    "gsw": "de",
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "jp": "ja",
    "nb": "no",
    "nn": "no",
    "pnb": "pa",
    "sh": "sr",
    "ua": "uk",
    "wuu": "zh",
    "yue": "zh",
}
"""Variants of languages, former codes, codes of the detector and of countries in their place, with the code that stands
for all of them."""

NO_LANGUAGE = frozenset({"mis", "mul", "und", "zxx"})
"""Codes that name no language: one without a code, several, an unknown one, none."""


@lru_cache(maxsize=256)
def canonical(code: str) -> str:
    """Return the code that stands for a language and its variants: `no` for `nb` and `nob`, `zh` for `zh-Hant`."""
    language = code.strip().replace("_", "-").partition("-")[0].lower()
    if language not in CANONICAL:
        language = SHORT_CODES.get(language, language)
    return CANONICAL.get(language, language)


def canonical_stated(text: str) -> str | None:
    """Return the code for what a page states; None where that is no language: `mul`, `x-default`, `{{lang}}`."""
    code = canonical(language_tag(text) or text)
    return code if code.isalpha() and 2 <= len(code) <= 3 and code not in NO_LANGUAGE else None  # noqa: PLR2004
