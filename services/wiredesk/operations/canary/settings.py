"""Settings of the canary."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import Field, field_validator

from wiredesk.runtime.settings import Settings

MAX_SOURCES = 200
"""The most sources that are counted one by one: each is a series in Prometheus."""

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
"""A host name in ASCII, in lower case."""


class CanarySettings(Settings):
    """Where the canary serves its metrics, and which sources it counts."""

    canary_host: str = Field("127.0.0.1", min_length=1, description="Address for /metrics, /healthz and /readyz.")
    canary_port: int = Field(
        9465,
        ge=0,
        le=65535,
        description="Port of these; 0: any free port. If the default is taken, any free port; the log says which.",
    )
    canary_sources: str = Field(
        "",
        max_length=100_000,
        description="Hosts whose articles are counted one by one, separated by commas; all others are `other`.",
    )
    canary_log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Lowest level that the canary logs."
    )

    @field_validator("canary_sources")
    @classmethod
    def _are_hosts(cls, sources: str) -> str:
        hosts = _hosts(sources)
        if wrong := [host for host in hosts if not _HOST.fullmatch(host)]:
            raise ValueError(f"{wrong[0][:100]!r} is no host: news.example, without https:// and without a path")
        if len(hosts) > MAX_SOURCES:
            raise ValueError(f"{len(hosts)} hosts, and at most {MAX_SOURCES} are counted one by one")
        return sources

    @property
    def sources(self) -> Mapping[str, str]:
        """The hosts that are counted one by one, by their name without `www.`."""
        return MappingProxyType({host.removeprefix("www."): host for host in _hosts(self.canary_sources)})


def _hosts(sources: str) -> list[str]:
    return [host for part in sources.split(",") if (host := part.strip().lower())]
