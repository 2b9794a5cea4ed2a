"""Settings of the notifier."""

from pydantic import Field

from wiredesk.runtime.settings import Settings


class NotifySettings(Settings):
    """Where `wiredesk notify` serves its metrics."""

    notify_host: str = Field("127.0.0.1", min_length=1, description="Address for /metrics, /healthz and /readyz.")
    notify_port: int = Field(
        9468, ge=0, le=65535, description="Port of these; 0: any free port. If the default is taken, any free port."
    )
