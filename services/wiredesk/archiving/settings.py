"""Settings of the archive that follows its topic."""

from pydantic import Field

from wiredesk.runtime.settings import Settings


class ArchiveSettings(Settings):
    """Where `wiredesk archive --follow` serves its metrics."""

    archive_host: str = Field("127.0.0.1", min_length=1, description="Address for /metrics, /healthz and /readyz.")
    archive_port: int = Field(
        9467, ge=0, le=65535, description="Port of these; 0: any free port. If the default is taken, any free port."
    )
