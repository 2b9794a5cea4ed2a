"""The settings of the embedded broker."""

import os
from pathlib import Path

from pydantic import Field

from wiredesk.runtime.settings import Settings


def _default_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wiredesk"


class BrokerSettings(Settings):
    """Where the embedded broker finds its jars."""

    cache_dir: Path = Field(
        default_factory=_default_cache, description="Folder for Kafka's jars; default: `wiredesk` in the user's cache."
    )
