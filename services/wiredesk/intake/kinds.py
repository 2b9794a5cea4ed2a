"""What a body is, by its content type."""

from enum import Enum

from wiredesk.intake.problems import ProblemError, ProblemKind


class BodyKind(Enum):
    """The kinds of bodies, each with its content types."""

    EVENTS = ("application/json", "text/json", "application/cloudevents+json", "application/cloudevents-batch+json")
    """A raw-page event, or an array of them."""

    LINES = (
        "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonl",
        "application/jsonlines", "application/x-jsonlines", "application/json-lines", "text/x-ndjson",
        "application/json-seq",
    )  # fmt: skip
    """A raw-page event on each line, or after each record separator."""

    ARCHIVE = (
        "application/warc", "application/x-warc", "application/warc+gzip", "application/warc+zstd",
        "application/x-internet-archive", "application/x-arc", "application/wacz", "application/x-wacz",
    )  # fmt: skip
    """A web archive: WARC, WET or ARC, which may be compressed, or WACZ."""

    PAGE = ()
    """A page as it was fetched, with any other content type."""

    @property
    def is_stream(self) -> bool:
        """Whether pages are published while the body still arrives."""
        return self in (BodyKind.LINES, BodyKind.ARCHIVE)


TEXT_SEQUENCE = "application/json-seq"
"""Content type of JSON text sequences (RFC 7464), whose texts may have several lines."""

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
"""Content types of forms, which hold no page. The first is what curl sends if it is given no content type."""

PACKED = frozenset(
    {
        "application/gzip", "application/octet-stream", "application/x-gzip", "application/x-zstd", "application/zip",
        "application/zstd", "binary/octet-stream",
    }
)  # fmt: skip
"""Content types that clients guess for an archive by the end of its name. With a URL, the body is a page in it."""

_KIND_OF = {name: kind for kind in BodyKind for name in kind.value}


def kind_of(content_type: str | None, *, has_url: bool) -> BodyKind:
    """Return the kind of a body.

    Args:
        content_type: of the request.
        has_url: whether the URL of the page is given outside the body.

    Raises:
        ProblemError: a body of this content type is not accepted.
    """
    media_type = _media_type(content_type)
    if media_type in FORMS:
        raise ProblemError(
            ProblemKind.UNSUPPORTED,
            f"Content-Type {media_type} is a form's: name the type of the page, or application/json for an event",
            headers={"Accept-Post": ACCEPTED},
        )
    kind = _KIND_OF.get(media_type, BodyKind.PAGE if has_url else _without_url(media_type))
    if kind is BodyKind.PAGE and not has_url:
        named = f"a page of Content-Type {media_type[:100]!r}" if media_type else "a page without a Content-Type"
        raise ProblemError(
            ProblemKind.INVALID_REQUEST,
            f"{named} needs its URL: in the header ce-subject or Content-Location, or in ?url=",
        )
    if kind in (BodyKind.LINES, BodyKind.ARCHIVE) and has_url:
        raise ProblemError(
            ProblemKind.INVALID_REQUEST, f"a body of {media_type} holds the URL of each page: leave it out"
        )
    return kind


def _without_url(media_type: str) -> BodyKind:
    """Return the kind of a body of another type, without a URL: any type of JSON is an event, as it is on the topic."""
    if media_type.endswith("+json"):
        return BodyKind.EVENTS
    return BodyKind.ARCHIVE if media_type in PACKED else BodyKind.PAGE


def separator_of(content_type: str | None) -> bytes:
    """Return what stands between the events of a body of lines."""
    return b"\x1e" if _media_type(content_type) == TEXT_SEQUENCE else b"\n"


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


ACCEPTED = ", ".join([*_KIND_OF, "*/*"])
"""The content types that are accepted, as the value of a header `Accept-Post`."""
