"""Keeps the newest article of each page in Postgres. Each record counts once: rows and offsets are one transaction.

python -m pip install -r requirements.txt && DATABASE_URL=postgresql://localhost/news python postgres_reader.py
"""

import asyncio
import json
import os
import signal
from datetime import datetime
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

BROKERS = os.environ.get("WIREDESK_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
TOPIC = os.environ.get("TOPIC", "articles.enriched")
DATABASE = os.environ.get("DATABASE_URL", "postgresql://localhost/news")

TABLES = """
CREATE TABLE IF NOT EXISTS wiredesk_articles (
    page_id text PRIMARY KEY, fetched_at timestamptz NOT NULL, revision_number int NOT NULL,
    event_id text NOT NULL, url text NOT NULL, title text, source text, language text, published_at text,
    event jsonb -- null: the article was withdrawn; its row keeps an older revision from coming back
);
CREATE TABLE IF NOT EXISTS wiredesk_offsets (
    topic text, partition int, next_offset bigint NOT NULL, PRIMARY KEY (topic, partition)
);
CREATE OR REPLACE VIEW articles AS SELECT * FROM wiredesk_articles WHERE event IS NOT NULL;
"""

# A redrive or a replay may publish an older revision again: it replaces nothing.
UPSERT = """
INSERT INTO wiredesk_articles VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (page_id) DO UPDATE SET
    (fetched_at, revision_number, event_id, url, title, source, language, published_at, event) =
    (excluded.fetched_at, excluded.revision_number, excluded.event_id, excluded.url, excluded.title,
     excluded.source, excluded.language, excluded.published_at, excluded.event)
WHERE (wiredesk_articles.fetched_at, wiredesk_articles.revision_number)
   <= (excluded.fetched_at, excluded.revision_number)
"""


async def store(database: Any, record: Any) -> None:
    """Store what a record says of its page."""
    headers = dict(record.headers)
    if record.value is None:  # the page is to be forgotten: nothing of it stays
        await database.execute("DELETE FROM wiredesk_articles WHERE page_id = $1", record.key.decode())
    elif headers.get("ce_wiredesksynthetic") != b"true":  # a probe, which readers leave out
        await database.execute(UPSERT, *columns(record.value.decode(), headers))


def columns(value: str, headers: dict[str, bytes]) -> tuple[Any, ...]:
    """Return the row of an event. Fields that are added later are in `event` alone."""
    event: dict[str, Any] = json.loads(value)
    is_withdrawal = headers["ce_type"] == b"wiredesk.article.withdrawn.v1"
    texts = (event.get(name) for name in ("title", "source", "language", "published_at"))
    fetched_at = datetime.fromisoformat(headers["ce_time"].decode())
    number = event.get("revision_number") or 0
    identifiers = (event["page_id"], fetched_at, number, event["event_id"], event["canonical_url"])
    return (*identifiers, *texts, None if is_withdrawal else value)


async def store_batch(database: Any, partition: TopicPartition, records: list[Any]) -> None:
    """Store the records of a partition and the offset after them, in one transaction."""
    place = (partition.topic, partition.partition)
    async with database.transaction():
        # The row is locked: a second reader of the same partition waits, and then finds what this one has stored.
        await database.execute("INSERT INTO wiredesk_offsets VALUES ($1, $2, 0) ON CONFLICT DO NOTHING", *place)
        query = "SELECT next_offset FROM wiredesk_offsets WHERE topic = $1 AND partition = $2 FOR UPDATE"
        next_offset = await database.fetchval(query, *place)
        for record in records:
            if record.offset >= next_offset:
                await store(database, record)
        update = (
            "UPDATE wiredesk_offsets SET next_offset = greatest(next_offset, $3) WHERE topic = $1 AND partition = $2"
        )
        await database.execute(update, *place, records[-1].offset + 1)


async def read(database: Any, stop: asyncio.Event) -> None:
    """Continue after what is stored, until a signal asks to stop."""
    await database.execute(TABLES)
    # Without a group it reads all partitions: Postgres knows the offsets. read_committed: nothing that was aborted.
    consumer = AIOKafkaConsumer(
        TOPIC,
        bootstrap_servers=BROKERS,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        for row in await database.fetch("SELECT partition, next_offset FROM wiredesk_offsets WHERE topic = $1", TOPIC):
            consumer.seek(TopicPartition(TOPIC, row["partition"]), row["next_offset"])
        while not stop.is_set():
            for partition, records in (await consumer.getmany(timeout_ms=500, max_records=500)).items():
                await store_batch(database, partition, records)
    finally:
        await consumer.stop()


async def main() -> None:
    """Connect, and read until a signal asks to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    database = await asyncpg.connect(DATABASE)
    try:
        await read(database, stop)
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
