"""Codes of languages, of which one stands for all variants of a language."""

from collections.abc import Mapping
from functools import lru_cache

CANONICAL: Mapping[str, str] = {
    "als": "de",  # Alemannic
    "arz": "ar",
    "bar": "de",
    "fil": "tl",
    "gsw": "de",
    "in": "id",
    "iw": "he",
    "nb": "no",
    "nn": "no",
    "pnb": "pa",
    "sh": "sr",
    "wuu": "zh",
    "yue": "zh",
}
"""Variants of languages, former codes and codes of the detector, with the code that stands for all of them."""


@lru_cache(maxsize=256)
def canonical(code: str) -> str:
    """Return the code that stands for a language and its variants: `no` for `nb`, `zh` for `zh-Hant`."""
    language = code.replace("_", "-").partition("-")[0].lower()
    return CANONICAL.get(language, language)
