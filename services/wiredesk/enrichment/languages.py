"""What enrichment supports for each language: the one table that the code, the notes and the documentation follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from wiredesk.languages.codes import canonical


class NamesFrom(StrEnum):
    """What finds the names in texts of a language."""

    TAGGER = "tagger"
    """A tagger that was measured to be good enough."""

    GAZETTEER = "gazetteer"
    """The gazetteer only: countries, cities, international organisations. The event's notes say so."""

    NOTHING = "nothing"
    """Nothing. The event's notes say so."""


@dataclass(frozen=True, slots=True)
class LanguageSupport:
    """What enrichment does for texts of a language.

    Attributes:
        name: of the language, in English.
        names: what finds names, where no tagger was installed for this language only.
        topics: whether our classifier was measured to be good enough.
        rules: code of the language whose word lists the rules for names use; empty for none.
    """

    name: str
    names: NamesFrom = NamesFrom.NOTHING
    topics: bool = False
    rules: str = ""


ENGLISH = "en"
"""The language for which the rules were written first, and of texts of which nothing else is known."""

SUPPORT: Mapping[str, LanguageSupport] = {
    "af": LanguageSupport("Afrikaans", NamesFrom.GAZETTEER),
    "am": LanguageSupport("Amharic", NamesFrom.GAZETTEER),
    "ar": LanguageSupport("Arabic", NamesFrom.GAZETTEER, topics=True, rules="ar"),
    "az": LanguageSupport("Azerbaijani", NamesFrom.GAZETTEER, rules="az"),
    "be": LanguageSupport("Belarusian", NamesFrom.GAZETTEER, rules="ru"),
    "bg": LanguageSupport("Bulgarian", NamesFrom.TAGGER, rules="bg"),
    "bn": LanguageSupport("Bengali", NamesFrom.GAZETTEER, rules="bn"),
    "bs": LanguageSupport("Bosnian", NamesFrom.GAZETTEER, rules="hr"),
    "ca": LanguageSupport("Catalan", NamesFrom.TAGGER, rules="ca"),
    "cs": LanguageSupport("Czech", NamesFrom.TAGGER, topics=True, rules="cs"),
    "cy": LanguageSupport("Welsh", NamesFrom.GAZETTEER),
    "da": LanguageSupport("Danish", NamesFrom.TAGGER, topics=True, rules="da"),
    "de": LanguageSupport("German", NamesFrom.TAGGER, topics=True, rules="de"),
    "el": LanguageSupport("Greek", NamesFrom.GAZETTEER, rules="el"),
    "en": LanguageSupport("English", NamesFrom.TAGGER, topics=True, rules="en"),
    "es": LanguageSupport("Spanish", NamesFrom.TAGGER, topics=True, rules="es"),
    "et": LanguageSupport("Estonian", NamesFrom.TAGGER, rules="et"),
    "eu": LanguageSupport("Basque", NamesFrom.GAZETTEER),
    "fa": LanguageSupport("Persian", NamesFrom.GAZETTEER, rules="fa"),
    "fi": LanguageSupport("Finnish", NamesFrom.TAGGER, topics=True, rules="fi"),
    "fr": LanguageSupport("French", NamesFrom.TAGGER, topics=True, rules="fr"),
    "ga": LanguageSupport("Irish", NamesFrom.GAZETTEER),
    "gl": LanguageSupport("Galician", NamesFrom.GAZETTEER, rules="pt"),
    "gu": LanguageSupport("Gujarati", NamesFrom.GAZETTEER),
    "he": LanguageSupport("Hebrew", NamesFrom.GAZETTEER, rules="he"),
    "hi": LanguageSupport("Hindi", NamesFrom.TAGGER, topics=True, rules="hi"),
    "hr": LanguageSupport("Croatian", NamesFrom.TAGGER, topics=True, rules="hr"),
    "hu": LanguageSupport("Hungarian", NamesFrom.TAGGER, topics=True, rules="hu"),
    "hy": LanguageSupport("Armenian", NamesFrom.GAZETTEER),
    "id": LanguageSupport("Indonesian", NamesFrom.TAGGER, topics=True, rules="id"),
    "is": LanguageSupport("Icelandic", NamesFrom.GAZETTEER, rules="is"),
    "it": LanguageSupport("Italian", NamesFrom.TAGGER, topics=True, rules="it"),
    "ja": LanguageSupport("Japanese", NamesFrom.TAGGER, topics=True, rules="ja"),
    "ka": LanguageSupport("Georgian", NamesFrom.GAZETTEER),
    "kk": LanguageSupport("Kazakh", NamesFrom.TAGGER),
    "km": LanguageSupport("Khmer", NamesFrom.GAZETTEER),
    "kn": LanguageSupport("Kannada", NamesFrom.GAZETTEER),
    "ko": LanguageSupport("Korean", NamesFrom.TAGGER, topics=True, rules="ko"),
    "ky": LanguageSupport("Kyrgyz", NamesFrom.GAZETTEER),
    "lo": LanguageSupport("Lao", NamesFrom.GAZETTEER),
    "lt": LanguageSupport("Lithuanian", NamesFrom.TAGGER, rules="lt"),
    "lv": LanguageSupport("Latvian", NamesFrom.TAGGER, rules="lv"),
    "mk": LanguageSupport("Macedonian", NamesFrom.GAZETTEER, rules="bg"),
    "ml": LanguageSupport("Malayalam", NamesFrom.GAZETTEER),
    "mn": LanguageSupport("Mongolian", NamesFrom.GAZETTEER),
    "mr": LanguageSupport("Marathi", NamesFrom.GAZETTEER),
    "ms": LanguageSupport("Malay", NamesFrom.GAZETTEER, rules="ms"),
    "my": LanguageSupport("Burmese", NamesFrom.GAZETTEER),
    "ne": LanguageSupport("Nepali", NamesFrom.GAZETTEER),
    "nl": LanguageSupport("Dutch", NamesFrom.TAGGER, topics=True, rules="nl"),
    "no": LanguageSupport("Norwegian", NamesFrom.TAGGER, topics=True, rules="no"),
    "pa": LanguageSupport("Punjabi", NamesFrom.GAZETTEER),
    "pl": LanguageSupport("Polish", NamesFrom.TAGGER, topics=True, rules="pl"),
    "ps": LanguageSupport("Pashto", NamesFrom.GAZETTEER),
    "pt": LanguageSupport("Portuguese", NamesFrom.TAGGER, topics=True, rules="pt"),
    "ro": LanguageSupport("Romanian", NamesFrom.TAGGER, topics=True, rules="ro"),
    "ru": LanguageSupport("Russian", NamesFrom.TAGGER, topics=True, rules="ru"),
    "si": LanguageSupport("Sinhala", NamesFrom.GAZETTEER),
    "sk": LanguageSupport("Slovak", NamesFrom.TAGGER, topics=True, rules="sk"),
    "sl": LanguageSupport("Slovenian", NamesFrom.TAGGER, rules="sl"),
    "so": LanguageSupport("Somali", NamesFrom.GAZETTEER),
    "sq": LanguageSupport("Albanian", NamesFrom.GAZETTEER),
    "sr": LanguageSupport("Serbian", NamesFrom.TAGGER, rules="hr"),
    "sv": LanguageSupport("Swedish", NamesFrom.TAGGER, topics=True, rules="sv"),
    "sw": LanguageSupport("Swahili", NamesFrom.GAZETTEER),
    "ta": LanguageSupport("Tamil", NamesFrom.GAZETTEER),
    "te": LanguageSupport("Telugu", NamesFrom.GAZETTEER),
    "tg": LanguageSupport("Tajik", NamesFrom.GAZETTEER),
    "th": LanguageSupport("Thai", NamesFrom.TAGGER, rules="th"),
    "tl": LanguageSupport("Filipino", NamesFrom.GAZETTEER),
    "tr": LanguageSupport("Turkish", NamesFrom.TAGGER, topics=True, rules="tr"),
    "uk": LanguageSupport("Ukrainian", NamesFrom.TAGGER, topics=True, rules="uk"),
    "ur": LanguageSupport("Urdu", NamesFrom.GAZETTEER, rules="ur"),
    "uz": LanguageSupport("Uzbek", NamesFrom.GAZETTEER),
    "vi": LanguageSupport("Vietnamese", NamesFrom.GAZETTEER, topics=True, rules="vi"),
    "zh": LanguageSupport("Chinese", NamesFrom.TAGGER, topics=True, rules="zh"),
}
"""By ISO 639-1 code, as `canonical` returns it. A language that is not here has neither names nor topics."""

NO_SUPPORT = LanguageSupport("")
"""What is done for a language that the table lacks."""


def support_of(language: str | None) -> LanguageSupport:
    """Return what is supported for a language; None stands for one that is not known."""
    return SUPPORT.get(canonical(language), NO_SUPPORT) if language else NO_SUPPORT


@lru_cache(maxsize=256)
def rules_of(language: str | None) -> str:
    """Return the code of the language whose word lists apply; empty for none."""
    return support_of(language).rules
