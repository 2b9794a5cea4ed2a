"""Detection of the charset of bytes that state none, or one that does not fit."""

import re
from collections.abc import Sequence

from charset_normalizer import from_bytes
from w3lib.encoding import resolve_encoding

from wiredesk.encodings.text import SAMPLE_BYTES, controls_in
from wiredesk.encodings.wide import is_east_asian, texts_in_utf16
from wiredesk.ingest.charset_decoders import REPLACEMENT, decode_as_browsers
from wiredesk.ingest.latin_charsets import detect_latin, is_of_language_in_another, usual_charset
from wiredesk.ingest.script_charsets import SYLLABLE_CHARSETS, detect_script, is_of_syllables

DETECTION_BYTES = 256 * 1024
"""Bytes from which a charset is detected. Detection tries dozens; more bytes do not make the result more certain."""

FALLBACK = "cp1252"
"""Charset of bytes for which none is detected: the one that browsers use for unlabelled Western pages."""

VALID_PER_INVALID = 2
"""Characters of several bytes, for each invalid byte, from which bytes are UTF-8 whatever a page states. Bytes of other
charsets have hardly a valid sequence for five invalid ones."""

SEVEN_BITS = {
    b"\x1b$)C": "iso2022_kr",
    b"\x1b$": "iso2022_jp",
    b"\x1b(": "iso2022_jp",
    b"~{": "hz",
}
"""Escape sequences of charsets of seven bits, whose bytes are valid ASCII, and so valid in any other charset."""

MAX_STRAY_SHARE = 0.02
"""Share of bytes beyond ASCII in a page of a charset of seven bits, at most."""

FEW_BYTES = 12
"""Bytes beyond ASCII up to which a page has too few for a detection by all charsets that there are: it is in one that
its language is written with, or in `FALLBACK`."""

MAX_DOUBTFUL_BYTES = 3
"""Bytes beyond ASCII up to which a page is not taken to be in a charset of `OF_OLD_SYSTEMS`."""

OF_OLD_SYSTEMS = frozenset({"cp437", "cp850", "cp852", "cp866", "mac-roman", "mac-latin2", "mac-cyrillic"})
"""Charsets of DOS and of the Mac, which few pages are in."""

EAST_ASIAN = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
"""Charsets that are tried with stray bytes if none is detected: detection gives them up at the first invalid byte."""

BYTES_PER_STRAY = 100
"""Bytes for each stray one in a page whose charset is found in spite of them."""

MAX_UTF8_TAIL = 3
"""Bytes of a UTF-8 character that may be left at the end of a page that is cut off."""

NULS_OF_UTF16 = 0.2
"""Share of NULs from which unlabelled bytes are UTF-16, and UTF-32 from three times as many."""

MIN_NULS_OF_UTF16 = 0.02
"""Share of NULs from which bytes with markup in UTF-16 are UTF-16: tags and spaces of a page in another script."""

NULS_ON_ONE_SIDE = 0.9
"""Share of the NULs of UTF-16 that are all first or all second bytes of its units."""

MARKS_OF_UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""Byte order marks of UTF-16."""

_MARKUP_OF_UTF16 = {
    "utf-16-le": re.compile(rb"<\0(?:[a-z]\0[a-z1-6 >]|/\0[a-z]|!\0[d-])\0", re.IGNORECASE),
    "utf-16-be": re.compile(rb"\0<(?:\0[a-z]\0[a-z1-6 >]|\0/\0[a-z]|\0!\0[d-])", re.IGNORECASE),
}
"""The beginning of a tag in UTF-16."""

CHARSETS_BY_LANGUAGE = {
    **dict.fromkeys(("ru", "be", "bg", "mk", "sr", "uk"), ("cp1251", "koi8-u", "iso8859-5")),
    **dict.fromkeys(("kk", "ky", "tt", "ba", "uz", "mn"), ("cp1251", "ptcp154", "kz1048")),
    "tg": ("cp1251", "koi8-t"),
    "el": ("cp1253", "iso8859-7"),
    **dict.fromkeys(("he", "iw", "yi"), ("cp1255", "iso8859-8")),
    **dict.fromkeys(("ar", "fa", "ur"), ("cp1256", "iso8859-6")),
    "th": ("cp874",),
    "ja": ("cp932", "euc_jp"),
    "ko": ("cp949",),
    "zh": ("gb18030", "big5hkscs"),
}  # fmt: skip
"""Charsets of languages in other scripts than Latin, by the language that a page states. The first ones are what
browsers take for an unlabelled page of that language (HTML Standard, section 13.2.3.2)."""

_SCRIPTS = {
    "ru": r"[\u0400-\u04ff]", "el": r"[\u0370-\u03ff]", "he": r"[\u0590-\u05ff]", "ar": r"[\u0600-\u06ff]",
    "th": r"[\u0e00-\u0e7f]", "ja": r"[\u3040-\u30ff]", "ko": r"[\uac00-\ud7af]", "zh": r"[\u4e00-\u9fff]",
}  # fmt: skip
_SCRIPT_OF = {
    **{language: language for language in _SCRIPTS},
    **dict.fromkeys(("be", "bg", "mk", "sr", "uk", "kk", "ky", "tt", "ba", "uz", "mn", "tg"), "ru"),
    **dict.fromkeys(("iw", "yi"), "he"),
    **dict.fromkeys(("fa", "ur"), "ar"),
}

SCRIPT_SHARE = 0.3
"""Share of the characters beyond ASCII that are of the script of a language in text of that language. Japanese has two
scripts beside its own, Korean has no other."""

_CUT_OFF_LEADS = frozenset(bytes((lead,)) for lead in (*range(0xC2, 0xDF), 0xE2, 0xF0))
"""First bytes of UTF-8 that are no small letters at the end of words in windows-1252, or rare ones. 0xE2 is that of
quotation marks."""

_BEYOND_ASCII = bytes(range(0x80, 0x100))
_ILL_FORMED = re.compile(
    rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]"
    rb"|\xf0[\x80-\x8f][\x80-\xbf]{2}|\xf4[\x90-\xbf][\x80-\xbf]{2}|[\xf5-\xf7][\x80-\xbf]{3}"
)
"""Bytes that are formed as a character of UTF-8, and are none (table 3-7 of the Unicode Standard)."""

_SURROGATES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")

_STATED_LANGUAGE = re.compile(rb"<html\b[^>]{0,500}?\blang\s{0,9}=\s{0,9}[\"']?([a-z]{2,3})\b", re.IGNORECASE)
_LANGUAGE_BYTES = 4096

_ACCENTED = re.compile(r"[\u0080-\u024f]")
"""A character of Latin beyond ASCII."""

_ACCENTED_BEFORE_ANOTHER = re.compile(r"[\u0080-\u024f](?=[\u0080-\u024f])")
"""Such a character before another one."""


def valid_utf8(content: bytes) -> str | None:
    """Return the text of bytes that are valid UTF-8; None if they are not."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def is_certainly_utf8(content: bytes, *, is_valid: bool = False) -> bool:
    """Return whether bytes have characters of several bytes in UTF-8, and hardly an invalid byte.

    Args:
        content: the page.
        is_valid: none of its bytes is known to be invalid.
    """
    if content.isascii():
        return False
    if is_valid or valid_utf8(content) is not None:
        return True
    # Java and Oracle once wrote a character beyond U+FFFF as two surrogates: no bytes of another charset.
    without_pairs = _SURROGATES.sub(b"", content)
    text = without_pairs.decode("utf-8", "replace")
    replaced = text.count("\ufffd") - content.count(b"\xef\xbf\xbd")
    valid = len(text) - len(text.encode("ascii", "ignore")) - replaced
    return valid > VALID_PER_INVALID * (replaced - ill_formed_bytes(without_pairs))


def ill_formed_bytes(content: bytes) -> int:
    """Return how many bytes continue a character that UTF-8 does not have: overlong, a surrogate, beyond Unicode.

    Each byte of such a character becomes a U+FFFD, but it is one fault, not several.
    """
    return sum(len(one) - 1 for one in _ILL_FORMED.findall(content))


def certain_charset(content: bytes, *, is_utf8: bool = False) -> str | None:
    """Return the charset of bytes that can be in no other one, whatever is stated; None if they can.

    Args:
        content: the page.
        is_utf8: it is known to be valid UTF-8.
    """
    by_markup = None if content.startswith(MARKS_OF_UTF16) else _utf16_by_markup(content)
    if by_markup is not None:
        return by_markup
    if controls_in(content) and (by_characters := _wide_by_characters(content)) is not None:
        return by_characters
    by_escapes = _of_seven_bits(content)
    if by_escapes is not None:
        return by_escapes
    return "utf-8" if is_certainly_utf8(content, is_valid=is_utf8) else None


def detect(content: bytes, languages: Sequence[str] = ()) -> str:
    """Return the most likely charset. Non-ASCII bytes that are nearly all valid UTF-8 are UTF-8.

    Args:
        languages: codes of languages that are stated beside the page, the most reliable ones first.
    """
    if (by_nuls := _by_nuls(content)) is not None:
        return by_nuls
    if (certain := certain_charset(content)) is not None:
        return certain
    if _is_cut_off_utf8(content):
        return "utf-8"
    codes = _codes(content, languages)
    if bytes_beyond_ascii(content) <= FEW_BYTES:
        return _of_few_bytes(content, codes)
    by_letters = detect_by_letters(content, languages)
    if by_letters is not None:
        return by_letters
    guess = from_bytes(content[:DETECTION_BYTES]).best()
    name = (resolve_encoding(guess.encoding) or FALLBACK) if guess is not None else FALLBACK
    return _of_language(content, codes[0] if codes else "", _with_stray_bytes(content, name))


def detect_by_letters(content: bytes, languages: Sequence[str] = ()) -> str | None:
    """Return the charset in which the letters of a page are those of a language; None if there is none."""
    return detect_latin(content, _codes(content, languages)) or detect_script(content)


def is_of_stated_language(content: bytes, codec: str, languages: Sequence[str] = ()) -> bool:
    """Return whether a page may be in a stated charset, as far as the language shows it that is stated, too."""
    codes = _codes(content, languages)
    return not codes or not is_of_language_in_another(content, codec, codes[0])


def bytes_beyond_ascii(content: bytes) -> int:
    """Return the number of bytes beyond ASCII of a page."""
    return len(content) - len(content.translate(None, _BEYOND_ASCII))


def _of_few_bytes(content: bytes, codes: Sequence[str]) -> str:
    """Return the charset of a page with a few bytes beyond ASCII: that of its language, or the usual one."""
    by_script = detect_script(content)
    for code in codes:
        possible = [name for name in CHARSETS_BY_LANGUAGE.get(code, ()) if _is_in_script(content, name, code)]
        if possible:
            return by_script if by_script in possible else possible[0]
    by_letters = detect_latin(content, codes) or by_script
    if by_letters in OF_OLD_SYSTEMS and bytes_beyond_ascii(content) <= MAX_DOUBTFUL_BYTES:
        by_letters = None
    return by_letters or next((charset for code in codes if (charset := usual_charset(code))), FALLBACK)


def _of_seven_bits(content: bytes) -> str | None:
    """Return the charset of seven bits whose escape sequences a page has, and whose characters they give."""
    if not (b"\x1b" in content or (b"~" in content and content.isascii())):
        return None
    if bytes_beyond_ascii(content) > MAX_STRAY_SHARE * len(content):
        return None
    likely = (name for sequence, name in SEVEN_BITS.items() if sequence in content)
    return next((name for name in likely if _is_of_seven_bits(content, name)), None)


def _is_of_seven_bits(content: bytes, name: str) -> bool:
    text = decode_as_browsers(content, name)
    characters = len(text) - len(text.encode("ascii", "ignore"))
    replaced = text.count(REPLACEMENT)
    if characters == replaced or replaced * 2 > characters:
        return False
    return name != "hz" or (replaced <= 1 and is_of_syllables(text, "gb18030"))


def _wide_by_characters(content: bytes) -> str | None:
    """Return the UTF-16 or UTF-32 of bytes that give text in it, and control characters in charsets of single bytes."""
    if content.startswith(MARKS_OF_UTF16):
        return None
    if (by_nuls := _by_nuls(content)) is not None:
        start = content[: SAMPLE_BYTES // 4 * 4].decode(by_nuls, "replace")
        return by_nuls if not controls_in(start.encode("ascii", "replace")) else None
    texts = texts_in_utf16(content).items()
    return next((codec for codec, text in texts if not is_east_asian(text) or _has_frequent_characters(text)), None)


def _has_frequent_characters(text: str) -> bool:
    return any(is_of_syllables(text, codec) for codec in SYLLABLE_CHARSETS)


def _by_nuls(content: bytes) -> str | None:
    """Return the UTF-16 or UTF-32 of bytes with many NULs, by where those of its ASCII characters are."""
    sample = content[: DETECTION_BYTES // 4 * 4]
    nuls = sample.count(0)
    if nuls < NULS_OF_UTF16 * len(sample) or not sample:
        return None
    at = [sample[offset::4].count(0) for offset in range(4)]
    if nuls > 3 * NULS_OF_UTF16 * len(sample):
        return "utf-32-be" if at[0] > at[3] else "utf-32-le"
    return "utf-16-be" if at[0] + at[2] > at[1] + at[3] else "utf-16-le"


def _utf16_by_markup(content: bytes) -> str | None:
    """Return the UTF-16 of bytes that have markup in it, and its NULs; None if there is none.

    Its text may be of a script without NULs, and what states a charset of single bytes is wrong.
    """
    if content.find(0, 0, DETECTION_BYTES) < 0:
        return None
    sample = content[: DETECTION_BYTES // 2 * 2]
    nuls = sample.count(0)
    if nuls < MIN_NULS_OF_UTF16 * len(sample):
        return None
    first = sample[::2].count(0)
    if max(first, nuls - first) < NULS_ON_ONE_SIDE * nuls:
        return None
    name = "utf-16-be" if 2 * first > nuls else "utf-16-le"
    return name if _MARKUP_OF_UTF16[name].search(sample) is not None else None


def _is_cut_off_utf8(content: bytes) -> bool:
    """Return whether the only bytes that are not valid UTF-8 begin a character at the end.

    If they are the only ones beyond ASCII, a single one may be the last letter of a page in another charset.
    """
    try:
        content.decode()
    except UnicodeDecodeError as error:
        if error.start < len(content) - MAX_UTF8_TAIL or error.reason != "unexpected end of data":
            return False
        tail = content[error.start :]
        return len(tail) > 1 or tail in _CUT_OFF_LEADS or not content[: error.start].isascii()
    return True


def _with_stray_bytes(content: bytes, guess: str) -> str:
    """Return the charset of East Asia that fits bytes best but for a few stray ones, or else the guess.

    It is tried if by the guess most accented letters stand in runs, which no language does.
    """
    sample = content[:DETECTION_BYTES]
    text = sample.decode(guess, "replace")
    accented, in_runs = len(_ACCENTED.findall(text)), len(_ACCENTED_BEFORE_ANOTHER.findall(text))
    if in_runs * 2 <= accented:
        return guess
    replaced = {name: sample.decode(name, "replace").count(REPLACEMENT) for name in EAST_ASIAN}
    best = min(EAST_ASIAN, key=lambda name: replaced[name])
    return best if replaced[best] <= len(sample) // BYTES_PER_STRAY else guess


def _codes(content: bytes, languages: Sequence[str]) -> list[str]:
    """Return the codes of the languages that a page and others state, in lower case, without regions."""
    stated = (_stated_language(content), *languages)
    return [language.lower().partition("-")[0].partition("_")[0] for language in stated if language]


def _stated_language(content: bytes) -> str:
    """Return the code of the language that a page states; empty if it states none."""
    stated = _STATED_LANGUAGE.search(content[:_LANGUAGE_BYTES])
    return stated[1].decode().lower() if stated else ""


def _of_language(content: bytes, language: str, guess: str) -> str:
    """Return a charset of the language that a page states, if the guess gives no text in its script; else the guess."""
    if language not in CHARSETS_BY_LANGUAGE or _is_in_script(content, guess, language):
        return guess
    best = max(CHARSETS_BY_LANGUAGE[language], key=lambda name: _share_of_script(content, name, language))
    return best if _is_in_script(content, best, language) else guess


def _is_in_script(content: bytes, charset: str, language: str) -> bool:
    return _share_of_script(content, charset, language) >= SCRIPT_SHARE


def _share_of_script(content: bytes, charset: str, language: str) -> float:
    text = content[:DETECTION_BYTES].decode(charset, "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return len(re.findall(_SCRIPTS[_SCRIPT_OF[language]], text)) / max(1, beyond_ascii)
