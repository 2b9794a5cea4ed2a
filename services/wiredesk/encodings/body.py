"""Which encodings a body is in, and undoing them one by one, the outermost first.

Headers state encodings, but crawlers keep the headers when they have undone some or all of them; proxies repeat them,
and servers state wrong ones. So the bytes decide:

- gzip, zstd and chunks are recognised by their bytes, stated or not;
- deflate and br have no signature: bytes are in one of them if all of them can be decoded by it; those that are not
  text may also be cut off, if it is stated;
- other text is in no encoding any more, whatever headers state.

Time and memory are bounded by the size of the content within each encoding, and by the number of encodings.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from wiredesk.encodings.chunked import remove_chunks
from wiredesk.encodings.compressed import GZIP as GZIP_FORMAT
from wiredesk.encodings.compressed import ZSTD as ZSTD_FORMAT
from wiredesk.encodings.compressed import TooLargeError, decode_brotli, decode_deflate
from wiredesk.encodings.outcome import End, Outcome
from wiredesk.encodings.stated import BROTLI, CHUNKED, DEFLATE, GZIP, ZSTD, StatedEncodings
from wiredesk.encodings.text import is_text
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import IngestNote, IngestNoteKind
from wiredesk_schemas.ingest_note import MAX_DETAIL_CHARACTERS

MAX_DEPTH = 8
"""The most encodings, one within another. Real bodies have up to three; a file that contains itself has no end."""

MIN_CUT_BYTES = 16
"""Bytes of a body that is cut off from which text and compressed bytes can be distinguished."""

type _Decode = Callable[[bytes, int], Outcome]

_BY_SIGNATURE: dict[str, tuple[tuple[bytes, ...], _Decode]] = {
    GZIP: (GZIP_FORMAT.magics, GZIP_FORMAT.decode),
    ZSTD: (ZSTD_FORMAT.magics, ZSTD_FORMAT.decode),
}
"""Encodings that are recognised by their first bytes."""

_BY_TRIAL: dict[str, _Decode] = {DEFLATE: decode_deflate, BROTLI: decode_brotli}
"""Encodings that are recognised only by decoding them."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body whose encodings are undone.

    Attributes:
        content: the bytes of the page, or the part of them that came.
        is_truncated: whether bytes of the page are missing.
        notes: what was mended, or was not as stated.
        remaining: names of stated encodings, if the bytes are not text and none of them could be undone.
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


def _is_likely(content: bytes) -> bool:
    """Return whether decoded bytes are text, or begin with the signature of a compressed format."""
    return is_text(content) or any(content.startswith(magics) for magics, _ in _BY_SIGNATURE.values())


@dataclass(slots=True)
class _Undoing:
    """One body, while its encodings are undone.

    Attributes:
        stated: stated encodings that may still be there, the outermost first.
        missing: why bytes are missing; empty if none are known to be.
    """

    content: bytes
    stated: list[str]
    limit: int
    missing: str = ""
    notes: list[IngestNote] = field(default_factory=list)

    def body(self, encodings: StatedEncodings) -> Body:
        """Undo all encodings."""
        self._compare_length(encodings)
        for _ in range(MAX_DEPTH + 1):
            layer = self._outermost()
            if layer is None:
                break
            self._remove(*layer)
        else:
            raise RejectedError("undecodable", f"body: more than {MAX_DEPTH} encodings, one within another")
        return self._result(encodings)

    def _result(self, encodings: StatedEncodings) -> Body:
        if self.missing:
            if not self.content:
                raise RejectedError("undecodable", f"body: nothing is left of the page: {self.missing}")
            self._note(IngestNoteKind.BODY_TRUNCATED, f"body: {self.missing}")
        if encodings.unknown:
            self._note(IngestNoteKind.ENCODING_UNKNOWN, f"body: unknown encoding {', '.join(encodings.unknown)!r}")
        is_clear = is_text(self.content) and not (self.missing and len(self.content) < MIN_CUT_BYTES)
        remaining = () if is_clear else (*self.stated, *encodings.unknown)
        return Body(self.content, bool(self.missing), tuple(self.notes), remaining)

    def _compare_length(self, encodings: StatedEncodings) -> None:
        """Compare the stated length: that of the compressed body, so it says nothing once a crawler decompressed it."""
        length = encodings.length
        if encodings.is_part:
            self.missing = "the response is a part of the page"
        elif length is not None and length > len(self.content) and not (self.stated and is_text(self.content)):
            self.missing = f"{len(self.content)} bytes of {length}"

    def _outermost(self) -> tuple[str, Outcome] | None:
        """Return the outermost encoding that the bytes are in, undone."""
        for name, (magics, decode) in _BY_SIGNATURE.items():
            if self.content.startswith(magics):
                return name, self._decode(name, decode)
        chunked = remove_chunks(self.content, is_stated=CHUNKED in self.stated)
        if chunked is not None:
            return CHUNKED, chunked
        if not self.content:
            return None
        if is_text(self.content):
            return self._by_trial(dict.fromkeys(name for name in self.stated if name in _BY_TRIAL))
        return self._stated_by_trial() or self._by_trial(_BY_TRIAL)

    def _stated_by_trial(self) -> tuple[str, Outcome] | None:
        """Return a stated encoding that can be decoded: to the end of all bytes, or else that which goes furthest."""
        exact = self._by_trial(name for name in self.stated if name in _BY_TRIAL)
        if exact is not None:
            return exact
        outcomes = [
            (name, outcome)
            for name in dict.fromkeys(self.stated)
            if name in _BY_TRIAL and (outcome := self._decode(name, _BY_TRIAL[name])).content
        ]
        possible = [(name, outcome) for name, outcome in outcomes if self._is_possible(outcome)]
        return max(possible, key=lambda layer: (_is_likely(layer[1].content), len(layer[1].content)), default=None)

    def _is_possible(self, outcome: Outcome) -> bool:
        """Return whether an outcome is no accident: bytes after an early end of a little content are one."""
        is_large = len(outcome.content) > len(self.content)
        is_late = outcome.trailing * 2 < len(self.content)
        return outcome.end is End.CUT or (outcome.end is End.WHOLE and (is_large or is_late))

    def _by_trial(self, names: Iterable[str]) -> tuple[str, Outcome] | None:
        """Return the first encoding that decodes all bytes up to its end; of text, to text or to compressed bytes."""
        for name in names:
            outcome = self._decode(name, _BY_TRIAL[name])
            is_exact = outcome.end is End.WHOLE and not outcome.trailing and not outcome.fault
            is_likely = not is_text(self.content) or _is_likely(outcome.content)
            if is_exact and outcome.content and is_likely:
                return name, outcome
        return None

    def _decode(self, name: str, decode: _Decode) -> Outcome:
        try:
            return decode(self.content, self.limit)
        except TooLargeError as error:
            raise RejectedError("too_large", f"body: more than {self.limit} bytes within {name}") from error

    def _remove(self, name: str, outcome: Outcome) -> None:
        if outcome.end is End.DAMAGED:
            raise RejectedError("undecodable", f"body: {name}, but damaged: {outcome.fault}")
        if outcome.end is End.CUT:
            self.missing = f"{name} is cut off after {len(outcome.content)} bytes of its content"
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
        self.notes.append(IngestNote(kind=kind, detail=detail[:MAX_DETAIL_CHARACTERS]))
