"""Which trace a record belongs to, and which span its processing is.

Both follow from the record alone: a record that is processed again, by another process or by a replay, has the same
headers and the same span as before.
"""

import re
from hashlib import blake2b
from typing import NamedTuple

from wiredesk_schemas.headers import TRACEPARENT, Headers, last_value

MAX_TRACEPARENT = 512
"""Bytes of a `traceparent` that is read; a longer one is none. Later versions of the format may append fields."""

_TRACEPARENT = re.compile(
    rb"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?",
    re.DOTALL,
)

_SAMPLED = 0x01
"""The flag of a trace that is recorded."""


class TraceContext(NamedTuple):
    """A span within its trace, as W3C Trace Context has it.

    Attributes:
        trace_id: not 0.
        span_id: not 0.
        sampled: its spans are recorded.
    """

    trace_id: int
    span_id: int
    sampled: bool

    def traceparent(self) -> bytes:
        """Return the value of the header that continues the trace."""
        return b"00-%032x-%016x-%02x" % (self.trace_id, self.span_id, _SAMPLED if self.sampled else 0)


def parse_traceparent(value: bytes | None) -> TraceContext | None:
    """Return the context that a header holds; None if it is not valid by the specification."""
    if value is None or len(value) > MAX_TRACEPARENT or (match := _TRACEPARENT.fullmatch(value.strip())) is None:
        return None
    trace_id, span_id, version = int(match["trace"], 16), int(match["span"], 16), match["version"]
    if version == b"ff" or (version == b"00" and match["more"]) or not trace_id or not span_id:
        return None
    return TraceContext(trace_id, span_id, bool(int(match["flags"], 16) & _SAMPLED))


def received_context(headers: Headers) -> TraceContext | None:
    """Return the context that a record came with; None if it came with none that is valid."""
    return parse_traceparent(last_value(headers, TRACEPARENT))


def derived_trace_id(origin: bytes | None, origin_time: bytes | None) -> int:
    """Return the id of the trace of a page that came with none.

    Args:
        origin: coordinates of its raw page.
        origin_time: when that arrived, in milliseconds since 1970: a topic that was created again has other times.
    """
    return _hash(16, b"trace", origin or b"", origin_time or b"")


def derived_span_id(trace_id: int, *names: bytes) -> int:
    """Return the id of a span of a trace, which follows from what the span is about."""
    return _hash(8, b"span", trace_id.to_bytes(16), *names)


def _hash(size: int, *parts: bytes) -> int:
    digest = blake2b(digest_size=size)
    for part in parts:
        digest.update(len(part).to_bytes(4))
        digest.update(part)
    return int.from_bytes(digest.digest()) or 1  # 0 is no id
