"""Bytes to text. Evidence is weighed in the order in which it deserves trust, and believed when it fits."""

from collections.abc import Iterator

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

from wiredesk_schemas import Charset, CharsetEvidence

REPLACEMENT = "\ufffd"

BEARABLE = 1000
"""A charset fits when no more than one character in so many had to be replaced, and one more. A page cut off within a
character, or a single stray byte in a comment, is no reason to disbelieve its header."""

NO_CHARSETS = frozenset(
    {
        "idna",
        "punycode",
        "unicode_escape",
        "unicode-escape",
        "raw_unicode_escape",
        "raw-unicode-escape",
        "undefined",
        "utf-7",
    }
)
"""Codecs of Python that a page can name and that are none for pages: they refuse to replace, or they bring markup into
what looked like text."""

DETECTION_BYTES = 256 * 1024
"""Detection tries dozens of charsets; beyond this much text none of them becomes likelier."""


def decode(body: bytes, *, declared: str | None, content_type: str | None) -> tuple[str, Charset]:
    """Decode a page: by its header, byte order mark, `<meta>`, and detection, in this order.

    The first charset that fits is taken. Where none fits, the most trusted one is, with U+FFFD for what it cannot say.

    Args:
        declared: the charset that the crawler states; as good as a header.
        content_type: the page's own, with a charset in it or not.

    Returns:
        The text without byte order mark, and how it was found.
    """
    best: tuple[str, Charset] | None = None
    for name, evidence in _evidence(body, declared, content_type):
        text = _decoded(body, name, evidence)
        replaced = text.count(REPLACEMENT)
        found = text, Charset(name=name, evidence=evidence, replaced=replaced)
        if replaced <= 1 + len(text) // BEARABLE:
            return found
        best = best or found
    return best or (body.decode("utf-8", "replace"), Charset(name="utf-8", evidence=CharsetEvidence.DETECTED))


def _evidence(body: bytes, declared: str | None, content_type: str | None) -> Iterator[tuple[str, CharsetEvidence]]:
    for stated in map(
        _readable,
        (
            resolve_encoding(declared) if declared else None,
            http_content_type_encoding(content_type) if content_type else None,
        ),
    ):
        if stated:
            yield stated, CharsetEvidence.HEADER
    bom, _ = read_bom(body)
    if bom:
        yield bom, CharsetEvidence.BOM
    meta = _readable(html_body_declared_encoding(body))
    if meta:
        yield meta, CharsetEvidence.META
    yield _detected(body), CharsetEvidence.DETECTED


def _readable(name: str | None) -> str | None:
    return None if name is None or name in NO_CHARSETS else name


def _detected(body: bytes) -> str:
    """Return the likeliest charset. Valid UTF-8 that is not ASCII is no coincidence: nothing else is tried then."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(body) - 3 and not body.isascii():
            return "utf-8"  # cut off within a character
        guess = from_bytes(body[:DETECTION_BYTES]).best()
        return resolve_encoding(guess.encoding) or "cp1252" if guess is not None else "cp1252"
    return "utf-8"


def _decoded(body: bytes, name: str, evidence: CharsetEvidence) -> str:
    if evidence is CharsetEvidence.BOM:
        _, mark = read_bom(body)
        body = body.removeprefix(mark or b"")
    return body.decode(name, "replace").removeprefix("\ufeff")
