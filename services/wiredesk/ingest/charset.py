"""Bytes to text. Statements about the charset are tried in the order of their reliability, until one fits the bytes."""

import re
from collections.abc import Iterator, Sequence

from w3lib.encoding import read_bom

from wiredesk.ingest.charset_decoders import REPLACEMENT, decode_as_browsers
from wiredesk.ingest.charset_detection import (
    FEW_BYTES,
    bytes_beyond_ascii,
    certain_charset,
    detect,
    detect_by_letters,
    ill_formed_bytes,
    is_certainly_utf8,
    is_of_stated_language,
    valid_utf8,
)
from wiredesk.ingest.charset_labels import codec_of, header_labels, page_labels
from wiredesk.ingest.latin_charsets import LANGUAGES, has_letters_of, is_latin, is_short_in_another
from wiredesk.ingest.script_charsets import (
    ALPHABET_CHARSETS,
    SYLLABLE_CHARSETS,
    detect_script,
    is_likelier,
    is_of_script,
)
from wiredesk_schemas import Charset, CharsetEvidence, IngestNoteKind
from wiredesk_schemas.ingest_note import Notes

CHARACTERS_PER_REPLACEMENT = 20
"""A charset fits where at most one in so many characters beyond ASCII had to be replaced, and one more. A page that is
cut off within a character, or a stray byte in a comment, is not a reason to distrust its header."""

CLEARLY = 1.15
"""Factor by which another charset of an alphabet must be likelier than the stated one. Related charsets differ less."""

MIN_BEYOND_ASCII = 100
"""Bytes beyond ASCII from which the letters of a page show whether they are those of a language."""

NULS_OF_UTF16 = 0.05
"""Share of NULs from which bytes may be UTF-16 or UTF-32: markup in them has more."""

OTHER_ORDER = {"utf-16-le": "utf-16-be", "utf-16-be": "utf-16-le"}
"""The other order of bytes: a page is in it if its markup is only there, whatever its mark says."""

SAMPLE_BYTES = 64 * 1024
"""Bytes at the beginning of a page whose characters are looked at."""

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_MARKUP_IN_BYTES = re.compile(rb"<[a-zA-Z/!]")
"""Mark-up with one byte a character."""


def decode(
    content: bytes,
    *,
    declared: str | None,
    content_type: str | None,
    languages: Sequence[str] = (),
    notes: Notes | None = None,
) -> tuple[str, Charset]:
    """Decode a page by its byte order mark, its header, its `<meta>` or by detection, in this order.

    The first charset that fits is used. If none fits, the first one is used, with U+FFFD for invalid bytes. Bytes that
    can only be UTF-8 are UTF-8, and those with escape sequences are in their charset of seven bits: servers and
    templates state one charset for every page.

    Args:
        content: the page, not compressed.
        declared: charset that the crawler states; as reliable as a header.
        content_type: the page's media type, with or without a charset.
        languages: codes of languages that are stated beside the page, the most reliable ones first.
        notes: is extended by the statements that are not believed.

    Returns:
        The text without byte order mark, and how the charset was determined.
    """
    first: tuple[str, Charset] | None = None
    as_utf8 = valid_utf8(content)
    certain = certain_charset(content, is_utf8=as_utf8 is not None)
    tried: list[tuple[CharsetEvidence, str, str]] = []
    for label, evidence in _stated_charsets(content, declared, content_type, languages):
        codec = _codec(label, content, certain)
        if codec is not None:
            decoded = text, charset = _decode_as(content, codec, evidence, as_utf8)
            if (
                codec == certain
                if certain
                else _fits(text, charset, content) and not _is_of_another(content, charset, languages)
            ):
                if notes is not None:
                    _add_notes(content, charset, tried, label, notes)
                return decoded
            first = first or decoded
        tried.append((evidence, label, codec or ""))
    text, charset = first or _decode_as(content, "utf-8", CharsetEvidence.DETECTED, as_utf8)
    if notes is not None and not charset.replaced:
        notes.add(IngestNoteKind.MOJIBAKE, f"{charset.evidence}: read as {charset.name}, but no charset fits the bytes")
    return text, charset


def _stated_charsets(
    content: bytes, declared: str | None, content_type: str | None, languages: Sequence[str]
) -> Iterator[tuple[str, CharsetEvidence]]:
    """Yield the labels of charsets, the most reliable ones first; the detected one last."""
    by_mark, _ = read_bom(content)
    if by_mark:
        yield by_mark, CharsetEvidence.BOM
    if declared:
        yield declared, CharsetEvidence.HEADER
    for label in header_labels(content_type or ""):
        yield label, CharsetEvidence.HEADER
    for label in page_labels(content):
        yield label, CharsetEvidence.META
    yield detect(content, languages), CharsetEvidence.DETECTED


def _codec(label: str, content: bytes, certain: str | None) -> str | None:
    """Return the codec of a label; None if it is none that a page in these bytes can have.

    Args:
        label: as it is stated.
        content: the page.
        certain: the codec that the bytes can only be in, if there is one.
    """
    codec = codec_of(label)
    if codec is None or not codec.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
        return codec
    is_marked = read_bom(content)[0] is not None
    if certain is not None and not is_marked and certain.startswith(codec[: len("utf-16")].replace("_", "-")):
        return certain  # with the order of its bytes
    if not (_is_marked(content) or content.count(0) >= NULS_OF_UTF16 * len(content)):
        return None
    if "16" not in codec:
        return codec
    if not is_marked:  # of either order, as the NULs of the markup are
        return "utf-16-be" if content[::2].count(0) > content[1::2].count(0) else "utf-16-le"
    other = OTHER_ORDER.get(codec, codec)
    return other if _has_markup(content, other) and not _has_markup(content, codec) else codec


def _has_markup(content: bytes, codec: str) -> bool:
    text = content[:SAMPLE_BYTES].decode(codec, "ignore")
    return "<" in text and ">" in text


def _is_marked(content: bytes) -> bool:
    """Whether a mark of UTF-16 or UTF-32 is one: East Asian text has few NULs, and a wrong mark is before ASCII."""
    label, _ = read_bom(content)
    if label is None or label == "utf-8":
        return False
    return 0 in content or (_MARKUP_IN_BYTES.search(content) is None and not is_certainly_utf8(content[2:]))


def _fits(text: str, charset: Charset, content: bytes) -> bool:
    """Return whether a text is likely what its bytes mean."""
    replaced = charset.replaced
    is_utf8 = charset.name == "utf-8"
    faults = replaced - ill_formed_bytes(content) if is_utf8 and replaced > 1 else replaced
    if faults <= 1:
        return True
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore")) - replaced
    return faults <= (beyond_ascii if is_utf8 else 1 + beyond_ascii // CHARACTERS_PER_REPLACEMENT)


def _is_of_another(content: bytes, charset: Charset, languages: Sequence[str]) -> bool:
    """Return whether a page states a charset in which its letters are of no language, and is in another.

    Servers state a charset of Latin script for every page, which nearly any bytes are valid in, and so are they in the
    charsets of East Asia.
    """
    if charset.evidence not in (CharsetEvidence.HEADER, CharsetEvidence.META) or content.isascii():
        return False
    if charset.name in LANGUAGES and not is_latin(content):
        return detect_script(content) is not None
    if not is_of_stated_language(content, charset.name, languages):
        return True
    if bytes_beyond_ascii(content) <= FEW_BYTES:
        return is_short_in_another(content, charset.name)
    return _is_likely_of_another(content, charset, languages)


def _is_likely_of_another(content: bytes, charset: Charset, languages: Sequence[str]) -> bool:
    """Return whether the letters of a page are likelier in another charset than in the stated one."""
    if charset.name in ALPHABET_CHARSETS:
        other = detect_by_letters(content, languages)
        return other is not None and _is_likelier(content, other, charset.name)
    if not _is_of_no_language(content, charset.name):
        return False
    other = detect_by_letters(content, languages)
    return other not in (None, charset.name) and (other not in LANGUAGES or _has_letters(content, other))


def _has_letters(content: bytes, codec: str) -> bool:
    """Return whether the characters beyond ASCII of a page are letters, most of them, and not signs."""
    text = "".join(_NOT_ASCII.findall(content[:SAMPLE_BYTES].decode(codec, "replace")))
    return 2 * sum(map(str.isalpha, text)) >= len(text)


def _is_likelier(content: bytes, codec: str, stated: str) -> bool:
    """Return whether a page is in another charset than the stated one of an alphabet, and not only by a little."""
    if codec not in ALPHABET_CHARSETS:
        return not is_of_script(content, stated)
    return is_likelier(content, codec, stated, CLEARLY)


def _is_of_no_language(content: bytes, codec: str) -> bool:
    """Return whether bytes have the letters of none of the languages that are written in a charset."""
    if codec in LANGUAGES:
        return not has_letters_of(content, codec)
    return (codec in ALPHABET_CHARSETS or codec in SYLLABLE_CHARSETS) and not is_of_script(content, codec)


def _is_garbled(content: bytes, codec: str) -> bool:
    return bytes_beyond_ascii(content) >= MIN_BEYOND_ASCII and _is_of_no_language(content, codec)


def _decode_as(content: bytes, codec: str, evidence: CharsetEvidence, as_utf8: str | None) -> tuple[str, Charset]:
    """Return the text of a page in a charset.

    Args:
        as_utf8: the text of the page in UTF-8; None if it is not valid in it.
    """
    if codec == "utf-8" and as_utf8 is not None:
        text = as_utf8.removeprefix("\ufeff") if evidence is CharsetEvidence.BOM else as_utf8
    else:
        mark = read_bom(content)[1] if evidence is CharsetEvidence.BOM else None
        text = decode_as_browsers(content.removeprefix(mark or b""), codec)
    replaced = text.count(REPLACEMENT) if REPLACEMENT in text else 0  # to find none is faster than to count none
    return text.removeprefix("\ufeff"), Charset(name=codec, evidence=evidence, replaced=replaced)


def _add_notes(
    content: bytes, charset: Charset, tried: Sequence[tuple[CharsetEvidence, str, str]], label: str, notes: Notes
) -> None:
    """Note which statements are not believed, and what is doubtful about the charset."""
    for evidence, other, codec in tried:
        if codec != charset.name:
            why = f"the bytes are {charset.name}" if codec else f"no charset of such a page; it is {charset.name}"
            notes.add(IngestNoteKind.CHARSET_NOT_BELIEVED, f"{evidence}: {other[:60]!r}, {why}")
    if charset.evidence is CharsetEvidence.BOM and codec_of(label) == OTHER_ORDER.get(charset.name):
        notes.add(IngestNoteKind.CHARSET_NOT_BELIEVED, f"bom: {label!r}, the bytes are {charset.name}")
    if charset.evidence is not CharsetEvidence.DETECTED:
        if charset.name != "utf-8" and _is_garbled(content, charset.name):
            notes.add(IngestNoteKind.MOJIBAKE, f"{charset.evidence}: {label[:60]!r}, whose letters are of no language")
    elif charset.name != "utf-8" and 0 < (number := bytes_beyond_ascii(content)) <= FEW_BYTES:
        notes.add(IngestNoteKind.CHARSET_GUESSED, f"body: {number} bytes beyond ASCII are read as {charset.name}")
