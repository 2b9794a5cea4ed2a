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
    "ar": LanguageSupport("Arabic", NamesFrom.GAZETTEER, topics=True, rules="ar"),
    "az": LanguageSupport("Azerbaijani", rules="az"),
    "be": LanguageSupport("Belarusian", rules="ru"),
    "bg": LanguageSupport("Bulgarian", NamesFrom.TAGGER, rules="bg"),
    "bn": LanguageSupport("Bengali", rules="bn"),
    "bs": LanguageSupport("Bosnian", rules="hr"),
    "ca": LanguageSupport("Catalan", NamesFrom.TAGGER, rules="ca"),
    "cs": LanguageSupport("Czech", NamesFrom.TAGGER, topics=True, rules="cs"),
    "da": LanguageSupport("Danish", NamesFrom.TAGGER, topics=True, rules="da"),
    "de": LanguageSupport("German", NamesFrom.TAGGER, topics=True, rules="de"),
    "el": LanguageSupport("Greek", rules="el"),
    "en": LanguageSupport("English", NamesFrom.TAGGER, topics=True, rules="en"),
    "es": LanguageSupport("Spanish", NamesFrom.TAGGER, topics=True, rules="es"),
    "et": LanguageSupport("Estonian", NamesFrom.TAGGER, rules="et"),
    "fa": LanguageSupport("Persian", rules="fa"),
    "fi": LanguageSupport("Finnish", NamesFrom.TAGGER, topics=True, rules="fi"),
    "fr": LanguageSupport("French", NamesFrom.TAGGER, topics=True, rules="fr"),
    "gl": LanguageSupport("Galician", rules="pt"),
    "he": LanguageSupport("Hebrew", rules="he"),
    "hi": LanguageSupport("Hindi", NamesFrom.TAGGER, topics=True, rules="hi"),
    "hr": LanguageSupport("Croatian", NamesFrom.TAGGER, topics=True, rules="hr"),
    "hu": LanguageSupport("Hungarian", NamesFrom.TAGGER, topics=True, rules="hu"),
    "id": LanguageSupport("Indonesian", NamesFrom.GAZETTEER, topics=True, rules="id"),
    "is": LanguageSupport("Icelandic", rules="is"),
    "it": LanguageSupport("Italian", NamesFrom.TAGGER, topics=True, rules="it"),
    "ja": LanguageSupport("Japanese", NamesFrom.TAGGER, topics=True, rules="ja"),
    "ko": LanguageSupport("Korean", NamesFrom.GAZETTEER, topics=True, rules="ko"),
    "lt": LanguageSupport("Lithuanian", NamesFrom.GAZETTEER, rules="lt"),
    "lv": LanguageSupport("Latvian", NamesFrom.GAZETTEER, rules="lv"),
    "mk": LanguageSupport("Macedonian", rules="bg"),
    "ms": LanguageSupport("Malay", rules="ms"),
    "nl": LanguageSupport("Dutch", NamesFrom.TAGGER, topics=True, rules="nl"),
    "no": LanguageSupport("Norwegian", NamesFrom.TAGGER, topics=True, rules="no"),
    "pl": LanguageSupport("Polish", NamesFrom.TAGGER, topics=True, rules="pl"),
    "pt": LanguageSupport("Portuguese", NamesFrom.TAGGER, topics=True, rules="pt"),
    "ro": LanguageSupport("Romanian", NamesFrom.TAGGER, topics=True, rules="ro"),
    "ru": LanguageSupport("Russian", NamesFrom.TAGGER, topics=True, rules="ru"),
    "sh": LanguageSupport("Serbo-Croatian", rules="hr"),
    "sk": LanguageSupport("Slovak", NamesFrom.TAGGER, topics=True, rules="sk"),
    "sl": LanguageSupport("Slovenian", NamesFrom.TAGGER, rules="sl"),
    "sr": LanguageSupport("Serbian", NamesFrom.TAGGER, rules="hr"),
    "sv": LanguageSupport("Swedish", NamesFrom.TAGGER, topics=True, rules="sv"),
    "th": LanguageSupport("Thai", NamesFrom.TAGGER, rules="th"),
    "tr": LanguageSupport("Turkish", NamesFrom.TAGGER, topics=True, rules="tr"),
    "uk": LanguageSupport("Ukrainian", NamesFrom.TAGGER, topics=True, rules="uk"),
    "ur": LanguageSupport("Urdu", rules="ur"),
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
