"""Compressed files: gzip, zstd, bzip2 and xz, of any number of members, in bounded memory.

What precedes a damage is unpacked to the last byte, and reading continues with the next member.
"""

import bz2
import lzma
import re
import sys
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol, Self

import brotli

from wiredesk.pages.source import CHUNK_BYTES, Checked, Chunk, Damage, Source

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GZIP = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
"""The first bytes of a gzip member (RFC 1952): signature, method and flags, of which the highest three are reserved."""

ZSTD = re.compile(rb"(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)", re.DOTALL)
"""The first bytes of a zstd frame, or of a skippable one (RFC 8878)."""

BZIP2 = re.compile(rb"BZh[1-9](?:\x31\x41\x59\x26\x53\x59|\x17\x72\x45\x38\x50\x90)")
"""The first bytes of a bzip2 stream: signature, size of its blocks, and the beginning of a block or of the end."""

XZ = re.compile(rb"\xfd7zXZ\x00")
"""The first bytes of an xz stream."""

SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18.{4}", re.DOTALL)
"""The head of a skippable frame: signature, and the size of its content."""

SKIPPABLE_HEAD_BYTES = 8
"""Bytes of this head."""

DICTIONARY_FRAME = b"\x5d\x2a\x4d\x18"
"""The skippable frame that holds the dictionary of a `.warc.zst`, at its beginning (specification of the IIPC)."""

FRAME = b"\x28\xb5\x2f\xfd"
"""The first bytes of a zstd frame that is not skippable."""

SIGNATURE_BYTES = 10
"""Bytes of the longest of the signatures."""

MAX_XZ_MEMORY = 128 << 20
"""Memory of an xz decoder: twice what files need that `xz -9` wrote."""

MAX_DICTIONARY_BYTES = 16 << 20
"""Maximum size of a dictionary."""

MAX_WINDOW_LOG = 27
"""Maximum window of a zstd frame, as the logarithm of its bytes (128 MiB): what `zstd` accepts without an option."""

OUTPUT_BYTES = 256 << 10
"""Maximum number of bytes that are unpacked at a time."""

MAX_RATIO = 1000
"""Maximum ratio of unpacked to packed bytes where a file has no records: gzip reaches 1032 on zeros. Nearly the same
pages reach 9,700 in zstd, but each of them ends within `FREE_BYTES`."""

FREE_BYTES = 64 << 20
"""Bytes that one record of an archive may unpack to, and the beginning of any file, for which no ratio is asked."""

MAX_DAMAGES = 1000
"""Damaged members of a file after which the rest of it is not read."""

OVERSPENT = f"it unpacks to more than {MAX_RATIO} times its size; the rest is not read"
"""What is wrong with a file that unpacks to too much."""

BROTLI_INPUT_BYTES = 16 << 10
"""Bytes of brotli that are passed to its decoder at a time."""

INPUT_BYTES = {"gzip": 16 << 10, "zstd": 2 << 10, "bzip2": 16 << 10, "xz": 16 << 10}
"""Packed bytes that are passed to a decoder at a time. In zstd a damaged block costs what was passed with it."""


class _Decoder(Protocol):
    """A decoder of one member."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def unused_data(self) -> bytes:
        """The bytes after its end."""

    def feed(self, packed: bytes) -> Iterator[bytes]:
        """Yield what packed bytes unpack to.

        Raises:
            _DamagedError: they are damaged.
        """


class _DamagedError(Exception):
    """A member is damaged."""


class Budget:
    """How much a file may unpack to, over all its layers and members.

    Args:
        consumed: returns how many bytes of the file have been read.
        unpacked: bytes that count already.
        is_of_records: each record has one of its own; otherwise all that is in the file counts together.
    """

    def __init__(self, consumed: Callable[[], int], unpacked: int = 0, *, is_of_records: bool = True) -> None:
        self._consumed = consumed
        self._unpacked = unpacked
        self._is_of_records = is_of_records

    def of_all(self) -> Self:
        """Return what is left of it, for all that is in the file together."""
        return type(self)(self._consumed, self._unpacked, is_of_records=False)

    @property
    def is_spent(self) -> bool:
        """Whether the file has unpacked to too much."""
        return self._unpacked > FREE_BYTES + MAX_RATIO * self._consumed()

    def spend(self, size: int) -> bool:
        """Count unpacked bytes; return whether there may be more."""
        self._unpacked += size
        return not self.is_spent

    def end_record(self) -> None:
        """Count from here on: a record was read, so that what was unpacked is no endless nothing."""
        if self._is_of_records:
            self._unpacked = 0


def unpacked(source: Source, budget: Budget, suffix: str = "") -> Iterator[Chunk] | None:
    """Return the unpacked bytes of a source that is compressed; None if it is not.

    Args:
        suffix: of its name: brotli has no signature, and that of a damaged file is wrong.
    """
    if suffix == ".br" and not _is_signed(source):
        return _unpack_brotli(source, budget)
    if source.match(ZSTD, SIGNATURE_BYTES):
        dictionary = _read_dictionary(source)
        return _unpack(source, budget, "zstd", ZSTD, lambda: _Stream(_zstd(dictionary)))
    for name, (signature, new) in _MEMBERS.items():
        is_named = _SUFFIXES[name] == suffix and source.find(signature, CHUNK_BYTES) is not None
        if is_named or source.match(signature, SIGNATURE_BYTES):
            return _unpack(source, budget, name, signature, new)
    return None


def _is_signed(source: Source) -> bool:
    """Whether a source begins with the signature of a compression."""
    return any(source.match(signature, SIGNATURE_BYTES) for signature, _ in _MEMBERS.values())


def gunzipped(source: Source, budget: Budget) -> Iterator[Chunk]:
    """Return what the gzip members of a source unpack to; what is between them is damage."""
    return _unpack(source, budget, "gzip", GZIP, _Gzip)


def inflated(source: Source, budget: Budget, crc: int) -> Iterator[Chunk]:
    """Yield what the deflated content of a file in a ZIP unpacks to, without a header around it.

    Args:
        crc: of the content, which the directory states.
    """
    decoder = _Gzip(-zlib.MAX_WBITS)
    actual = size = 0
    member = _unpack_member(source, budget, decoder, INPUT_BYTES["gzip"])
    while True:
        try:
            output = next(member)
        except StopIteration as end:
            damage: Damage | None = end.value
            break
        actual = zlib.crc32(output, actual)
        size += len(output)
        yield output
    if budget.is_spent:
        damage = Damage(OVERSPENT)
    elif damage is None and actual != crc:
        damage = Damage("it does not match its checksum", doubtful=size)
    yield Checked() if damage is None else damage


def _unpack(
    source: Source, budget: Budget, name: str, signature: re.Pattern[bytes], new: Callable[[], _Decoder]
) -> Iterator[Chunk]:
    damages = 0
    damage = None
    while not source.is_at_end():
        start = source.offset
        is_after_damage = damage is not None  # what follows up to the next member belongs to it
        source.skip_padding()
        if signature is ZSTD and source.match(SKIPPABLE, SKIPPABLE_HEAD_BYTES):
            damage = _skip_frame(source)
        elif source.match(signature, SIGNATURE_BYTES):
            damage = yield from _unpack_member(source, budget, new(), INPUT_BYTES[name])
            if damage is None and not budget.is_spent:
                yield Checked()
        elif source.fill(1):
            size = source.skip_to(signature, SIGNATURE_BYTES - 1)
            damage = None if is_after_damage else Damage(f"{size} bytes at byte {start} are no {name}")
        else:
            damage = source.cross()
        if budget.is_spent:
            yield Damage(OVERSPENT)
            return
        if damage is not None:
            damages += 1
            yield damage
        if damages == MAX_DAMAGES:
            yield Damage(f"{MAX_DAMAGES} parts are damaged; the rest is not read")
            return


def _unpack_member(
    source: Source, budget: Budget, decoder: _Decoder, input_bytes: int
) -> Generator[bytes, None, Damage | None]:
    """Yield what a member unpacks to; return its damage, if there is one.

    After a damage the source stands where the decoder failed: the next member is looked for from there on, so that
    nothing is unpacked many times.
    """
    start = source.offset
    size = 0
    while not decoder.eof and not budget.is_spent:
        packed = source.peek(input_bytes)
        if not packed:  # its checksum is missing, too
            return Damage(f"the part that begins at byte {start} is cut off", doubtful=size, is_cut=True)
        try:
            for output in decoder.feed(packed):
                is_within = budget.spend(len(output))
                size += len(output)
                yield output
                if not is_within:
                    return None
        except _DamagedError as error:
            source.skip(0 if source.offset > start else 1)
            return Damage(f"the part that begins at byte {start} is damaged ({error})", doubtful=size)
        source.skip(len(packed) - len(decoder.unused_data))
    return None


class _Gzip:
    """A gzip member, decoded up to the last byte before a damage; or the deflated content of a file in a ZIP."""

    def __init__(self, window_bits: int = zlib.MAX_WBITS | 16) -> None:
        self._inflater = zlib.decompressobj(window_bits)

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def feed(self, packed: bytes) -> Iterator[bytes]:
        while packed and not self.eof:
            before = self._inflater.copy()
            try:
                output = self._inflater.decompress(packed, OUTPUT_BYTES)
            except zlib.error as error:
                yield from _inflate_bytewise(before, packed)
                raise _DamagedError(str(error).partition(": ")[2] or str(error)) from error
            packed = self._inflater.unconsumed_tail
            yield output


def _inflate_bytewise(inflater: Any, packed: bytes) -> Iterator[bytes]:
    """Yield what precedes the byte that cannot be decoded."""
    try:
        for value in packed:
            yield inflater.decompress(bytes((value,)))
    except zlib.error:
        return


class _Decompressor(Protocol):
    """A decoder of the standard library."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def unused_data(self) -> bytes:
        """The bytes after its end."""

    @property
    def needs_input(self) -> bool:
        """Whether it has nothing to return without more input."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return what follows, at most so many bytes."""


class _Stream:
    """A zstd frame, or a stream of bzip2 or xz."""

    def __init__(self, decompressor: _Decompressor) -> None:
        self._decompressor = decompressor

    @property
    def eof(self) -> bool:
        return self._decompressor.eof

    @property
    def unused_data(self) -> bytes:
        return self._decompressor.unused_data

    def feed(self, packed: bytes) -> Iterator[bytes]:
        try:
            yield self._decompressor.decompress(packed, OUTPUT_BYTES)
            while not self.eof and not self._decompressor.needs_input:
                yield self._decompressor.decompress(b"", OUTPUT_BYTES)
        except (zstd.ZstdError, lzma.LZMAError, OSError, ValueError) as error:
            raise _DamagedError(str(error).rpartition(": ")[2]) from error


def _zstd(dictionary: zstd.ZstdDict | None) -> zstd.ZstdDecompressor:
    options = {int(zstd.DecompressionParameter.window_log_max): MAX_WINDOW_LOG}
    return zstd.ZstdDecompressor(dictionary, options)


_MEMBERS: Mapping[str, tuple[re.Pattern[bytes], Callable[[], _Decoder]]] = MappingProxyType(
    {
        "gzip": (GZIP, _Gzip),
        "zstd": (ZSTD, lambda: _Stream(_zstd(None))),
        "bzip2": (BZIP2, lambda: _Stream(bz2.BZ2Decompressor())),
        "xz": (XZ, lambda: _Stream(lzma.LZMADecompressor(memlimit=MAX_XZ_MEMORY))),
    }
)
"""Compressions with a signature, and a new decoder of one member."""

_SUFFIXES = {"gzip": ".gz", "zstd": ".zst", "bzip2": ".bz2", "xz": ".xz"}


def _unpack_brotli(source: Source, budget: Budget) -> Iterator[Chunk]:
    """Yield what a source of brotli unpacks to: one member, and nothing after it."""
    decompressor = brotli.Decompressor()
    size = 0
    try:
        while not decompressor.is_finished() and not budget.is_spent:
            packed = source.take(BROTLI_INPUT_BYTES) if decompressor.can_accept_more_data() else b""
            if not packed and decompressor.can_accept_more_data():
                yield Damage("it is cut off")
                return
            output = decompressor.process(packed, output_buffer_limit=OUTPUT_BYTES)
            budget.spend(len(output))
            size += len(output)
            yield output
    except brotli.error as error:
        yield Damage(str(error), doubtful=size)
    if budget.is_spent:
        yield Damage(OVERSPENT)


def _skip_frame(source: Source) -> Damage | None:
    """Consume a skippable frame; return its damage, if it is cut off."""
    start = source.offset
    size = int.from_bytes(source.take(SKIPPABLE_HEAD_BYTES)[len(FRAME) :], "little")
    return Damage(f"the part that begins at byte {start} is cut off") if source.skip(size) < size else None


def _read_dictionary(source: Source) -> zstd.ZstdDict | None:
    """Consume and return the dictionary at the beginning of a `.warc.zst`; None if there is none."""
    head = source.peek(len(DICTIONARY_FRAME) + 4)
    size = int.from_bytes(head[len(DICTIONARY_FRAME) :], "little")
    if not head.startswith(DICTIONARY_FRAME) or size > MAX_DICTIONARY_BYTES:
        return None
    content = source.peek(len(head) + size)[len(head) :]
    try:
        if content.startswith(FRAME):
            content = zstd.ZstdDecompressor().decompress(content, MAX_DICTIONARY_BYTES)
        dictionary = zstd.ZstdDict(content)
        zstd.ZstdDecompressor(dictionary)  # a damaged dictionary is refused here
    except (zstd.ZstdError, ValueError):
        return None
    source.skip(len(head) + size)
    return dictionary
