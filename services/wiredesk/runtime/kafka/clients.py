"""Kafka clients with the settings of wiredesk: security, isolation level, compression and sizes in one place."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaConnectionError, KafkaError, NodeNotReadyError

from wiredesk.runtime import logs
from wiredesk.runtime.errors import ForbiddenError, UnavailableError
from wiredesk.runtime.kafka import authorization, diagnosis, fetching, packing, security
from wiredesk.runtime.settings import MIB, KafkaSettings

type Client = AIOKafkaConsumer | AIOKafkaProducer | AIOKafkaAdminClient | AIOKafkaClient

MAX_REQUEST_BYTES = 1 << 30
"""The client's limit on a request counts bytes before compression, the broker's limit bytes after it. The client's
limit must not be reached first: what the broker has accepted from other producers must fit into the dead-letter
topic."""

FETCH_MAX_WAIT_MS = 100
"""Longest time that a broker waits for records before it answers a fetch. A waiting fetch delays every partition of
that broker that is resumed meanwhile; the client's default is 500."""

BATCH_BYTES = MIB
"""The most bytes of a batch of records before compression."""

RETRY_BACKOFF_MS = 250
"""Pause between two attempts of a request. aiokafka's default of 100 means that each client tries a broker that is down
ten times a second."""


def connection(settings: KafkaSettings) -> dict[str, Any]:
    """Return what every client needs to reach the cluster.

    Raises:
        UsageError: a certificate or key file cannot be read.
    """
    return {
        "bootstrap_servers": settings.bootstrap_servers,
        **security.options(settings),
        "request_timeout_ms": int(settings.request_timeout * 1000),
        "retry_backoff_ms": RETRY_BACKOFF_MS,
        "connections_max_idle_ms": int(settings.connections_max_idle * 1000),
    }


METADATA_MAX_AGE_MS = 10_000
"""Longest age of metadata in a group member, which notices new partitions of its topic from metadata. With aiokafka's
default they would not be read for up to five minutes."""

READER_BACKOFF_MS = 25
"""Pause between two attempts of a request in a command, where a person waits for the answer. The client does not know
the partitions when it first asks for their offsets, and learns them within one pause."""


def heartbeat_seconds(session_timeout: float) -> float:
    """Return the seconds between two heartbeats of a group member."""
    return max(0.1, min(3.0, session_timeout / 4))


def member(
    settings: KafkaSettings, group: str, client_id: str, session_timeout: float, instance_id: str | None = None
) -> AIOKafkaConsumer:
    """Return a consumer that joins a group. It does not commit by itself: transactions carry its offsets.

    Args:
        instance_id: for static membership: a member that restarts with it within the session timeout keeps its
            partitions, without a rebalance.
    """
    fetching.install()
    session_ms = int(session_timeout * 1000)
    return AIOKafkaConsumer(
        **connection(settings),
        **{name: value for name, value in _reading(settings).items() if name != "auto_offset_reset"},
        group_id=settings.on_cluster(group),
        client_id=client_id,
        session_timeout_ms=session_ms,
        group_instance_id=instance_id,
        heartbeat_interval_ms=int(heartbeat_seconds(session_timeout) * 1000),
        # The time to drain in a rebalance. The session timeout is also the default; set here because a drain needs it.
        rebalance_timeout_ms=session_ms,
        partition_assignment_strategy=(RoundRobinPartitionAssignor,),
        # If the next offset does not exist any more, the lane must find out why: the consumer must not jump to the
        # oldest record.
        auto_offset_reset="none",
        metadata_max_age_ms=METADATA_MAX_AGE_MS,
    )


def brokers(consumer: AIOKafkaConsumer) -> int:
    """Return the number of brokers in the cluster of a started consumer."""
    client: Any = consumer._client  # noqa: SLF001 - it has no public name
    return max(1, len(client.cluster.brokers()))


def reader(settings: KafkaSettings, client_id: str, **options: Any) -> AIOKafkaConsumer:
    """Return a consumer without a group, to which partitions are assigned by hand."""
    fetching.install()
    return AIOKafkaConsumer(
        **{**connection(settings), "retry_backoff_ms": READER_BACKOFF_MS, **_reading(settings), **options},
        client_id=client_id,
    )


def producer(settings: KafkaSettings, client_id: str, **options: Any) -> AIOKafkaProducer:
    """Return an idempotent producer whose records are on all in-sync replicas when they are acknowledged."""
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


def bare(settings: KafkaSettings, client_id: str) -> AIOKafkaClient:
    """Return the low-level client that the others are built on: connections to the brokers, and cluster metadata."""
    return AIOKafkaClient(**connection(settings), client_id=client_id)


def admin(settings: KafkaSettings) -> AIOKafkaAdminClient:
    """Return an admin client."""
    return AIOKafkaAdminClient(**connection(settings), client_id="wiredesk-admin")


def fetch_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the settings of a fetcher that reads partitions outside of any group."""
    own = ("enable_auto_commit",)
    return {
        **{name: value for name, value in _reading(settings).items() if name not in own},
        "retry_backoff_ms": READER_BACKOFF_MS,
    }


@contextlib.asynccontextmanager
async def started[C: Client](client: C, settings: KafkaSettings) -> AsyncIterator[C]:
    """Start a client for the duration of a block.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses the client.
        ForbiddenError: on entering or within the block, Kafka denies an operation of the client.
    """
    await start(client, settings)
    try:
        yield client
    except KafkaError as error:
        if (line := authorization.refusal(error, settings, _access(client))) is not None:
            raise ForbiddenError(line) from error
        # The bootstrap servers may accept a client that another broker refuses.
        if isinstance(error, KafkaConnectionError | NodeNotReadyError) and (line := await diagnosis.cause(settings)):
            raise UnavailableError(line) from error
        raise
    finally:
        await stop(client)


async def start(client: Client, settings: KafkaSettings) -> None:
    """Start a client.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses the client.
    """
    try:
        with logs.muted("aiokafka"):
            if isinstance(client, AIOKafkaClient):
                await client.bootstrap()
            else:
                await client.start()  # type: ignore[no-untyped-call] # aiokafka, through a union
    except KafkaConnectionError as error:
        await _quietly_stop(client)
        raise UnavailableError(await diagnosis.unreachable(settings)) from error
    except (KafkaError, OSError, ValueError) as error:
        await _quietly_stop(client)
        if (line := authorization.refusal(error, settings, _access(client))) is not None:
            raise ForbiddenError(line) from error
        raise UnavailableError(
            f"Kafka at {settings.bootstrap_servers} refuses this client: {type(error).__name__}: {error}"
        ) from error


def _access(client: Client) -> authorization.Access:
    if isinstance(client, AIOKafkaAdminClient):
        return authorization.DESCRIBING
    return authorization.PRODUCING if isinstance(client, AIOKafkaProducer) else authorization.CONSUMING


async def stop(client: Client) -> None:
    """Stop a client."""
    if isinstance(client, AIOKafkaAdminClient | AIOKafkaClient):
        await client.close()  # type: ignore[no-untyped-call] # aiokafka, through a union
    else:
        await client.stop()  # type: ignore[no-untyped-call] # aiokafka, through a union


def _reading(settings: KafkaSettings) -> dict[str, Any]:
    return {
        "isolation_level": "read_committed",
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "fetch_max_wait_ms": FETCH_MAX_WAIT_MS,
        "max_partition_fetch_bytes": 4 * MIB,
        "client_rack": settings.client_rack,
    }


async def _quietly_stop(client: Client) -> None:
    with contextlib.suppress(Exception):  # it never started: what matters is the error that the caller raises
        await stop(client)
