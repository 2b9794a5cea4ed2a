"""Compressed files: gzip and zstd, of any number of members, in bounded memory.

What precedes a damage is unpacked to the last byte, and reading continues with the next member.
"""

import re
import sys
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Any, Protocol

import brotli

from wiredesk.pages.source import CHUNK_BYTES, Chunk, Damage, Source

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GZIP = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
"""The first bytes of a gzip member (RFC 1952): signature, method and flags, of which the highest three are reserved."""

ZSTD = re.compile(rb"(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)", re.DOTALL)
"""The first bytes of a zstd frame, or of a skippable one (RFC 8878)."""

SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18.{4}", re.DOTALL)
"""The head of a skippable frame: signature, and the size of its content."""

SKIPPABLE_HEAD_BYTES = 8
"""Bytes of this head."""

DICTIONARY_FRAME = b"\x5d\x2a\x4d\x18"
"""The skippable frame that holds the dictionary of a `.warc.zst`, at its beginning (specification of the IIPC)."""

FRAME = b"\x28\xb5\x2f\xfd"
"""The first bytes of a zstd frame that is not skippable."""

SIGNATURE_BYTES = 4
"""Bytes of each of the signatures."""

MAX_DICTIONARY_BYTES = 16 << 20
"""Maximum size of a dictionary."""

MAX_WINDOW_LOG = 27
"""Maximum window of a zstd frame, as the logarithm of its bytes (128 MiB): what `zstd` accepts without an option."""

OUTPUT_BYTES = 256 << 10
"""Maximum number of bytes that are unpacked at a time."""

MAX_RATIO = 1000
"""Maximum ratio of unpacked to packed bytes of a file: gzip reaches 1032 on zeros, and 172 on a page that is
repeated. Of zstd it stops a file of nearly the same pages, too, which reaches 9,700."""

FREE_BYTES = 64 << 20
"""Unpacked bytes of a file for which no ratio is asked."""

MAX_DAMAGES = 1000
"""Damaged members of a file after which the rest of it is not read."""

OVERSPENT = f"it unpacks to more than {MAX_RATIO} times its size; the rest is not read"
"""What is wrong with a file that unpacks to too much."""

BROTLI_INPUT_BYTES = 16 << 10
"""Bytes of brotli that are passed to its decoder at a time."""

INPUT_BYTES = {"gzip": 16 << 10, "zstd": 2 << 10}
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
    """

    def __init__(self, consumed: Callable[[], int]) -> None:
        self._consumed = consumed
        self._unpacked = 0

    @property
    def is_spent(self) -> bool:
        """Whether the file has unpacked to too much."""
        return self._unpacked > FREE_BYTES + MAX_RATIO * self._consumed()

    def spend(self, size: int) -> None:
        """Count unpacked bytes."""
        self._unpacked += size


def unpacked(source: Source, budget: Budget, suffix: str = "") -> Iterator[Chunk] | None:
    """Return the unpacked bytes of a source that is compressed; None if it is not.

    Args:
        suffix: of its name: brotli has no signature, and that of a damaged file is wrong.
    """
    if source.match(GZIP, SIGNATURE_BYTES):
        return gunzipped(source, budget)
    if source.match(ZSTD, SIGNATURE_BYTES):
        dictionary = _read_dictionary(source)
        return _unpack(source, budget, "zstd", ZSTD, lambda: _Zstd(dictionary))
    if suffix == ".br":
        return _unpack_brotli(source, budget)
    if suffix == ".gz" and source.find(GZIP, CHUNK_BYTES) is not None:
        return gunzipped(source, budget)
    if suffix == ".zst" and source.find(ZSTD, CHUNK_BYTES) is not None:
        return _unpack(source, budget, "zstd", ZSTD, lambda: _Zstd(None))
    return None


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
    if damage is not None:
        yield damage


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
            return Damage(f"the part that begins at byte {start} is cut off", doubtful=size)
        try:
            for output in decoder.feed(packed):
                budget.spend(len(output))
                size += len(output)
                yield output
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


class _Zstd:
    """A zstd frame."""

    def __init__(self, dictionary: zstd.ZstdDict | None) -> None:
        options = {int(zstd.DecompressionParameter.window_log_max): MAX_WINDOW_LOG}
        self._decompressor = zstd.ZstdDecompressor(dictionary, options)

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
        except zstd.ZstdError as error:
            raise _DamagedError(str(error).rpartition(": ")[2]) from error


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
    size = int.from_bytes(source.take(SKIPPABLE_HEAD_BYTES)[SIGNATURE_BYTES:], "little")
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
