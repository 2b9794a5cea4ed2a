"""The client under `Cluster`: it finds the right broker, and raises errors that name a remedy."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from types import TracebackType
from typing import Any, Self

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, KafkaError, NodeNotReadyError, RequestTimedOutError, for_code
from aiokafka.protocol.api import Request
from aiokafka.protocol.coordination import FindCoordinatorRequest

from wiredesk.runtime.errors import ForbiddenError, UnavailableError
from wiredesk.runtime.kafka import authorization, clients, diagnosis
from wiredesk.runtime.kafka.delivery import format_error
from wiredesk.runtime.settings import KafkaSettings

CLIENT_ID = "wiredesk-reader"
"""The client id in the broker's logs, metrics and quotas."""

COORDINATOR_SECONDS = 30
"""How long to wait for a group's coordinator: a new cluster creates the offsets topic first."""

COORDINATOR_RETRY_SECONDS = 0.25
"""Pause between two attempts to reach a group's coordinator."""

SPREAD_SECONDS = 30
"""How long brokers may take to learn what the controller has confirmed: new topics, deleted ones, settings."""

SPREAD_POLL_SECONDS = 0.05
"""Pause between two requests to a broker that is late."""

QUERYING = authorization.Access(topic="READ", group="DESCRIBE")
"""The operations that reading topics and describing groups need."""

_NO_ANSWER = (KafkaConnectionError, NodeNotReadyError, RequestTimedOutError)
"""Errors that mean that a broker is down."""


class ClusterClient:
    """One client of a cluster, for the duration of an `async with` block.

    Args:
        settings: settings of the connection.
        client_id: client id in the broker's logs, metrics and quotas.
    """

    def __init__(self, settings: KafkaSettings, client_id: str = CLIENT_ID) -> None:
        self.settings = settings
        self._client_id = client_id
        self._opened: AIOKafkaClient | None = None
        self._known_topics: set[str] = set()

    async def __aenter__(self) -> Self:
        client = clients.bare(self.settings, self._client_id)
        await clients.start(client, self.settings)
        self._opened = client
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        client, self._opened = self._client, None
        await clients.stop(client)

    @property
    def _client(self) -> Any:  # what is sent with it is not typed
        if self._opened is None:
            raise RuntimeError("a Cluster is used within `async with` only")
        return self._opened

    @contextlib.asynccontextmanager
    async def _explained(self, access: authorization.Access = QUERYING) -> AsyncIterator[None]:
        """Turn errors of the client library into ours, with a remedy."""
        try:
            yield
        except (KafkaError, OSError) as error:
            if (line := authorization.refusal(error, self.settings, access)) is not None:
                raise ForbiddenError(line) from error
            # A broker may refuse this client though the bootstrap servers accept it.
            if isinstance(error, KafkaConnectionError | NodeNotReadyError) and (
                line := await diagnosis.cause(self.settings)
            ):
                raise UnavailableError(line) from error
            raise UnavailableError(
                f"Kafka at {self.settings.bootstrap_servers} stopped answering: {format_error(error)}; try again"
            ) from error

    async def _ask_any(self, request: Request[Any]) -> Any:
        """Send a request to any broker that answers; brokers are tried in random order."""
        nodes = [broker.nodeId for broker in self._client.cluster.brokers()]
        if not nodes:
            raise KafkaConnectionError("the cluster names no broker")
        random.shuffle(nodes)
        for node in nodes[:-1]:
            with contextlib.suppress(*_NO_ANSWER):
                return await self._client.send(node, request)
        return await self._client.send(nodes[-1], request)

    async def _ask_controller(self, request: Request[Any]) -> Any:
        """Send a request to the controller, once there is one that answers."""
        deadline = asyncio.get_running_loop().time() + self.settings.request_timeout
        while True:
            controller = self._client.cluster.controller
            try:
                return await self._client.send(-1 if controller is None else controller.nodeId, request)
            except _NO_ANSWER:
                if asyncio.get_running_loop().time() > deadline:
                    raise
            await self._client.force_metadata_update()
            await asyncio.sleep(clients.RETRY_BACKOFF_MS / 1000)

    async def _late_broker(
        self, request: Request[Any], wrong: Callable[[Any], Collection[str]]
    ) -> tuple[int, str] | None:
        """Wait until every broker that answers knows what the controller has confirmed.

        Without this, a client that asks another broker next may get an answer from before.

        Args:
            request: what each broker is asked.
            wrong: returns the names in a broker's answer that are not as the controller has them.

        Returns:
            The number of a broker that is still late after `SPREAD_SECONDS`, and the first wrong name.
        """
        deadline = asyncio.get_running_loop().time() + SPREAD_SECONDS
        for broker in self._client.cluster.brokers():
            while True:
                try:
                    answer: Any = await self._client.send(broker.nodeId, request)
                except (KafkaError, TimeoutError):
                    break  # it is down: when it is back, it learns of all that before it answers
                names = wrong(answer)
                if not names:
                    break
                if asyncio.get_running_loop().time() > deadline:
                    return int(broker.nodeId), min(names)
                await asyncio.sleep(SPREAD_POLL_SECONDS)
        return None

    async def _ask_coordinator(
        self, group: str, request: Request[Any], errors: Callable[[Any], Iterable[tuple[int, str]]]
    ) -> Any:
        """Send a request to the coordinator of a group; retry until there is one.

        Args:
            errors: returns the error codes in a response, each with the topic or group that it is about.

        Raises:
            KafkaError: the coordinator refuses, or did not appear in time.
        """

        async def ask() -> Any:
            where = await self._ask_any(FindCoordinatorRequest(group, 0))
            if where.error_code:
                raise for_code(where.error_code)(group)
            answer = await self._client.send(where.coordinator_id, request)
            for code, resource in errors(answer):
                if code:
                    raise for_code(code)(resource)
            return answer

        return await retry_until_coordinator(ask)

    async def _load_metadata(self, topics: Iterable[str]) -> None:
        """Load the metadata of topics, which must exist: a broker may create a topic that it is asked for."""
        new = set(topics) - self._known_topics
        if new:
            self._known_topics |= new
            await self._client.set_topics(self._known_topics)


async def retry_until_coordinator[T](ask: Callable[[], Awaitable[T]]) -> T:
    """Call `ask`, and call it again while the group's coordinator is being elected.

    Raises:
        KafkaError: it refuses, or did not appear in time.
    """
    deadline = asyncio.get_running_loop().time() + COORDINATOR_SECONDS
    while True:
        try:
            return await ask()
        except KafkaError as error:
            if not error.retriable or asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(COORDINATOR_RETRY_SECONDS)
