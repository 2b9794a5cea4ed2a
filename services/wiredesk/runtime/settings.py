"""The settings that every process shares: how to reach Kafka, and how a worker works.

Each is an environment variable, `WIREDESK_` and the field's name in capitals; `docs/configuration.md` lists them all.
"""

import os
import re
from pathlib import Path
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

PREFIX = "WIREDESK_"
"""The prefix of the environment variables of settings, before a field's name in capitals."""

MIB = 1024 * 1024
"""Bytes of a MiB."""

_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\s:,/\[\]]+)(:(?P<port>\d{1,5}))?")
"""The address of a broker: an IPv6 address is in brackets."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Hosts to which a secret may be sent without TLS."""


class Settings(BaseModel):
    """A group of settings: each field is read from the environment, unless the constructor is given a value for it.

    A group of another package may set a `prefix` of its own for its variables.

    Names of variables are not case-sensitive, and an empty variable counts as unset. Values are strings: a field's type
    must be one that pydantic parses from a string.

    Raises:
        ValidationError: (pydantic) values are wrong; it names all of them.
    """

    prefix: ClassVar[str] = PREFIX
    """Prefix of the environment variables; a group of another package may have its own."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        validate_default=True,
        defer_build=True,  # `--help` shows the fields, and validates nothing
        hide_input_in_errors=True,  # it may be a secret
    )

    @model_validator(mode="before")
    @classmethod
    def _with_environment(cls, values: dict[str, Any]) -> dict[str, Any]:
        environment = {name.upper(): value for name, value in os.environ.items() if value}
        variables = {name: environment.get((cls.prefix + name).upper()) for name in cls.model_fields}
        return {**{name: value for name, value in variables.items() if value is not None}, **values}


class KafkaSettings(Settings):
    """How to reach Kafka."""

    bootstrap_servers: str = Field("127.0.0.1:9092", min_length=1, description="Brokers: host:port, comma-separated.")
    topic_prefix: str = Field(
        "",
        pattern=r"^[A-Za-z0-9._-]{0,100}$",
        description="Prefix of every topic and group: several deployments can share a cluster.",
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="Security protocol of connections to brokers."
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"] = Field(
        "SCRAM-SHA-512", description="SASL mechanism, with a SASL protocol."
    )
    sasl_username: str | None = Field(None, description="User name, with PLAIN and SCRAM.")
    sasl_password: SecretStr | None = Field(None, description="Password, with PLAIN and SCRAM.")
    sasl_oauth_token_url: str | None = Field(
        None, description="Token endpoint, with OAUTHBEARER: https, or http on loopback (OIDC client credentials)."
    )
    sasl_oauth_client_id: str | None = Field(None, description="Client id at the token endpoint.")
    sasl_oauth_client_secret: SecretStr | None = Field(None, description="Client secret at the token endpoint.")
    sasl_oauth_scope: str | None = Field(None, description="Scopes that are requested, separated by spaces.")
    sasl_oauth_ca_file: Path | None = Field(
        None, description="PEM file of the certificate authorities for the token endpoint; default: the system's."
    )
    sasl_oauth_extensions: str | None = Field(
        None,
        pattern=r"^[A-Za-z]+=[!-+\--~]*(,[A-Za-z]+=[!-+\--~]*)*$",
        description="SASL extensions, `name=value` separated by commas, such as `logicalCluster=lkc-1`.",
    )
    sasl_oauth_provider: str | None = Field(
        None,
        description="Plug-in that supplies tokens instead: an entry point of the group `wiredesk.token_providers`.",
    )
    ssl_ca_file: Path | None = Field(
        None, description="PEM file of the trusted certificate authorities; default: the system's."
    )
    ssl_cert_file: Path | None = Field(None, description="PEM file of the client certificate, for mutual TLS.")
    ssl_key_file: Path | None = Field(None, description="PEM file of the client key, for mutual TLS.")
    ssl_key_password: SecretStr | None = Field(None, description="Password of the client key.")
    ssl_check_hostname: bool = Field(
        default=True, description="Whether the broker's certificate must match the host name of the connection."
    )
    compression: Literal["none", "gzip", "snappy", "lz4", "zstd"] = Field(
        "gzip",
        description="Codec of published records. Every client reads gzip and none without further libraries.",
    )
    request_timeout: float = Field(30, gt=0, le=600, description="Seconds that a request to a broker may take.")
    connections_max_idle: float = Field(
        540,
        ge=1,
        le=86_400,
        description="Seconds after which an idle connection is closed: fewer than a load balancer's idle timeout.",
    )
    client_rack: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Rack or zone of this process: it fetches from replicas there, if brokers allow it.",
    )

    @field_validator("bootstrap_servers")
    @classmethod
    def _are_addresses(cls, servers: str) -> str:
        for server in servers.split(","):
            match = _ADDRESS.fullmatch(server.strip())
            if match is None or not 0 < int(match["port"] or 9092) < 65536:  # noqa: PLR2004 - ports have 16 bits
                raise ValueError(f"{server.strip()!r} is not host:port")
        return servers

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.security_protocol.startswith("SASL"):
            self._check_sasl()
        if (self.ssl_cert_file is None) != (self.ssl_key_file is None):
            raise ValueError("WIREDESK_SSL_CERT_FILE and WIREDESK_SSL_KEY_FILE are set together or not at all")
        return self

    def _check_sasl(self) -> None:
        if self.sasl_mechanism != "OAUTHBEARER":
            if not (self.sasl_username and self.sasl_password):
                raise ValueError(
                    f"WIREDESK_SECURITY_PROTOCOL={self.security_protocol} needs WIREDESK_SASL_USERNAME and "
                    "WIREDESK_SASL_PASSWORD"
                )
            return
        if self.sasl_oauth_provider is not None:
            return
        if not (self.sasl_oauth_token_url and self.sasl_oauth_client_id and self.sasl_oauth_client_secret):
            raise ValueError(
                "WIREDESK_SASL_MECHANISM=OAUTHBEARER needs WIREDESK_SASL_OAUTH_TOKEN_URL, _CLIENT_ID and "
                "_CLIENT_SECRET, or WIREDESK_SASL_OAUTH_PROVIDER"
            )
        url = urlsplit(self.sasl_oauth_token_url)
        if url.username is not None or url.password is not None:
            raise ValueError(
                "WIREDESK_SASL_OAUTH_TOKEN_URL must not contain a user or password: it is shown in messages"
            )
        if not url.hostname or (url.scheme != "https" and (url.scheme != "http" or url.hostname not in LOOPBACK)):
            raise ValueError(
                "WIREDESK_SASL_OAUTH_TOKEN_URL must be an https address (or http on loopback): the client secret is "
                "sent there"
            )

    def on_cluster(self, name: str) -> str:
        """Return a topic's or group's name on the cluster."""
        return self.topic_prefix + name


class WorkerSettings(Settings):
    """How a worker fetches, computes and commits."""

    processes: int = Field(0, ge=0, le=256, description="Child processes of a worker; 0: the default of the stage.")
    load_timeout: float = Field(
        120, gt=0, le=3600, description="Seconds that loading a stage's handler and its models may take."
    )
    page_deadline: float = Field(30, gt=0, le=3600, description="Seconds that processing one page may take.")
    page_memory_bytes: int = Field(
        1024 * MIB,
        ge=64 * MIB,
        description="Memory that a child process may allocate in addition to its loaded models (Linux).",
    )
    state_memory: int = Field(
        2048 * MIB,
        ge=64 * MIB,
        description="Memory that the state of one partition may take, in a stage with a store (Linux).",
    )
    guarantee: Literal["exactly_once", "at_least_once"] = Field(
        "exactly_once", description="`at_least_once` for clusters without transactions; event ids are the same."
    )
    lane_records: int = Field(2000, ge=1, le=100_000, description="Maximum number of pages in flight per partition.")
    lane_bytes: int = Field(64 * MIB, ge=1, description="Maximum bytes of pages in flight per partition.")
    worker_records: int = Field(4000, ge=1, le=1_000_000, description="Maximum number of pages in flight per worker.")
    worker_bytes: int = Field(256 * MIB, ge=1, description="Maximum bytes of pages in flight per worker.")
    transaction_records: int = Field(1000, ge=1, le=10_000, description="Maximum number of pages in one transaction.")
    transaction_bytes: int = Field(16 * MIB, ge=1, description="Maximum bytes of pages in one transaction.")
    transaction_age: float = Field(
        0.5, ge=0, le=60, description="Seconds that a transaction stays open for more pages while many are in flight."
    )
    transaction_linger: float = Field(
        0.02, ge=0, le=10, description="Seconds that a transaction stays open while few pages are in flight: short."
    )
    transaction_timeout: float = Field(
        60, ge=1, le=900, description="Seconds after which the broker aborts an open transaction."
    )
    instance_id: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9._-]{1,100}$",
        description="Group instance id, unique in the stage: a worker that restarts with it keeps its partitions.",
    )
    session_timeout: float = Field(
        45, ge=1, le=1800, description="Seconds without a heartbeat after which the group removes a worker."
    )
    drain_timeout: float = Field(
        20,
        gt=0,
        le=600,
        description="Seconds to commit pages in flight when partitions are revoked or the worker stops.",
    )
    brake_share: float = Field(
        0.5, gt=0, le=1, description="Share of dead letters above which the worker pauses; 1: never."
    )
    brake_window: float = Field(60, ge=1, le=3600, description="Seconds over which the share is computed.")
    brake_records: int = Field(
        50, ge=1, le=100_000, description="Minimum number of pages in the window before the worker may pause."
    )
    brake_retry: float = Field(
        5, gt=0, le=300, description="Seconds until a paused worker tries a page; later waits are longer."
    )
    metrics_host: str = Field("127.0.0.1", description="Address for /metrics, /healthz and /readyz.")
    metrics_port: int = Field(
        9464,
        ge=0,
        le=65535,
        description="Port of these; 0: any free port. If the default is taken, any free port; the log says which.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Lowest level that is logged.")

    @model_validator(mode="after")
    def _drains_in_time(self) -> Self:
        if self.drain_timeout >= self.session_timeout:
            raise ValueError(
                f"WIREDESK_DRAIN_TIMEOUT={self.drain_timeout:g} must be less than "
                f"WIREDESK_SESSION_TIMEOUT={self.session_timeout:g}: a worker sends no heartbeats while it drains"
            )
        return self
