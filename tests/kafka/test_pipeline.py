"""The whole pipeline, from outside: pages are published with a plain Kafka client, and read from terminal topics."""

import asyncio
import base64
import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import topics
from tests.cloudevents import cloud_event
from tests.support import SAMPLES, Ends, Raw, collect, ends_of, origin, publish, text
from wiredesk.operations.canary.canary import Canary, Pace
from wiredesk.operations.canary.round_trips import RoundTrip
from wiredesk.pages import files as page_files
from wiredesk.pipeline import (
    ARTICLES_CLEANED,
    ARTICLES_COPIES,
    ARTICLES_ENRICHED,
    ARTICLES_REVISED,
    FORGOTTEN,
    PAGES_ACCEPTED,
    PAGES_RAW,
    PAGES_SKIPPED,
    STAGES,
    TOPICS,
)
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import KafkaProcess, workers
from wiredesk_schemas import AcceptedPage, CleanedArticle, DeadLetterHeaders, EnrichedArticle, SkippedPage
from wiredesk_schemas.headers import is_synthetic

SEED = SAMPLES / "pages" / "china-daily-2015-12-03.txt"
SEED_URL = "http://www.chinadaily.com.cn/opinion/2015-12/03/content_22613927.htm"


@pytest.fixture(scope="module")
def deployment(cluster: KafkaProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSettings]:
    """A worker of each stage, for all tests of this module: their models take seconds to load."""
    kafka = KafkaSettings(bootstrap_servers=cluster.bootstrap_servers, topic_prefix="pipeline.")
    asyncio.run(topics.create(kafka, TOPICS, partitions=3))
    log = tmp_path_factory.mktemp("workers") / "workers.log"
    # Hundreds of hostile events in a row would pull the brake.
    with workers(kafka, list(STAGES), log, {"WIREDESK_BRAKE_SHARE": "1"}):
        yield kafka


def structured(url: str, body: str, **fields: Any) -> Raw:
    return Raw(json.dumps({"url": url, "body": body, **fields}).encode())


async def article_of(kafka: KafkaSettings, page: Raw) -> EnrichedArticle:
    (page_origin,) = await publish(kafka, [page])
    (record,) = (await ends_of(kafka, [page_origin]))[page_origin]
    assert record.topic == kafka.on_cluster("articles.enriched"), text(record, "wiredesk_dlq_message") or record.value
    return EnrichedArticle.from_json(record.value)


async def test_the_seed_page_reads_as_a_reader_would(deployment: KafkaSettings) -> None:
    expected = json.loads((Path(__file__).parents[1] / "seed.json").read_text(encoding="utf-8"))
    article = await article_of(
        deployment, structured(SEED_URL, SEED.read_text(encoding="utf-8"), content_type="text/plain")
    )
    assert article.title == expected["title"]
    assert article.published_at is not None
    assert article.published_at.isoformat()[:16] == expected["published_at"]
    assert article.published_at.isoformat() == "2015-12-03T08:35:00"  # local to its source: no offset is known
    assert article.source == expected["source"]
    assert article.language == expected["language"]
    body = [block.text for block in article.paragraphs]
    assert len(body) == expected["paragraphs"]
    assert body[0].startswith(expected["first_words"])
    assert body[-1].endswith(expected["last_words"])
    assert not [words for words in expected["not_in_body"] if words in "\n".join(body)]
    assert [c.text for c in article.captions] == expected["captions"]
    assert [c.credit for c in article.captions] == [expected["image_credit"]]
    names = {kind: {e.name for e in article.entities if e.type == kind} for kind in ("person", "place", "organisation")}
    assert set(expected["people"]) == names["person"]
    assert set(expected["places"]) <= names["place"]
    assert set(expected["organisations"]) <= names["organisation"]
    for forms in expected["one_entity_each"]:
        owners = [
            e for e in article.entities if {m.surface for m in e.mentions} & {f.removeprefix("the ") for f in forms}
        ]
        assert len(owners) == 1, forms
    assert {topic.path[0] for topic in article.topics} & set(expected["topics"]["top_level"])
    assert article.topics[0].path[0] in expected["topics"]["top_level"]
    assert {topic.code for topic in article.topics} & set(expected["topics"]["any_of_specific"])


async def test_every_mention_is_at_its_offsets(deployment: KafkaSettings) -> None:
    body = "<h1>Café 🎉 reunion</h1>" + "".join(
        f"<p>Angela Merkel met Emmanuel Macron in Paris 🎉 on {day}, to talk of trade. “Merkel’s” word counts.</p>"
        for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    )
    page = structured(
        "https://a.example/offsets", f"<title>Café</title>{body}", content_type="text/html", language="en"
    )
    article = await article_of(deployment, page)
    event = article.model_dump(mode="json")
    assert article.entities
    for mention in (mention for entity in article.entities for mention in entity.mentions):
        field: Any = event
        for step in mention.field.split("/")[1:]:
            field = field[int(step)] if isinstance(field, list) else field[step]
        assert field[mention.start : mention.end] == mention.surface


async def test_a_crawler_in_any_language_gets_the_same_article_in_both_forms(deployment: KafkaSettings) -> None:
    page = (SAMPLES / "pages" / "ferry-strike.html").read_bytes()
    url = "https://courier.example/2026/03/14/ferry-strike-ends?utm_source=feed#top"
    as_json = Raw(
        json.dumps({"url": url, "body_base64": base64.b64encode(page).decode(), "content_type": "text/html"}).encode()
    )
    enveloped = Raw(
        json.dumps(
            {
                "specversion": "1.0",
                "id": "1",
                "source": "/crawler",
                "type": "page",
                "subject": url,
                "data": {"body": page.decode(), "content_type": "text/html"},
            }
        ).encode(),
        headers=(("content-type", b"application/cloudevents+json; charset=utf-8"),),
    )
    trace = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    binary = Raw(
        page,
        headers=(("content-type", b"text/html"), ("ce_subject", url.encode()), ("traceparent", trace), ("ce_x", b"y")),
    )
    origins = await publish(deployment, [as_json, enveloped, binary])
    by_origin = await ends_of(deployment, origins)
    # Whichever is processed first is the article, and the others are the same.
    ends = {ended_as(by_origin[o][0]): by_origin[o][0] for o in origins}
    assert sorted(ended_as(by_origin[o][0]) for o in origins) in (
        ["article", "unchanged", "unchanged"],
        ["article", "superseded", "unchanged"],
        ["article", "superseded", "superseded"],
    )
    article = EnrichedArticle.from_json(ends["article"].value)
    for page_origin in origins:
        (record,) = by_origin[page_origin]
        event = cloud_event(record.key, record.value, record.headers)
        assert (event.get_subject(), record.key) == (article.canonical_url, article.page_id.encode())
        assert event.get_id() == json.loads(record.value or b"")["event_id"]
    assert article.canonical_url == "https://courier.example/2026/03/14/ferry-strike-ends"
    assert article.authors == ("Maeve Dunmore", "Tom Ashby")
    assert [(c.text, c.credit) for c in article.captions] == [
        ("Crews gather on the quay in Southampton before Friday's vote.", "Ida Lund/Courier Pictures")
    ]
    record = by_origin[origins[2]][0]
    assert text(record, "traceparent") == trace.decode()
    assert text(record, "ce_x") == "y"


async def test_every_stage_can_be_joined_by_origin(deployment: KafkaSettings) -> None:
    page = (SAMPLES / "pages" / "orchester.html").read_text(encoding="utf-8")
    (page_origin,) = await publish(
        deployment, [structured("https://elbe.example/orchester", page, content_type="text/html")]
    )
    await ends_of(deployment, [page_origin])
    names = [deployment.on_cluster(t.name) for t in (PAGES_ACCEPTED, ARTICLES_CLEANED)]
    records = (await collect(deployment, names, {page_origin}))[page_origin]
    by_topic = {record.topic: record for record in records}
    accepted = AcceptedPage.from_json(by_topic[names[0]].value)
    cleaned = CleanedArticle.from_json(by_topic[names[1]].value)
    assert (accepted.page_id, accepted.revision) == (cleaned.page_id, cleaned.revision)
    assert [origin(record) for record in records] == [page_origin] * 2


async def test_samples_end_where_they_should(deployment: KafkaSettings) -> None:
    wanted = {
        "index.html": "index_page",
        "https://bigpaper.example/economy/rates": "consent_wall",
        "https://bigpaper.example/economy/gone": "http_error",
        "https://slow.example/cut-off": "undecodable",
    }
    files = page_files.find_files([str(SAMPLES)])
    fetches: dict[str, list[Raw]] = {}
    for path, relative in files:
        for value, headers in page_files.read_pages(
            path, relative, page_files.PageUrls(base_url="https://s.example/"), binary=False
        ):
            fetches.setdefault(json.loads(value)["url"], []).append(Raw(value, headers=tuple(headers)))
    # Pages that are fetched again are those of test_sample_run.py: here partitions have no common order.
    raw = {url: once for url, (once, *again) in fetches.items() if not again}
    origins = dict(zip(await publish(deployment, raw.values()), raw, strict=True))
    by_origin = await ends_of(deployment, origins)
    charsets = set()
    for page_origin, url in origins.items():
        (record,) = by_origin[page_origin]
        reason = next((reason for name, reason in wanted.items() if name in url), "article")
        assert ended_as(record) == reason, url
    names = [deployment.on_cluster(PAGES_ACCEPTED.name)]
    for records in (await collect(deployment, names, set(origins))).values():
        if text(records[0], "ce_type") == AcceptedPage.TYPE:  # others are gone
            charsets.add(AcceptedPage.from_json(records[0].value).charset.name)
    assert {"utf-8", "cp1251", "gb18030", "cp932", "cp1252", "cp1254", "cp1256", "iso8859-2"} <= charsets


def ended_as(record: Any) -> str:
    if record.topic.endswith("pages.skipped"):
        return SkippedPage.from_json(record.value).reason
    return text(record, "wiredesk_dlq_reason") if record.topic.endswith(".dlq") else "article"


HTML = "<html><head><title>T</title></head><body><h1>Nothing to see</h1>{}</body></html>"


def hostile(seed: int) -> Iterator[Raw]:
    """Yield 500 events that no well-behaved crawler sends."""
    chance = random.Random(seed)
    url = "https://hostile.example/"
    story = "<p>" + "A sentence about nothing in particular, of some length. " * 30 + "</p>"
    packed = gzip.compress(HTML.format(story).encode())
    bomb = gzip.compress(bytes(100 << 20))

    def base64_page(content: bytes, **fields: Any) -> bytes:
        return json.dumps({"url": url, "body_base64": base64.b64encode(content).decode(), **fields}).encode()

    fixed: list[Raw] = [
        Raw(None),
        Raw(b""),
        Raw(b"{"),
        Raw(b"null"),
        Raw(b"[1,2,3]"),
        Raw(b'"text"'),
        Raw(b"\x00\xff\xfe"),
        Raw(b'{"url": "' + url.encode() + b'", "body": "\\ud800 lone"}'),
        Raw(b"[" * 100_000),
        Raw(b'{"a":' * 2000 + b"1" + b"}" * 2000),
        Raw(json.dumps({"url": url}).encode()),
        Raw(json.dumps({"body": "no url"}).encode()),
        Raw(json.dumps({"url": 7, "body": ["x"]}).encode()),
        Raw(json.dumps({"url": url, "body": "both", "body_base64": "eA=="}).encode()),
        Raw(json.dumps({"url": url, "body_base64": "%%%"}).encode()),
        Raw(json.dumps({"url": url, "body": "x", "http_status": 99999}).encode()),
        Raw(json.dumps({"url": url, "body": "x", "fetched_at": "yesterday"}).encode()),
        Raw(json.dumps({"url": url, "body": "x", "http_headers": {"a": ["b"]}}).encode()),
        Raw(json.dumps({"url": url + "x" * 100_000, "body": "x"}).encode()),
        Raw(json.dumps({"url": "javascript:alert(1)", "body": "x"}).encode()),
        Raw(json.dumps({"url": "not a url", "body": "x"}).encode()),
        Raw(json.dumps({"url": "http://[::1", "body": "x"}).encode()),
        Raw(json.dumps({"url": "http://xn--a.example/", "body": HTML.format(story)}).encode()),
        Raw(json.dumps({"url": url, "body": " " * (20 << 20)}).encode()),
        Raw(json.dumps({"url": url, "body": " \n\t\u3000" * 1000}).encode()),
        Raw(json.dumps({"url": url, "body": "\x00" * 5000}).encode()),
        Raw(json.dumps({"url": url, "body": "a\x00b " + story}).encode()),
        Raw(json.dumps({"url": url, "body": "\u202e\u0301" * 3000 + story}).encode()),
        Raw(json.dumps({"url": url, "body": "<div>" * 50_000 + story}).encode()),
        Raw(json.dumps({"url": url, "body": "<p>" + "x" * 1_000_000}).encode()),
        Raw(json.dumps({"url": url, "body": "<a href=" * 20_000}).encode()),
        Raw(json.dumps({"url": url, "body": "<!--" * 50_000 + story}).encode()),
        Raw(json.dumps({"url": url, "body": ("word " * 19 + "end. ") * 10_000, "content_type": "text/plain"}).encode()),
        Raw(base64_page(packed[: len(packed) // 2])),
        Raw(base64_page(packed[:14])),
        Raw(base64_page(packed, http_headers={"content-encoding": "gzip"})),
        Raw(base64_page(bomb)),
        Raw(base64_page(b"%PDF-1.7 ...")),
        Raw(base64_page(b"\x89PNG\r\n\x1a\n" + bytes(1000))),
        Raw(base64_page(HTML.format(story).encode("utf-16"), content_type="text/html; charset=x-nonsense")),
        Raw(base64_page(HTML.format(story).encode(), charset="klingon")),
        Raw(HTML.format(story).encode(), headers=(("content-type", b"text/html"),)),
        Raw(HTML.format(story).encode(), headers=(("content-type", b"text/html"), ("ce_subject", b"\xff\xfe"))),
        Raw(b"", headers=(("content-type", b"text/html"), ("ce_subject", url.encode()))),
        Raw(
            HTML.format(story).encode(),
            headers=(("content-type", b"\xff"), ("ce_subject", url.encode()), ("ce_time", b"?")),
        ),
        Raw(
            HTML.format(story).encode(),
            key=b"\xff\x00key",
            headers=(("content-type", b"text/html"), ("ce_subject", url.encode()), ("wiredesk_origin", b"forged/0/0")),
        ),
    ]
    yield from fixed
    for number in range(500 - len(fixed)):
        yield _mutated(chance, number, HTML.format(story))


def _mutated(chance: random.Random, number: int, page: str) -> Raw:
    value = bytearray(
        json.dumps({"url": f"https://hostile.example/{number}", "body": page, "content_type": "text/html"}).encode()
    )
    for _ in range(chance.randrange(1, 30)):
        # A third are truncated; the others get random changes, and stay long enough to be changed again.
        match chance.choice((0, 0, 0, 2, 2, 3)) if len(value) > 100 else 2:
            case 0:
                value[chance.randrange(len(value))] = chance.randrange(256)
            case 2:
                at = chance.randrange(len(value))
                value[at:at] = chance.randbytes(chance.randrange(20))
            case 3:
                at = chance.randrange(len(value))
                value[at : at + chance.randrange(50)] = b""
    if chance.randrange(3) == 0:
        del value[chance.randrange(len(value)) :]
    kind = chance.choice([(), (("content-type", b"text/html"), ("ce_subject", f"https://h.example/{number}".encode()))])
    return Raw(bytes(value), key=chance.choice([None, chance.randbytes(5)]), headers=kind)


async def test_every_hostile_event_ends_exactly_once_and_whole(deployment: KafkaSettings) -> None:
    events = list(hostile(seed=20261124))
    assert len(events) == 500
    origins = await publish(deployment, events)
    by_origin: Ends = await ends_of(deployment, origins, seconds=120)
    outcomes: dict[str, int] = {}
    for event, page_origin in zip(events, origins, strict=True):
        assert len(by_origin[page_origin]) == 1, f"{page_origin} ended {len(by_origin[page_origin])} times"
        (record,) = by_origin[page_origin]
        outcome = ended_as(record)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if record.topic == deployment.on_cluster(f"{PAGES_RAW.name}.dlq"):
            assert (record.key, record.value) == (event.key, event.value)
            assert record.headers[: len(event.headers)] == event.headers
            letter = DeadLetterHeaders.from_headers(record.headers)
            assert f"{letter.topic}/{letter.partition}/{letter.offset}" == page_origin
            assert letter.stage == "ingest"
            assert letter.message
            assert letter.time.tzinfo is not None
        else:
            cloud_event(record.key, record.value, record.headers)
    assert {"article", "invalid_event", "invalid_url", "too_large", "undecodable", "binary", "empty"} <= set(outcomes)
    # All of these can be handled: an error, a crash or a timeout is a bug of ours.
    assert not {"error", "crash", "timeout", "memory"} & set(outcomes), outcomes


async def test_a_probe_through_every_partition_reaches_readers_marked(deployment: KafkaSettings) -> None:
    trips: list[RoundTrip] = []
    canary = Canary(deployment, Pace(60, scaled(60)), on_end=trips.append)
    assert await canary.once() == 3
    assert sorted(trip.partition for trip in trips) == [0, 1, 2]
    assert all(trip.age is not None for trip in trips), trips
    async with Cluster(deployment) as cluster:
        names = [deployment.on_cluster(topic.name) for topic in TOPICS if topic not in (FORGOTTEN, PAGES_SKIPPED)]
        reading = cluster.read_topic([*names], from_beginning=True, until_end=True)
        marked = Counter([record.topic async for record in reading if record and is_synthetic(record.headers)])
    through = (PAGES_RAW, PAGES_ACCEPTED, ARTICLES_CLEANED, ARTICLES_REVISED, ARTICLES_ENRICHED)
    assert {deployment.on_cluster(topic.name): 3 for topic in through}.items() <= marked.items()
    assert not marked[deployment.on_cluster(ARTICLES_COPIES.name)]
