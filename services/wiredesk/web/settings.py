"""Settings of the web page."""

import ipaddress
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from wiredesk.http.addresses import is_loopback
from wiredesk.runtime.settings import MIB, Settings


class WebSettings(Settings):
    """Where the web page listens, whom it lets in, and its bounds."""

    web_host: str = Field(
        "127.0.0.1",
        min_length=1,
        description="Address that the web page listens on; beyond loopback it needs tokens or a proxy.",
    )
    web_port: int = Field(8090, ge=0, le=65535, description="Port that the web page listens on; 0: any free port.")
    web_names: str = Field(
        "",
        description="Names of hosts under which browsers may ask for the page, separated by commas; without tokens and "
        "proxy, those of loopback are allowed, too.",
    )
    web_token: SecretStr | None = Field(
        None, description="Tokens of people who may look, separated by commas; `name:token` names them in the log."
    )
    web_token_file: Path | None = Field(
        None, description="File with such a token on each line; it is read again when it changes."
    )
    web_redrive_token: SecretStr | None = Field(
        None, description="Tokens of people who may also redrive and purge dead letters, in the same form."
    )
    web_redrive_token_file: Path | None = Field(None, description="File with such a token on each line.")
    web_proxy: str = Field(
        "",
        description="Addresses or networks of the proxy that signs people in (OIDC), separated by commas: its headers "
        "are believed, and nobody else is answered.",
    )
    web_proxy_user_header: str = Field(
        "X-Forwarded-User", pattern=r"^[A-Za-z0-9-]{1,64}$", description="Header in which the proxy names the person."
    )
    web_proxy_groups_header: str = Field(
        "X-Forwarded-Groups",
        pattern=r"^[A-Za-z0-9-]{1,64}$",
        description="Header in which the proxy names the person's groups, separated by commas.",
    )
    web_proxy_redrive_group: str | None = Field(
        None, min_length=1, description="Group whose members may redrive and purge dead letters; default: nobody may."
    )
    web_tls_cert_file: Path | None = Field(None, description="PEM file of the page's certificate: it speaks https.")
    web_tls_key_file: Path | None = Field(None, description="PEM file of the key of that certificate.")
    web_workers: str = Field(
        "",
        description="URLs of the metrics of workers, separated by commas: the page shows whether they are ready. A "
        "name with several addresses is of as many workers.",
    )
    web_articles: int = Field(500, ge=1, le=10_000, description="Number of the newest articles that are kept.")
    web_bytes: int = Field(64 * MIB, ge=1024, description="Maximum bytes of the articles that are kept.")
    web_connections: int = Field(512, ge=2, le=100_000, description="Maximum number of open connections.")
    web_streams: int = Field(256, ge=1, le=100_000, description="Maximum number of streams of articles at a time.")
    web_stall_timeout: float = Field(
        30, gt=0, le=600, description="Seconds after which a stream ends whose reader takes nothing."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Lowest level that is logged.")

    @property
    def has_tokens(self) -> bool:
        """Whether people need a token."""
        own = (self.web_token, self.web_token_file, self.web_redrive_token, self.web_redrive_token_file)
        return any(one is not None for one in own)

    @property
    def is_open(self) -> bool:
        """Whether everybody is let in who reaches it: on loopback only."""
        return not self.has_tokens and not self.web_proxy

    @field_validator("web_proxy")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for one in filter(None, (part.strip() for part in value.split(","))):
            ipaddress.ip_network(one, strict=False)
        return value

    @field_validator("web_workers")
    @classmethod
    def _are_urls(cls, value: str) -> str:
        for one in filter(None, (part.strip() for part in value.split(","))):
            if not one.startswith(("http://", "https://")):
                raise ValueError(f"{one!r} is no http URL")
        return value

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.is_open and not is_loopback(self.web_host):
            raise ValueError(
                f"WIREDESK_WEB_HOST={self.web_host} is not on loopback, so anyone could read and redrive: set "
                "WIREDESK_WEB_TOKEN, WIREDESK_WEB_TOKEN_FILE or WIREDESK_WEB_PROXY"
            )
        if self.has_tokens and self.web_proxy:
            raise ValueError("WIREDESK_WEB_PROXY and tokens are two ways to let people in: set one of them")
        if (self.web_tls_cert_file is None) != (self.web_tls_key_file is None):
            raise ValueError("WIREDESK_WEB_TLS_CERT_FILE and WIREDESK_WEB_TLS_KEY_FILE are set together or not at all")
        if self.web_streams >= self.web_connections:
            raise ValueError(
                f"WIREDESK_WEB_STREAMS={self.web_streams} must be less than WIREDESK_WEB_CONNECTIONS="
                f"{self.web_connections}: streams must leave connections for other requests"
            )
        return self
