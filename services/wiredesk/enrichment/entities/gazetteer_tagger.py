"""A tagger for languages without a better one: it marks the names that the gazetteer has in the language.

Countries, large cities, parts of the world, international organisations, and heads of state by their full names. It is
precise rather than complete: names that are also words, or people's, are left out.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files

from wiredesk.enrichment.composed_text import ComposedText
from wiredesk.enrichment.entities.gazetteer import GazetteerEntry, gazetteer, is_of_language, lookup, split_line
from wiredesk.enrichment.entities.inflection import dictionary_forms
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk_schemas import EntityType, Model

VERSION = "2"
"""Version of the names and the rules of this tagger."""

MIN_CITY_PROMINENCE = 500_000
"""Minimum prominence of a city that is marked. A smaller one's name is more often something else."""

MIN_OWN_CITY_PROMINENCE = 100_000
"""The same where the name is known to be of the language: capitals of small countries."""

UNKNOWN_FACTOR = 0.05
"""Factor on the prominence of an entry whose name this is in an unknown language."""

MAX_WORD_BEFORE = 24
"""Characters before a name that are searched for the word before it."""

MAX_WORDS = 6
"""Maximum words of a name."""

MIN_UNSPACED_CHARACTERS = 2
"""Minimum characters of a name in a script without spaces."""

MIN_THAI_CHARACTERS = 4
"""The same in Thai and its like, whose letters are not syllables."""

MIN_FOREIGN_CHARACTERS = 4
"""Minimum characters of a name that is not known to be of the language: shorter ones are its words, or parts."""

KNOWN_NAMES_ONLY = frozenset({"fa", "ur", "ps"})
"""Languages where a name in their script that is not known to be theirs is another's, and often a word: in Arabic
letters, `پونه` (Pune) is a herb, `سوری` (Surrey) a Syrian."""

UNSPACED_LANGUAGES = frozenset({"zh", "ja", "th", "lo", "km", "my"})
"""Languages that are written without spaces between words."""

PREFIXES: Mapping[str, tuple[str, ...]] = {
    "am": ("የ", "በ", "ከ", "ለ", "ስለ", "እንደ", "ወደ", "እና"),
    "ar": ("و", "ب", "ل", "ف", "ك", "وب", "ول", "فب"),
    "he": ("ב", "ל", "מ", "ו", "ש", "כ", "וב", "ול", "ומ", "וש", "שב", "של", "שמ", "כש", "מש"),
}
"""What means `and`, `in`, `to` before a name, without a space. A name has no article: `הפרת` is no Perth."""

SURE_PREFIXES = frozenset({"የ", "በ", "ከ", "ለ", "و", "ب", "ل", "ב", "ל", "מ"})
"""Prefixes before short names. The others make words of these: `כפרו`, they denied, is no Peru."""

MIN_AFTER_PREFIX, MIN_AFTER_SURE_PREFIX = 4, 3
"""Minimum characters of a name after a prefix."""

PARTICLES: Mapping[str, frozenset[str]] = {
    "ko": frozenset(
        {
            *("은", "는", "이", "가", "을", "를", "의", "에", "에서", "에게", "와", "과", "도", "로"),
            *("으로", "만", "부터", "까지", "측", "산", "발", "군", "내", "행", "서", "이나", "나", "보다"),
            *("처럼", "이라는", "라는"),
        }
    ),
    "am": frozenset({"ን", "ና", "ም", "ንና"}),
}
"""What may follow a name, without a space, by language."""

NOT_AFTER = {"zh": "人语語文籍裔系式菜", "ja": "人語系産製式料", "th": ""}
"""What follows a country's name where it is another word: `中国人`, a Chinese person."""

# A word, in any script with its combining marks; and what can separate the words of a name.
_LETTER = (
    r"[^\s!-/:-@\[-`{-~\u00a0-\u00bf\u0387\u0589\u055a-\u055f\u058a\u05be\u060c\u061b\u061f\u06d4\u0964\u0965"
    r"\u1361-\u1368\u2010-\u2027\u3001\u3002\u3008-\u3011\u30fb\uff01-\uff0f\uff1a\uff1b\uff1f]"
)
_WORD = re.compile(f"{_LETTER}+")
# Marks within a word, not around it: `ארה"ב`, `צ'אד`.
_HEBREW_WORD = re.compile(rf"(?:{_LETTER}|(?<=[\u05d0-\u05ea])['\"\u2019\u201d](?=[\u05d0-\u05ea]))+")
_GAP = re.compile(r"[ \u00a0.'\u2018\u2019-]{1,3}")

_HYPHENED_BEFORE = re.compile(r"[^\W\d_]{3}[-\u05be]$")
_SENTENCE_BEGINNING = re.compile(r"[.!?:;…\"“”„«»'’(\n] {0,2}$")

type Names = dict[str, list[tuple[tuple[str, ...], GazetteerEntry]]]
"""Names, as their words, with their entries, by their first word."""


class GazetteerTagger:
    """Marks the names that the gazetteer has in one language.

    Args:
        language: ISO 639-1 code of the texts' language.
    """

    def __init__(self, language: str) -> None:
        self.languages = frozenset({language})
        self.model = Model(task="entities", name="wiredesk_gazetteer", version=VERSION)
        self._language = language
        self._unspaced = language in UNSPACED_LANGUAGES
        self._word = _HEBREW_WORD if language == "he" else _WORD

    @cached_property
    def _names(self) -> Names:
        """The names, which the first text of the language loads in half a second."""
        entries = _entries_by_name(self._language)
        min_characters = MIN_UNSPACED_CHARACTERS if self._language in ("zh", "ja") else MIN_THAI_CHARACTERS
        return _by_beginning(entries, min_characters) if self._unspaced else _by_first_word(entries, self._word)

    def tag(self, texts: Sequence[str]) -> list[list[TaggedSpan]]:
        """Return the names in each text, in order, without overlaps."""
        return [list(self._tag(text)) for text in texts]

    def _tag(self, text: str) -> Iterator[TaggedSpan]:
        scan = self._scan_characters if self._unspaced else self._scan_words
        composed = ComposedText(text)
        for span in scan(composed.text):
            yield TaggedSpan(composed.start(span.start), composed.end(span.end), span.type)

    def _scan_words(self, text: str) -> Iterator[TaggedSpan]:
        words = [(match.start(), match.end()) for match in self._word.finditer(text)]
        index = 0
        while index < len(words):
            meanings = self._match(text, words, index)
            if meanings is None:
                index += 1
                continue
            span, count = meanings
            yield span
            index += count

    def _match(self, text: str, words: Sequence[tuple[int, int]], index: int) -> tuple[TaggedSpan, int] | None:
        """Return the longest name that begins with a word, and how many words it has."""
        start, end = words[index]
        left_out = _left_out().get(self._language, frozenset())
        for offset, first in self._beginnings(text[start:end]):
            for name, entry in self._names.get(first, ()):
                stop = self._end_of(text, words, index, name)
                is_inflected = first != text[start:end]
                if stop is None or (not is_inflected and _is_part_of_longer_name(text, start, stop, entry)):
                    continue
                if not (f"^{text[start:stop]}" in left_out and _begins_sentence(text, start)):
                    return TaggedSpan(start + offset, stop, entry.type), len(name)
        return None

    def _beginnings(self, word: str) -> Iterator[tuple[int, str]]:
        """Yield the forms of a word that names can begin with, each with the length of the prefix that it lacks."""
        yield 0, word
        for form in dictionary_forms(word, self._language):
            yield 0, form
        if word not in _left_out().get(self._language, ()):  # `بحماس`, with enthusiasm
            yield from self._without_prefix(word)
        for length in range(len(word) - 1, 1, -1) if self._language in PARTICLES else ():
            if word[length:] in PARTICLES[self._language]:
                yield 0, word[:length]

    def _without_prefix(self, word: str) -> Iterator[tuple[int, str]]:
        for prefix in PREFIXES.get(self._language, ()):
            rest = word.removeprefix(prefix)
            if rest == word or len(rest) < (MIN_AFTER_SURE_PREFIX if prefix in SURE_PREFIXES else MIN_AFTER_PREFIX):
                continue
            yield len(prefix), rest
            if prefix[-1] == "ل" and rest[0] == "ل":
                yield len(prefix), f"ا{prefix[-1]}{rest[1:]}"  # `للعراق` is `ل` and `العراق`

    def _end_of(self, text: str, words: Sequence[tuple[int, int]], index: int, name: tuple[str, ...]) -> int | None:
        """Return where a name ends whose first word stands there; None where other words follow."""
        stop = words[index][1]
        if len(name) == 1 and self._language in PARTICLES:
            return self._without_particle(text, *words[index], name[0])
        for position, word in enumerate(name[1:], index + 1):
            if position >= len(words):
                return None
            start, end = words[position]
            written = text[start:end]
            is_same = written == word or word in dictionary_forms(written, self._language)
            if not is_same or not _GAP.fullmatch(text, stop, start):
                return None
            stop = end
        return stop

    def _without_particle(self, text: str, start: int, end: int, name: str) -> int:
        return start + len(name) if text.startswith(name, start) else end

    def _scan_characters(self, text: str) -> Iterator[TaggedSpan]:
        excluded = NOT_AFTER.get(self._language, "")
        position = 0
        while position < len(text):
            for (name,), entry in self._names.get(text[position : position + MIN_UNSPACED_CHARACTERS], ()):
                stop = position + len(name)
                if text.startswith(name, position) and text[stop : stop + 1] not in set(excluded):
                    if name.isascii() and _touches_letters(text, position, stop):
                        continue
                    if unicodedata.category(text[stop : stop + 1] or " ")[0] == "M":
                        continue  # a vowel of the name's last letter
                    yield TaggedSpan(position, stop, entry.type)
                    position = stop - 1
                    break
            position += 1


def _touches_letters(text: str, start: int, stop: int) -> bool:
    around = text[max(0, start - 1) : start] + text[stop : stop + 1]
    return any(character.isascii() and character.isalnum() for character in around)


def _begins_sentence(text: str, start: int) -> bool:
    return (
        not text[:start].strip()
        or _SENTENCE_BEGINNING.search(text[max(0, start - MAX_WORD_BEFORE) : start]) is not None
    )


def _is_part_of_longer_name(text: str, start: int, stop: int, entry: GazetteerEntry) -> bool:
    """Whether a name is more likely a part of a longer one, or in Latin letters, a person's.

    That is a city's after a hyphen, or before a word with a capital, `Victoria Beckham`, or a company's after one,
    `Marina Ferrari`.
    """
    if entry.type is EntityType.ORGANISATION:
        name = text[start:stop]
        is_word = name[0].isascii() and " " not in name and lookup(name.upper(), entry.type) is None  # `Otan` is OTAN
        before = re.search(r"(?:^|[^\w.])([^\W\d_]\w*) $", text[max(0, start - MAX_WORD_BEFORE) : start])
        return is_word and before is not None and before[1][0].isupper()
    if entry.kind == "city" and _HYPHENED_BEFORE.search(text, max(0, start - MAX_WORD_BEFORE), start):
        return True  # `KwaZulu-Natal`
    if entry.kind != "city" or not text[start].isascii():
        return False
    after = re.match(r"\s([^\W\d_])", text[stop : stop + 2])
    return after is not None and after[1].isupper() and " " not in text[start:stop]


def _by_first_word(entries: Mapping[str, GazetteerEntry], word: re.Pattern[str]) -> Names:
    names: Names = defaultdict(list)
    for name, entry in entries.items():
        words = tuple(word.findall(name))
        if 0 < len(words) <= MAX_WORDS:
            names[words[0]].append((words, entry))
    return _longest_first(names)


def _by_beginning(entries: Mapping[str, GazetteerEntry], min_characters: int) -> Names:
    names: Names = defaultdict(list)
    for name, entry in entries.items():
        if len(name) >= min_characters:
            names[name[:MIN_UNSPACED_CHARACTERS]].append(((name,), entry))
    return _longest_first(names)


def _longest_first(names: Names) -> Names:
    def order(item: tuple[tuple[str, ...], GazetteerEntry]) -> tuple[int, tuple[str, ...]]:
        return -sum(map(len, item[0])), item[0]

    return {first: sorted(of_first, key=order) for first, of_first in names.items()}


def _entries_by_name(language: str) -> dict[str, GazetteerEntry]:
    """Return the names that are marked in a language."""
    left_out = _left_out().get(language, frozenset())
    script = SCRIPTS.get(language, LATIN)
    entries: dict[str, GazetteerEntry] = {}
    for name, meanings in _names_in_scripts(dict.fromkeys((script, LATIN))):
        if name in left_out:
            continue
        best, mark = max(meanings, key=lambda pair: pair[0].prominence * (UNKNOWN_FACTOR if pair[1] == "~" else 1))
        is_known = not mark or mark == "~" or is_of_language(mark, language)
        known_mark = mark if is_known else "" if mark[0] == "=" else None
        if known_mark is not None and _is_marked(name, best, known_mark, language):
            entries[name] = best
    return entries


def _names_in_scripts(scripts: Iterable[str]) -> Iterator[tuple[str, list[tuple[GazetteerEntry, str]]]]:
    """Yield the names in some scripts, each with what it can mean, and marks."""
    entries = _prominent_entries()
    for script in scripts:
        for line in _lines_by_script().get(script, "").splitlines():
            name, references = split_line(line)
            yield name, [(entries[index], mark) for index, mark in references]


@cache
def _prominent_entries() -> Mapping[int, GazetteerEntry]:
    return gazetteer().prominent_entries(MIN_OWN_CITY_PROMINENCE)


@cache
def _lines_by_script() -> Mapping[str, str]:
    """Return the names that a language may have, as lines of the gazetteer, by script. All languages share them."""
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for name, references in gazetteer().names_of(_prominent_entries()):
        if name[0] != "@":
            lines[_script(name)].append(f"{name}\t{' '.join(f'{index}{mark}' for index, mark in references)}")
    return {script: "\n".join(of_script) for script, of_script in lines.items()}


def gazetteer_taggers(languages: Iterable[str]) -> dict[str, "GazetteerTagger"]:
    """Return the taggers of some languages."""
    return {language: GazetteerTagger(language) for language in languages}


def _is_marked(name: str, entry: GazetteerEntry, mark: str, language: str) -> bool:
    """Whether a name is certain enough.

    Args:
        name: a form of the entry's name.
        entry: what it means.
        mark: of the name, as `training.enrichment.gazetteer` describes it.
        language: of the texts.
    """
    is_of_language = mark[:1] in (":", "=")
    is_latin = language not in SCRIPTS
    if entry.type is EntityType.PERSON:
        return " " in name or not name.isascii()
    if entry.type is EntityType.ORGANISATION:
        return is_of_language or _is_distinct(name)
    if entry.kind in ("country", "area"):
        return is_of_language
    if entry.kind != "city" or entry.prominence < (MIN_OWN_CITY_PROMINENCE if is_of_language else MIN_CITY_PROMINENCE):
        return False
    if mark == "~":
        is_spaced = language not in UNSPACED_LANGUAGES and language not in KNOWN_NAMES_ONLY
        is_word_of_script = is_spaced and _script(name) == SCRIPTS.get(language)
        return is_word_of_script and len(name) >= MIN_FOREIGN_CHARACTERS
    return is_of_language or (is_latin and len(name) >= MIN_FOREIGN_CHARACTERS)


def _is_distinct(name: str) -> bool:
    """Whether an organisation's name is no word, or acronym of something else, in another language."""
    if name.isascii() and name.isupper():
        return name in GLOBAL_ACRONYMS
    return len(name) >= MIN_FOREIGN_CHARACTERS or not name.isascii()


GLOBAL_ACRONYMS = frozenset(
    {
        *("NATO", "OPEC", "FIFA", "UEFA", "NASA", "CERN", "OSCE", "ASEAN", "UNESCO", "UNICEF", "UNHCR"),
        *("IAEA", "WHO", "IMF", "WTO", "CIA", "FBI", "BBC", "CNN", "AFP", "OECD", "INTERPOL"),
    }
)
"""Acronyms that are used in all languages."""


@cache
def _left_out() -> Mapping[str, frozenset[str]]:
    """Return names that are something else more often, by language; after `^`, such as are where a sentence begins."""
    text = files("wiredesk.enrichment").joinpath("entities", "gazetteer_left_out.tsv").read_text(encoding="utf-8")
    rows: defaultdict[str, set[str]] = defaultdict(set)
    for line in text.splitlines():
        language, _, names = line.partition("\t")
        rows[language] |= set(names.split("|"))
    return {language: frozenset(names) for language, names in rows.items()}


def _script(name: str) -> str:
    """Return the script of a name's first letter, as Unicode's names of characters begin; kana count as `CJK`."""
    if name.isascii():
        return LATIN
    letter = next((character for character in name if character.isalpha()), name[0])
    script = unicodedata.name(letter, "").partition(" ")[0]
    return "CJK" if script in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA") else script


LATIN = "LATIN"
"""The script of all languages that are not in `SCRIPTS`."""

SCRIPTS: Mapping[str, str] = {
    **dict.fromkeys(("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg"), "CYRILLIC"),
    **dict.fromkeys(("ar", "fa", "ur", "ps"), "ARABIC"),
    **dict.fromkeys(("hi", "mr", "ne"), "DEVANAGARI"),
    "zh": "CJK",
    "ja": "CJK",
    "ko": "HANGUL",
    "th": "THAI",
    "he": "HEBREW",
    "el": "GREEK",
    "bn": "BENGALI",
    "ta": "TAMIL",
    "te": "TELUGU",
    "ka": "GEORGIAN",
    "hy": "ARMENIAN",
    "gu": "GUJARATI",
    "kn": "KANNADA",
    "ml": "MALAYALAM",
    "pa": "GURMUKHI",
    "my": "MYANMAR",
    "am": "ETHIOPIC",
    "km": "KHMER",
    "lo": "LAO",
    "or": "ORIYA",
    "si": "SINHALA",
}
"""Scripts of the languages that are not written in Latin letters."""
