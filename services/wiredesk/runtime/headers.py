"""Headers under our own names, and the one parser of what stands there. It accepts any bytes.

Anybody may write to the topic of an entry stage, under our names too: nothing is believed there. In a dead letter what
was received under our names stands under `received_wiredesk_...`, so that each `wiredesk_...` is the runtime's own.
"""

import re
from collections.abc import Sequence

from wiredesk.runtime.records import MAX_INT64, Header

OWN = "wiredesk_"
"""Begins the name of every header that the runtime writes."""

RECEIVED = "received_"
"""Stands before the name of a header that came under one of our names, in a dead letter."""

DEAD_LETTER = "wiredesk_dlq_"
"""Begins the names of the headers that say why a record was given up."""

REASON = "wiredesk_dlq_reason"
"""The first of those: the runtime's own headers of a dead letter begin here."""

REDRIVES = "wiredesk_redrives"
"""How often the record has been redriven: for readers. What counts is noted in a topic (see `redrive`)."""

KEPT_AS = "wiredesk_kept_as"
"""What a dead letter was called when it was exported to a file. It comes back once."""

_OURS = re.compile(f"(?:{RECEIVED})*{OWN}")
_SET_ASIDE = re.compile(f"(?:{RECEIVED})+{OWN}")
_DIGITS = re.compile(rb"[0-9]{1,19}")


def last(headers: Sequence[Header], name: str) -> bytes | None:
    """Return the value of a header; of several of a name the last counts. None where it is absent or null."""
    return next((value for key, value in reversed(headers) if key == name), None)


def text(value: bytes | None) -> str:
    """Return a value as text; what is not UTF-8 is replaced, and an absent one is empty."""
    return (value or b"").decode("utf-8", "replace")


def number(value: bytes | None) -> int | None:
    """Return a value as a number from 0 to 2^63 - 1; None where it is none."""
    if value is None or _DIGITS.fullmatch(value) is None:
        return None
    return found if (found := int(value)) <= MAX_INT64 else None


def own(headers: Sequence[Header]) -> dict[str, bytes | None]:
    """Return the runtime's own headers of a record that the runtime wrote.

    Of a dead letter they begin with its reason: dead letters of older versions hold what a publisher wrote under our
    names, before that.
    """
    return {name: value for name, value in headers[_own_from(headers) :] if name.startswith(OWN)}


def received(headers: Sequence[Header]) -> tuple[Header, ...]:
    """Return the headers that the record of a dead letter had when it was received, under the names it had then."""
    return tuple(
        (name.removeprefix(RECEIVED) if _SET_ASIDE.match(name) else name, value)
        for name, value in headers[: _own_from(headers)]
    )


def set_aside(headers: Sequence[Header]) -> tuple[Header, ...]:
    """Return received headers with each that bears one of our names under another one; `received` undoes it."""
    return tuple((RECEIVED + name if _OURS.match(name) else name, value) for name, value in headers)


def _own_from(headers: Sequence[Header]) -> int:
    """Return where the runtime's own headers begin: at the last reason; at 0 where the record is no dead letter."""
    return next((index for index in range(len(headers) - 1, -1, -1) if headers[index][0] == REASON), 0)
