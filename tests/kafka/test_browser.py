"""The web page in a real browser: articles as they come, hostile texts, a letter redriven by click, every view."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from tests import topics
from tests.browser import VIEWS, Tab, browser, needs_browser
from tests.hostile_text import CORPUS
from tests.kafka.test_web import page_of, publish, put_letter
from tests.support import SAMPLES, Raw
from tests.support import publish as publish_raw
from tests.unit.test_web_hostile import hostile_article
from wiredesk.local.ports import free_port
from wiredesk.operations.sample_run import sample_pages
from wiredesk.pipeline import ARTICLES_ENRICHED, TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import workers

pytestmark = needs_browser

WATCH = """
window.seen = [];
new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
  if (node.querySelector) window.seen.push(node.querySelector("h2").textContent.trim());
}))).observe(document.getElementById("wire"), { childList: true });
true
"""
"""Keeps the headline of every article that is added to the wire, in order."""

LIVE = "document.getElementById('live').textContent.startsWith('live')"

FERRY = (SAMPLES / "pages" / "ferry-strike.html").read_text(encoding="utf-8")


@pytest.mark.timeout(240)
async def test_200_articles_are_seen_in_order_across_a_restart_of_the_server(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    settings: dict[str, Any] = {"web_articles": 30}
    async with browser(tmp_path / "browser") as tab:
        async with page_of(kafka, web_port=free_port(), **settings) as page:
            port = int(page.url.rpartition(":")[2])
            await tab.open(page.url)
            await tab.until(LIVE)
            await tab.get(WATCH)
            await publish(kafka, 0, 80)
            await tab.until("window.seen.length >= 60")
        await publish(kafka, 80, 150)
        async with page_of(kafka, web_port=port, **settings):
            await publish(kafka, 150, 200)
            await tab.until("window.seen.length >= 200", 60)
        assert await tab.get("window.seen") == [f"Story {number}" for number in range(200)]
        assert await tab.get("document.querySelectorAll('#wire > article').length") == 100


@pytest.mark.timeout(240)
async def test_hostile_texts_stay_text_in_a_browser(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    name = kafka.on_cluster(ARTICLES_ENRICHED.name)
    async with page_of(kafka) as page, browser(tmp_path / "browser") as tab:
        await tab.open(page.url)
        await tab.until(LIVE)
        await tab.get(WATCH)
        async with AIOKafkaProducer(
            bootstrap_servers=kafka.bootstrap_servers, acks="all", max_request_size=1 << 24
        ) as producer:
            for number, text in enumerate(CORPUS):
                value = json.loads(hostile_article(text))
                value["page_id"] = f"{number:08}-1111-5111-8111-111111111111"
                await producer.send_and_wait(name, json.dumps(value).encode(), key=value["page_id"].encode())
        await tab.until(f"window.seen.length >= {len(CORPUS)}", 60)
        for _ in range(2):  # as the script has added them, and as the server has rendered them
            assert await tab.get("Array.from(document.scripts, (one) => one.src)") == [f"{page.url}/static/wire.js"]
            for selector in (
                "img",
                "iframe",
                "svg",
                "style",
                "base",
                "meta[http-equiv]",
                "object",
                "[onerror]",
                "[onload]",
                "[style]",
            ):
                assert await tab.get(f"document.querySelectorAll('{selector}').length") == 0, selector
            links = await tab.get("Array.from(document.querySelectorAll('#wire a'), (one) => one.protocol + one.host)")
            assert set(links) == {f"http:{page.url.removeprefix('http://')}"}
            await tab.open(page.url)
        await tab.open(f"{page.url}/story/00000000-1111-5111-8111-111111111111")
        assert "<script>alert(1)</script>" in await tab.get("document.querySelector('h1').textContent")
        assert tab.complaints() == []


@pytest.mark.timeout(600)
async def test_a_letter_redriven_by_click_ends_enriched_and_every_view_is_readable(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    raw = json.dumps({"url": "https://courier.example/ferry", "body": FERRY, "source": "The Harbour Courier"}).encode()
    letter = await put_letter(kafka, raw)
    with workers(kafka, ["ingest", "extractor", "revisions", "enrichment"], tmp_path / "workers.log"):
        async with page_of(kafka) as page, browser(tmp_path / "browser") as tab:
            await tab.open(f"{page.url}/letters/{letter}")
            await tab.get("document.querySelector('a[href^=\"/letters/redrive\"]').click()")
            await tab.until("!!document.getElementById('confirm')")
            await tab.get("document.getElementById('confirm').click()")
            await tab.until("document.querySelector('h1').textContent === 'Sent back'")
            await tab.open(page.url)
            await tab.until("document.querySelector('#wire > article h2 a')?.textContent.includes('Ferry crews')", 120)
            await publish_raw(kafka, [Raw(value, headers=tuple(headers)) for value, headers in sample_pages()])
            await tab.until("document.querySelectorAll('#wire > article').length > 15", 60)
            story = await tab.get("document.querySelector('#wire > article:last-of-type h2 a').getAttribute('href')")
            views = {
                "wire": "/",
                "story": story,
                "letters": "/letters?since=28d",
                "letter": f"/letters/{letter}",
                "pipeline": "/pipeline",
            }
            await photograph(tab, page.url, views, Path(os.environ.get("PICTURES", tmp_path)))
            assert tab.complaints() == []


async def photograph(tab: Tab, url: str, paths: dict[str, str], folder: Path) -> None:
    """Take a picture of each view in light, dark and at the width of a phone; nothing is wider than the window."""
    for view, (width, _, _) in VIEWS.items():
        await tab.look(view)
        for name, path in paths.items():
            await tab.open(url + path)
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
            await tab.picture(folder / f"web-{name}-{view}.png")
            assert await tab.get("document.documentElement.scrollWidth") <= width, (name, view)
