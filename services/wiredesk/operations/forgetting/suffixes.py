"""Hosts under which others have their names: `co.uk` is no host of a newsroom, and to forget it forgets a country."""

import tomllib
from pathlib import Path
from typing import Any

COUNTRY = 2
"""Letters of a country's domain."""

_stored: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

_OF_COUNTRIES = frozenset(_stored["countries"])
_OF_COUNTRY = {country: frozenset(labels) for country, labels in _stored["country"].items()}
_HOSTS = frozenset(_stored["hosts"])
_SITES = frozenset(_stored["sites"]["names"])


def is_suffix(host: str) -> bool:
    """Return whether names under a host belong to many: a suffix of a country's names, or a host of blogs.

    Args:
        host: as canonical URLs have it.
    """
    label, _, rest = host.partition(".")
    if host in _SITES or label == "blogspot":
        return True
    if len(rest) != COUNTRY or host in _HOSTS:
        return False
    return label in _OF_COUNTRIES or label in _OF_COUNTRY.get(rest, ()) or (rest == "us" and len(label) == COUNTRY)
