"""The header `Link` (RFC 8288), as far as it says something of the page itself."""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_LINK_HEADER = 64 * 1024
"""Characters of a `Link` header that are read. Real ones have up to 10,000, with what browsers are to fetch first."""

_LINK_VALUE = re.compile(
    r"""<([^<>]{1,4096})>((?:\s*+;\s*+[\w*!#$&+.^`|~-]++(?:\s*+=\s*+(?:"[^"]*+"|[^\s",;]*+))?+)*+)"""
)
"""A link, and its parameters."""

_PARAMETER = re.compile(r""";\s*+([\w*]++)\s*+=\s*+(?:"([^"]*+)"|([^\s",;]*+))""")


class HeaderLink(NamedTuple):
    """A link of the header: its URL as it is written, and its relations in lower case."""

    url: str
    relations: tuple[str, ...]


def links_of(value: str | None) -> Iterator[HeaderLink]:
    """Yield the links from the page itself, and not from another one that the header names."""
    for link in _LINK_VALUE.finditer((value or "")[:MAX_LINK_HEADER]):
        parameters = {name.lower(): quoted or bare for name, quoted, bare in reversed(_PARAMETER.findall(link[2]))}
        if "anchor" not in parameters:
            yield HeaderLink(link[1], tuple(parameters.get("rel", "").lower().split()))
