"""Addresses that a page may link to: those of the web, and no others."""

from urllib.parse import urlsplit

from wiredesk.runtime.printable import one_line

MAX_URL = 2000
"""Characters of an address that is linked; a longer one is no use to a reader."""


def web_url(url: str | None) -> str:
    """Return an address if it is one of the web; empty otherwise: `javascript:` and the like run in the page.

    Addresses with characters that mislead a reader or end an attribute are not linked, either.
    """
    if not url or len(url) > MAX_URL or any(character in url for character in " \"'<>\\`") or one_line(url) != url:
        return ""
    try:
        parts = urlsplit(url)
        hostname = parts.hostname
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and hostname and "@" not in parts.netloc else ""
