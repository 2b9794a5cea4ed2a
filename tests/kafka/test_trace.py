"""`wiredesk trace` as its users run it: pages that were enriched, skipped, dead-lettered, or wait."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import topics
from tests.support import SAMPLES, Raw, ends_of, publish
from wiredesk.pipeline import PAGES_ACCEPTED, PAGES_RAW, TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import wait_until, wiredesk, workers
from wiredesk_schemas import page_id

FERRY = (SAMPLES / "pages" / "ferry-strike.html").read_text(encoding="utf-8")


def trace(kafka: KafkaSettings, page: str, *options: str) -> tuple[int, str, str]:
    done = wiredesk(kafka, "trace", page, *options)
    return done.returncode, done.stdout, done.stderr


def visits(kafka: KafkaSettings, page: str) -> list[dict[str, Any]]:
    _, output, _ = trace(kafka, page, "--json")
    return [json.loads(line) for line in output.splitlines()]


def event(url: str, **fields: object) -> Raw:
    return Raw(json.dumps({"url": url, "body": FERRY, "content_type": "text/html", **fields}).encode())


@pytest.mark.timeout(180)
async def test_a_page_is_traced_to_where_it_is(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS)
    story, gone, broken = (f"https://paper.example/{name}?utm_source=x" for name in ("story", "gone", "broken"))
    declares = FERRY.replace("https://courier.example/2026/03/14/ferry-strike-ends", "https://paper.example/ferry-twin")
    raw = [
        event(story),
        event(gone, http_status=500),
        event(broken, body="", body_base64="/9j/4AAQSkZJRgABAQAAAQABAAD/"),
        event("https://m.paper.example/ferry-twin", body=declares),
    ]
    origins = await publish(kafka, raw)
    assert [v["where"].partition(",")[0] for v in visits(kafka, story)] == ["waits for ingest"]
    assert [v["origin"] for v in visits(kafka, origins[1])] == [origins[1]], "by its place, as an audit names it"
    for nowhere in (f"{kafka.on_cluster(PAGES_RAW.name)}/0/999", f"{kafka.on_cluster(PAGES_RAW.name)}/99/0"):
        code, shown, error = trace(kafka, nowhere)
        assert (code, shown, error.startswith(f"no record of {nowhere}: ")) == (1, "", True)
    (nameless,) = await publish(kafka, [Raw(b"no page")])
    code, _, error = trace(kafka, nameless)
    assert (code, error) == (2, f"wiredesk: {nameless}: the record names no URL\n")

    with workers(kafka, ["ingest", "extractor"], tmp_path / "first.log"):
        await ends_of(kafka, origins[1:3])
        wait_until(
            lambda: any("waits for revisions" in visit["where"] for visit in visits(kafka, story)),
            "the story is cleaned",
        )
        wait_until(lambda: len(visits(kafka, "https://paper.example/ferry-twin")) == 1, "the twin is accepted")
    (skipped,) = visits(kafka, gone)
    assert [hop["topic"] for hop in skipped["records"]] == ["pages.raw", "pages.skipped"]
    assert skipped["where"].startswith("skipped: http_error: ")
    # By the URL from which it was fetched, although the page declares another one.
    (twin,) = visits(kafka, "https://m.paper.example/ferry-twin#comments")
    assert [hop["topic"] for hop in twin["records"]][:2] == ["pages.raw", "pages.accepted"]
    assert twin["origin"] == origins[3]
    (letter,) = visits(kafka, broken)
    assert [hop["topic"] for hop in letter["records"]] == ["pages.raw", "pages.raw.dlq"]
    assert letter["where"].startswith("dead letter: ")

    with workers(kafka, ["revisions", "enrichment"], tmp_path / "second.log"):
        await ends_of(kafka, origins[:1])
    # Under another spelling of its address, and by its id.
    for page in ("https://PAPER.example/story#comments", page_id("https://paper.example/story")):
        (visit,) = visits(kafka, page)
        assert visit["origin"] == origins[0]
        assert [hop["topic"] for hop in visit["records"]] == [
            "pages.raw", "pages.accepted", "articles.cleaned", "articles.revised", "articles.enriched"
        ]  # fmt: skip
        assert visit["where"].startswith("revision 1, created: Ferry crews end strike after night of talks")
        assert all(hop["after_ms"] >= 0 for hop in visit["records"][1:])
        assert len({hop["event_id"] for hop in visit["records"][1:]}) == 4
    code, shown, _ = trace(kafka, story)
    assert code == 0
    assert f"{PAGES_ACCEPTED.name}\t" in shown


@pytest.mark.timeout(180)
async def test_a_notice_that_withdraws_another_page_waits_for_nobody(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS)
    text = "Editors: please kill the story at https://paper.example/story. It could not be confirmed by anybody."
    notice = "https://paper.example/notice"
    body = f"<html><body><main><h1>MANDATORY KILL</h1><p>{text}</p></main></body></html>"
    await publish(kafka, [event(notice, body=body)])
    with workers(kafka, ["ingest", "extractor"], tmp_path / "workers.log"):
        wait_until(lambda: len(visits(kafka, "https://paper.example/story")) == 1, "the story is withdrawn")
        wait_until(
            lambda: "extractor has processed it" in visits(kafka, notice)[0]["where"], "the extractor has committed"
        )


async def test_a_page_that_nobody_published_is_not_found(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    code, shown, errors = trace(kafka, "https://paper.example/never")
    assert (code, shown) == (1, "")
    assert errors.startswith("no record of https://paper.example/never")


@pytest.mark.parametrize("page", ["paper", "ftp://paper.example/", "-1"])
def test_an_argument_that_is_no_page_ends_in_one_line(kafka: KafkaSettings, page: str) -> None:
    code, _, errors = trace(kafka, "--", page) if page.startswith("-") else trace(kafka, page)
    assert code == 2
    assert len(errors.splitlines()) == 1
