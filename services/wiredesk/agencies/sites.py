"""The sites on which news agencies publish their own copy. `sites.toml` lists them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit


def _agencies() -> Mapping[str, str]:
    stored = tomllib.loads((Path(__file__).parent / "sites.toml").read_text(encoding="utf-8"))
    return {site: agency for agency, sites in stored["sites"].items() for site in sites.split()}


SITES = MappingProxyType(_agencies())
"""The agency's own name, by the domain of each site."""


def agency_of(url: str) -> str | None:
    """Return the agency on whose site a URL is; None where it is on none's."""
    try:
        labels = (urlsplit(url).hostname or "").split(".")
    except ValueError:
        return None
    domains = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((SITES[domain] for domain in domains if domain in SITES), None)
