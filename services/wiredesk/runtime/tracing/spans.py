"""A span as a worker describes it: plain values, which cost little to make and to send."""

from typing import NamedTuple

from wiredesk.runtime.tracing.context import TraceContext

CONSUMER, CLIENT = "CONSUMER", "CLIENT"
"""The kinds of spans that there are: the processing of a record, and a commit."""

MAX_LINKS = 128
"""Links of a span, at most, as in the specification; the number of records is an attribute."""

type Value = str | int | float | bool


class Span(NamedTuple):
    """A span that has ended.

    Attributes:
        began_ns: in nanoseconds since 1970.
        parent: None for the first span of a trace.
        error: what went wrong, in one line; None if nothing did.
    """

    name: str
    kind: str
    context: TraceContext
    parent: TraceContext | None
    began_ns: int
    ended_ns: int
    attributes: dict[str, Value]
    links: tuple[TraceContext, ...] = ()
    error: str | None = None
