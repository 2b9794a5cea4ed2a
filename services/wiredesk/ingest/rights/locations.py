"""Locations: which pages of a site a rule is about, as tdmrep.json, RSL and robots.txt have it (RFC 9309)."""

import re
import string
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

MAX_PATTERN_CHARACTERS = 2000
"""Longest pattern of a location."""

MAX_WILDCARDS = 16
"""Wildcards of a location that are matched."""

_WILDCARDS = re.compile(r"\*+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}:)?//(?P<host>[^/?#]{1,300})(?P<path>[^#]*)", re.IGNORECASE)
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F))


def most_specific[T](rules: Iterable[tuple[str, T]], url: str) -> list[list[T]]:
    """Return the rules whose location matches a URL, in groups of those that are as specific, most specific first.

    A location is the more specific, the more characters it has beside wildcards.
    """
    groups: dict[int, list[T]] = {}
    for location, rule in rules:
        specificity = _specificity(location, url)
        if specificity is not None:
            groups.setdefault(specificity, []).append(rule)
    return [groups[specificity] for specificity in sorted(groups, reverse=True)]


def matches(pattern: str, path: str) -> bool:
    """Return whether a path begins as a pattern says: `*` stands for any characters, `$` for the end."""
    return _is_match(_pattern(pattern), _path(path))


def path_of(url: str) -> str:
    """Return path and query of a URL."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _specificity(location: str, url: str) -> int | None:
    """Return how specific a location is that matches a URL; None if it does not. It may be a full URL."""
    location = location.strip()[:MAX_PATTERN_CHARACTERS]
    if full := _HOST.match(location):
        host, location = _host(full["host"]), full["path"] or "/"
        if not _is_match(f"{host}$", _host(urlsplit(url).netloc)):
            return None
    pattern = _pattern(location)
    return len(pattern) - pattern.count("*") if _is_match(pattern, _path(path_of(url))) else None


def _host(authority: str) -> str:
    """Return a host without credentials, `www` and the ports of HTTP."""
    host = authority.rpartition("@")[2].lower().removesuffix(":443").removesuffix(":80")
    return host.rstrip(".").removeprefix("www.")


def _pattern(text: str) -> str:
    """Return a pattern with a slash before it, and with escapes only where they must be."""
    text = text[:MAX_PATTERN_CHARACTERS]
    if not text.startswith(("/", "*")):
        text = f"/{text}"
    end = "$" if text.endswith("$") else ""
    return _without_needless_escapes(text.removesuffix("$")).replace("$", "%24") + end


def _path(text: str) -> str:
    return _without_needless_escapes(text).replace("$", "%24").replace("*", "%2A")


def _without_needless_escapes(text: str) -> str:
    """Return a text in which unreserved characters are as they are, and escapes are in upper case."""
    if "%" not in text and text.isascii() and " " not in text:
        return text
    return _ESCAPE.sub(_unescaped, quote(text, safe=_PRINTABLE, errors="replace"))


def _unescaped(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _is_match(pattern: str, path: str) -> bool:
    is_whole = pattern.endswith("$")
    first, *others = _WILDCARDS.split(pattern.removesuffix("$"))
    if len(others) > MAX_WILDCARDS:  # what comes after them is taken to match
        others, is_whole = [*others[:MAX_WILDCARDS], ""], False
    if not path.startswith(first):
        return False
    position = len(first)
    for part in others[:-1]:
        start = path.find(part, position)
        if start < 0:
            return False
        position = start + len(part)
    if not others:
        return not is_whole or position == len(path)
    last = others[-1]
    if is_whole:
        return path.endswith(last) and len(path) - len(last) >= position
    return path.find(last, position) >= 0
