"""Postgres and Parquet hold what articles.latest holds, under kills; `python -m tests.faults.sinks` is the long form."""

from pathlib import Path

from tests import postgres
from tests.faults import sinks
from wiredesk.runtime.settings import KafkaSettings


async def test_both_sinks_hold_the_newest_articles(kafka: KafkaSettings, tmp_path: Path) -> None:
    with postgres.running() as database:
        result = await sinks.run(kafka, database, tmp_path, pages=150, kills=2)
    assert result.is_right, result
    assert result.kills == 2
