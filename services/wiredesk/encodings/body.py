"""Which encodings a body is in, and undoing them one by one, the outermost first.

Headers state encodings, but crawlers keep the headers when they have undone some or all of them; proxies repeat them,
and servers state wrong ones. So the bytes decide:

- gzip, zstd, bzip2, xz and chunks are recognised by their bytes, stated or not;
- deflate and br have no signature: bytes are in one of them if all of them can be decoded by it; those that are not
  text may also be cut off, if it is stated;
- other text is in no encoding any more, whatever headers state.

Time and memory are bounded by the size of the content within each encoding, and by the number of encodings.
"""

from dataclasses import dataclass, field

from wiredesk.encodings import compressed
from wiredesk.encodings.chunked import remove_chunks
from wiredesk.encodings.compressed import TooLargeError
from wiredesk.encodings.outcome import End, Layer, Outcome
from wiredesk.encodings.stated import BZIP2, CHUNKED, GZIP, XZ, ZSTD, StatedEncodings
from wiredesk.encodings.text import is_text
from wiredesk.encodings.trial import UNSIGNED, Trial
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import IngestNote, IngestNoteKind

MAX_DEPTH = 8
"""The most encodings, one within another. Real bodies have up to three; a file that contains itself has no end."""

MIN_CUT_BYTES = 16
"""Bytes of a body that is cut off from which text and compressed bytes can be distinguished."""

MAX_BEFORE_BYTES = 16
"""Line ends and marks before compressed bytes that are left out, at most."""

_BEFORE = (b"\r", b"\n", b" ", b"\t", b"\xef\xbb\xbf")
_BEFORE_BYTES = b"\r\n \t\xef\xbb\xbf"

_BY_SIGNATURE = {GZIP: compressed.GZIP, ZSTD: compressed.ZSTD, BZIP2: compressed.BZIP2, XZ: compressed.XZ}
"""Encodings that are recognised by their first bytes."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body whose encodings are undone.

    Attributes:
        content: the bytes of the page, or the part of them that came.
        is_truncated: whether bytes of the page are missing.
        notes: what was mended, or was not as stated.
        remaining: names of encodings, if the bytes are not text: of those stated that could not be undone, or of that
            which is cut off.
    """

    content: bytes
    is_truncated: bool = False
    notes: tuple[IngestNote, ...] = ()
    remaining: tuple[str, ...] = ()


def undo_encodings(content: bytes, stated: StatedEncodings, limit: int) -> Body:
    """Undo all encodings of a body.

    Args:
        content: the body as it was stored, encoded or not.
        limit: the most bytes within any of the encodings.

    Raises:
        RejectedError: `undecodable`, where the bytes of an encoding are damaged, or cut off before any of the page;
            `too_large`, where there are more bytes than the limit.
    """
    return _Undoing(content, list(stated.names), limit).body(stated)


@dataclass(slots=True)
class _Undoing:
    """One body, while its encodings are undone.

    Attributes:
        stated: stated encodings that may still be there, the outermost first.
        missing: why bytes are missing; empty if none are known to be.
        cut: encodings that are cut off, the outermost first.
    """

    content: bytes
    stated: list[str]
    limit: int
    missing: str = ""
    cut: tuple[str, ...] = ()
    notes: list[IngestNote] = field(default_factory=list)

    def body(self, encodings: StatedEncodings) -> Body:
        """Undo all encodings."""
        self._compare_length(encodings)
        for _ in range(MAX_DEPTH + 1):
            try:
                layer = self._outermost()
            except TooLargeError as error:
                raise RejectedError("too_large", f"body: {error}") from error
            if layer is None:
                return self._result(encodings)
            self._remove(layer)
        raise RejectedError("undecodable", f"body: more than {MAX_DEPTH} encodings, one within another")

    def _result(self, encodings: StatedEncodings) -> Body:
        if self.missing:
            if not self.content:
                raise RejectedError("undecodable", f"body: nothing is left of the page: {self.missing}")
            self._note(IngestNoteKind.BODY_TRUNCATED, f"body: {self.missing}")
        if encodings.unknown:
            self._note(IngestNoteKind.ENCODING_UNKNOWN, f"body: unknown encoding {', '.join(encodings.unknown)!r}")
        is_clear = is_text(self.content) and not (self.missing and len(self.content) < MIN_CUT_BYTES)
        remaining = () if is_clear else (*self.stated, *encodings.unknown) or self.cut[-1:]
        return Body(self.content, bool(self.missing), tuple(self.notes), remaining)

    def _compare_length(self, encodings: StatedEncodings) -> None:
        """Compare the stated length: that of the compressed body, so it says nothing once a crawler decompressed it."""
        length = encodings.length
        if encodings.is_part:
            self.missing = "the response is a part of the page"
        elif length is not None and length > len(self.content) and not (self.stated and is_text(self.content)):
            self.missing = f"{len(self.content)} bytes of {length}"

    def _outermost(self) -> Layer | None:
        """Return the outermost encoding that the bytes are in, undone."""
        layer = self._encoding_of(self.content)
        if layer is None and self.content.startswith(_BEFORE):
            content = self.content.lstrip(_BEFORE_BYTES)
            before = len(self.content) - len(content)
            is_possible = before <= MAX_BEFORE_BYTES and not is_text(content)
            layer = self._encoding_of(content) if is_possible else None
            if layer is not None:
                self._note(IngestNoteKind.ENCODING_MENDED, f"body: {layer.name}: {before} bytes before it are left out")
        return layer

    def _encoding_of(self, content: bytes) -> Layer | None:
        """Return the encoding that bytes are in, undone."""
        for name, form in _BY_SIGNATURE.items():
            if content.startswith(form.magics):
                return Layer(name, form.decode(content, self.limit))
        chunked = remove_chunks(content, is_stated=CHUNKED in self.stated)
        if chunked is not None:
            return Layer(CHUNKED, chunked)
        trial = Trial(content, self.limit)
        stated = [name for name in dict.fromkeys(self.stated) if name in UNSIGNED]
        if is_text(content):
            return trial.exact(stated)
        return trial.exact(stated) or trial.furthest(stated) or trial.exact(UNSIGNED) or trial.nearly(UNSIGNED)

    def _remove(self, layer: Layer) -> None:
        name, outcome = layer.name, layer.outcome
        if outcome.end is End.DAMAGED:
            raise RejectedError("undecodable", f"body: {name}, but damaged: {outcome.fault}")
        if outcome.end is End.CUT:
            self.missing = f"{name} is cut off after {len(outcome.content)} bytes of its content"
            self.cut += (name,)
        elif name != CHUNKED:
            self.missing = ""  # the end of the compressed data is there: nothing is missing
        self._note_mended(name, outcome)
        if name in self.stated:
            del self.stated[: self.stated.index(name) + 1]
        else:
            self._note(IngestNoteKind.ENCODING_UNSTATED, f"body: {name}, which no header states")
        self.content = outcome.content

    def _note_mended(self, name: str, outcome: Outcome) -> None:
        if outcome.fault:
            self._note(IngestNoteKind.ENCODING_MENDED, f"body: {name}: {outcome.fault}")
        if outcome.trailing:
            self._note(
                IngestNoteKind.ENCODING_MENDED, f"body: {name}: {outcome.trailing} bytes after its end are left out"
            )

    def _note(self, kind: IngestNoteKind, detail: str) -> None:
        self.notes.append(IngestNote.of(kind, detail))
