"""The lag on which the chart scales: none when all is done, although the topics hold transaction markers."""

import asyncio
import json
import math
from pathlib import Path

from tests import topics
from tests.support import SAMPLES, Raw, publish
from tests.waiting import deadline
from wiredesk.pipeline import EXTRACTOR, INGEST, TOPICS
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage
from wiredesk.testing.processes import workers

PARTITIONS = 4
LAG = 10
"""Records of lag for each worker: `lagThreshold` of a ScaledObject."""


async def replicas(kafka: KafkaSettings, stage: Stage) -> int:
    """Return how many workers KEDA's scaler for Kafka asks for.

    It divides the lag by the threshold, rounds up, and asks for no more than the partitions; a group that has committed
    nothing has all records before it (`offsetResetPolicy: earliest`). Without lag it asks for none.
    """
    async with Cluster(kafka) as cluster:
        partitions = await cluster.partitions([kafka.on_cluster(stage.consumes.name)])
        ends = await cluster.log_end_offsets(partitions)
        committed = await cluster.committed_offsets(stage)
    lag = sum(end - (committed[one].offset if one in committed else 0) for one, end in ends.items())
    return min(PARTITIONS, math.ceil(lag / LAG))


async def until_replicas(kafka: KafkaSettings, stage: Stage, wanted: int) -> None:
    async with asyncio.timeout(deadline()):
        while await replicas(kafka, stage) != wanted:
            pass


async def test_a_stage_is_scaled_up_under_load_and_to_zero_when_idle(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS, partitions=PARTITIONS)
    page = (SAMPLES / "pages" / "ferry-strike.html").read_text(encoding="utf-8")
    raw = [
        Raw(json.dumps({"url": f"https://c.example/{n}", "body": page, "content_type": "text/html"}).encode())
        for n in range(60)
    ]
    assert await replicas(kafka, INGEST) == 0
    await publish(kafka, raw)
    assert (await replicas(kafka, INGEST), await replicas(kafka, EXTRACTOR)) == (PARTITIONS, 0)
    with workers(kafka, ["ingest"], tmp_path / "ingest.log"):
        await until_replicas(kafka, INGEST, 0)
        assert await replicas(kafka, EXTRACTOR) == PARTITIONS
    with workers(kafka, ["extractor"], tmp_path / "extractor.log"):
        await until_replicas(kafka, EXTRACTOR, 0)
    await publish(kafka, raw[:12])
    assert (await replicas(kafka, INGEST), await replicas(kafka, EXTRACTOR)) == (2, 0)
