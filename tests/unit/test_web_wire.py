"""The wire: what it shows, in which order, and what its readers get across a reconnect."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from hypothesis import example as also
from hypothesis import given
from hypothesis import strategies as st

from tests.web_page import Page, example, web_page
from wiredesk.runtime.kafka.partition_identity import format_topic_id
from wiredesk.web.wire import stream as wire_stream
from wiredesk.web.wire.brief import Brief
from wiredesk.web.wire.position import Position
from wiredesk.web.wire.ring import Ring, TooSlowError
from wiredesk_schemas import ArticleWithdrawn
from wiredesk_schemas.headers import SYNTHETIC

STREAM = {"Accept": "text/event-stream"}


def page_id(number: int) -> str:
    return f"{number:08}-1111-5111-8111-111111111111"


def article(number: int, **fields: Any) -> bytes:
    return example("enriched_article", page_id=page_id(number), title=f"Story {number}", **fields)


@contextlib.asynccontextmanager
async def stream(
    page: Page, last: str = "", query: str = "?view=brief"
) -> AsyncIterator[AsyncIterator[dict[str, str]]]:
    """Open a stream, and yield its events."""
    headers = {**STREAM, **({"Last-Event-ID": last} if last else {})}
    async with page.session.get(f"{page.url}/api/articles{query}", headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        yield events(answer)


async def events(answer: aiohttp.ClientResponse) -> AsyncIterator[dict[str, str]]:
    event: dict[str, str] = {}
    async for line in answer.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            event[name] = value
        elif "data" in event:
            yield event
            event = {}
        else:
            event = {}


async def take(from_stream: AsyncIterator[dict[str, str]], count: int) -> list[dict[str, str]]:
    return [await anext(from_stream) for _ in range(count)]


def titles(taken: list[dict[str, str]]) -> list[str]:
    return [json.loads(event["data"])["title"] for event in taken]


async def test_the_newest_articles_come_first_and_filters_choose() -> None:
    async with web_page() as page:
        for number in range(5):
            page.feed.put(number, article(number, source="Paper" if number % 2 else "Courier"))
        _, html = await page.get("/")
        assert [html.index(f"Story {number}") for number in (4, 3, 2, 1, 0)] == sorted(
            html.index(f"Story {n}") for n in range(5)
        )
        for query, count in {
            "source=paper": 2, "source=paper&source=courier": 5, "person=helen+marsh": 5, "place=Q142": 5, "language=EN": 5,
            "language=en-GB&source=paper": 2, "type=article": 5, "type=index": 0, "organisation=seafarers": 5, "person=France": 0,
            "topic=": 5, "source=courier.example": 5, "source=COURIER.example&source=x": 5, "source=example": 0,
        }.items():  # fmt: skip
            assert (await page.get(f"/?{query}"))[1].count('<article class="line created"') + (
                await page.get(f"/?{query}")
            )[1].count('<article class="line corrected"') == count, query


async def test_revisions_and_withdrawals_are_shown_as_such() -> None:
    async with web_page() as page:
        gone = json.loads(example("article_withdrawn"))["page_id"]
        page.feed.put(0, example("enriched_article", page_id=gone, title="Ferry strike"))
        page.feed.put(1, example("article_withdrawn"))
        _, html = await page.get("/")
        assert 'class="line withdrawn"' in html
        assert html.count("Ferry strike") == 2  # a withdrawal has no headline of its own
        assert "Correction: An earlier version" in html
        assert "gone: the server answered with status 410" in html


async def test_synthetic_pages_and_what_is_no_article_are_left_out() -> None:
    async with web_page() as page:
        page.feed.put(0, article(0), headers=((SYNTHETIC, b"true"),))
        page.feed.put(1, b'{"title": "no article"}', page="x")
        page.feed.put(2, b"no JSON \xff", page="x")
        page.feed.put(3, article(3))
        assert len(page.web.site.ring) == 1
        assert page.web.site.ring.position.offsets == {0: 4}


async def test_a_page_that_is_to_be_forgotten_leaves_the_wire_and_its_readers() -> None:
    async with web_page() as page:
        page.feed.put(0, article(1))
        async with stream(page) as coming:
            page.feed.put(1, None, page=page_id(1))
            (event,) = await take(coming, 1)
            assert (event["event"], json.loads(event["data"])) == ("forgotten", {"page_id": page_id(1)})
        assert "Story 1" not in (await page.get("/"))[1]


async def test_a_reader_that_comes_back_gets_each_article_once_in_order() -> None:
    async with web_page(partitions=3) as page:
        put: list[str] = []

        def publish(count: int) -> None:
            for _ in range(count):
                number = len(put)
                page.feed.put(number // 3, article(number), partition=number % 3)
                put.append(f"Story {number}")

        last, seen = str(page.web.site.ring.position), []
        for round_ in range(10):
            publish(5)
            async with stream(page, last) as coming:
                publish(5)
                taken = await take(coming, 7 if round_ < 9 else 100 - 7 * 9)
                seen += titles(taken)
                last = taken[-1]["id"]
        assert seen == put


async def test_a_reader_has_a_position_before_the_first_article(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would miss what comes while it connects again."""
    monkeypatch.setattr(wire_stream, "HEARTBEAT_SECONDS", 600)
    async with web_page() as page:
        page.feed.put(0, article(0))
        async with page.session.get(f"{page.url}/api/articles", headers=STREAM) as answer:
            lines = [await answer.content.readline() for _ in range(2)]
        page.feed.put(1, article(1))
        last = next(line for line in lines if line.startswith(b"id: ")).decode().removeprefix("id: ").strip()
        async with stream(page, last) as coming:
            assert titles(await take(coming, 1)) == ["Story 1"]


async def test_the_head_of_a_stream_ends() -> None:
    async with web_page() as page:
        status, headers, text = await page.ask("HEAD", "/api/articles", headers=STREAM)
        assert (status, text) == (200, "")
        assert headers["Content-Type"].startswith("text/event-stream")
        assert page.web.site.streams == 0
        _, headers, _ = await page.ask("POST", "/api/articles")
        assert headers["Allow"] == "GET, HEAD"


async def test_a_filtered_reader_is_given_its_position_without_articles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_stream, "HEARTBEAT_SECONDS", 0.01)
    path = "/api/articles?source=Nobody"
    async with web_page() as page, page.session.get(page.url + path, headers=STREAM) as answer:
        page.feed.put(0, article(0))
        async for line in answer.content:
            if line.startswith(b"id: ") and line.strip().endswith(b".0-1"):
                break


async def test_a_position_of_a_topic_that_was_made_again_reloads_the_page() -> None:
    async with web_page() as page:
        page.feed.put(0, article(0))
        async with stream(page, "ffffffff.0-9") as coming:
            first, second = await take(coming, 2)
            assert (first["event"], titles([second])) == ("reload", ["Story 0"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x y",
        "aaaaaaaa.0",
        "aaaaaaaa.0-",
        "aaaaaaaa.99999999999-1",
        "aaaaaaaa.0-99999999999999999999",
        "a" * 9,
        "é.0-1",
        "0" * 100_000,
    ],
)
def test_what_is_no_position_is_none(text: str) -> None:
    assert Position.parse(text) is None


def test_a_position_is_written_as_it_is_read() -> None:
    position = Position("3f2a9c10", {1: 40, 0: 12})
    assert str(position) == "3f2a9c10.0-12.1-40"
    assert Position.parse(str(position)) == position


@given(st.uuids())
@also(UUID(bytes=b"\xfc" + b"\xff\xbf\xef" * 5))
@also(UUID(bytes=b"\xfb\xef\xbe" * 5 + b"\x00"))
def test_a_position_of_any_topic_is_read(topic: UUID) -> None:
    """A topic's id may begin with `_`, or have a `-`, which stands between the numbers, too."""
    ring = Ring(max_items=3, max_bytes=100)
    ring.begin(format_topic_id(topic.bytes), {0: 6, 1: 9})
    assert Position.parse(str(ring.position)) == ring.position


def test_the_ring_is_bounded_in_number_and_bytes() -> None:
    ring = Ring(max_items=3, max_bytes=100)
    ring.begin("t", {0: 0})
    brief = Brief.of_withdrawal(ArticleWithdrawn.from_json(example("article_withdrawn")), None, None)
    for number in range(10):
        ring.add(0, number, f"p{number}", brief, b"x" * 10)
    assert (len(ring), ring.size, ring.starts) == (3, 30, {0: 7})
    ring.add(0, 10, "large", brief, b"x" * 1000)
    assert (len(ring), ring.size) == (1, 1000)
    with pytest.raises(TooSlowError):
        ring.from_number(0, 1)
    assert [item.offset for item in ring.from_number(ring.first_number(), 5)] == [10]


async def test_a_slow_reader_is_disconnected_and_holds_nothing() -> None:
    """It reads nothing while far more is published than the ring and the buffers of its connection hold."""
    async with (
        web_page(web_articles=10, web_stall_timeout=0.2) as page,
        page.session.get(f"{page.url}/api/articles", headers=STREAM) as answer,
    ):
        body = [{"text": "x" * 100_000, "kind": "paragraph", "language": None}]
        number = 0
        while page.web.site.streams:
            page.feed.put(number, article(number, paragraphs=body))
            number += 1
            assert number < 5000
            await asyncio.sleep(0)
        assert page.web.site.ring.size < 3_000_000
        with contextlib.suppress(aiohttp.ClientError):
            await answer.content.read()
