"""Forgetting, to the byte: what was planted on a page is in no file of the broker, and does not come back."""

import asyncio
import itertools
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests import secured, topics
from tests.support import Raw, ends_of, publish
from wiredesk import registry
from wiredesk.operations.replays.run import Run, save_run
from wiredesk.pipeline import (
    ARTICLES_CLEANED,
    ARTICLES_COPIES,
    ARTICLES_ENRICHED,
    FORGOTTEN,
    INGEST,
    PAGES_ACCEPTED,
    PAGES_RAW,
    PAGES_SKIPPED,
    REVISIONS,
    STAGES,
    SYNDICATION,
    TOPICS,
)
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic
from wiredesk.testing.processes import wait_until, wiredesk, workers
from wiredesk_schemas import SkippedPage, page_id

URL, OTHER = "https://paper.example/jane", "https://paper.example/ferry"
SECRET = "Zebulon Quackenbush"  # noqa: S105 - the name that must be forgotten
NUMBERS = itertools.count()
"""Numbers in the URLs of other pages: an unchanged page that comes again reaches no topic of articles."""

AT_ONCE = {
    "segment.ms": "200",
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": "1",
    "min.cleanable.dirty.ratio": "0.01",
    "delete.retention.ms": "0",
    "file.delete.delay.ms": "0",
}
"""A month in a second."""

EXPIRED = {"retention.ms": "500", "segment.ms": "200", "file.delete.delay.ms": "0"}
"""A week, or a month, later."""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[KafkaSettings, Path]]:
    """A broker of its own, which cleans all the time; what is written is not compressed, so that it can be found."""
    folder = tmp_path_factory.mktemp("forgetting")
    settings = {"log.cleaner.backoff.ms": "200", "log.retention.check.interval.ms": "200"}
    with secured.running(folder, {}, settings) as kafka:
        yield kafka.open.model_copy(update={"compression": "none"}), folder


SENTENCES = (
    "{} crossed the harbour on Monday morning, when the ferry left the pier forty minutes after its time.",
    "The crew had waited for a spare part that came by lorry from the shipyard in the north of the country.",
    "“I have taken this boat for thirty years, and it has never been as late as this winter,” {} said.",
    "The company that runs the line has promised the council two new vessels by the end of next year.",
    "Until then, a smaller ship will make six crossings a day, two fewer than the timetable says.",
    "Shopkeepers on the island fear for the season; a petition to the ministry has four thousand names.",
)
"""A story that is long enough to be one."""


def page(url: str, name: str) -> Raw:
    paragraphs = "".join(f"<p>{sentence.format(name)} {SENTENCES[n - 1]}</p>" for n, sentence in enumerate(SENTENCES))
    title = f"{name} waits for the ferry"
    body = (
        f"<html><title>{title}</title><body><article><h1>{title}</h1>{paragraphs.replace('{}', name)}</article></html>"
    )
    return Raw(json.dumps({"url": url, "body": body, "content_type": "text/html"}).encode())


async def send(kafka: KafkaSettings, *pages: Raw) -> list[str]:
    return await publish(kafka, pages, compression=None)


def planted(folder: Path) -> set[str]:
    """Return the partitions whose segment files contain the name."""
    there = set()
    for file in folder.rglob("*.log"):
        try:
            if SECRET.encode() in file.read_bytes() and file.name != "kafka.log":
                there.add(file.parent.name)
        except FileNotFoundError:  # the broker has deleted it meanwhile
            continue
    return there


def run(kafka: KafkaSettings, *arguments: str, code: int = 0) -> str:
    done = wiredesk(kafka, *arguments)
    assert done.returncode == code, done.stderr + done.stdout
    return done.stdout


def check(kafka: KafkaSettings, code: int) -> dict[str, Any]:
    return dict(json.loads(run(kafka, "forget", URL, "--check", "--json", code=code)))


def remaining(kafka: KafkaSettings) -> set[str]:
    """Return how what is still there will end."""
    done = wiredesk(kafka, "forget", URL, "--check", "--json")
    ways = {place["by"] for place in json.loads(done.stdout)["topics"]}
    assert done.returncode == bool(ways), done.stderr
    return ways


async def set_settings(kafka: KafkaSettings, wanted: Mapping[str, Mapping[str, str]]) -> None:
    async with Cluster(kafka) as cluster:
        await cluster.set_topic_settings({kafka.on_cluster(name): values for name, values in wanted.items()})


def is_compacted(topic: Topic) -> bool:
    return topic.compaction is not None


def nudge(kafka: KafkaSettings, folder: Path, but: frozenset[str] = frozenset()) -> bool:
    """Publish another page, without which no file is begun; return whether the name is gone."""
    (origin,) = asyncio.run(send(kafka, page(f"{OTHER}/{next(NUMBERS)}", "Nobody")))
    asyncio.run(ends_of(kafka, [origin]))
    return not planted(folder) - but


@pytest.mark.timeout(400)
def test_a_forgotten_page_is_in_no_file_and_does_not_come_back(
    node: tuple[KafkaSettings, Path], tmp_path: Path
) -> None:
    kafka, folder = node
    everything = registry.all_topics()
    asyncio.run(topics.create(kafka, TOPICS, partitions=1))
    compacted = [topic.name for topic in everything if is_compacted(topic) and topic != FORGOTTEN]
    aging = [topic.name for topic in everything if not is_compacted(topic)]
    asyncio.run(set_settings(kafka, dict.fromkeys(compacted, AT_ONCE)))
    broken = Raw(b"\x00\x01" * 400 + SECRET.encode(), headers=(("ce_subject", URL.encode()),))
    with workers(kafka, list(STAGES), tmp_path / "log", {"WIREDESK_COMPRESSION": "none"}):
        origins = asyncio.run(send(kafka, page(URL, SECRET), broken, page(OTHER, "Nobody")))
        outcomes = asyncio.run(ends_of(kafka, origins))
        assert outcomes[origins[0]][0].topic == kafka.on_cluster(ARTICLES_ENRICHED.name)
        assert outcomes[origins[1]][0].topic == kafka.on_cluster(INGEST.dead_letter_topic.name)
        before = planted(folder)
        kept = (PAGES_RAW, INGEST.dead_letter_topic, PAGES_ACCEPTED, ARTICLES_CLEANED, ARTICLES_ENRICHED)
        assert {f"{topic.name}-0" for topic in kept} <= before

        found = check(kafka, 1)
        assert found["since"] is None
        assert {place["topic"] for place in found["topics"]} >= {name.removesuffix("-0") for name in before}
        assert all(place["without_tombstone"] for place in found["topics"] if place["by"] == "compaction")

        done = json.loads(run(kafka, "forget", URL, "--reason", "request 4711", "--yes", "--json"))
        assert done["pages"] == [page_id(URL)]
        assert done["tombstones"]
        written = [place for place in done["topics"] if not place["topic"].endswith(".changes")]  # stages follow
        assert all(place["gone_by"] and not place["without_tombstone"] for place in written)
        assert SECRET not in json.dumps(done)

        young = frozenset(f"{name}-0" for name in aging)
        wait_until(lambda: nudge(kafka, folder, young) and remaining(kafka) == {"retention"}, "compaction")
        asyncio.run(set_settings(kafka, dict.fromkeys(aging, EXPIRED)))
        wait_until(lambda: nudge(kafka, folder) and not remaining(kafka), "retention")
        assert check(kafka, 0)["since"] is not None

        asyncio.run(set_settings(kafka, {topic.name: topic.settings() for topic in everything if topic.name in aging}))
        again = asyncio.run(send(kafka, page(URL, SECRET), broken))
        for (outcome,) in asyncio.run(ends_of(kafka, again)).values():
            skipped = SkippedPage.from_json(outcome.value)
            assert (skipped.reason, skipped.page_id) == ("forgotten", page_id(URL))
        replayed = json.loads(run(kafka, "replay", "ingest", "--from", "1h", "--yes", "--json"))
        assert replayed["missing"] == replayed["duplicated"] == 0
        assert planted(folder) == {f"{PAGES_RAW.name}-0"}, "only where the crawler has written it"
        assert [place["topic"] for place in check(kafka, 1)["topics"]] == [PAGES_RAW.name]
        run(kafka, "audit")
        assert "forgotten" in run(kafka, "trace", URL)

        run(kafka, "forget", URL, "--undo")
        run(kafka, "forget", URL, "--undo", code=1)
        (taken,) = asyncio.run(send(kafka, page(URL, SECRET)))
        (outcome,) = asyncio.run(ends_of(kafka, [taken]))[taken]
        assert outcome.topic == kafka.on_cluster(ARTICLES_ENRICHED.name), outcome.value


@pytest.mark.timeout(300)
def test_a_host_is_forgotten_with_pages_to_come(kafka: KafkaSettings, tmp_path: Path) -> None:
    asyncio.run(topics.create(kafka, TOPICS, partitions=2))
    there = [f"https://{host}/{n}" for host in ("a.example", "b.a.example") for n in (1, 2)]
    with workers(kafka, ["ingest"], tmp_path / "log"):
        asyncio.run(send(kafka, *(page(url, "Nobody") for url in (*there, "https://c.example/1"))))
        run(kafka, "forget", "--host", "A.example", "--yes")
        origins = asyncio.run(send(kafka, page("https://b.a.example/3", "Nobody")))
        (outcome,) = asyncio.run(ends_of(kafka, origins))[origins[0]]
        assert outcome.topic == kafka.on_cluster(PAGES_SKIPPED.name)
        assert SkippedPage.from_json(outcome.value).reason == "forgotten"
    assert "host" in run(kafka, "forget", "--list")
    left = json.loads(run(kafka, "forget", "--host", "a.example", "--check", "--json", code=1))
    assert left["host"] == "a.example"
    assert set(left["pages"]) <= {page_id(url) for url in there}
    assert left["records"] >= len(there) + 1, "raw pages at least"
    assert not json.loads(run(kafka, "forget", "--host", "c.example", "--check", "--json", code=1))["since"]


@pytest.mark.timeout(120)
def test_stores_and_groups_that_name_a_page_are_found(kafka: KafkaSettings) -> None:
    changelog = SYNDICATION.changelog
    assert changelog is not None
    asyncio.run(topics.create(kafka, TOPICS, partitions=1))
    url = "https://www.stores.example:8443/1"
    change = b"a" + UUID(page_id(url)).bytes
    group = json.dumps({"original": {"url": url}}, separators=(",", ":")).encode()

    async def write() -> None:
        async with clients.started(clients.producer(kafka, "test"), kafka) as producer:
            await producer.send_and_wait(kafka.on_cluster(changelog.name), b"what is kept", key=change)
            await producer.send_and_wait(kafka.on_cluster(ARTICLES_COPIES.name), group, key=b"a group")

    asyncio.run(write())

    def found(*what: str) -> set[str]:
        places = json.loads(run(kafka, "forget", *what, "--check", "--json", code=1))["topics"]
        return {place["topic"] for place in places}

    assert found(page_id(url)) == {kafka.on_cluster(changelog.name)}
    assert found("--host", "stores.example") == {kafka.on_cluster(ARTICLES_COPIES.name)}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("into", ["articles.revised.next", None])
def test_the_changelogs_of_replays_are_searched(kafka: KafkaSettings, into: str | None) -> None:
    """A run into a topic of its own has a state of its own until it is reconciled."""
    url = "https://replayed.example/1"
    run_of = Run(
        id="revisions-1",
        stage=REVISIONS.name,
        version="1",
        into=into,
        ranges={0: OffsetRange(0, 1)},
        planned_at=datetime.now(UTC),
    )
    changelog = REVISIONS.changelog_of(run_of.group)
    asyncio.run(topics.create(kafka, (*TOPICS, changelog), partitions=1))

    async def write() -> None:
        async with Cluster(kafka) as cluster, clients.started(clients.producer(kafka, "test"), kafka) as producer:
            await save_run(cluster, run_of, 1)
            await producer.send_and_wait(kafka.on_cluster(changelog.name), b"kept", key=page_id(url).encode())

    asyncio.run(write())
    places = json.loads(run(kafka, "forget", url, "--check", "--json", code=int(into is not None)))["topics"]
    assert [place["topic"] for place in places] == ([kafka.on_cluster(changelog.name)] if into else [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name what to forget"),
        (("no url",), "neither the URL of a page nor a page id"),
        (("https://a.example/", "--host", "a.example"), "not both"),
        (("--host", "example"), "top-level domain"),
        (("--host", "a.example/path"), "is no host"),
        (("--host", "co.uk", "--yes"), "add --whole-suffix"),
        (("--host", "BLOGSPOT.com.", "--yes"), "add --whole-suffix"),
        (("--host", "co.uk", "--whole-suffix"), "pass --yes"),
        (("https://a.example/", "--whole-suffix"), "goes with --host"),
        (("--host", "co.uk", "--whole-suffix", "--undo"), "goes with --host"),
        (("--check", "--undo", "https://a.example/"), "give one of them"),
        (("--list", "https://a.example/"), "--list takes no page"),
        (("--hots", "a.example"), "No such option"),
        (("https://a.example/", "--reason", "x" * 501), "longer than 500"),
        (("https://a.example/",), "pass --yes"),
    ],
)
def test_wrong_usage_is_one_line(kafka: KafkaSettings, arguments: tuple[str, ...], message: str) -> None:
    if message == "pass --yes":
        asyncio.run(topics.create(kafka, TOPICS, partitions=1))
    done = wiredesk(kafka, "forget", *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert message in done.stderr
