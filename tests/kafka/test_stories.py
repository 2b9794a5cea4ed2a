"""Lives of stories, from outside, in short: the topics hold what the model says, also after kill -9.

`python -m tests.faults.lives` is the long form: 1,000 pages, three brokers, every kind of fault.
"""

import asyncio
import sys
from functools import partial
from pathlib import Path

import pytest

from tests import topics
from tests.faults import lives, lives_model, lives_witness
from tests.faults.crew import Crew
from tests.support import Raw, ends_of, publish
from wiredesk.pipeline import TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import setting
from wiredesk.testing.processes import KafkaProcess
from wiredesk_schemas import page_id

PAGES = 25
"""Pages, each with a life of its own: every kind of fetch occurs."""

OUTCOMES = {"created", "updated", "corrected", "unchanged", "withdrawn", "superseded", "http_error"}

STATEFUL = ("revisions", "latest")
"""The stages that remember pages."""


@pytest.mark.timeout(300)
async def test_every_fetch_becomes_what_the_model_says(cluster: KafkaProcess, tmp_path: Path) -> None:
    kafka = KafkaSettings(bootstrap_servers=cluster.bootstrap_servers, topic_prefix="stories.")
    await topics.create(kafka, TOPICS, partitions=2)
    environment = {
        **lives.WORKERS,
        "WIREDESK_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "WIREDESK_TOPIC_PREFIX": kafka.topic_prefix,
        "WIREDESK_SESSION_TIMEOUT": f"{setting(6):g}",
        "WIREDESK_DRAIN_TIMEOUT": f"{setting(3):g}",
        "WIREDESK_TRANSACTION_RECORDS": "20",
        "WIREDESK_LOG_LEVEL": "info",
    }
    crew = Crew((sys.executable, "-m", "tests.faults.light"), environment, tmp_path / "workers.log")
    pages = [Raw(value, key) for value, key in map(lives.record, lives_model.lives(1, PAGES))]
    half = len(pages) // 2
    try:
        # A static member has its partitions back at once when it is restarted.
        members = [crew.join(stage, static=True) for stage in lives.FLOW]
        origins = await publish(kafka, pages[:half])
        await ends_of(kafka, origins[: half // 2], seconds=90)
        for member in members:
            if member.stage in STATEFUL and member.process is not None:
                member.process.kill()
        await ends_of(kafka, [*origins, *await publish(kafka, pages[half:])], seconds=90)
        await lives.until_kept(kafka)
    finally:
        await crew.disband()
    reading = partial(lives_witness.differences, kafka.bootstrap_servers, page_id, (), kafka.topic_prefix)
    wrong, became = await asyncio.to_thread(reading)
    assert wrong == []
    assert became.keys() == OUTCOMES
    assert sum(became.values()) == len(pages)
    assert all(member.starts == 1 + (member.stage in STATEFUL) for member in members)
