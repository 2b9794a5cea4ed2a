"""Why no broker lets us in: found out by asking once more, below aiokafka's bootstrap, which only logs the cause.

Each bootstrap server is asked as a client would ask it; then the brokers that the cluster names. What a refusal means
is told from the error; where there is none, because the other end closed the connection or kept silent, from what
stands at the port (`wire`).
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
from wiredesk.runtime.kafka import certificates, security, wire
from wiredesk.runtime.kafka.wire import Nature
from wiredesk.runtime.settings import KafkaSettings

CLIENT = "wiredesk-diagnosis"

SERVERS = 8
"""Most servers that are asked."""

ANSWER_SECONDS = 8.0
"""For a server to answer."""

WATCH_SECONDS = 5.0

_SAID = 200
"""Characters of what a broker says that are repeated."""

_CAUSES = 5

_NO_ENTRY = (
    "the broker at {at} refuses the token ({said}): check issuer, audience and scope (WIREDESK_SASL_OAUTH_*) against "
    "the broker's settings"
)


_NO_KAFKA = {
    Nature.HTTP: "there is an HTTP server, and no Kafka broker",
    Nature.SILENT: "connections are taken, and nothing answers as a Kafka broker does",
    Nature.OTHER: "something answers that is no Kafka broker",
}


async def unreachable(settings: KafkaSettings) -> str:
    """Return in a line why no bootstrap server lets us in."""
    return await cause(settings) or (
        f"no Kafka broker answers at {settings.bootstrap_servers} ({settings.security_protocol}) as a client needs it: "
        "set WIREDESK_BOOTSTRAP_SERVERS, or try again"
    )


async def cause(settings: KafkaSettings) -> str | None:
    """Return in a line why we are not let in; None where we are.

    Raises:
        UsageError: a file of the settings cannot be read.
    """
    options = security.options(settings)
    addresses = [(host, port) for host, port, _ in collect_hosts(settings.bootstrap_servers, randomize=False)]
    servers = [_Server(settings, options, *address) for address in addresses[:SERVERS]]
    await asyncio.gather(*(server.ask() for server in servers))
    brokers = next((server.brokers for server in servers if server.refusal is None), None)
    if brokers is None:
        return next(server.refusal for server in servers)
    others = [_Server(settings, options, *address) for address in brokers if address not in addresses]
    await asyncio.gather(*(server.ask() for server in others[:SERVERS]))
    refusal = next((server.refusal for server in others if server.refusal is not None), None)
    return refusal and f"{refusal} (a broker as the cluster names it: see its advertised.listeners)"


class Watch:
    """Diagnoses the cluster for as long as a worker is in trouble.

    Attributes:
        cause: why the cluster cannot be used, in a line; None where it can, or while nothing is wrong.
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
    """Return the protocol with TLS for the one without, and the reverse."""
    return {
        "PLAINTEXT": "SSL",
        "SSL": "PLAINTEXT",
        "SASL_PLAINTEXT": "SASL_SSL",
        "SASL_SSL": "SASL_PLAINTEXT",
    }[protocol]


class _Server:
    """A server that is asked.

    Attributes:
        refusal: why it does not let us in; None where it does, or was not asked yet.
        brokers: that it names.
    """

    def __init__(self, settings: KafkaSettings, options: dict[str, Any], host: str, port: int) -> None:
        self.refusal: str | None = None
        self.brokers: list[tuple[str, int]] = []
        self._settings = settings
        self._options = options
        self._context: ssl.SSLContext | None = options.get("ssl_context")
        self._host = host
        self._port = port
        self._at = wire.address(host, port)
        self._protocol = settings.security_protocol

    async def ask(self) -> None:
        """Ask it as a client does."""
        connection = AIOKafkaConnection(self._host, self._port, client_id=CLIENT, **self._options)
        try:
            async with asyncio.timeout(min(ANSWER_SECONDS, self._settings.request_timeout)):
                with logs.muted("aiokafka"):
                    await connection.connect()
                    answer = await connection.send(MetadataRequest([]))
            self.brokers = [(broker[1], broker[2]) for broker in answer.brokers]
            if not self.brokers:  # so a broker answers who has not proven who he is
                self.refusal = await self._from_wire(KafkaConnectionError("it names no broker"))
        except Exception as error:  # noqa: BLE001 - whatever the client makes of what stands there is to be explained
            root = _root(error)
            self.refusal = await self._said(root) or self._out_of_reach(root) or await self._from_wire(root)
        finally:
            await wire.close(connection)

    async def _said(self, error: BaseException) -> str | None:
        """Return what an error means by which the other end says why."""
        match error:
            case security.TokenError():
                return str(error)
            case IllegalSaslStateError():
                return (
                    f"the broker at {self._at} asks for no user: with WIREDESK_SECURITY_PROTOCOL={self._protocol} set "
                    f"{self._protocol.replace('SASL_', '')} instead, or take its port for SASL"
                )
            case UnsupportedSaslMechanismError():
                there = ", ".join(await wire.mechanisms(self._host, self._port, self._context)) or "others"
                mechanism = self._settings.sasl_mechanism
                return f"the broker at {self._at} does not take WIREDESK_SASL_MECHANISM={mechanism}: it takes {there}"
            case SaslAuthenticationFailed():
                return self._not_authenticated(error)
            case ssl.SSLError():
                return certificates.problem(self._settings, self._host, self._port, error)
        return None

    def _not_authenticated(self, error: BaseException) -> str:
        said = " ".join(str(error.args[0] if error.args else "").split())[:_SAID]
        if self._settings.sasl_mechanism == "OAUTHBEARER":
            return _NO_ENTRY.format(at=self._at, said=said)
        return (
            f"the broker at {self._at} refuses user {self._settings.sasl_username}: WIREDESK_SASL_USERNAME is unknown "
            f"to it with {self._settings.sasl_mechanism}, or WIREDESK_SASL_PASSWORD is wrong ({said})"
        )

    def _out_of_reach(self, error: BaseException) -> str | None:
        """Return what an error means that the network has raised."""
        if isinstance(error, socket.gaierror):
            return f"{self._host} does not resolve to an address ({error.strerror}): set WIREDESK_BOOTSTRAP_SERVERS"
        if not isinstance(error, OSError) or isinstance(error, ssl.SSLError | ConnectionResetError | TimeoutError):
            return None
        return (
            f"no Kafka broker answers at {self._at} ({error.strerror or error}): start one with 'wiredesk broker', or "
            "set WIREDESK_BOOTSTRAP_SERVERS"
        )

    async def _from_wire(self, error: BaseException) -> str:
        """Tell the cause from what stands at the port: the other end closed the connection, or kept silent."""
        nature, alert = await wire.nature(self._host, self._port, self._context)
        told = certificates.problem(self._settings, self._host, self._port, alert) if alert is not None else None
        if told is None and nature is Nature.TLS and self._context is None:
            told = (
                f"{self._at} speaks TLS, and WIREDESK_SECURITY_PROTOCOL={self._protocol} does not: set "
                f"{_other_protocol(self._protocol)}"
            )
        elif told is None and nature is Nature.PLAIN_KAFKA and self._context is not None:
            told = (
                f"the broker at {self._at} speaks no TLS, and WIREDESK_SECURITY_PROTOCOL={self._protocol} does: set "
                f"{_other_protocol(self._protocol)}, or take its port for TLS"
            )
        elif told is None and (what := _NO_KAFKA.get(nature)) is not None:
            told = f"at {self._at} {what}: set WIREDESK_BOOTSTRAP_SERVERS, or look at the broker"
        return told or await self._after_hello(error)

    async def _after_hello(self, error: BaseException) -> str:
        """Tell why a broker closes the connection after it has said what it speaks."""
        if not self._protocol.startswith("SASL"):
            if there := await wire.mechanisms(self._host, self._port, self._context):
                with_sasl = "SASL_SSL" if self._protocol == "SSL" else "SASL_PLAINTEXT"
                return (
                    f"the broker at {self._at} wants a user (SASL: {', '.join(there)}): set "
                    f"WIREDESK_SECURITY_PROTOCOL={with_sasl}, WIREDESK_SASL_MECHANISM, WIREDESK_SASL_USERNAME and "
                    "WIREDESK_SASL_PASSWORD"
                )
        elif self._settings.sasl_mechanism == "OAUTHBEARER":
            provider = self._options["sasl_oauth_token_provider"]
            said = await wire.token_verdict(self._host, self._port, self._context, provider)
            if said is not None:
                return _NO_ENTRY.format(at=self._at, said=said[:_SAID])
        kind = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return f"the broker at {self._at} closes the connection ({kind}): look at its log"


def _root(error: BaseException) -> BaseException:
    for _ in range(_CAUSES):
        if error.__cause__ is None or isinstance(error, security.TokenError):
            break
        error = error.__cause__
    return error
