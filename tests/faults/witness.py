"""An independent witness: counts with another client library, and shares no code with what it counts.

    python -m tests.faults.witness BOOTSTRAP RAW_TOPIC END_TOPIC...

It reads all topics to their end, read-committed, and prints one JSON object: the number of raw pages, of pages without
an outcome, and of pages with more than one; and for each dead letter its original record, the order of the page, and
the reason.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

from wiredesk.testing.patience import scaled

SILENT_SECONDS = 30


def committed(bootstrap: str, topics: list[str]) -> Iterator[Message]:
    """Yield the committed records of topics, from the first one to the end of each."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "witness",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    metadata = consumer.list_topics(timeout=scaled(SILENT_SECONDS))
    assignment = [
        TopicPartition(topic, partition, OFFSET_BEGINNING)
        for topic in topics
        for partition in metadata.topics[topic].partitions
    ]
    consumer.assign(assignment)
    left = len(assignment)
    while left:
        message = consumer.poll(scaled(SILENT_SECONDS))
        assert message is not None, f"nothing for {SILENT_SECONDS} s, scaled"
        if (error := message.error()) is not None:
            assert error.code() == KafkaError._PARTITION_EOF, error
            left -= 1
            continue
        yield message
    consumer.close()


def main() -> None:
    bootstrap, raw_topic, *end_topics = sys.argv[1:]
    entered: set[str] = set()
    ended: Counter[str] = Counter()
    letters: list[tuple[str, str, str]] = []
    for message in committed(bootstrap, [raw_topic, *end_topics]):
        if message.topic() == raw_topic:
            entered.add(f"{raw_topic}/{message.partition()}/{message.offset()}")
            continue
        headers: dict[str, Any] = dict(message.headers() or ())
        ended[headers["wiredesk_origin"].decode()] += 1
        if "wiredesk_dlq_reason" in headers:
            topic, partition, offset, reason = (
                headers[f"wiredesk_dlq_{name}"].decode() for name in ("topic", "partition", "offset", "reason")
            )
            value = message.value() or b""
            order = value.split(b":", 4)[3].decode() if value.startswith(b"light:") else ""
            letters.append((f"{topic}/{partition}/{offset}", order, reason))
    print(  # noqa: T201
        json.dumps(
            {
                "pages": len(entered),
                "missing": sum(origin not in ended for origin in entered),
                "duplicated": sum(times > 1 for times in ended.values()),
                "unknown": sum(origin not in entered for origin in ended),
                "letters": letters,
            }
        )
    )


if __name__ == "__main__":
    main()
