"""A feed of `articles.enriched`: stories with updates, corrections, withdrawals and returns, and what replays repeat."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaProducer

from wiredesk.pipeline import ARTICLES_ENRICHED
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing import example_event
from wiredesk_schemas import ArticleWithdrawn, Block, EnrichedArticle, RevisionKind
from wiredesk_schemas.headers import EVENT_TYPE, TIME, Header
from wiredesk_schemas.ids import derived_event_id, page_id
from wiredesk_schemas.rfc3339 import format_rfc3339

ARTICLE = example_event(EnrichedArticle)
WITHDRAWAL = example_event(ArticleWithdrawn)
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
BATCH = 200
"""Records of a transaction."""


@dataclass(frozen=True)
class Sent:
    """A record of the feed."""

    key: bytes
    value: bytes | None
    headers: tuple[Header, ...] = ()


def newsfeed(pages: int, seed: int = 0) -> list[Sent]:
    """Return a feed of so many pages; the records of a page are in their order, and those of all are mixed."""
    dice = random.Random(seed)
    stories = [list(_story(number, dice)) for number in range(pages)]
    turns = [number for number, story in enumerate(stories) for _ in story]
    dice.shuffle(turns)
    ahead = [iter(story) for story in stories]
    return [next(ahead[number]) for number in turns]


def _story(number: int, dice: random.Random) -> Iterator[Sent]:
    """The life of a page: in one of ten it is withdrawn, some return, some revisions are published again."""
    url = f"https://news-{number % 7}.example/{number}"
    sent = [revision(url, 1, RevisionKind.CREATED)]
    yield sent[0]
    for count in range(2, 2 + dice.choice((0, 0, 1, 2, 3))):
        chance = dice.random()
        if chance < 0.25:
            sent.append(withdrawal(url, count))
        elif chance < 0.35:
            yield dice.choice(sent)  # a redrive of what may be older
            continue
        elif chance < 0.38:
            yield Sent(page_id(url).encode(), None)
            sent = [revision(url, count, RevisionKind.CREATED)]
        else:
            sent.append(revision(url, count, dice.choice((RevisionKind.UPDATED, RevisionKind.CORRECTED))))
        yield sent[-1]
    if dice.random() < 0.05:
        yield sent[-1]  # a replay


def revision(
    url: str, number: int, kind: RevisionKind = RevisionKind.CREATED, headers: tuple[Header, ...] = (), **fields: object
) -> Sent:
    """Return a revision of an article; its text names its number."""
    page = page_id(url)
    event_id = derived_event_id(page, str(number), "1")
    values: dict[str, object] = {
        "event_id": event_id,
        "revision_event_id": event_id,
        "previous_event_id": None,
        "page_id": page,
        "url": url,
        "canonical_url": url,
        "title": f"{url} for the {number}th time",
        "paragraphs": (Block(text=f"What is said of {url} for the {number}th time."),),
        "revision_number": number,
        "revision_kind": kind,
        "first_seen": START,
    }
    event = ARTICLE.model_copy(update=values | fields)
    return Sent(page.encode(), event.to_json(), (*_headers(EnrichedArticle.TYPE, number), *headers))


def withdrawal(url: str, number: int) -> Sent:
    """Return the withdrawal of an article."""
    page = page_id(url)
    values = {
        "event_id": derived_event_id(page, str(number), "1"),
        "page_id": page,
        "url": url,
        "canonical_url": url,
        "revision_number": number,
    }
    event = WITHDRAWAL.model_copy(update=values)
    return Sent(page.encode(), event.to_json(), _headers(ArticleWithdrawn.TYPE, number))


def _headers(kind: str, number: int) -> tuple[Header, ...]:
    time = format_rfc3339(START + timedelta(hours=number))
    return (EVENT_TYPE, kind.encode()), (TIME, time.encode())


async def publish(kafka: KafkaSettings, feed: Iterable[Sent], topic: str = ARTICLES_ENRICHED.name) -> int:
    """Publish a feed in transactions, as the stage before does; every fifth of them is aborted and repeated."""
    producer: AIOKafkaProducer = clients.producer(kafka, "newsfeed", transactional_id=kafka.on_cluster("newsfeed"))
    records = list(feed)
    async with clients.started(producer, kafka):
        for count, start in enumerate(range(0, len(records), BATCH)):
            batch = records[start : start + BATCH]
            if count % 5 == 1:
                await producer.begin_transaction()
                await _send(producer, kafka.on_cluster(topic), batch)
                await producer.abort_transaction()
            async with producer.transaction():
                await _send(producer, kafka.on_cluster(topic), batch)
    return len(records)


async def _send(producer: AIOKafkaProducer, topic: str, batch: Iterable[Sent]) -> None:
    for delivery in [
        await producer.send(topic, key=one.key, value=one.value, headers=list(one.headers)) for one in batch
    ]:
        await delivery
