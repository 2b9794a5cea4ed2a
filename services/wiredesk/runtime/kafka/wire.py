"""What stands at a port: found out with a few bytes, where the client library only sees a connection closed."""

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
"""For each question; whoever asks has waited already."""

CLOSE_SECONDS = 1.0

_CORRELATION = 0x77697265
_HELLO = struct.pack(">hhih8s", 18, 0, _CORRELATION, 8, b"wiredesk")
_API_VERSIONS = struct.pack(">i", len(_HELLO)) + _HELLO
"""ApiVersions of version 0: the one request that every broker answers before it knows us."""

_HTTP_REQUEST = b"HEAD / HTTP/1.0\r\n\r\n"
_TLS_RECORDS = (b"\x15\x03", b"\x16\x03")
_HEAD = 8


class Nature(Enum):
    """What answers at a port."""

    PLAIN_KAFKA = "Kafka without TLS"
    TLS_KAFKA = "Kafka over TLS"
    TLS = "TLS"
    HTTP = "HTTP"
    SILENT = "nothing is said"
    OTHER = "something else"


def address(host: str, port: int) -> str:
    """Return a server as `WIREDESK_BOOTSTRAP_SERVERS` has it: an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def nature(host: str, port: int, context: ssl.SSLContext | None) -> tuple[Nature, ssl.SSLError | None]:
    """Return what stands at a port, and the alert by which it refuses our TLS.

    Args:
        context: of our TLS connections; None: we use none.
    """
    transports = (None,) if context is None else (context, None)
    asked = [(transport, request) for request in (_API_VERSIONS, _HTTP_REQUEST) for transport in transports]
    # All at once, each over a connection of its own: who is silent is so for every one of them.
    with_tls, *answers = await asyncio.gather(
        _speaks_tls(host, port), *(_answer(host, port, transport, request) for transport, request in asked)
    )
    for (transport, _), answer in zip(asked, answers, strict=True):
        if isinstance(answer, ssl.SSLError) and "ALERT" in (answer.reason or ""):
            return Nature.TLS, answer
        if isinstance(answer, bytes) and answer:
            return _kind(answer, with_tls=transport is not None), None
    return (Nature.TLS if with_tls else Nature.SILENT), None


async def mechanisms(host: str, port: int, context: ssl.SSLContext | None) -> list[str]:
    """Return the SASL mechanisms that a broker takes; none where it wants no SASL, or does not say."""
    with contextlib.suppress(KafkaError, OSError, TimeoutError, ValueError):
        async with _connected(host, port, context) as connection:
            answer = await connection.send(SaslHandShakeRequest("NONE"))
            return [str(name)[:40] for name in answer.enabled_mechanisms][:10]
    return []


async def token_verdict(
    host: str, port: int, context: ssl.SSLContext | None, provider: AbstractTokenProvider
) -> str | None:
    """Return what a broker says against a token; None where it takes it, or says nothing.

    RFC 7628 has the server put its refusal into a challenge, which aiokafka takes for success.
    """
    with contextlib.suppress(KafkaError, OSError, TimeoutError, ValueError):
        async with _connected(host, port, context) as connection:
            await connection.send(SaslHandShakeRequest("OAUTHBEARER"))
            payload, _ = await OAuthAuthenticator(sasl_oauth_token_provider=provider).step(None)
            answer = await connection.send(SaslAuthenticateRequest(payload))
            said = answer.sasl_auth_bytes or (answer.error_message or "").encode()
            return " ".join(said.decode("utf-8", "replace").split()) or None
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
    """Close a connection, and wait until it is, unless the other end keeps us waiting."""
    closed = connection.close()
    if connection._protocol is not None:  # noqa: SLF001 - it was never opened
        await asyncio.wait({closed}, timeout=CLOSE_SECONDS)


async def _speaks_tls(host: str, port: int) -> bool:
    """Whether TLS is spoken there; whose certificate it is does not matter here, and nothing is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    answer = await _answer(host, port, context, b"")
    return isinstance(answer, bytes) or (isinstance(answer, ssl.SSLError) and "ALERT" in (answer.reason or ""))


async def _answer(host: str, port: int, context: ssl.SSLContext | None, request: bytes) -> bytes | Exception:
    """Return the first bytes of an answer, none where there is none; or the error that came instead."""
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
            await asyncio.sleep(0)  # that is when it is closed


def _kind(answer: bytes, *, with_tls: bool) -> Nature:
    if len(answer) == _HEAD and answer[4:] == struct.pack(">i", _CORRELATION):
        return Nature.TLS_KAFKA if with_tls else Nature.PLAIN_KAFKA
    if answer.startswith(_TLS_RECORDS):
        return Nature.TLS
    return Nature.HTTP if answer.upper().startswith((b"HTTP/", b"<!DOCTYP", b"<HTML")) else Nature.OTHER
