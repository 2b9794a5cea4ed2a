"""Lives of stories, from outside: pages are fetched again and again, and the topics hold what a model says."""

import json
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests import topics
from tests.support import Raw, collect, ends_of, origin, publish, text
from wiredesk.pipeline import ARTICLES_LATEST, TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import KafkaProcess, workers
from wiredesk_schemas import page_id

FLOW = ("ingest", "extractor", "revisions", "enrichment", "latest")
"""The stages that a story passes through."""

ADDRESSES = 12
"""Pages, each with a life of its own."""

FETCHES = 8
"""Fetches of a page."""

SENTENCE = "The union of the port said on day {} that the ferry crews of line {} will go back to work after long talks."


def body(address: int, text_number: int, nonce: int, *, is_corrected: bool) -> str:
    paragraphs = "".join(f"<p>{SENTENCE.format(text_number * 10 + n, address)}</p>" for n in range(6))
    notice = (
        "<p>Correction: An earlier version of this story gave a wrong day for the talks.</p>" if is_corrected else ""
    )
    title = f"Ferry strike of line {address} ends"
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{paragraphs}{notice}<script>{nonce}</script></body></html>"


def life(address: int, chance: random.Random) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the fetches of a page, and what each must become."""
    url = f"https://courier.example/2026/03/14/ferry-strike-{address}"
    shown: tuple[int, bool] | None = None
    known: tuple[int, bool] | None = None
    for minute in range(1, FETCHES + 1):
        act = chance.choice(("nonce", "edit", "correct", "gone", "late")) if minute > 1 else "edit"
        event: dict[str, Any] = {
            "url": url,
            "content_type": "text/html",
            "fetched_at": f"2026-03-14T08:{minute:02}:00Z",
        }
        if act == "gone":
            yield {**event, "body": "gone", "http_status": 410}, "withdrawn" if shown else "http_error"
            shown = None
        elif act == "late":
            page = body(address, 99, minute, is_corrected=False)
            yield {**event, "fetched_at": "2026-03-14T08:00:00Z", "body": page}, "superseded"
        else:
            number, was_corrected = known or (0, False)
            version = (number + (act == "edit"), was_corrected or act == "correct")
            page = body(address, version[0], minute, is_corrected=version[1])
            if shown == version:
                outcome = "unchanged"
            elif known is not None and version[1] and not known[1]:
                outcome = "corrected"
            else:
                outcome = "updated" if shown else "created"
            yield {**event, "body": page}, outcome
            shown = known = version


@pytest.mark.parametrize("seed", [1])
@pytest.mark.timeout(400)
async def test_every_fetch_becomes_what_the_model_says(
    cluster: KafkaProcess, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    kafka = KafkaSettings(bootstrap_servers=cluster.bootstrap_servers, topic_prefix=f"stories{seed}.")
    await topics.create(kafka, TOPICS, partitions=2)
    chance = random.Random(seed)
    lives = {number: list(life(number, chance)) for number in range(ADDRESSES)}
    order = [number for number in lives for _ in range(FETCHES)]
    chance.shuffle(order)
    expected: list[str] = []
    pages: list[Raw] = []
    rest = {number: iter(events) for number, events in lives.items()}
    for number in order:
        event, outcome = next(rest[number])
        pages.append(Raw(json.dumps(event).encode(), key=event["url"].encode()))
        expected.append(outcome)
    log = tmp_path_factory.mktemp("workers") / "workers.log"
    with workers(kafka, list(FLOW), log) as running:
        origins = await publish(kafka, pages)
        half = origins[: len(origins) // 2]
        await ends_of(kafka, half, seconds=120)
        for worker in running:
            if worker.stage in ("revisions", "latest"):
                worker.process.kill()
                worker.process.wait()
        with workers(kafka, ["revisions", "latest"], log):
            by_origin = await ends_of(kafka, origins, seconds=200)
            outcomes = []
            for page_origin in origins:
                (record,) = by_origin[page_origin]
                fields = json.loads(record.value or b"{}")
                is_withdrawn = text(record, "ce_type").startswith("wiredesk.article.withdrawn")
                outcomes.append("withdrawn" if is_withdrawn else fields.get("revision_kind") or fields["reason"])
            assert outcomes == expected
            last = expected_newest(order, origins, outcomes)
            deadline = time.monotonic() + scaled(60)
            while (newest := await newest_articles(kafka, origins)) != last:
                assert time.monotonic() < deadline, (newest, last)


def expected_newest(order: list[int], origins: list[str], outcomes: list[str]) -> dict[str, str | None]:
    """Return the origin of the newest article of each page; None where the page is gone."""
    last: dict[str, str | None] = {}
    for number, page_origin, outcome in zip(order, origins, outcomes, strict=True):
        if outcome in ("created", "updated", "corrected", "withdrawn"):
            key = page_id(f"https://courier.example/2026/03/14/ferry-strike-{number}")
            last[key] = None if outcome == "withdrawn" else page_origin
    return last


async def newest_articles(kafka: KafkaSettings, origins: list[str]) -> dict[str, str | None]:
    """Return what a new reader of the topic knows: the last record of each key."""
    by_origin = await collect(kafka, [kafka.on_cluster(ARTICLES_LATEST.name)], set(origins))
    records = sorted((one for records in by_origin.values() for one in records), key=lambda one: one.offset)
    return {(one.key or b"").decode(): origin(one) if one.value is not None else None for one in records}
