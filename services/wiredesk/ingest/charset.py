"""Bytes to text. Statements about the charset are tried in the order of their reliability, until one fits the bytes."""

import re
from collections.abc import Iterator

from w3lib.encoding import read_bom

from wiredesk.ingest.charset_detection import detect, is_certainly_utf8
from wiredesk.ingest.charset_labels import codec_of, header_labels, page_labels
from wiredesk.ingest.latin_charsets import LANGUAGES, is_latin
from wiredesk.ingest.script_charsets import ALPHABET_CHARSETS, SYLLABLE_CHARSETS, detect_script, is_of_alphabet
from wiredesk_schemas import Charset, CharsetEvidence, IngestNoteKind
from wiredesk_schemas.ingest_note import Notes

REPLACEMENT = "\ufffd"
"""The character that replaces bytes which are not valid in the charset."""

CHARACTERS_PER_REPLACEMENT = 20
"""A charset fits where at most one in so many characters beyond ASCII had to be replaced, and one more. A page that is
cut off within a character, or a stray byte in a comment, is not a reason to distrust its header."""

MIN_BEYOND_ASCII = 100
"""Bytes beyond ASCII from which the letters of a page show whether they are those of a language."""

_BEYOND_ASCII = bytes(range(0x80, 0x100))

NULS_OF_UTF16 = 0.05
"""Share of NULs from which bytes may be UTF-16 or UTF-32: markup in them has more."""

_MARKUP_IN_BYTES = re.compile(rb"<[a-zA-Z/!]")
"""Mark-up with one byte a character."""

SUPERSETS = {"euc_jp": "euc_jis_2004", "iso2022_jp": "iso2022_jp_ext"}
"""Codecs that decode more characters of a charset, such as the rows of NEC that browsers know. They are tried where
characters had to be replaced."""


def decode(
    content: bytes, *, declared: str | None, content_type: str | None, notes: Notes | None = None
) -> tuple[str, Charset]:
    """Decode a page by its byte order mark, its header, its `<meta>` or by detection, in this order.

    The first charset that fits is used. If none fits, the first one is used, with U+FFFD for invalid bytes. Bytes that
    can only be UTF-8 are UTF-8: servers and templates state a Western charset for every page.

    Args:
        content: the page, not compressed.
        declared: charset that the crawler states; as reliable as a header.
        content_type: the page's media type, with or without a charset.
        notes: is extended by the statements that are not believed.

    Returns:
        The text without byte order mark, and how the charset was determined.
    """
    first: tuple[str, Charset] | None = None
    is_utf8 = is_certainly_utf8(content)
    tried: list[tuple[CharsetEvidence, str, str]] = []
    for label, evidence in _stated_charsets(content, declared, content_type):
        codec = _codec(label, content)
        if codec is not None:
            decoded = text, charset = _decode_as(content, codec, evidence)
            if (
                codec == "utf-8"
                if is_utf8
                else _fits(text, codec, charset.replaced) and not _is_default(content, charset)
            ):
                _note_disbelieved(tried, charset, notes)
                if notes is not None and _is_of_no_language(content, charset):
                    notes.add(IngestNoteKind.MOJIBAKE, f"{evidence}: {label[:60]!r}, whose letters are of no language")
                return decoded
            first = first or decoded
        tried.append((evidence, label, codec or ""))
    text, charset = first or _decode_as(content, "utf-8", CharsetEvidence.DETECTED)
    if notes is not None and not charset.replaced:
        notes.add(IngestNoteKind.MOJIBAKE, f"{charset.evidence}: read as {charset.name}, but no charset fits the bytes")
    return text, charset


def _stated_charsets(
    content: bytes, declared: str | None, content_type: str | None
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
    yield detect(content), CharsetEvidence.DETECTED


def _codec(label: str, content: bytes) -> str | None:
    """Return the codec of a label; None if it is none that a page in these bytes can have."""
    codec = codec_of(label)
    if codec is None or not codec.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
        return codec
    if not (_is_marked(content) or content.count(0) >= NULS_OF_UTF16 * len(content)):
        return None
    if "16" in codec and read_bom(content)[0] is None:  # of either order, as the NULs of the markup are
        return "utf-16-be" if content[::2].count(0) > content[1::2].count(0) else "utf-16-le"
    return codec


def _is_marked(content: bytes) -> bool:
    """Whether a mark of UTF-16 or UTF-32 is one: East Asian text has few NULs, and a wrong mark is before ASCII."""
    label, _ = read_bom(content)
    if label is None or label == "utf-8":
        return False
    return 0 in content or (_MARKUP_IN_BYTES.search(content) is None and not is_certainly_utf8(content[2:]))


def _fits(text: str, codec: str, replaced: int) -> bool:
    """Return whether a text is likely what its bytes mean."""
    if replaced <= 1:
        return True
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore")) - replaced
    return replaced <= (beyond_ascii if codec == "utf-8" else 1 + beyond_ascii // CHARACTERS_PER_REPLACEMENT)


def _is_default(content: bytes, charset: Charset) -> bool:
    """Return whether a page states a charset that any bytes are valid in, and is in another.

    Servers state a charset of Latin script for every page; one of another alphabet is wrong where its letters are those
    of no language, and the bytes are East Asian.
    """
    if charset.evidence not in (CharsetEvidence.HEADER, CharsetEvidence.META) or content.isascii():
        return False
    if charset.name in LANGUAGES:
        return not is_latin(content) and detect_script(content) is not None
    if charset.name in ALPHABET_CHARSETS:
        return not is_of_alphabet(content, charset.name) and detect_script(content) in SYLLABLE_CHARSETS
    return False


def _is_of_no_language(content: bytes, charset: Charset) -> bool:
    """Return whether a page states a charset of one byte a character, and has not the letters of its languages."""
    if charset.evidence is CharsetEvidence.DETECTED or content.isascii():
        return False
    if len(content) - len(content.translate(None, _BEYOND_ASCII)) < MIN_BEYOND_ASCII:
        return False
    if charset.name in LANGUAGES:
        return not is_latin(content)
    return charset.name in ALPHABET_CHARSETS and not is_of_alphabet(content, charset.name)


def _decode_as(content: bytes, codec: str, evidence: CharsetEvidence) -> tuple[str, Charset]:
    if evidence is CharsetEvidence.BOM:
        _, mark = read_bom(content)
        content = content.removeprefix(mark or b"")
    # In GBK, 0x80 is the euro sign: the handler of w3lib knows that.
    text = content.decode(codec, "w3lib_gb18030_replace" if codec == "gb18030" else "replace")
    replaced = text.count(REPLACEMENT)
    if replaced and codec in SUPERSETS:
        wider = content.decode(SUPERSETS[codec], "replace")
        if wider.count(REPLACEMENT) < replaced:
            text, replaced = wider, wider.count(REPLACEMENT)
    return text.removeprefix("\ufeff"), Charset(name=codec, evidence=evidence, replaced=replaced)


def _note_disbelieved(tried: list[tuple[CharsetEvidence, str, str]], charset: Charset, notes: Notes | None) -> None:
    for evidence, label, codec in tried:
        if notes is not None and codec != charset.name:
            why = f"the bytes are {charset.name}" if codec else f"no charset of such a page; it is {charset.name}"
            notes.add(IngestNoteKind.CHARSET_NOT_BELIEVED, f"{evidence}: {label[:60]!r}, {why}")
