"""Settings that are passed to the client library: they reach it, and the broker."""

from typing import Any

import pytest
from aiokafka.protocol.fetch import FetchRequest

from tests import echo, topics
from tests.reading import read_topic
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.settings import KafkaSettings


async def test_a_consumer_tells_the_broker_its_rack(kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """From version 11 on a fetch carries the rack, and the broker may name a replica there (KIP-392)."""
    sent: list[tuple[int, str]] = []
    build = FetchRequest.build

    def noted(request: Any, version: Any) -> Any:
        sent.append((version.API_VERSION, request._rack_id))
        return build(request, version)

    monkeypatch.setattr(FetchRequest, "build", noted)
    await topics.create(kafka, echo.TOPICS)
    await echo.send(kafka, [b"fine"])
    here = kafka.model_copy(update={"client_rack": "zone-a"})
    reading = read_topic(here, [here.on_cluster("in")], from_beginning=True, until_end=True)
    assert [record.value async for record in reading if record is not None] == [b"fine"]
    assert sent
    assert all(version >= 11 and rack == "zone-a" for version, rack in sent)
    async with clients.started(clients.member(here, "wiredesk.rack", "wiredesk-rack", 10), here) as member:
        assert member._client_rack == "zone-a"


async def test_idle_connections_are_closed_as_set(kafka: KafkaSettings) -> None:
    options = clients.connection(kafka.model_copy(update={"connections_max_idle": 240.0}))
    assert options["connections_max_idle_ms"] == 240_000
