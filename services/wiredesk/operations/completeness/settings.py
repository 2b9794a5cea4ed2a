"""Settings of the audit that goes on."""

from typing import Literal

from pydantic import Field

from wiredesk.runtime.settings import Settings


class AuditSettings(Settings):
    """Where `wiredesk audit --continuous` serves its metrics, and what it logs."""

    audit_host: str = Field("127.0.0.1", min_length=1, description="Address for /metrics, /healthz and /readyz.")
    audit_port: int = Field(
        9466,
        ge=0,
        le=65535,
        description="Port of these; 0: any free port. If the default is taken, any free port; the log says which.",
    )
    audit_log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Lowest level that the audit logs."
    )
