"""The settings that every process shares: how to reach Kafka, and how a worker works.

Each is an environment variable, `WIREDESK_` and the field's name in capitals; `docs/configuration.md` lists them all.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024


class Settings(BaseSettings):
    """A group of settings, read from the environment."""

    model_config = SettingsConfigDict(env_prefix="WIREDESK_", frozen=True, extra="ignore", env_ignore_empty=True)


class KafkaSettings(Settings):
    """How to reach Kafka."""

    bootstrap_servers: str = Field("127.0.0.1:9092", min_length=1, description="Brokers: host:port, comma-separated.")
    topic_prefix: str = Field(
        "", pattern=r"^[A-Za-z0-9._-]{0,100}$", description="Before every topic and group: desks can share a cluster."
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How the connection is secured."
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="How user and password are proven, with a SASL protocol."
    )
    sasl_username: str | None = Field(None, description="User, with a SASL protocol.")
    sasl_password: SecretStr | None = Field(None, description="Password, with a SASL protocol.")
    ssl_ca_file: Path | None = Field(None, description="PEM file of the authorities trusted; default: the system's.")
    ssl_cert_file: Path | None = Field(None, description="PEM file of the client's certificate, for mutual TLS.")
    ssl_key_file: Path | None = Field(None, description="PEM file of the client's key, for mutual TLS.")
    ssl_key_password: SecretStr | None = Field(None, description="Password of the client's key.")
    request_timeout: float = Field(30, gt=0, le=600, description="Seconds that one request to a broker may take.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.security_protocol.startswith("SASL") and not (self.sasl_username and self.sasl_password):
            raise ValueError(
                f"WIREDESK_SECURITY_PROTOCOL={self.security_protocol} needs WIREDESK_SASL_USERNAME and "
                "WIREDESK_SASL_PASSWORD"
            )
        if (self.ssl_cert_file is None) != (self.ssl_key_file is None):
            raise ValueError("WIREDESK_SSL_CERT_FILE and WIREDESK_SSL_KEY_FILE are set together or not at all")
        return self

    def on_cluster(self, name: str) -> str:
        """Return a topic's or group's name on the cluster."""
        return self.topic_prefix + name


class WorkerSettings(Settings):
    """How a worker takes, computes and commits."""

    processes: int = Field(0, ge=0, le=256, description="Worker processes for the stage; 0: what the stage suggests.")
    page_deadline: float = Field(30, gt=0, le=3600, description="Seconds that one page may compute.")
    page_memory_bytes: int = Field(
        1024 * MIB, ge=64 * MIB, description="Memory that a worker process may take beside its loaded models (Linux)."
    )
    lane_records: int = Field(64, ge=1, le=10_000, description="Pages in flight for each partition, at most.")
    lane_bytes: int = Field(64 * MIB, ge=1, description="Bytes of pages in flight for each partition, at most.")
    transaction_records: int = Field(32, ge=1, le=10_000, description="Pages in one transaction, at most.")
    transaction_linger: float = Field(
        0.02, ge=0, le=10, description="Seconds that a finished page waits for others in work to join its transaction."
    )
    transaction_timeout: float = Field(
        60, ge=1, le=900, description="Seconds after which the broker aborts a transaction that was left open."
    )
    session_timeout: float = Field(45, ge=1, le=1800, description="Seconds of silence after which a worker is dead.")
    drain_timeout: float = Field(
        20, gt=0, le=600, description="Seconds to finish pages in flight when partitions move or the worker stops."
    )
    metrics_host: str = Field("127.0.0.1", description="Address for /metrics, /healthz and /readyz.")
    metrics_port: int = Field(9464, ge=0, le=65535, description="Its port; 0: any free one, told in the log.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    @model_validator(mode="after")
    def _drains_in_time(self) -> Self:
        if self.drain_timeout >= self.session_timeout:
            raise ValueError(
                f"WIREDESK_DRAIN_TIMEOUT={self.drain_timeout:g} must be less than "
                f"WIREDESK_SESSION_TIMEOUT={self.session_timeout:g}: a worker that drains sends no heartbeats"
            )
        return self
