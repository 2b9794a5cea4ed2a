"""Groups of copies are the same whatever happens to the process that holds their state."""

import asyncio
import contextlib
import random
from collections.abc import Sequence

import psutil
from aiokafka import AIOKafkaProducer

from tests import topics
from tests.copies import Stream, article, part, story, withdrawn
from tests.echo import SETTINGS, worker
from tests.reading import read_topic
from tests.support import templates
from tests.waiting import deadline
from wiredesk.pipeline import ARTICLES_COPIES, ARTICLES_SIGNATURES, FORGOTTEN, SYNDICATION
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.syndication.sign import Signer
from wiredesk_schemas import ArticleCopies, ArticleWithdrawn, CleanedArticle

TOPICS = (ARTICLES_SIGNATURES, ARTICLES_COPIES, FORGOTTEN, SYNDICATION.dead_letter_topic)
SMALL = SETTINGS.model_copy(update={"transaction_records": 7})


def lives(count: int, seed: int) -> Sequence[CleanedArticle | ArticleWithdrawn]:
    """Return articles of few pages and texts, which are revised and withdrawn."""
    rng = random.Random(seed)
    events: list[CleanedArticle | ArticleWithdrawn] = []
    for number in range(count):
        url, text = f"https://host{rng.randrange(12)}.example/", story(rng.randrange(4), 200)
        bodies = (text, part(text, 0.5), f"{text} {story(90, 80)}", f"{story(80, 150)} {part(text, 0.5)}")
        events.append(withdrawn(url, number) if rng.random() < 0.1 else article(url, rng.choice(bodies), number))
    return events


async def publish(kafka: KafkaSettings, events: Sequence[CleanedArticle | ArticleWithdrawn]) -> None:
    sign = Signer()
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    try:
        for event in events:
            signature = sign(event)
            await producer.send(
                kafka.on_cluster(ARTICLES_SIGNATURES.name), signature.to_json(), key=signature.key.encode(), partition=0
            )
    finally:
        await producer.stop()


async def groups(kafka: KafkaSettings, count: int) -> dict[str, ArticleCopies]:
    """Wait until the groups' topic has a number of records; return the last event of each group that there is."""
    latest: dict[str, ArticleCopies] = {}
    async with asyncio.timeout(deadline()), contextlib.aclosing(read_topic(kafka, [kafka.on_cluster(ARTICLES_COPIES.name)], from_beginning=True)) as reading:  # fmt: skip
        read = 0
        async for record in reading:
            if record is not None:
                read += 1
                key = (record.key or b"").decode()
                latest.pop(key, None)
                event = None if record.value is None else ArticleCopies.from_json(record.value)
                if event is not None and event.merged_into is None:
                    latest[key] = event
            if read >= count:
                return latest
    raise AssertionError


def keeper() -> psutil.Process:
    """Return the process that holds the state of the only partition."""
    (template,) = templates()
    (one,) = template.children()
    return one


async def test_groups_after_kills_are_those_of_one_run(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    events = lives(120, seed=1)
    stream = Stream()
    counts = [0]
    for event in events:
        counts.append(counts[-1] + len(stream.add(event)))
    async with worker(kafka, SMALL, SYNDICATION):
        await publish(kafka, events[:40])
        await groups(kafka, counts[40])
        keeper().kill()
        await publish(kafka, events[40:80])
        await groups(kafka, counts[60])
        keeper().kill()
        await groups(kafka, counts[80])
    await publish(kafka, events[80:])
    async with worker(kafka, SMALL, SYNDICATION):
        assert await groups(kafka, counts[-1]) == stream.groups
    assert len(stream.groups) > 1
