"""What a segment of a path, or a value of a query, names: words, numbers, and the id of a story."""

import re
import unicodedata
from itertools import pairwise

from wiredesk.ingest.urls.vocabulary import GENERIC_WORDS, PART_WORDS

MIN_HEADLINE_WORDS = 3
"""Words of a headline. Sections have up to two: `/world-news`."""

MIN_ID_DIGITS = 5
"""Digits of a number that may be the id of a story."""

MIN_SURE_ID_DIGITS = 6
"""Digits of one that needs nothing around it to be one: postcodes have five."""

MIN_CODE = 6
"""Letters and digits of an id that has both."""

MIN_CODE_TURNS = 3
"""How often letters and digits of such an id change: `x7gh2kq`, but not `covid19vaccine`."""

ROUND = "000"
"""The end of a number that counts something: `crowd-of-100000`."""

_DELIMITERS = re.compile(r"[\x00-/:-@\[-`{-\x7f\xa0-\xbf\u2000-\u206f\u3000-\u3004\u3008-\u3020\u30fb\uff00-\uff0f]+")
"""What separates words. Marks of vowels, which Indic scripts have within words, do not."""

_JOINERS = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_MARKS = re.compile("[\u0300-\u036f]")
_DENSE = (
    r"\u1100-\u11ff\u3005-\u3007\u3040-\u318f\u31f0-\u31ff\u3400-\u9fff\ua000-\ua4cf\uac00-\ud7af\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
"""Characters of Chinese, Japanese, Korean and Yi, of which two are about a word."""

_UNSPACED = r"\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1980-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"
"""Characters of Thai, Lao, Tibetan, Burmese, Khmer and their neighbours, which do not separate words either."""

_RUN = re.compile(rf"(?P<dense>[{_DENSE}]+)|(?P<unspaced>[{_UNSPACED}]+)|(?P<spaced>[^{_DENSE}{_UNSPACED}]+)")
_CHARACTERS_PER_WORD = {"dense": 2, "unspaced": 5}
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_DATE = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12]\d|3[01])(?:[01]\d[0-5]\d|2[0-3][0-5]\d)?(?:[0-5]\d)?)?"
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d"
)
"""A month, a day, or a time of one: `202405`, `20240517`, `202405171230`, `17052024`."""

_CODE = re.compile(r"[a-z0-9]+")
_TURN = re.compile(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])")
_NAMED_NUMBER = re.compile(rf"[a-z]{{1,12}}(?P<number>\d{{{MIN_ID_DIGITS},}})")
"""`article253202060`, `id119898`."""


def folded(text: str) -> str:
    """Return a text in the form in which words are compared: in lower case, without accents and joiners."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", _JOINERS.sub("", text).casefold())
    return unicodedata.normalize("NFC", _MARKS.sub("", decomposed))


def words_of(text: str, umlauts: bool = False) -> list[str]:  # noqa: FBT001, FBT002 - two spellings of one text
    """Return the words of a text; of scripts that do not separate words, pairs of characters.

    Args:
        text: a segment, or a value.
        umlauts: are spelled with an e (`fuer`), and not without marks (`fur`).
    """
    words: list[str] = []
    for token in _DELIMITERS.split(folded(_with_e(text) if umlauts else text)):
        for run in _RUN.finditer(token):
            if run["spaced"]:
                words += [run["spaced"]] if _is_word(run["spaced"]) else []
            else:
                words += ["".join(pair) for pair in pairwise(run[0])] or [run[0]]
    return words


def content_words(text: str) -> list[str]:
    """Return the words of a text that name content."""
    return [word for word in words_of(text) if word not in GENERIC_WORDS]


def _is_word(token: str) -> bool:
    return len(token) > 1 and not any(map(str.isdigit, token))


def _with_e(text: str) -> str:
    text = unicodedata.normalize("NFC", text.lower())
    return text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ø", "oe").replace("å", "aa")


def count_words(text: str) -> int:
    """Return about how many words a text has."""
    count = 0
    for token in _DELIMITERS.split(folded(text)):
        for run in _RUN.finditer(token):
            kind = str(run.lastgroup)
            count += _counts(run[0]) if kind == "spaced" else max(1, len(run[0]) // _CHARACTERS_PER_WORD[kind])
    return count


def _counts(token: str) -> bool:
    return _is_word(token) and token not in GENERIC_WORDS


def numbers_of(text: str) -> frozenset[str]:
    """Return what is neither word nor id: counts, days, `1b`, `group-a`. Two stories of a series differ by it."""
    tokens = [token for token in _DELIMITERS.split(folded(text)) if token]
    # An id stands at the end, or at the beginning. Elsewhere a long number is a postcode, or counts something.
    start, end = bool(tokens) and is_id(tokens[0]), len(tokens) - (len(tokens) > 1 and is_id(tokens[-1]))
    runs = (run["spaced"] for token in tokens[start:end] for run in _RUN.finditer(token) if run["spaced"])
    return frozenset(run.lstrip("0") for run in runs if not _is_word(run))


def ids_in(text: str) -> frozenset[str]:
    """Return what can be the id of a story in a text: long numbers, and codes of letters and digits."""
    return frozenset(token for token in _CODE.findall(text.lower()) if is_id(token))


def edge_ids(text: str) -> frozenset[str]:
    """Return the ids at the beginning and the end of a text, where those of stories stand."""
    tokens = _CODE.findall(text.lower())
    return frozenset(filter(is_id, (*tokens[:1], *tokens[-1:])))


def is_id(token: str) -> bool:
    """Whether letters and digits can be the id of a story: no word, no date, no count."""
    if token.isdigit():
        return len(token) >= MIN_ID_DIGITS and not is_date(token) and not token.endswith(ROUND)
    if not token.isascii() or len(token) < MIN_CODE or sum(map(str.isdigit, token)) < 2:  # noqa: PLR2004 - more than one
        return False
    named = _NAMED_NUMBER.fullmatch(token)
    return len(_TURN.findall(token)) >= MIN_CODE_TURNS or (named is not None and is_id(named["number"]))


def is_date(number: str) -> bool:
    """Whether a number is a year, a month, a day or a time."""
    return _YEAR.fullmatch(number) is not None or _DATE.fullmatch(number) is not None


def is_year(segment: str) -> bool:
    """Whether a segment is a year."""
    return _YEAR.fullmatch(segment) is not None


def is_headline(segment: str) -> bool:
    """Whether a segment is the headline of a story, by its number of words."""
    return count_words(segment) >= MIN_HEADLINE_WORDS


def names_story(segment: str) -> bool:
    """Whether a segment names one story, and not a section: it has an id, or is a headline."""
    return is_headline(segment) or bool(ids_in(segment))


def is_part(segment: str) -> bool:
    """Whether a segment names a part of what is above it."""
    return _DELIMITERS.split(folded(segment).strip("-_"))[0] in PART_WORDS
