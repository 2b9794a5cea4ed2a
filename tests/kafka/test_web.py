"""The web page and a real Kafka: a stream across a reconnect and a restart, a letter that is redriven, the commands' figures."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Mapping, MutableMapping
from typing import Any

import aiohttp
import pytest
import structlog
from aiokafka import AIOKafkaProducer
from structlog.testing import LogCapture

from tests import topics
from tests.reading import read_topic
from tests.unit.test_web_wire import article, page_id, stream, take, titles
from tests.waiting import until
from tests.web_page import Page, example
from wiredesk.operations import reasons_by_hour
from wiredesk.pipeline import ARTICLES_ENRICHED, INGEST, PAGES_RAW, PAGES_SKIPPED, TOPICS
from wiredesk.runtime.dead_letters import dead_letter
from wiredesk.runtime.records import Failure, Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import wiredesk
from wiredesk.web import letters_page, measurements
from wiredesk.web.server import Web
from wiredesk.web.settings import WebSettings

RAW = b'{"url": "https://paper.example/timeout", "body": "<title>T</title><p>The page &amp; its text.<script>no()</script>"}'


@contextlib.asynccontextmanager
async def page_of(kafka: KafkaSettings, **settings: Any) -> AsyncIterator[Page]:
    """Serve the web page of a deployment for the duration of a block; it has read the newest articles."""
    web = Web(kafka, WebSettings(**{"web_port": 0, **settings}))
    timeout = aiohttp.ClientTimeout(total=scaled(60))
    async with (
        web.serving() as url,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=timeout) as session,
    ):
        async with asyncio.timeout(scaled(60)):
            while web.site.feed.trouble is not None:
                await asyncio.sleep(0.02)
        yield Page(url, web, web.site.feed, session)  # type: ignore[arg-type] # it reads by itself


async def publish(kafka: KafkaSettings, first: int, stop: int) -> None:
    """Publish articles with numbers, in order, as a stage does: in transactions."""
    name = kafka.on_cluster(ARTICLES_ENRICHED.name)
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, transactional_id=kafka.on_cluster(f"test-{first}"), acks="all"
    )
    async with producer:
        for start in range(first, stop, 10):
            async with producer.transaction():
                for number in range(start, min(start + 10, stop)):
                    await producer.send_and_wait(name, article(number), key=page_id(number).encode())


@pytest.mark.timeout(180)
async def test_200_articles_are_seen_in_order_across_a_reconnect_and_a_restart(kafka: KafkaSettings) -> None:
    """The ring of 20 holds a part of them only: what a reader misses beyond that is read from Kafka."""
    await topics.create(kafka, TOPICS, partitions=1)
    seen: list[str] = []
    async with page_of(kafka, web_articles=20) as page:
        last = str(page.web.site.ring.position)
        await publish(kafka, 0, 50)
        async with stream(page, last) as coming:
            taken = await take(coming, 30)
            seen, last = seen + titles(taken), taken[-1]["id"]
        await publish(kafka, 50, 100)
        async with stream(page, last) as coming:
            taken = await take(coming, 60)
            seen, last = seen + titles(taken), taken[-1]["id"]
    await publish(kafka, 100, 150)
    async with page_of(kafka, web_articles=20) as page, stream(page, last) as coming:
        await publish(kafka, 150, 200)
        seen += titles(await take(coming, 110))
        assert seen == [f"Story {number}" for number in range(200)]
        assert len(page.web.site.ring) == 20


async def test_articles_of_several_partitions_are_seen_once_each(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=3)
    await publish(kafka, 0, 20)
    async with page_of(kafka) as page:
        await until(lambda: len(page.web.site.ring) == 20, "it has read those of the last transaction, too")
        position = json.loads((await page.get("/api/articles?view=brief&limit=1"))[1])["position"]
        await publish(kafka, 20, 40)
        async with stream(page, position) as coming:
            assert sorted(titles(await take(coming, 20))) == sorted(f"Story {number}" for number in range(20, 40))


async def put_letter(kafka: KafkaSettings, raw: bytes = RAW) -> str:
    """Write a dead letter of ingest, and return its id."""
    record = Record(kafka.on_cluster(PAGES_RAW.name), 0, 0, 1_790_000_000_000, b"k", raw)
    letter = dead_letter(INGEST, "1", record, Failure("timeout", "<b>30 s</b>"))
    name = kafka.on_cluster(letter.topic)
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all") as producer:
        written = await producer.send_and_wait(name, letter.value, key=letter.key, headers=list(letter.headers))
    return f"{name}/{written.partition}/{written.offset}"


def hidden(html: str) -> Mapping[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[MutableMapping[str, Any]]:
    """What the pages of dead letters log, however a command of another test has set up the logs of this process."""
    capture = LogCapture()
    log = structlog.wrap_logger(None, processors=[capture], wrapper_class=structlog.make_filtering_bound_logger(0))
    monkeypatch.setattr(letters_page, "log", log)
    return capture.entries


@pytest.mark.timeout(180)
async def test_a_letter_is_looked_at_redriven_and_purged(
    kafka: KafkaSettings, logged: list[MutableMapping[str, Any]]
) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    id_ = await put_letter(kafka)
    async with page_of(kafka) as page:
        _, html = await page.get("/letters?by=reason&by=host&by=hour")
        assert f'href="/letters/{id_}"' in html
        assert "paper.example" in html
        _, html = await page.get(f"/letters/{id_}")
        assert "&lt;b&gt;30 s&lt;/b&gt;" in html
        assert "\nThe page &amp; its text.</pre>" in html
        assert "&lt;script&gt;no()" in html  # as source
        _, html = await page.get(f"/letters/redrive?topic=ingest&id={id_}")
        assert "1 dead letters would be sent back" in html
        form = hidden(html)
        flipped = form["form"][:-1] + ("0" if form["form"][-1] != "0" else "1")
        for changed in ({}, {"form": flipped}, {"form": form["form"].partition(".")[0]}):
            assert (await page.ask("POST", "/letters/redrive", data=changed))[0] == 403
        assert (await page.ask("POST", "/letters/redrive", data=form, headers={"Origin": "https://evil.example"}))[
            0
        ] == 403
        assert (await page.ask("POST", "/letters/purge", data=form))[0] == 403
        status, _, html = await page.ask("POST", "/letters/redrive", data=form)
        assert (status, "1 dead letters were sent back" in html) == (200, True), html
        assert (await first_raw_page(kafka)).value == RAW
        _, _, html = await page.ask("POST", "/letters/redrive", data=form)
        assert "0 dead letters were sent back" in html
        counted = json.loads((await page.get("/api/letters"))[1])["counts"]
        assert [(one["reason"], one["letters"], one["redriven"]) for one in counted] == [("timeout", 1, 1)]
        printed = json.loads(wiredesk(kafka, "dlq", "list", "--json", "--by", "reason", "--by", "host").stdout)
        assert counted == [printed]

        form = hidden((await page.get("/letters/purge?topic=ingest"))[1])
        await put_letter(kafka)
        _, _, html = await page.ask("POST", "/letters/purge", data=form)
        assert "1 dead letters were deleted" in html
        counted = json.loads((await page.get("/api/letters?by=stage"))[1])["counts"]
        assert [one["letters"] for one in counted] == [1]  # the one that came after the preview
    assert [(line["event"], line["who"]) for line in logged] == [
        ("dead letters redriven", "local"),
        ("dead letters redriven", "local"),
        ("dead letters purged", "local"),
    ]


async def first_raw_page(kafka: KafkaSettings) -> Record:
    reading = read_topic(kafka, [kafka.on_cluster(PAGES_RAW.name)], from_beginning=True)
    async with asyncio.timeout(scaled(30)), contextlib.aclosing(reading):
        return await anext(record async for record in reading if record is not None)


async def test_people_who_may_look_change_nothing(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    async with page_of(kafka, web_token="look-token-0123456789", web_redrive_token="redrive-token-0123456789") as page:
        look = {"Authorization": "Bearer look-token-0123456789"}
        assert (await page.get("/letters", headers=look))[0] == 200
        for path in ("/letters/redrive", "/letters/purge"):
            assert (await page.get(path, headers=look))[0] == 403
            assert (await page.ask("POST", path, headers=look, data={}))[0] == 403
            assert (await page.get(path, headers={"Authorization": "Bearer redrive-token-0123456789"}))[0] == 200


async def test_reasons_are_read_a_part_at_a_time(kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasons_by_hour, "MAX_RECORDS", 2)
    monkeypatch.setattr(measurements, "FRESH_SECONDS", 0)
    await topics.create(kafka, TOPICS, partitions=1)
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all") as producer:
        for reason in ("http_error", "http_error", "<b>\u202ereason"):
            skipped = json.dumps({"reason": reason}).encode()
            await producer.send_and_wait(kafka.on_cluster(PAGES_SKIPPED.name), skipped)
    letters = kafka.on_cluster(INGEST.dead_letter_topic.name)
    async with page_of(kafka) as page:
        assert json.loads((await page.get("/api/reasons"))[1])["unread"] == 1
        status, html = await page.get("/pipeline")
        assert (status, "&lt;b&gt;" in html, "<b>" in html) == (200, True, False)
        async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all") as producer:
            await producer.send_and_wait(letters, b"x", headers=[("wiredesk_dlq_reason", b"binary")])
        day = json.loads((await page.get("/api/reasons"))[1])
        assert (day["unread"], len(day["hours"])) == (0, 24)
        assert {one["reason"]: sum(one["pages"]) for one in day["skipped"]}["http_error"] == 2
        assert [(one["stage"], one["reason"], sum(one["letters"])) for one in day["dead_letters"]] == [
            ("ingest", "binary", 1)
        ]
        assert "ingest: binary" in (await page.get("/pipeline"))[1]


async def test_a_story_and_the_pipeline(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=2)
    name, page_key = kafka.on_cluster(ARTICLES_ENRICHED.name), json.loads(example("article_withdrawn"))["page_id"]
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all") as producer:
        for value in (
            example("enriched_article", page_id=page_key, title="The first headline", revision_number=1),
            example("enriched_article", page_id=page_key, title="The second headline", revision_number=2),
            example("article_withdrawn", revision_number=3),
        ):
            await producer.send_and_wait(name, value, key=page_key.encode())
    async with page_of(kafka) as page:
        status, html = await page.get(f"/story/{page_key}")
        assert status == 200
        assert "<del>first </del>" in html
        assert "<ins>second </ins>" in html
        assert "withdrawn" in html
        assert (await page.get(f"/story/{page_id(9)}"))[0] == 404
        assert (await page.get(f"/api/articles/{page_key}"))[0] == 404  # it is gone
        status, html = await page.get("/pipeline")
        assert (status, "every partition has its leader" in html) == (200, True)
        measured = json.loads((await page.get("/api/status"))[1])
        printed = json.loads(wiredesk(kafka, "status", "--json").stdout)
        assert measured["brokers"] == printed["brokers"]
        assert [stage["stage"] for stage in measured["stages"]] == [stage["stage"] for stage in printed["stages"]]
