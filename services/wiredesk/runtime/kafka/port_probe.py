"""What listens at a port, by sending a few bytes: the client library only sees a closed connection."""

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator
from enum import Enum
from typing import Any

from aiokafka.abc import AbstractTokenProvider
from aiokafka.conn import AIOKafkaConnection, OAuthAuthenticator
from aiokafka.errors import KafkaError
from aiokafka.protocol.admin import SaslAuthenticateRequest, SaslHandShakeRequest

from wiredesk.runtime import logs

STEP_SECONDS = 4.0
"""How long each connection and each answer may take; short, because the user has already waited for the client
library."""

CLOSE_SECONDS = 1.0
"""How long a connection may take to close."""

_CORRELATION = 0x77697265
"""The correlation id of our request: a Kafka broker repeats it in its response."""

_HELLO = struct.pack(">hhih8s", 18, 0, _CORRELATION, 8, b"wiredesk")
_API_VERSIONS = struct.pack(">i", len(_HELLO)) + _HELLO
"""ApiVersions of version 0: the only request that every broker answers before authentication."""

_HTTP_REQUEST = b"HEAD / HTTP/1.0\r\n\r\n"
"""The shortest request that every HTTP server answers."""

_TLS_RECORDS = (b"\x15\x03", b"\x16\x03")
"""The first bytes of a TLS alert, and of a TLS handshake."""

_HEAD = 8
"""How many bytes of an answer are read: enough for the size and the correlation id of a Kafka response."""

_MAX_MECHANISMS = 10
"""How many SASL mechanisms of a broker are named."""

_MAX_MECHANISM_CHARACTERS = 40
"""How many characters of each mechanism are shown."""


class Listener(Enum):
    """What listens at a port."""

    PLAIN_KAFKA = "Kafka without TLS"
    TLS_KAFKA = "Kafka over TLS"
    TLS = "TLS"
    HTTP = "HTTP"
    SILENT = "no answer"
    OTHER = "something else"


def address(host: str, port: int) -> str:
    """Return a server as `WIREDESK_BOOTSTRAP_SERVERS` has it: an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def identify(host: str, port: int, context: ssl.SSLContext | None) -> tuple[Listener, ssl.SSLError | None]:
    """Return what listens at a port, and the TLS alert with which it refuses the connection.

    Args:
        context: of our TLS connections; None: we use none.
    """
    transports = (None,) if context is None else (context, None)
    attempts = [(transport, request) for request in (_API_VERSIONS, _HTTP_REQUEST) for transport in transports]
    # At the same time, each on a separate connection: a silent listener then costs one timeout, not three.
    with_tls, *answers = await asyncio.gather(
        _has_tls(host, port), *(_answer(host, port, transport, request) for transport, request in attempts)
    )
    for (transport, _), answer in zip(attempts, answers, strict=True):
        if isinstance(answer, ssl.SSLError) and "ALERT" in (answer.reason or ""):
            return Listener.TLS, answer
        if isinstance(answer, bytes) and answer:
            return _classify(answer, with_tls=transport is not None), None
    return (Listener.TLS if with_tls else Listener.SILENT), None


async def mechanisms(host: str, port: int, context: ssl.SSLContext | None) -> list[str]:
    """Return the SASL mechanisms that a broker supports; empty if it has no SASL, or does not answer."""
    with contextlib.suppress(KafkaError, OSError, TimeoutError, ValueError):
        async with _connected(host, port, context) as connection:
            answer = await connection.send(SaslHandShakeRequest("NONE"))
            return [str(name)[:_MAX_MECHANISM_CHARACTERS] for name in answer.enabled_mechanisms][:_MAX_MECHANISMS]
    return []


async def token_verdict(
    host: str, port: int, context: ssl.SSLContext | None, provider: AbstractTokenProvider
) -> str | None:
    """Return why a broker refuses a token; None if it accepts the token, or gives no reason.

    By RFC 7628 the server sends its refusal as a challenge, which aiokafka takes for success.
    """
    with contextlib.suppress(KafkaError, OSError, TimeoutError, ValueError):
        async with _connected(host, port, context) as connection:
            await connection.send(SaslHandShakeRequest("OAUTHBEARER"))
            payload, _ = await OAuthAuthenticator(sasl_oauth_token_provider=provider).step(None)
            answer = await connection.send(SaslAuthenticateRequest(payload))
            message = answer.sasl_auth_bytes or (answer.error_message or "").encode()
            return " ".join(message.decode("utf-8", "replace").split()) or None
    return None


@contextlib.asynccontextmanager
async def _connected(host: str, port: int, context: ssl.SSLContext | None) -> AsyncIterator[AIOKafkaConnection]:
    """Connect without SASL, whatever the settings say."""
    protocol = "PLAINTEXT" if context is None else "SSL"
    connection = AIOKafkaConnection(host, port, security_protocol=protocol, ssl_context=context)
    try:
        async with asyncio.timeout(STEP_SECONDS):
            with logs.muted("aiokafka"):
                await connection.connect()
                yield connection
    finally:
        await close(connection)


async def close(connection: AIOKafkaConnection) -> None:
    """Close a connection, and wait briefly until it is closed."""
    closed = connection.close()
    if connection._protocol is not None:  # noqa: SLF001 - it was never opened
        await asyncio.wait({closed}, timeout=CLOSE_SECONDS)


async def _has_tls(host: str, port: int) -> bool:
    """Whether the port has TLS; the certificate does not matter, and nothing is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    answer = await _answer(host, port, context, b"")
    return isinstance(answer, bytes) or (isinstance(answer, ssl.SSLError) and "ALERT" in (answer.reason or ""))


async def _answer(host: str, port: int, context: ssl.SSLContext | None, request: bytes) -> bytes | Exception:
    """Return the first bytes of the answer (empty: no answer), or the error of the connection."""
    writer: Any = None
    try:
        async with asyncio.timeout(STEP_SECONDS):
            reader, writer = await asyncio.open_connection(host, port, ssl=context)
            if not request:
                return b""
            writer.write(request)
            await writer.drain()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STEP_SECONDS / 2):
                    return await reader.readexactly(_HEAD)
            return b""
    except asyncio.IncompleteReadError as error:
        return error.partial
    except (OSError, TimeoutError) as error:
        return error
    finally:
        if writer is not None:
            writer.transport.abort()
            await asyncio.sleep(0)  # the transport closes in the next iteration of the loop


def _classify(answer: bytes, *, with_tls: bool) -> Listener:
    if len(answer) == _HEAD and answer[4:] == struct.pack(">i", _CORRELATION):
        return Listener.TLS_KAFKA if with_tls else Listener.PLAIN_KAFKA
    if answer.startswith(_TLS_RECORDS):
        return Listener.TLS
    return Listener.HTTP if answer.upper().startswith((b"HTTP/", b"<!DOCTYP", b"<HTML")) else Listener.OTHER
