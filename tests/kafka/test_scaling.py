"""Workers of a stage share its partitions; stopping one loses and repeats nothing."""

import asyncio
import collections
import json
from pathlib import Path

from tests import topics
from tests.support import SAMPLES, Raw, collect, publish
from tests.waiting import deadline
from wiredesk.pipeline import ARTICLES_CLEANED, TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import setting
from wiredesk.testing.processes import WorkerProcess, wait_until, workers
from wiredesk_schemas import CleanedArticle

PAGES = 600


async def test_three_extractors_share_six_partitions_and_one_stops(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS, partitions=6)
    page = (SAMPLES / "pages" / "ferry-strike.html").read_text(encoding="utf-8")
    raw = [
        Raw(json.dumps({"url": f"https://c.example/{n}", "body": page, "content_type": "text/html"}).encode())
        for n in range(PAGES)
    ]
    settings = {"WIREDESK_SESSION_TIMEOUT": str(setting(10)), "WIREDESK_DRAIN_TIMEOUT": str(setting(5))}
    stages = ["ingest", "extractor", "extractor", "extractor"]
    with workers(kafka, stages, tmp_path / "log", settings) as (_, *extractors):
        wait_until(
            lambda: [*map(running_lanes, extractors)] == [2, 2, 2],
            "each has two partitions",
        )
        origins = await publish(kafka, raw)
        stopped, *others = extractors
        wait_until(lambda: stopped.metric("wiredesk_records_total") >= 20, "the one to stop is at work")
        assert stopped.terminate() == 0
        wait_until(lambda: sum(map(running_lanes, others)) == 6, "the others took over")
        names = [kafka.on_cluster(ARTICLES_CLEANED.name)]
        async with asyncio.timeout(deadline()):
            while len(await collect(kafka, names, set(origins))) < PAGES:
                pass
        wait_until(lambda: all(e.metric("wiredesk_records_total") > 0 for e in others), "both have had a part")
        wait_until(lambda: sum(e.metric("wiredesk_lag_records") for e in others) == 0, "nothing is left to do")
    found = await collect(kafka, names, set(origins))
    counts = collections.Counter(map(len, found.values()))
    assert counts == {1: PAGES}
    urls = {CleanedArticle.from_json(records[0].value).url for records in found.values()}
    assert len(urls) == PAGES


def running_lanes(worker: WorkerProcess) -> float:
    return worker.metric('wiredesk_lanes{state="running"}')
