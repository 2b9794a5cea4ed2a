"""Reads articles.enriched: prints each article's id, title and topics, and keeps the articles by event id.

python -m pip install -r requirements.txt && python reader.py
"""

import json
import os
import signal
import sys
from typing import Any

from kafka import KafkaConsumer

BROKERS = os.environ.get("WIREDESK_BOOTSTRAP_SERVERS", "127.0.0.1:9092").split(",")
TOPIC = os.environ.get("TOPIC", "articles.enriched")
GROUP = os.environ.get("GROUP", "example-python")

PAGE_TYPES = {"article", "live_blog"}
"""The types of pages that this reader uses. Others may be added within a major version: they are "other" here."""

type Articles = dict[str, dict[str, Any]]


def upsert(articles: Articles, value: bytes) -> None:
    """Keep an article. Only what is named here is read: fields that are added later are ignored."""
    event = json.loads(value)
    if (
        "reason" in event
    ):  # a withdrawal (ce_type wiredesk.article.withdrawn.v1): a store deletes what it has of page_id
        return
    page_type = event.get("page_type", "article")
    article = {
        "title": event.get("title"),
        "topics": [topic["name"] for topic in event.get("topics", ())],
        "type": page_type if page_type in PAGE_TYPES else "other",
    }
    if event["event_id"] not in articles:
        line = (event["event_id"], article["title"] or "(no title)", ", ".join(article["topics"]), article["type"])
        print("\t".join(line), flush=True)
    # The same event may come again, after a crash of this reader or by a replay: it has the same id and replaces the
    # first.
    articles[event["event_id"]] = article


def main() -> None:
    """Read until a signal asks to stop."""
    articles: Articles = {}
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _: signals.append(received))
    consumer = KafkaConsumer(
        TOPIC,
        bootstrap_servers=BROKERS,
        group_id=GROUP,
        isolation_level="read_committed",  # records of aborted transactions are not returned
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    try:
        while not signals:
            for records in consumer.poll(timeout_ms=500).values():
                for record in records:
                    if record.value is not None:
                        upsert(articles, record.value)
            # Commit after the work, not before: after a crash articles are repeated, but never lost.
            consumer.commit()
    finally:
        consumer.close(autocommit=False)
    print(f"{len(articles)} articles", file=sys.stderr)


if __name__ == "__main__":
    main()
