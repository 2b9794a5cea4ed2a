"""A response of HTTP with its head, where a raw page should have only the body: from `curl -i`, or from an archive."""

from typing import Any

from wiredesk_schemas.header_lines import OF_RIGHTS, SEPARATOR
from wiredesk_schemas.headers import CONTENT_TYPE
from wiredesk_schemas.http_response import HttpResponse, response_in
from wiredesk_schemas.raw_page_reading.bodies import BODY, BODY_BASE64
from wiredesk_schemas.raw_page_reading.mending import Mending

HEAD_CHARACTERS = 200
"""Characters at the beginning of a text by which most pages are seen to have no head."""

TYPES_OF_A_RESPONSE = ("application/http", "message/http", "application/octet-stream", "binary/octet-stream")
"""Media types of the whole response, or of any bytes: that of its body is in its head."""


def without_head(fields: dict[str, Any], mending: Mending) -> dict[str, Any]:
    """Return the fields of a raw page with the head of its response read, where the body begins with one.

    What the event states itself counts first; of headers about rights all lines count.
    """
    text, content = fields[BODY], fields[BODY_BASE64]
    if content is None and not _may_have_head(text):
        return fields
    response = response_in(content if content is not None else text.encode("utf-8", "surrogatepass"))
    if response is None:
        return fields
    mending.field(
        BODY_BASE64 if text is None else BODY, "a response with its head, which is read as status and headers"
    )
    return {
        **fields,
        "http_status": response.status if fields.get("http_status") is None else fields["http_status"],
        "http_headers": _joined(fields.get("http_headers") or {}, response.headers),
        "content_type": _content_type(fields["content_type"], response),
        **({BODY_BASE64: response.body} if text is None else {BODY: response.body.decode("utf-8", "surrogatepass")}),
    }


def _may_have_head(text: str) -> bool:
    return text[:HEAD_CHARACTERS].lstrip("\ufeff \t\r\n")[:1] not in ("<", "")


def _joined(stated: dict[str, str], read: dict[str, str]) -> dict[str, str]:
    names = {name.lower(): name for name in stated}
    joined = dict(stated)
    for key, value in read.items():
        if key not in names:
            joined[key] = value
        elif key in OF_RIGHTS and value.strip() != stated[names[key]].strip():
            joined[names[key]] = f"{stated[names[key]]}{SEPARATOR}{value}"
    return joined


def _content_type(stated: str | None, response: HttpResponse) -> str | None:
    """Return the content type that the event states, unless that is not of the page, or says less than the head."""
    of_head = response.headers.get(CONTENT_TYPE)
    if stated is None or stated.lower().startswith(TYPES_OF_A_RESPONSE):
        return of_head
    says_less = of_head is not None and "charset" in of_head.lower() and "charset" not in stated.lower()
    return of_head if says_less else stated
