"""The encodings that the headers of a response state."""

import re
from dataclasses import dataclass

GZIP, DEFLATE, BROTLI, ZSTD, CHUNKED = "gzip", "deflate", "br", "zstd", "chunked"
BZIP2, XZ = "bzip2", "xz"

NAMES = {
    "gzip": GZIP, "x-gzip": GZIP, "gz": GZIP,
    "deflate": DEFLATE, "x-deflate": DEFLATE, "zlib": DEFLATE,
    "br": BROTLI, "brotli": BROTLI, "x-br": BROTLI,
    "zstd": ZSTD, "x-zstd": ZSTD, "zstandard": ZSTD,
    "bzip2": BZIP2, "x-bzip2": BZIP2, "bz2": BZIP2, "x-bzip": BZIP2, "bzip": BZIP2,
    "xz": XZ, "x-xz": XZ, "lzma": XZ, "x-lzma": XZ,
    "chunked": CHUNKED,
    # The framing of S3's signed uploads: chunked, with a signature in each extension.
    "aws-chunked": CHUNKED,
}  # fmt: skip
"""Encodings that can be undone, by the names that servers give them: those of IANA's registries of HTTP content codings
and transfer codings, and those that are often seen instead."""

NO_ENCODINGS = frozenset({"", "identity", "x-identity"})
"""Names that state that there is none."""

MAX_HEADER_CHARACTERS = 1000
"""Characters of a header that are read. Real lists of encodings have a tenth of it."""

MAX_NAMES = 16
"""Encodings of one header that are considered, the last ones. Proxies repeat a name, at most for each hop."""

QUOTED_CHARACTERS = 40
"""Characters of an unknown name that messages and notes quote."""

_SEPARATOR = re.compile(r"[,\s]+")
_RANGE = re.compile(r"bytes[ =](\d{1,19})-(\d{1,19})/(\d{1,19})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StatedEncodings:
    """What headers say about the encodings of a body.

    Attributes:
        names: known encodings, the outermost first: in the order in which they are undone.
        unknown: names that are not known.
        length: stated length of the body; None where it is not stated, or does not count, as with chunks.
        is_part: whether the body is only a part of the page.
    """

    names: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    length: int | None = None
    is_part: bool = False

    @classmethod
    def of(
        cls,
        content_encoding: str | None = None,
        transfer_encoding: str | None = None,
        content_length: str | None = None,
        content_range: str | None = None,
    ) -> "StatedEncodings":
        """Read the headers of a response. A header that was sent several times holds all its values, with commas."""
        listed = [*_names(content_encoding), *_names(transfer_encoding)]
        names = tuple(NAMES[name] for name in reversed(listed) if name in NAMES)
        return cls(
            names=names,
            unknown=tuple(dict.fromkeys(name[:QUOTED_CHARACTERS] for name in listed if name not in NAMES)),
            length=None if CHUNKED in names else _length(content_length),
            is_part=_is_part(content_range),
        )


def _names(header: str | None) -> list[str]:
    """Return the encodings of a header in the order in which they were applied, without their parameters."""
    listed = _SEPARATOR.split((header or "")[:MAX_HEADER_CHARACTERS].lower())
    names = [name.partition(";")[0].strip("\"'") for name in listed]
    return [name for name in names if name not in NO_ENCODINGS][-MAX_NAMES:]


def _length(header: str | None) -> int | None:
    """Return the stated length, if there is one, and only one."""
    stated = {part.strip() for part in (header or "")[:MAX_HEADER_CHARACTERS].split(",")}
    only = stated.pop() if len(stated) == 1 else ""
    return int(only) if only.isascii() and only.isdigit() else None


def _is_part(header: str | None) -> bool:
    """Return whether a `Content-Range` says that there is more than this body."""
    match = _RANGE.match((header or "")[:MAX_HEADER_CHARACTERS].strip())
    if match is None:
        return False
    first, last, total = map(int, match.groups())
    return first > 0 or last + 1 < total
