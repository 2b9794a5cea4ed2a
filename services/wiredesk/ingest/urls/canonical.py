"""The canonical form of a URL, which gives all its spellings one page id, and the form that events carry.

Credentials (`https://user:password@host/`) are never passed on, and no message quotes them.
"""

import re
import string
from collections.abc import Callable

import ada_url

from wiredesk.ingest.urls.tracking import is_tracking, without_session
from wiredesk.runtime.errors import RejectedError

MAX_URL_CHARACTERS = 4096
"""Longest URL, in characters. Servers refuse longer ones, and every event of a page holds two URLs."""

QUOTED_CHARACTERS = 200
"""Characters of a URL that a message quotes."""

UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
"""Characters that mean the same escaped (RFC 3986, 2.3). No other character does: `%2F` is not `/`."""

_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_AMPERSAND = re.compile(r"(^|&)(?:amp(?:;|%(?:25){0,3}3B))+", re.IGNORECASE)
"""An ampersand of a query that was copied from a page's source, perhaps with its semicolon percent-encoded since."""

_NUMERIC_AMPERSAND = re.compile(r"#(?:0*38|[xX]0*26);")
"""The same by its number, without the ampersand. Read as a URL, all that follows would be the fragment."""

_NOT_PLAIN = re.compile(r"[?#%@;(]|\.[:/]")
"""What a URL has something of if a part of it is removed or rewritten. Most URLs have nothing of it."""

_ROUTES = ("#!", "#/")
"""The beginnings of a fragment that names a page: scripts of the page load it by that."""

_TEXT_DIRECTIVE = ":~:"
"""The beginning of a part of the fragment that says what browsers are to highlight."""

_UP_TO_CREDENTIALS = re.compile(r"\A(\s*[A-Za-z][A-Za-z0-9+.-]*:[/\\]*)?.*@", re.DOTALL)
"""Possible credentials: in a URL that cannot be parsed, everything up to the last @ may be a password."""


def canonical_url(url: str) -> str:
    """Return the canonical form of a URL, by the rules of the WHATWG URL standard and then ours.

    The standard puts scheme and host in lower case, encodes internationalised hosts in punycode, removes default ports
    and resolves dots. Then credentials, the final dot of the host, session ids and tracking parameters are removed, and
    the fragment, unless it is a route (`#!/story/1`, `#/story/1`). Escapes are in upper case, and unreserved characters
    are not escaped. The order of parameters is kept: for some servers it matters.

    Raises:
        RejectedError: `invalid_url`, where it is not an absolute http or https URL, or is too long.
    """
    parsed = parse_url(_with_plain_ampersands(url))
    href = str(parsed.href)
    if _NOT_PLAIN.search(href) is None:
        return href
    parsed.username = parsed.password = ""
    if parsed.hostname.endswith("."):
        try:  # what is left may be empty, or a faulty IPv4 address
            parsed.hostname = parsed.hostname.rstrip(".")
        except ValueError as error:
            raise RejectedError("invalid_url", f"url: {_quote(url)} has no valid host") from error
    parsed.pathname = _until_stable(parsed.pathname, lambda path: without_session(_normalized_escapes(path)))
    query = _content_query(parsed.search.removeprefix("?"))
    parsed.search = f"?{query}" if query else ""
    parsed.hash = _until_stable(parsed.hash, _route)
    return str(parsed.href)


def safe_url(url: str) -> str:
    """Return a URL as its publisher wrote it, where that is safe to pass on.

    A URL with credentials, or with characters that a URL must not have (controls, spaces, invisible ones), is written
    by the rules of the WHATWG URL standard: without the credentials, those characters removed or percent-encoded.

    Args:
        url: one that has a canonical form.
    """
    is_clean = url.isprintable() and " " not in url
    if is_clean and "@" not in url:
        return url
    parsed = parse_url(url)
    if is_clean and not (parsed.username or parsed.password):
        return url
    parsed.username = parsed.password = ""
    return str(parsed.href)


def parse_url(url: str, base: str | None = None) -> ada_url.URL:
    """Parse a URL by the rules of the WHATWG.

    Args:
        url: an absolute URL, or with a base any.
        base: the URL of the page in which it was written.

    Raises:
        RejectedError: `invalid_url`, where it is not an http or https URL, or is too long.
    """
    if len(url) > MAX_URL_CHARACTERS:
        raise RejectedError(
            "invalid_url",
            f"url: {len(url)} characters, {MAX_URL_CHARACTERS} are allowed; it begins {_quote(url, 80)}",
        )
    try:
        parsed = ada_url.URL(url, base)
    except ValueError as error:
        raise RejectedError("invalid_url", f"url: {_quote(url)} is not an absolute URL") from error
    if parsed.protocol not in ("http:", "https:") or not parsed.hostname:
        raise RejectedError("invalid_url", f"url: {_quote(url)} is not an http or https URL")
    return parsed


def _quote(url: str, characters: int = QUOTED_CHARACTERS) -> str:
    """Return the beginning of a URL for a message, without what may be credentials."""
    return repr(_UP_TO_CREDENTIALS.sub(r"\1", url, count=1)[:characters])


def _with_plain_ampersands(url: str) -> str:
    """Return a URL in which no escaped ampersand of its query looks like the beginning of the fragment."""
    while len(url) <= MAX_URL_CHARACTERS and "?" in url[: (position := url.find("&#") + 1)]:
        match = _NUMERIC_AMPERSAND.match(url, position)
        if match is None or "#" in url[:position]:
            break
        url = url[:position] + url[match.end() :]
    return url


def _normalized_escapes(text: str) -> str:
    """Return a part of a URL with each escape in one form."""
    if "%" not in text:
        return text
    # A decoded character after a lone `%` may make an escape of both.
    is_broken = _BROKEN_ESCAPE.search(text) is not None
    return _ESCAPE.sub(lambda match: match[0].upper() if is_broken else _decoded(match[0]), text)


def _decoded(escape: str) -> str:
    character = chr(int(escape[1:], 16))
    return character if character in UNRESERVED else escape.upper()


def _content_query(query: str) -> str:
    """Return the parameters that say which page it is."""
    return _until_stable(query, _without_tracking)


def _without_tracking(query: str) -> str:
    """Return a query without tracking parameters. Some servers separate parameters by semicolons."""
    query = _normalized_escapes(query).replace("%20", "+")  # forms write a space as either
    parameters = _AMPERSAND.sub(r"\1", query).split("&")
    kept = (";".join(one for one in parameter.split(";") if not is_tracking(one)) for parameter in parameters)
    return "&".join(parameter for parameter in kept if parameter)


def _until_stable(text: str, step: Callable[[str], str]) -> str:
    """Apply a step until it changes nothing: what it removes may have kept other parts from their canonical form."""
    while (changed := step(text)) != text:
        text = changed
    return text


def _route(fragment: str) -> str:
    """Return a fragment that names a page; empty if it names a place on it."""
    route = fragment.partition(_TEXT_DIRECTIVE)[0]
    if not route.startswith(_ROUTES):
        return ""
    path, mark, query = route.partition("?")
    path, content = _normalized_escapes(path), _content_query(query)
    route = f"{path}{mark}{content}" if content else path
    return route if route.strip("#!/?") else ""
