"""Detection of the charset of bytes that state none, or one that does not fit."""

import re

from charset_normalizer import from_bytes
from w3lib.encoding import resolve_encoding

from wiredesk.ingest.latin_charsets import detect_latin
from wiredesk.ingest.script_charsets import detect_script

DETECTION_BYTES = 256 * 1024
"""Bytes from which a charset is detected. Detection tries dozens; more bytes do not make the result more certain."""

FALLBACK = "cp1252"
"""Charset of bytes for which none is detected: the one that browsers use for unlabelled Western pages."""

VALID_PER_INVALID = 2
"""Characters of several bytes, for each invalid byte, from which bytes are UTF-8 whatever a page states. Bytes of other
charsets have hardly a valid sequence for five invalid ones."""

SEVEN_BITS = {
    b"\x1b$B": "iso2022_jp",
    b"\x1b$@": "iso2022_jp",
    b"\x1b(I": "iso2022_jp_ext",
    b"\x1b$)C": "iso2022_kr",
    b"~{": "hz",
}
"""Escape sequences of charsets of seven bits, whose bytes are valid ASCII."""

EAST_ASIAN = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
"""Charsets that are tried with stray bytes if none is detected: detection gives them up at the first invalid byte."""

BYTES_PER_STRAY = 100
"""Bytes for each stray one in a page whose charset is found in spite of them."""

MAX_UTF8_TAIL = 3
"""Bytes of a UTF-8 character that may be left at the end of a page that is cut off."""

NULS_OF_UTF16 = 0.2
"""Share of NULs from which unlabelled bytes are UTF-16, and UTF-32 from three times as many."""

CHARSETS_BY_LANGUAGE = {
    **dict.fromkeys(("ru", "be", "bg", "mk", "sr", "uk", "kk", "ky", "tg"), ("cp1251", "koi8-u", "iso8859-5")),
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
    language: next(key for key in _SCRIPTS if CHARSETS_BY_LANGUAGE[key] == charsets)
    for language, charsets in CHARSETS_BY_LANGUAGE.items()
}

SCRIPT_SHARE = 0.3
"""Share of the characters beyond ASCII that are of the script of a language in text of that language. Japanese has two
scripts beside its own, Korean has no other."""

_STATED_LANGUAGE = re.compile(rb"<html\b[^>]{0,500}?\blang\s{0,9}=\s{0,9}[\"']?([a-z]{2})\b", re.IGNORECASE)
_LANGUAGE_BYTES = 4096

_ACCENTED = re.compile(r"[\u0080-\u024f]")
"""A character of Latin beyond ASCII."""

_ACCENTED_BEFORE_ANOTHER = re.compile(r"[\u0080-\u024f](?=[\u0080-\u024f])")
"""Such a character before another one."""


def is_certainly_utf8(content: bytes) -> bool:
    """Return whether bytes have characters of several bytes in UTF-8, and hardly an invalid byte."""
    if content.isascii():
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
        invalid = text.count("\ufffd") - content.count(b"\xef\xbf\xbd")
        valid = len(text) - len(text.encode("ascii", "ignore")) - invalid
        return valid > VALID_PER_INVALID * invalid
    return True


def detect(content: bytes) -> str:
    """Return the most likely charset. Non-ASCII bytes that are nearly all valid UTF-8 are UTF-8."""
    if (by_nuls := _by_nuls(content)) is not None:
        return by_nuls
    if content.isascii():
        likely = (name for sequence, name in SEVEN_BITS.items() if sequence in content)
        return next((name for name in likely if _is_of_seven_bits(content, name)), "utf-8")
    if is_certainly_utf8(content) or _is_cut_off_utf8(content):
        return "utf-8"
    language = _stated_language(content)
    by_letters = detect_latin(content, language) or detect_script(content)
    if by_letters is not None:
        return by_letters
    guess = from_bytes(content[:DETECTION_BYTES]).best()
    name = (resolve_encoding(guess.encoding) or FALLBACK) if guess is not None else FALLBACK
    return _of_language(content, language, _with_stray_bytes(content, name))


def _is_of_seven_bits(content: bytes, name: str) -> bool:
    text = content.decode(name, "replace")
    return not text.isascii() and text.count("\ufffd") <= 1


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


def _is_cut_off_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(content) - MAX_UTF8_TAIL
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
    replaced = {name: sample.decode(name, "replace").count("\ufffd") for name in EAST_ASIAN}
    best = min(EAST_ASIAN, key=lambda name: replaced[name])
    return best if replaced[best] <= len(sample) // BYTES_PER_STRAY else guess


def _stated_language(content: bytes) -> str:
    """Return the code of the language that a page states; empty if it states none."""
    stated = _STATED_LANGUAGE.search(content[:_LANGUAGE_BYTES])
    return stated[1].decode().lower() if stated else ""


def _of_language(content: bytes, language: str, guess: str) -> str:
    """Return a charset of the language that a page states, if the guess gives no text in its script; else the guess."""
    if language not in CHARSETS_BY_LANGUAGE or _share_of_script(content, guess, language) >= SCRIPT_SHARE:
        return guess
    charsets = CHARSETS_BY_LANGUAGE[language]
    best = max(charsets, key=lambda name: _share_of_script(content, name, language))
    return best if _share_of_script(content, best, language) >= SCRIPT_SHARE else guess


def _share_of_script(content: bytes, charset: str, language: str) -> float:
    text = content[:DETECTION_BYTES].decode(charset, "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return len(re.findall(_SCRIPTS[_SCRIPT_OF[language]], text)) / max(1, beyond_ascii)
