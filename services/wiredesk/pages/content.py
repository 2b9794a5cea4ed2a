"""What a stream holds, by its bytes: a web archive, a ZIP, or something else; compressed or not."""

import codecs
import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from wiredesk.pages.arc import ArcFormat
from wiredesk.pages.compression import Budget, unpacked
from wiredesk.pages.framing import Format
from wiredesk.pages.source import Chunk, Source
from wiredesk.pages.warc import WarcFormat

MAX_LAYERS = 3
"""Maximum number of compressions around each other."""

ZIP = re.compile(rb"PK(?:\x03\x04|\x05\x06)")
"""The first bytes of a ZIP: a file in it, or the end of its directory."""

HEAD_BYTES = 4 << 10
"""Bytes at the beginning of a stream that say what it holds."""


class ContentKind(enum.Enum):
    """What a stream holds."""

    WARC = "WARC"
    ARC = "ARC"
    ZIP = "ZIP"
    EMPTY = "empty"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a stream.

    Attributes:
        source: the bytes, without compression.
        is_compressed: the stream was compressed.
        budget: how much it may unpack to.
    """

    kind: ContentKind
    source: Source
    is_compressed: bool
    budget: Budget

    @property
    def is_archive(self) -> bool:
        """Whether it is a web archive, or may hold some."""
        return self.kind in (ContentKind.WARC, ContentKind.ARC, ContentKind.ZIP)


def content_of(
    chunks: Iterator[Chunk], suffixes: Sequence[str] = (), budget: Budget | None = None, *, is_checked: bool = False
) -> Content:
    """Return the content of a stream; its beginning is read.

    Args:
        suffixes: of its name, in lower case. They decide where the bytes do not: where they are damaged.
        budget: how much it may unpack to, where it is part of another file.
        is_checked: it has a checksum at its end.
    """
    source = raw = Source(chunks, is_checked=is_checked)
    budget = budget or Budget(lambda: raw.offset)
    for layer in range(MAX_LAYERS):
        inner = unpacked(source, budget, suffixes[-1] if suffixes and layer == 0 else "")
        if inner is None:
            break
        source = Source(inner, is_checked=True)
    kind = _kind(source)
    if kind is ContentKind.OTHER:
        kind = next((NAMED[suffix] for suffix in suffixes if suffix in NAMED), kind)
    return Content(kind, source, is_compressed=source is not raw, budget=budget)


def suffixes_of(name: str) -> list[str]:
    """Return the suffixes of a file's name in lower case, the last one last."""
    return [suffix.lower() for suffix in PurePath(name).suffixes]


def _kind(source: Source) -> ContentKind:
    if source.is_at_end():
        return ContentKind.EMPTY
    head = source.peek(HEAD_BYTES)
    if head.startswith(codecs.BOM_UTF8):
        head = head.removeprefix(codecs.BOM_UTF8)
        if WarcFormat.start.match(head):
            source.skip(len(codecs.BOM_UTF8))
    head = head.lstrip(b"\r\n")
    if WarcFormat.start.match(head):
        return ContentKind.WARC
    if ArcFormat.line.match(head):
        return ContentKind.ARC
    return ContentKind.ZIP if ZIP.match(head) else ContentKind.OTHER


NAMED = {
    ".warc": ContentKind.WARC,
    ".wet": ContentKind.WARC,
    ".wat": ContentKind.WARC,
    ".arc": ContentKind.ARC,
    ".wacz": ContentKind.ZIP,
}
"""What a file holds by its suffix, if its bytes do not say it."""

FORMATS: dict[ContentKind, Format] = {ContentKind.WARC: WarcFormat(), ContentKind.ARC: ArcFormat()}
"""How the records of each kind of archives begin."""
