"""Which form a request asks for: by `form=`, or else by its header Accept."""

from enum import Enum

from wiredesk.web.forms import atom, json_ld, ninjs
from wiredesk.web.refusals import Refusal, RefusedError

MAX_RANGES = 20
"""Media ranges of a header Accept that are read."""


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
    """Return the form that a request asks for; the first of those that are offered, if it takes any.

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
    wanted = sorted(_ranges(accept), key=lambda one: -one[1])
    for media_range, quality in wanted:
        for one in offered:
            if quality > 0 and _matches(media_range, one.media_type):
                return one
    raise RefusedError(Refusal.NOT_ACCEPTABLE, f"there are {', '.join(one.media_type for one in offered)}")


def _ranges(accept: str) -> list[tuple[str, float]]:
    ranges = []
    for part in accept.split(",")[:MAX_RANGES]:
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        ranges.append((media_range, _number(quality)))
    return ranges


def _number(text: str) -> float:
    try:
        return float(text) if len(text) < 8 else 0.0  # noqa: PLR2004 - a quality has five characters at most
    except ValueError:
        return 0.0


def _matches(media_range: str, media_type: str) -> bool:
    return media_range in ("*/*", media_type, f"{media_type.partition('/')[0]}/*")
