"""The languages of the countries that domains belong to, as evidence for the charset of a page."""

from collections.abc import Mapping
from urllib.parse import urlsplit

_LANGUAGES: Mapping[str, str] = {
    "al": "sq", "am": "hy", "at": "de", "az": "az", "ba": "bs", "be": "nl fr de", "bg": "bg", "br": "pt", "by": "be ru",
    "bzh": "br", "cat": "ca", "ch": "de fr it", "cn": "zh", "cy": "el", "cymru": "cy", "cz": "cs", "de": "de",
    "dk": "da", "dz": "ar", "ee": "et", "eg": "ar", "es": "es", "eus": "eu", "fi": "fi sv", "fo": "fo", "fr": "fr",
    "frl": "fy", "gal": "gl", "gl": "kl da", "gr": "el", "hk": "zh", "hr": "hr", "hu": "hu", "ie": "ga", "il": "he",
    "iq": "ar ku", "ir": "fa", "is": "is", "it": "it", "jo": "ar", "jp": "ja", "kg": "ky ru", "kp": "ko", "kr": "ko",
    "kurd": "ku", "kw": "ar", "kz": "kk ru", "lb": "ar", "lt": "lt", "lu": "lb", "lv": "lv", "ly": "ar", "ma": "ar",
    "md": "ro", "me": "sr", "mk": "mk", "mn": "mn", "mo": "zh", "mt": "mt", "nl": "nl", "no": "no", "om": "ar",
    "pk": "ur", "pl": "pl", "ps": "ar", "pt": "pt", "qa": "ar", "ro": "ro", "rs": "sr", "ru": "ru", "sa": "ar",
    "scot": "gd", "sd": "ar", "se": "sv", "si": "sl", "sk": "sk", "su": "ru", "sy": "ar", "tatar": "tt ru", "th": "th",
    "tj": "tg", "tm": "tk", "tn": "ar", "tr": "tr", "tw": "zh", "ua": "uk", "uz": "uz", "va": "it", "vn": "vi",
    "wales": "cy", "ye": "ar", "xn--p1ai": "ru", "xn--j1amh": "uk", "xn--90ais": "be", "xn--90ae": "bg",
    "xn--90a3ac": "sr", "xn--d1alf": "mk", "xn--80ao21a": "kk", "xn--l1acc": "mn", "xn--qxam": "el",
    "xn--fiqs8s": "zh", "xn--fiqz9s": "zh", "xn--3e0b707e": "ko", "xn--o3cw4h": "th", "xn--mgba3a4f16a": "fa",
}  # fmt: skip
"""Codes of languages by top-level domain, where they are written with letters beyond ASCII. Official languages of the
countries, by the Unicode CLDR."""


def languages_of_domain(url: str) -> tuple[str, ...]:
    """Return the codes of the languages of a URL's country; none if it is of no country, or of one of others."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ()
    return tuple(_LANGUAGES.get(host.rstrip(".").rpartition(".")[2], "").split())
