"""The sites of news agencies, and the names under which others credit them."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit


@cache
def _rows() -> tuple[dict[str, str], dict[str, str]]:
    """Return the agency of each host, and of each folded name."""
    stored = tomllib.loads((Path(__file__).parent / "agency_sites.toml").read_text(encoding="utf-8"))
    hosts: dict[str, str] = {}
    names: dict[str, str] = {}
    for own, row in stored["agencies"].items():
        hosts |= dict.fromkeys(row["hosts"], own)
        names |= dict.fromkeys(map(_folded, (own, *row["names"])), own)
    return hosts, names


def credited(names: Iterable[str]) -> list[str]:
    """Return the agencies that names stand for; a name that is not listed stands for itself."""
    listed = _rows()[1]
    return list(dict.fromkeys(listed.get(_folded(name), name) for name in names))


def agency_of_site(url: str) -> str | None:
    """Return the agency whose site a URL is on; None where it is none's."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    hosts = _rows()[0]
    labels = host.split(".")
    domains = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((hosts[domain] for domain in domains if domain in hosts), None)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
