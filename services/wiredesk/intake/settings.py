"""Settings of the HTTP intake."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from wiredesk.http.addresses import is_loopback
from wiredesk.runtime.settings import MIB, Settings

PAGES_IN_FLIGHT = 4
"""The fewest pages of the maximum size for which there is room: one of an archive also becomes an event in base64."""


class IntakeSettings(Settings):
    """Where the intake listens, whom it lets in, and its bounds."""

    intake_host: str = Field(
        "127.0.0.1", min_length=1, description="Address that the intake listens on; beyond loopback it needs a token."
    )
    intake_port: int = Field(8080, ge=0, le=65535, description="Port that the intake listens on; 0: any free port.")
    intake_token: SecretStr | None = Field(
        None,
        description="Bearer tokens of clients, separated by commas; `name:token` gives one a name in the log.",
    )
    intake_token_file: Path | None = Field(
        None, description="File with a token on each line, in the same form; it is read again when it changes."
    )
    intake_tls_cert_file: Path | None = Field(
        None, description="PEM file of the intake's certificate: it then speaks https."
    )
    intake_tls_key_file: Path | None = Field(None, description="PEM file of the key of that certificate.")
    intake_page_bytes: int = Field(
        16 * MIB,
        ge=1024,
        le=64 * MIB,
        description="Maximum size of a page's body or event, after its content encoding is undone.",
    )
    intake_body_bytes: int = Field(
        1024 * MIB, ge=1024, description="Maximum size of a body of many pages: JSON Lines or an archive."
    )
    intake_body_pages: int = Field(10_000, ge=1, le=1_000_000, description="Maximum number of pages in a body.")
    intake_bytes: int = Field(
        128 * MIB, ge=1, description="Maximum bytes of pages in flight: received, and not acknowledged by the brokers."
    )
    intake_requests: int = Field(64, ge=1, le=10_000, description="Maximum number of requests with pages at a time.")
    intake_connections: int = Field(256, ge=2, le=100_000, description="Maximum number of open connections.")
    intake_rate_pages: float = Field(
        0, ge=0, description="Pages per second that one client may publish, on average; 0: any number."
    )
    intake_rate_bytes: float = Field(
        0, ge=0, description="Bytes per second that one client may publish, on average; 0: any number."
    )
    intake_read_timeout: float = Field(
        30, gt=0, le=600, description="Seconds that the intake waits for the next bytes of a request."
    )
    intake_ack_timeout: float = Field(
        30, gt=0, le=600, description="Seconds that the intake waits for the brokers to acknowledge pages."
    )
    intake_drain_timeout: float = Field(
        20, gt=0, le=600, description="Seconds to finish the requests in progress when the intake stops."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Lowest level that is logged.")

    @property
    def has_tokens(self) -> bool:
        """Whether clients need a token."""
        return self.intake_token is not None or self.intake_token_file is not None

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if not self.has_tokens and not is_loopback(self.intake_host):
            raise ValueError(
                f"WIREDESK_INTAKE_HOST={self.intake_host} is not on loopback, so anyone could publish pages: set "
                "WIREDESK_INTAKE_TOKEN or WIREDESK_INTAKE_TOKEN_FILE"
            )
        if (self.intake_tls_cert_file is None) != (self.intake_tls_key_file is None):
            raise ValueError(
                "WIREDESK_INTAKE_TLS_CERT_FILE and WIREDESK_INTAKE_TLS_KEY_FILE are set together or not at all"
            )
        if self.intake_bytes < PAGES_IN_FLIGHT * self.intake_page_bytes:
            raise ValueError(
                f"WIREDESK_INTAKE_BYTES={self.intake_bytes} must be at least {PAGES_IN_FLIGHT} times "
                f"WIREDESK_INTAKE_PAGE_BYTES={self.intake_page_bytes}"
            )
        return self
