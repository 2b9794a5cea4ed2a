"""Finds out why no broker accepts our connection, by connecting once more: the client library only logs the cause.

It connects to each bootstrap server, as a client would, then to the brokers in the cluster's metadata. The cause
follows from the error. If there is no error, because the connection was closed or nothing was answered, it follows from
what listens at the port (`port_probe`).
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any

from aiokafka.conn import AIOKafkaConnection, collect_hosts
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaConnectionError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.kafka import certificates, port_probe, security, tokens
from wiredesk.runtime.kafka.port_probe import Listener
from wiredesk.runtime.settings import KafkaSettings

CLIENT_ID = "wiredesk-diagnosis"
"""The client id of these connections in a broker's log."""

MAX_SERVERS = 8
"""The most servers that are tried."""

ANSWER_SECONDS = 8.0
"""How long a server may take to answer."""

WATCH_SECONDS = 5.0
"""Pause between two diagnoses while trouble lasts."""

_MAX_QUOTED = 200
"""The most characters of a broker's message that are shown."""

_MAX_CAUSES = 5
"""How many levels of causes are searched."""

_OAUTH_REFUSAL = (
    "the broker at {at} refuses the token ({message}): check issuer, audience and scope (WIREDESK_SASL_OAUTH_*) "
    "against the broker's settings"
)
"""The message when authentication with OAUTHBEARER fails."""

_NO_BROKER = {
    Listener.HTTP: "an HTTP server is listening, not a Kafka broker",
    Listener.SILENT: "connections are accepted, but nothing answers like a Kafka broker",
    Listener.OTHER: "something is listening that is not a Kafka broker",
}
"""The middle part of the message about a listener that is not a Kafka broker."""


async def unreachable(settings: KafkaSettings) -> str:
    """Return one line that says why no bootstrap server accepts our connection."""
    return await cause(settings) or (
        f"no Kafka broker answers at {settings.bootstrap_servers} ({settings.security_protocol}) as a client needs it: "
        "set WIREDESK_BOOTSTRAP_SERVERS, or try again"
    )


async def cause(settings: KafkaSettings) -> str | None:
    """Return one line that says why our connections fail; None if they do not.

    Raises:
        UsageError: a file of the settings cannot be read.
    """
    options = security.options(settings)
    addresses = [(host, port) for host, port, _ in collect_hosts(settings.bootstrap_servers, randomize=False)]
    servers = [_Server(settings, options, *address) for address in addresses[:MAX_SERVERS]]
    await asyncio.gather(*(server.connect() for server in servers))
    brokers = next((server.brokers for server in servers if server.refusal is None), None)
    if brokers is None:
        return next(server.refusal for server in servers)
    others = [_Server(settings, options, *address) for address in brokers if address not in addresses]
    await asyncio.gather(*(server.connect() for server in others[:MAX_SERVERS]))
    refusal = next((server.refusal for server in others if server.refusal is not None), None)
    return refusal and f"{refusal} (an address from the broker's advertised.listeners)"


class Watch:
    """Diagnoses the cluster for as long as a worker is in trouble.

    Attributes:
        cause: why the cluster cannot be used, in one line; None if it can, or while nothing is wrong.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self.cause: str | None = None

    async def run(self, is_in_trouble: Callable[[], bool]) -> None:
        """Diagnose again and again, until cancelled."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                self.cause = await cause(self._settings) if is_in_trouble() else None
            except WiredeskError as error:
                self.cause = str(error)


def _other_protocol(protocol: str) -> str:
    """Return the same protocol with TLS if it has none, without TLS if it has it."""
    return {
        "PLAINTEXT": "SSL",
        "SSL": "PLAINTEXT",
        "SASL_PLAINTEXT": "SASL_SSL",
        "SASL_SSL": "SASL_PLAINTEXT",
    }[protocol]


class _Server:
    """A server that is tried.

    Attributes:
        refusal: why the connection fails, in one line; None if it does not, or was not tried yet.
        brokers: host and port of each broker in its metadata.
    """

    def __init__(self, settings: KafkaSettings, options: dict[str, Any], host: str, port: int) -> None:
        self.refusal: str | None = None
        self.brokers: list[tuple[str, int]] = []
        self._settings = settings
        self._options = options
        self._context: ssl.SSLContext | None = options.get("ssl_context")
        self._host = host
        self._port = port
        self._at = port_probe.address(host, port)
        self._protocol = settings.security_protocol

    async def connect(self) -> None:
        """Connect and ask for the brokers, as a client does."""
        connection = AIOKafkaConnection(self._host, self._port, client_id=CLIENT_ID, **self._options)
        try:
            async with asyncio.timeout(min(ANSWER_SECONDS, self._settings.request_timeout)):
                with logs.muted("aiokafka"):
                    await connection.connect()
                    answer = await connection.send(MetadataRequest([]))
            self.brokers = [(broker[1], broker[2]) for broker in answer.brokers]
            if not self.brokers:  # a broker answers this way before authentication
                self.refusal = await self._from_port(KafkaConnectionError("it names no broker"))
        except Exception as error:  # noqa: BLE001 - every exception of the client is explained
            root = _root(error)
            self.refusal = await self._from_error(root) or self._from_network(root) or await self._from_port(root)
        finally:
            await port_probe.close(connection)

    async def _from_error(self, error: BaseException) -> str | None:
        """Return the cause if the error says it; None for other errors."""
        match error:
            case tokens.TokenError():
                return str(error)
            case IllegalSaslStateError():
                return (
                    f"the broker at {self._at} does not use SASL on this port: in place of "
                    f"WIREDESK_SECURITY_PROTOCOL={self._protocol} set {self._protocol.replace('SASL_', '')}, or use "
                    "its SASL port"
                )
            case UnsupportedSaslMechanismError():
                supported = ", ".join(await port_probe.mechanisms(self._host, self._port, self._context)) or "others"
                return (
                    f"the broker at {self._at} does not support "
                    f"WIREDESK_SASL_MECHANISM={self._settings.sasl_mechanism}: it supports {supported}"
                )
            case SaslAuthenticationFailed():
                return self._not_authenticated(error)
            case ssl.SSLError():
                return certificates.problem(self._settings, self._host, self._port, error)
        return None

    def _not_authenticated(self, error: BaseException) -> str:
        message = " ".join(str(error.args[0] if error.args else "").split())[:_MAX_QUOTED]
        if self._settings.sasl_mechanism == "OAUTHBEARER":
            return _OAUTH_REFUSAL.format(at=self._at, message=message)
        return (
            f"the broker at {self._at} refuses user {self._settings.sasl_username}: WIREDESK_SASL_USERNAME is unknown "
            f"to it with {self._settings.sasl_mechanism}, or WIREDESK_SASL_PASSWORD is wrong ({message})"
        )

    def _from_network(self, error: BaseException) -> str | None:
        """Return the cause if it is a network error; None for other errors."""
        if isinstance(error, socket.gaierror):
            return f"{self._host} does not resolve to an address ({error.strerror}): set WIREDESK_BOOTSTRAP_SERVERS"
        if not isinstance(error, OSError) or isinstance(error, ssl.SSLError | ConnectionResetError | TimeoutError):
            return None
        return (
            f"no Kafka broker answers at {self._at} ({error.strerror or error}): start one with 'wiredesk broker', or "
            "set WIREDESK_BOOTSTRAP_SERVERS"
        )

    async def _from_port(self, error: BaseException) -> str:
        """Return the cause from what listens at the port: the connection was closed, or nothing was answered."""
        listener, alert = await port_probe.identify(self._host, self._port, self._context)
        line = certificates.problem(self._settings, self._host, self._port, alert) if alert is not None else None
        if line is None and listener is Listener.TLS and self._context is None:
            line = (
                f"{self._at} uses TLS, but WIREDESK_SECURITY_PROTOCOL={self._protocol} does not: set "
                f"{_other_protocol(self._protocol)}"
            )
        elif line is None and listener is Listener.PLAIN_KAFKA and self._context is not None:
            line = (
                f"the broker at {self._at} does not use TLS on this port, but "
                f"WIREDESK_SECURITY_PROTOCOL={self._protocol} does: set {_other_protocol(self._protocol)}, or use its "
                "TLS port"
            )
        elif line is None and (what := _NO_BROKER.get(listener)) is not None:
            line = f"at {self._at} {what}: set WIREDESK_BOOTSTRAP_SERVERS, or look at the broker"
        return line or await self._from_sasl(error)

    async def _from_sasl(self, error: BaseException) -> str:
        """Return why a Kafka broker closes the connection, from the SASL mechanisms that it lists."""
        if not self._protocol.startswith("SASL"):
            if supported := await port_probe.mechanisms(self._host, self._port, self._context):
                with_sasl = "SASL_SSL" if self._protocol == "SSL" else "SASL_PLAINTEXT"
                return (
                    f"the broker at {self._at} requires authentication (SASL: {', '.join(supported)}): set "
                    f"WIREDESK_SECURITY_PROTOCOL={with_sasl}, WIREDESK_SASL_MECHANISM, WIREDESK_SASL_USERNAME and "
                    "WIREDESK_SASL_PASSWORD"
                )
        elif self._settings.sasl_mechanism == "OAUTHBEARER":
            provider = self._options["sasl_oauth_token_provider"]
            message = await port_probe.token_verdict(self._host, self._port, self._context, provider)
            if message is not None:
                return _OAUTH_REFUSAL.format(at=self._at, message=message[:_MAX_QUOTED])
        kind = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return f"the broker at {self._at} closes the connection ({kind}): look at its log"


def _root(error: BaseException) -> BaseException:
    for _ in range(_MAX_CAUSES):
        if error.__cause__ is None or isinstance(error, tokens.TokenError):
            break
        error = error.__cause__
    return error
