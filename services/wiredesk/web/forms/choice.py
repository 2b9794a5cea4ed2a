"""Which form a request asks for: by `form=`, or else by its header Accept."""

import re
from collections.abc import Sequence
from enum import Enum

from wiredesk.web.forms import atom, json_ld, ninjs
from wiredesk.web.refusals import Refusal, RefusedError

MAX_RANGES = 20
"""Media ranges of a header Accept that are read."""


_QUALITY = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


class Form(Enum):
    """A form: its name in `form=`, and its media type."""

    JSON = ("json", "application/json")
    STREAM = ("stream", "text/event-stream")
    NINJS = ("ninjs", ninjs.MEDIA_TYPE)
    JSON_LD = ("json-ld", json_ld.MEDIA_TYPE)
    ATOM = ("atom", atom.MEDIA_TYPE)

    def __init__(self, code: str, media_type: str) -> None:
        self.code = code
        self.media_type = media_type


def choose(form: str, accept: str, offered: tuple[Form, ...]) -> Form:
    """Return the form that a request asks for; the first of those that are offered, of equal ones.

    Args:
        form: value of `form=`; empty if there is none.
        accept: the header; empty if there is none.

    Raises:
        RefusedError: it asks for others.
    """
    by_code = {one.code: one for one in offered}
    if form:
        if form in by_code:
            return by_code[form]
        raise RefusedError(Refusal.NOT_ACCEPTABLE, f"form={form[:40]}: there are {', '.join(by_code)}")
    if not accept.strip():
        return offered[0]
    ranges = _ranges(accept)
    _, best = max((_preference(ranges, one), -number) for number, one in enumerate(offered))
    chosen = offered[-best]
    if _preference(ranges, chosen)[0] > 0:
        return chosen
    raise RefusedError(Refusal.NOT_ACCEPTABLE, f"there are {', '.join(one.media_type for one in offered)}")


def _preference(ranges: Sequence[tuple[str, float]], form: Form) -> tuple[float, int, int]:
    """Return how much a form is wanted: its quality, by the most specific range, and what decides between equal ones.

    RFC 9110, 12.5.1 has the quality; of equal ones, the more specific range wins, and then the first.
    """
    matching = [(_specificity(one, form.media_type), -number) for number, (one, _) in enumerate(ranges)]
    specificity, place = max(matching, default=(0, 0))
    return (ranges[-place][1], specificity, place) if specificity else (0.0, 0, 0)


def _ranges(accept: str) -> list[tuple[str, float]]:
    ranges = []
    for part in accept.split(",")[:MAX_RANGES]:
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        ranges.append((media_range, _number(quality)))
    return ranges


def _number(text: str) -> float:
    """Return a quality; 0 for what is none."""
    return float(text) if _QUALITY.fullmatch(text) else 0.0


def _specificity(media_range: str, media_type: str) -> int:
    """Return how specific a range is that a type is in; 0: it is not in it."""
    of_all = ("*/*", f"{media_type.partition('/')[0]}/*", media_type)
    return of_all.index(media_range) + 1 if media_range in of_all else 0
