"""Kafka clients with our settings: one place for security, isolation, compression and sizes."""

import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaConnectionError, KafkaError

from services.runtime import logs
from services.runtime.errors import UnavailableError, UsageError
from services.runtime.kafka import fetching, packing
from services.runtime.settings import MIB, KafkaSettings

type Client = AIOKafkaConsumer | AIOKafkaProducer | AIOKafkaAdminClient

MAX_REQUEST_BYTES = 1 << 30
"""The client's own limit counts bytes before compression, the broker's after it. Ours must not be the one that fails:
what the broker took from others has to fit into its dead-letter topic."""

FETCH_MAX_WAIT_MS = 100
"""A long poll holds up every partition of the same broker that is resumed meanwhile; the default is 500."""

BATCH_BYTES = MIB

RETRY_BACKOFF_MS = 250
"""Between two tries of a request; aiokafka's own 100 means ten tries a second, of each client, at a broker that is
down."""


def connection(settings: KafkaSettings) -> dict[str, Any]:
    """Return what every client needs to reach the cluster.

    Raises:
        UsageError: a certificate or key file cannot be read.
    """
    options: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers,
        "security_protocol": settings.security_protocol,
        "request_timeout_ms": int(settings.request_timeout * 1000),
        "retry_backoff_ms": RETRY_BACKOFF_MS,
    }
    if settings.security_protocol.endswith("SSL"):
        options["ssl_context"] = _ssl_context(settings)
    if settings.security_protocol.startswith("SASL") and settings.sasl_password is not None:
        options["sasl_mechanism"] = settings.sasl_mechanism
        options["sasl_plain_username"] = settings.sasl_username
        options["sasl_plain_password"] = settings.sasl_password.get_secret_value()
    return options


METADATA_MAX_AGE_MS = 10_000
"""A member of a group notices new partitions of its topic when it asks for metadata; aiokafka's own five minutes leave
them unread for so long."""

READER_BACKOFF_MS = 25
"""The same for a reader that a person waits for: it does not know the partitions when it first asks for their offsets,
and learns them within one pause."""


def heartbeat_seconds(session_timeout: float) -> float:
    """Return how often a member of a group tells that it lives."""
    return max(0.1, min(3.0, session_timeout / 4))


def member(
    settings: KafkaSettings, group: str, client_id: str, session_timeout: float, instance_id: str | None = None
) -> AIOKafkaConsumer:
    """Return a consumer that joins a group. It commits nothing by itself: offsets go with transactions.

    Args:
        instance_id: for static membership: a member that comes back under it within the session timeout has its
            partitions again, without a rebalance.
    """
    fetching.install()
    session_ms = int(session_timeout * 1000)
    return AIOKafkaConsumer(
        **connection(settings),
        **{name: value for name, value in _reading().items() if name != "auto_offset_reset"},
        group_id=settings.on_cluster(group),
        client_id=client_id,
        session_timeout_ms=session_ms,
        group_instance_id=instance_id,
        heartbeat_interval_ms=int(heartbeat_seconds(session_timeout) * 1000),
        # The budget to drain in a rebalance. It defaults to the session timeout; said here because a drain needs it.
        rebalance_timeout_ms=session_ms,
        partition_assignment_strategy=(RoundRobinPartitionAssignor,),
        # An offset that is not there is a thing for the lane to look into, not to be answered by the oldest record.
        auto_offset_reset="none",
        metadata_max_age_ms=METADATA_MAX_AGE_MS,
    )


def brokers(consumer: AIOKafkaConsumer) -> int:
    """Return how many brokers the cluster of a started consumer has."""
    client: Any = consumer._client  # noqa: SLF001 - it has no public name
    return max(1, len(client.cluster.brokers()))


def reader(settings: KafkaSettings, client_id: str, **options: Any) -> AIOKafkaConsumer:
    """Return a consumer outside any group, for reading partitions that it is assigned by hand."""
    fetching.install()
    return AIOKafkaConsumer(
        **{**connection(settings), "retry_backoff_ms": READER_BACKOFF_MS, **_reading(), **options}, client_id=client_id
    )


def producer(settings: KafkaSettings, client_id: str, **options: Any) -> AIOKafkaProducer:
    """Return a producer whose records are on all in-sync replicas when they are acknowledged, once each."""
    packing.install()
    return AIOKafkaProducer(
        **connection(settings),
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        compression_type=None if settings.compression == "none" else settings.compression,
        max_batch_size=BATCH_BYTES,
        max_request_size=MAX_REQUEST_BYTES,
        **options,
    )


def admin(settings: KafkaSettings) -> AIOKafkaAdminClient:
    """Return an admin client."""
    return AIOKafkaAdminClient(**connection(settings), client_id="wiredesk-admin")


@contextlib.asynccontextmanager
async def started[C: Client](client: C, settings: KafkaSettings) -> AsyncIterator[C]:
    """Start a client for the length of a block.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses us.
    """
    await start(client, settings)
    try:
        yield client
    finally:
        await stop(client)


async def start(client: Client, settings: KafkaSettings) -> None:
    """Start a client.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses us.
    """
    try:
        with logs.muted("aiokafka"):
            await client.start()  # type: ignore[no-untyped-call] # aiokafka, through a union
    except KafkaConnectionError as error:
        await _quietly_stop(client)
        raise UnavailableError(
            f"no Kafka broker answers at {settings.bootstrap_servers} ({settings.security_protocol}): start one with "
            "'wiredesk broker', or set WIREDESK_BOOTSTRAP_SERVERS"
        ) from error
    except (KafkaError, OSError, ValueError) as error:
        await _quietly_stop(client)
        raise UnavailableError(
            f"Kafka at {settings.bootstrap_servers} refuses this client: {type(error).__name__}: {error}"
        ) from error


async def stop(client: Client) -> None:
    """Stop a client."""
    if isinstance(client, AIOKafkaAdminClient):
        await client.close()
    else:
        await client.stop()  # type: ignore[no-untyped-call] # aiokafka, through a union


def _reading() -> dict[str, Any]:
    return {
        "isolation_level": "read_committed",
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "fetch_max_wait_ms": FETCH_MAX_WAIT_MS,
        "max_partition_fetch_bytes": 4 * MIB,
    }


def _ssl_context(settings: KafkaSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ssl_ca_file)
        if settings.ssl_cert_file is not None:
            password = settings.ssl_key_password.get_secret_value() if settings.ssl_key_password else None
            context.load_cert_chain(settings.ssl_cert_file, settings.ssl_key_file, password)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"WIREDESK_SSL_CA_FILE, _CERT_FILE or _KEY_FILE cannot be read: {error}") from error
    return context


async def _quietly_stop(client: Client) -> None:
    with contextlib.suppress(Exception):  # it never started: what matters is the error that the caller raises
        await stop(client)
