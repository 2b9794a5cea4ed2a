"""Write how languages name months, days and times: services/wiredesk/extractor/metadata/dates/cldr.json.

    python -m training.extraction.calendar_words

Source: Unicode CLDR (Unicode licence v3), as the package babel holds it. All names are in the form in which the
extractor compares them (`fold_date`).
"""

import json
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from babel import Locale, localedata

from wiredesk.extractor.metadata.dates.folding import fold_date

TARGET = Path("services/wiredesk/extractor/metadata/dates/cldr.json")

LANGUAGES = (
    *("af", "am", "ar", "as", "az", "be", "bg", "bn", "br", "bs", "ca", "ckb", "cs", "cy", "da", "de", "el", "en"),
    *("eo", "es", "et", "eu", "fa", "fi", "fil", "fo", "fr", "fy", "ga", "gd", "gl", "gu", "ha", "he", "hi", "hr"),
    *("hu", "hy", "id", "ig", "is", "it", "ja", "jv", "ka", "kk", "km", "kn", "ko", "ku", "ky", "lb", "lo", "lt"),
    *("lv", "mg", "mk", "ml", "mn", "mr", "ms", "mt", "my", "nb", "ne", "nl", "nn", "no", "or", "pa", "pl", "ps"),
    *("pt", "rm", "ro", "ru", "sd", "si", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te", "tg", "th", "tk"),
    *("tr", "tt", "ug", "uk", "ur", "uz", "vi", "wo", "xh", "yo", "zh", "zu"),
)
"""Languages of news on the web."""

UNITS = ("second", "minute", "hour", "day", "week")
"""Units of relative times: `3 hours ago`."""

PARTS = ("months", "weekdays", "halves", "ago")
"""Parts of the file that have an entry for each language."""

UNUSED_SCRIPTS = frozenset({"Dsrt", "Shaw", "Mong"})
"""Scripts that no news is written in today, or none that has numbers between the words of a date."""

MIN_HALF = 2
"""Minimum Latin letters of a word for a half of the day."""

SEPARATOR = "|"
"""Separates the names of one month."""


def main() -> None:
    """Write the file."""
    # babel's names of one language leak into the next one of the same process, so each has a process of its own.
    with ProcessPoolExecutor(1, max_tasks_per_child=1) as processes:
        read = dict(zip(LANGUAGES, processes.map(_language, LANGUAGES), strict=True))
    table = {
        "source": "Unicode CLDR, https://www.unicode.org/license.txt",
        **{part: {language: words[part] for language, words in read.items()} for part in PARTS},
        "orders": {name: order for words in read.values() for name, order in words["orders"].items()},
    }
    TARGET.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def _language(language: str) -> dict[str, Any]:
    """Return all words of a language, by part of the file."""
    return {
        "months": _names(language, "months", range(1, 13)),
        "weekdays": _names(language, "days", range(7)),
        "halves": _halves(language),
        "ago": _ago(language),
        "orders": _orders(language),
    }


def _locales(language: str) -> Iterator[Locale]:
    """Yield a language and its varieties in countries and scripts."""
    for name in sorted(localedata.locale_identifiers()):
        if name == language or name.startswith(f"{language}_"):
            locale = Locale.parse(name)
            if locale.script not in UNUSED_SCRIPTS and not locale.variant:
                yield locale


def _names(language: str, kind: str, numbers: Iterable[int]) -> list[str]:
    """Return all names of each month or weekday. Names with digits are left out: they are read as numbers."""
    names: dict[int, dict[str, None]] = {number: {} for number in numbers}
    for locale in _locales(language):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in getattr(locale, kind)[context][width].items():
                    if not re.search(r"\d", folded := fold_date(name).replace(".", "").strip()):
                        names[number][folded] = None
    return [SEPARATOR.join(of_one) for of_one in names.values()]


def _halves(language: str) -> list[str]:
    """Return the words for the halves of the day, in a clock of twelve hours."""
    halves: dict[str, dict[str, None]] = {"am": {}, "pm": {}}
    for locale in _locales(language):
        names = [name for widths in locale.day_periods.values() for name in widths.values()]
        for half, known in halves.items():
            written = [re.sub(r"[.\s]", "", fold_date(name[half])) for name in names if half in name]
            known.update(dict.fromkeys(word for word in written if len(word) >= MIN_HALF or not word.isascii()))
    return [SEPARATOR.join(words) for words in halves.values()]


def _ago(language: str) -> dict[str, str]:
    """Return the patterns of times in the past, by unit; `{0}` is the number."""
    patterns: dict[str, dict[str, None]] = {unit: {} for unit in UNITS}
    fields: Any = localedata.load(language).get("date_fields", {})
    for unit, names in patterns.items():
        for width in ("", "-short", "-narrow"):
            for pattern in fields.get(unit + width, {}).get("past", {}).values():
                if "{0}" in pattern and len(pattern) > len("{0}") + 1 and not pattern.startswith("-"):
                    names[fold_date(pattern)] = None
    return {unit: SEPARATOR.join(names) for unit, names in patterns.items() if names}


def _orders(language: str) -> dict[str, str]:
    """Return in which order a language, and a language in a country, write day, month and year as numbers."""
    orders: dict[str, str] = {}
    for locale in _locales(language):
        order = "".join(dict.fromkeys(re.findall("[dMy]", locale.date_formats["short"].pattern))).lower()
        orders.setdefault("-".join(filter(None, (locale.language, locale.territory))).lower(), order)
    return orders


if __name__ == "__main__":
    main()
