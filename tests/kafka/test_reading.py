"""Reading up to an offset that no longer exists: a topic may be deleted, or recreated, while a command reads it."""

import contextlib

import pytest
from aiokafka import TopicPartition

from tests import topics
from tests.echo import TOPICS, send
from tests.handlers import SOURCE
from tests.reading import read_range
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.kafka import clients, partition_reader
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled


@pytest.mark.parametrize("deleted", [False, True])
async def test_offsets_that_cannot_come_are_not_waited_for(
    kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch, *, deleted: bool
) -> None:
    monkeypatch.setattr(partition_reader, "QUIET_SECONDS", scaled(2))
    await topics.create(kafka, TOPICS, partitions=1)
    await send(kafka, [b"%d" % n for n in range(5)])
    source = TopicPartition(kafka.on_cluster(SOURCE.name), 0)
    offsets: list[int] = []

    async def read_all() -> None:
        async with contextlib.aclosing(read_range(kafka, {source: OffsetRange(0, 100)})) as records:
            async for record in records:
                offsets.append(record.offset)
                if deleted and len(offsets) == 5:
                    async with clients.started(clients.admin(kafka), kafka) as admin:
                        await admin.delete_topics([source.topic])

    with pytest.raises(UnavailableError, match="/0 does not reach offset 100 any more"):
        await read_all()
    assert offsets == [0, 1, 2, 3, 4]
