"""Encodings without a signature, deflate and br: they are recognised by decoding them."""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from wiredesk.encodings.compressed import BZIP2, GZIP, XZ, ZSTD, decode_brotli, decode_deflate
from wiredesk.encodings.outcome import End, Layer, Outcome
from wiredesk.encodings.stated import BROTLI, DEFLATE
from wiredesk.encodings.text import SAMPLE_BYTES, is_text, is_utf8

UNSIGNED: Mapping[str, Callable[[bytes, int], Outcome]] = MappingProxyType(
    {DEFLATE: decode_deflate, BROTLI: decode_brotli}
)
"""The encodings without a signature."""

MIN_CONSUMED_BYTES = 100
"""Compressed bytes before an end that is no accident, though more bytes follow than precede it."""

MIN_CLEAR_BYTES = 64
"""Bytes of text from which a faulty or unstated encoding is no accident; less is one, unless it begins with markup."""

MAX_TRAILING_BYTES = 16
"""Bytes after the end of an encoding that no header states, at most: line ends, or padding."""

_MARKUP = re.compile(rb"<(?:[a-zA-Z]|!|/|\?xml)|\A(?:\x1f\x8b|\x28\xb5\x2f\xfd)")
"""A tag, or the beginning of other compressed bytes."""

_PADDING = b"\r\n \t\0"

_MAGICS = (*GZIP.magics, *ZSTD.magics, *BZIP2.magics, *XZ.magics)


class Trial:
    """Content that may be in one of these encodings. Each is decoded at most once.

    Args:
        limit: the most bytes of the output.

    Raises:
        TooLargeError: by each method, where there are more bytes than the limit.
    """

    def __init__(self, content: bytes, limit: int) -> None:
        self._content = content
        self._limit = limit
        self._outcomes: dict[str, Outcome] = {}

    def exact(self, names: Iterable[str]) -> Layer | None:
        """Return the first encoding that decodes all bytes up to its end.

        Bytes that are text are in an encoding only if that gives text again, or other compressed bytes.
        """
        for name in names:
            outcome = self._decode(name)
            is_exact = outcome.end is End.WHOLE and not outcome.trailing and not outcome.fault
            if is_exact and outcome.content and (_is_likely(outcome) or not is_text(self._content)):
                return Layer(name, outcome)
        return None

    def nearly(self, names: Iterable[str]) -> Layer | None:
        """Return the encoding that gives text though it is not exact: it lacks checksum or end, or bytes follow it."""
        layers = (Layer(name, self._decode(name)) for name in names)
        return next((layer for layer in layers if self._is_clear(layer.outcome)), None)

    def furthest(self, names: Iterable[str]) -> Layer | None:
        """Return the encoding that gives text or other compressed bytes, or else the first that gives many bytes."""
        layers = [Layer(name, self._decode(name)) for name in names]
        possible = [layer for layer in layers if layer.outcome.content and self._is_possible(layer.outcome)]
        likely = [layer for layer in possible if _is_likely(layer.outcome)]
        most = max((len(layer.outcome.content) for layer in likely or possible), default=0)
        return next((layer for layer in likely or possible if len(layer.outcome.content) * 2 >= most), None)

    def _is_possible(self, outcome: Outcome) -> bool:
        """Return whether an outcome is no accident: bytes after an early end of a little content are one."""
        consumed = len(self._content) - outcome.trailing
        is_large = consumed >= MIN_CONSUMED_BYTES and len(outcome.content) > len(self._content)
        is_late = outcome.trailing * 2 < len(self._content)
        return outcome.end is End.CUT or (outcome.end is End.WHOLE and (is_large or is_late))

    def _is_clear(self, outcome: Outcome) -> bool:
        """Return whether an outcome can only be what its bytes mean, though nothing states the encoding."""
        if outcome.end is End.DAMAGED or not _is_likely(outcome) or outcome.trailing > MAX_TRAILING_BYTES:
            return False
        if len(outcome.content) >= MIN_CLEAR_BYTES:
            return _MARKUP.search(outcome.content[:SAMPLE_BYTES]) is not None or is_utf8(outcome.content[:SAMPLE_BYTES])
        is_padded = not self._content[len(self._content) - outcome.trailing :].strip(_PADDING)
        return outcome.end is End.WHOLE and is_padded and outcome.content.startswith(b"<")

    def _decode(self, name: str) -> Outcome:
        if name not in self._outcomes:
            self._outcomes[name] = UNSIGNED[name](self._content, self._limit)
        return self._outcomes[name]


def _is_likely(outcome: Outcome) -> bool:
    """Return whether decoded bytes are text, or begin with the signature of a compressed format."""
    return is_text(outcome.content) or outcome.content.startswith(_MAGICS)
