"""The key under which a raw page is published, so that all fetches of one address stay in their order.

Kafka keeps the order of records within a partition, and gives records of one key the same partition.
"""

import re

MAX_URL_CHARACTERS = 4096
"""Longest URL, in characters, of which a key is made. Ingest refuses pages with longer ones."""

DEFAULT_PORTS = {"http": "80", "https": "443"}
"""The port that a URL need not name, by its scheme."""

CAMPAIGN = "utm_"
"""The beginning of the names of parameters that say how a reader came. Ingest knows many more."""

ROUTES = ("#!", "#/")
"""The beginnings of a fragment that names a page; any other names a place on it."""

_AROUND = "".join(map(chr, range(0x21)))
"""Controls and the space, which parsers of URLs take off both ends."""

_WITHIN = dict.fromkeys(map(ord, "\t\n\r"))
"""Characters that parsers of URLs remove everywhere."""

_PARTS = re.compile(r"(https?):[/\\]*+([^/\\?#]*+)([^?#]*+)(?:\?([^#]*+))?+(#.*+)?+", re.IGNORECASE | re.DOTALL)
"""Scheme, authority, path, query and fragment."""


def raw_page_key(url: str) -> bytes | None:
    """Return the key of a raw page: its URL, in one form for the spellings that a crawler may write.

    Scheme and host are in lower case; credentials, the default port, the final dot of the host, parameters of campaigns
    (`utm_`) and the fragment are left out, unless it is a route (`#!/story/1`). That is less than what ingest does, and
    any program can do it. None: it is no http or https URL, or too long, and ingest will refuse the page.
    """
    parts = _PARTS.fullmatch(url.strip(_AROUND).translate(_WITHIN)) if len(url) <= MAX_URL_CHARACTERS else None
    if parts is None:
        return None
    scheme, authority, path, query, fragment = (part or "" for part in parts.groups())
    host = _host(authority, DEFAULT_PORTS[scheme.lower()])
    if not host:
        return None
    query = "&".join(one for one in query.split("&") if not one.lower().startswith(CAMPAIGN))
    route = fragment if fragment.startswith(ROUTES) else ""
    key = f"{scheme.lower()}://{host}{path.replace('\\', '/') or '/'}{query and f'?{query}'}{route}"
    return key.encode("utf-8", "replace")


def _host(authority: str, default_port: str) -> str:
    """Return host and port without credentials and without what need not be there."""
    host = authority.rpartition("@")[2].lower()
    name, colon, port = host.rpartition(":")
    if not colon or not (port.isascii() and (port.isdigit() or not port)):  # no port, or an IPv6 address
        name, port = host, ""
    name = name.rstrip(".")
    return f"{name}:{port}" if name and port and port != default_port else name
