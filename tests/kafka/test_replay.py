"""`wiredesk replay` as its users run it: exactly the selected records, once each, even if processes are killed."""

import asyncio
import json
import signal
import uuid
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from tests import topics
from tests.reading import read_topic
from tests.support import Raw, ends_of, publish, text
from tests.waiting import deadline
from wiredesk.operations.replays.planning import create_run, resolve_ranges
from wiredesk.operations.replays.reconcile import reconcile
from wiredesk.operations.replays.run import Run, load_runs
from wiredesk.operations.replays.status import run_statuses
from wiredesk.pipeline import INGEST, PAGES_ACCEPTED, PAGES_SKIPPED, TOPICS
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.records import Record
from wiredesk.runtime.replay_scope import accept_all
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing import commands
from wiredesk.testing.patience import at_present, scaled, setting
from wiredesk.testing.processes import KafkaProcess, environment, wait_until, wiredesk, workers

INTO = "pages.accepted.v2"
SESSION = {"WIREDESK_SESSION_TIMEOUT": str(setting(6)), "WIREDESK_DRAIN_TIMEOUT": str(setting(3))}


@pytest.fixture(scope="module")
def one_page(cluster: KafkaProcess) -> KafkaSettings:
    """A deployment with one page, for tests that change nothing."""
    kafka = KafkaSettings(
        bootstrap_servers=cluster.bootstrap_servers,
        topic_prefix=f"t{uuid.uuid4().hex[:8]}.",
        security_protocol="PLAINTEXT",
    )
    asyncio.run(topics.create(kafka, TOPICS))
    asyncio.run(publish(kafka, [page(1)]))
    return kafka


def page(number: int, *, host: str = "paper.example", **fields: Any) -> Raw:
    body = f"<html><body><p>Page {number} tells of something.</p></body></html>"
    event = {"url": f"https://{host}/{number}", "body": body, "content_type": "text/html", **fields}
    return Raw(json.dumps(event).encode(), key=b"%d" % number)


def replay(kafka: KafkaSettings, *options: str, code: int = 0) -> dict[str, Any]:
    done = wiredesk(kafka, "replay", *options, "--json")
    assert done.returncode == code, done.stderr or done.stdout
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def start(kafka: KafkaSettings, log: Path, *options: str) -> commands.ForkedProcess:
    with log.open("ab") as output:
        return commands.start(["replay", *options], {**environment(kafka), **SESSION}, output)


def runs(kafka: KafkaSettings) -> list[dict[str, Any]]:
    return [json.loads(line) for line in wiredesk(kafka, "replay", "list", "--json").stdout.splitlines()]


async def records(kafka: KafkaSettings, *names: str) -> list[Record]:
    reading = read_topic(kafka, [kafka.on_cluster(name) for name in names], from_beginning=True, until_end=True)
    return [record async for record in reading if record is not None]


async def sizes(kafka: KafkaSettings) -> dict[TopicPartition, OffsetRange]:
    async with Cluster(kafka) as cluster:
        partitions = await cluster.partitions(kafka.on_cluster(topic.name) for topic in TOPICS)
        return await cluster.offset_ranges(partitions, patience=deadline())  # also of transactions that just ended


def replayed(written: list[Record]) -> Counter[str]:
    return Counter(text(record, "wiredesk_replayed") for record in written)


@pytest.mark.timeout(180)
async def test_a_range_goes_into_a_topic_of_its_own_and_the_live_ones_are_left_alone(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    await topics.create(kafka, TOPICS)
    pages = [page(n, host="sport.paper.example" if n % 2 else "other.example") for n in range(30)]
    pages += [page(n, host="paper.example", http_status=500) for n in range(30, 40)]
    pages += [Raw(b"{}", key=b"k"), page(41, host="paper.example", body="")]
    origins = await publish(kafka, pages)
    with workers(kafka, ["ingest"], tmp_path / "log"):
        live = await accepted(kafka, 30)
        await ends_of(kafka, origins[30:])
    before = await sizes(kafka)

    planned = replay(kafka, "ingest", "--from", "-1h", "--into", INTO, "--host", "paper.example", "--dry-run")
    counts = {name: planned[name] for name in ("read", "wanted", "filtered_out", "live")}
    assert counts == {"read": 42, "wanted": 26, "filtered_out": 16, "live": False}
    assert planned["bytes"] > 26 * 100
    assert planned["records_per_second"] > 0
    assert planned["seconds"] >= 0
    async with Cluster(kafka) as cluster:
        assert not await cluster.partitions([kafka.on_cluster(INTO)]), "a dry run creates nothing"

    result = replay(kafka, "ingest", "--from", "-1h", "--into", INTO, "--host", "paper.example")
    assert result["adds_up"]
    assert (result["read"], result["filtered_out"]) == (42, 16)
    assert result["ended"] == {INTO: 15, f"{INTO}.skipped": 10, f"{INTO}.dlq": 1}
    assert result["dead_letters"] == {"empty": 1}
    assert await sizes(kafka) == before, "nothing was written into a live topic"

    written = await records(kafka, INTO)
    assert {text(record, "wiredesk_replay") for record in written} == {result["run"]}
    async with Cluster(kafka) as cluster:
        group = await cluster.describe_group(kafka.on_cluster(f"wiredesk.replay.{result['run']}"))
    assert group.state == "Dead", "a group that has done its work would lag for ever"
    assert set(replayed(written)) == set(origins[1:30:2])
    live_events = {text(record, "wiredesk_origin"): attributes(record) for record in live}
    assert all(attributes(record) == live_events[text(record, "wiredesk_origin")] for record in written)
    assert all(attributes(record)["ce_time"] for record in written)
    places = {text(record, "wiredesk_origin"): record.partition for record in live}
    assert all(record.partition == places[text(record, "wiredesk_origin")] for record in written)

    (letter,) = await records(kafka, f"{INTO}.dlq")
    letter_shown = wiredesk(kafka, "dlq", "show", letter.coordinates)
    assert "reason: empty" in letter_shown.stdout, letter_shown.stderr

    twice = wiredesk(kafka, "replay", "ingest", "--from", "-1h", "--into", INTO)
    assert twice.returncode == 2
    assert "offsets already" in twice.stderr

    again = replay(kafka, "--resume", result["run"])
    assert again == result, "a run that is done is done"
    assert len(await records(kafka, INTO)) == 15
    shown = wiredesk(kafka, "replay", "show", result["run"]).stdout
    assert "state\tdone" in shown
    assert "only host\tpaper.example" in shown
    assert json.loads(wiredesk(kafka, "audit", "--json").stdout)["duplicated"] == 0


async def accepted(kafka: KafkaSettings, count: int) -> list[Record]:
    """Wait until a number of pages has been accepted."""
    async with asyncio.timeout(deadline()):
        while len(pages := await records(kafka, PAGES_ACCEPTED.name)) < count:
            await asyncio.sleep(0.2)
    return pages


@pytest.mark.timeout(120)
async def test_times_and_offsets_say_exactly_what_is_read(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    first = await publish(kafka, [page(n) for n in range(20)])
    second = await publish(kafka, [page(n) for n in range(20, 50)])
    times = {r.coordinates: r.timestamp for r in await records(kafka, INGEST.consumes.name)}
    milliseconds = min(times[name] for name in second)
    assert milliseconds > max(times[name] for name in first)
    time = datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()

    async def replayed_into(name: str, *options: str) -> set[str]:
        result = replay(kafka, "ingest", *options, "--into", name)
        assert result["adds_up"]
        return set(replayed(await records(kafka, name)))

    assert await replayed_into("v.before", "--from", "-1h", "--to", time) == set(first)
    assert await replayed_into("v.after", "--from", time) == set(second)
    topic = kafka.on_cluster(INGEST.consumes.name)
    chosen = await replayed_into("v.offsets", "--offset", "2:1-4", "--offset", "5:2")
    everything_there = Counter(name.split("/")[1] for name in first + second)
    expected = {f"{topic}/2/{n}" for n in (1, 2, 3)} | {f"{topic}/5/{n}" for n in range(2, everything_there["5"])}
    assert chosen == expected


@pytest.mark.timeout(480)
async def test_killed_resumed_and_shared_each_record_is_out_once(kafka: KafkaSettings, tmp_path: Path) -> None:
    count, log = 1500, tmp_path / "log"
    rate = f"{100 / at_present():.0f}"  # as much less as a look at the progress takes longer
    await topics.create(kafka, TOPICS)
    origins = await publish(kafka, [page(n) for n in range(count)])
    process = start(kafka, log, "ingest", "--from", "-1h", "--into", INTO, "--rate", rate)
    name = ""
    before = 0
    for how, code in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)):
        await asyncio.to_thread(wait_until, partial(has_done, kafka, before + 100), "some more are done")
        process.send_signal(how)
        assert process.wait(deadline()) == code, log.read_text()[-2000:]
        (run,) = runs(kafka)
        name, before = run["id"], run["done"]
        assert before < run["offsets"]
        if how is signal.SIGKILL:
            process = start(kafka, log, "--resume", name)
    assert f"continue it with 'wiredesk replay --resume {name}'" in log.read_text()
    processes = [start(kafka, log, "--resume", name, "--rate", "100000") for _ in range(2)]
    assert [process.wait(scaled(240)) for process in processes] == [0, 0], log.read_text()[-2000:]

    (run,) = runs(kafka)
    assert run["state"] == "done"
    assert run["account"]["adds_up"]
    assert replayed(await records(kafka, INTO)) == Counter(origins), "by our own count, too"


def has_done(kafka: KafkaSettings, count: float) -> bool:
    return asyncio.run(done_offsets(kafka)) > count


async def done_offsets(kafka: KafkaSettings) -> int:
    """Return how many offsets the runs have done: what `replay list` counts, without a process for each look."""
    async with Cluster(kafka) as cluster:
        saved = list((await load_runs(cluster)).values())
        return sum(status.done for status in await run_statuses(cluster, saved))


@pytest.mark.timeout(180)
async def test_a_repair_of_the_live_topic_is_no_duplicate(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS)
    origins = await publish(kafka, [page(n, http_status=500) for n in range(12)] + [page(12, body="")])
    with workers(kafka, ["ingest"], tmp_path / "log"):
        await ends_of(kafka, origins)
    refused = wiredesk(kafka, "replay", "ingest", "--from", "1h")
    assert refused.returncode == 2
    assert "pass --yes, or --into TOPIC" in refused.stderr

    result = replay(kafka, "ingest", "--from", "1h", "--yes")
    assert result["adds_up"]
    assert result["ended"] == {PAGES_ACCEPTED.name: 0, PAGES_SKIPPED.name: 12, INGEST.dead_letter_topic.name: 1}
    skipped = await records(kafka, PAGES_SKIPPED.name)
    assert Counter(text(r, "wiredesk_replay") for r in skipped) == {"": 12, result["run"]: 12}
    assert set(Counter(text(r, "ce_id") for r in skipped).values()) == {2}, "the same ids, by the same version"
    audit = json.loads(wiredesk(kafka, "audit", "--json").stdout)
    counts = {name: audit[name] for name in ("pages", "skipped", "dead_lettered", "missing", "duplicated", "replayed")}
    assert counts == {
        "pages": 13,
        "skipped": 12,
        "dead_lettered": 1,
        "missing": 0,
        "duplicated": 0,
        "replayed": {result["run"]: 13},
    }
    # A record that a run wrote twice would be found.
    await forge(kafka, PAGES_SKIPPED.name, result["run"], origins[3])
    audit = json.loads(wiredesk(kafka, "audit", "--json").stdout)
    assert audit["duplicated"] == 1


async def forge(kafka: KafkaSettings, topic: str, run: str, source: str) -> None:
    headers = [
        ("wiredesk_origin", source.encode()),
        ("wiredesk_origin_time", b"1"),
        ("wiredesk_replay", run.encode()),
        ("wiredesk_replayed", source.encode()),
    ]
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        await producer.send_and_wait(kafka.on_cluster(topic), b"{}", headers=headers)


async def planned(kafka: KafkaSettings, version: str = "1.0.0", into: str = INTO) -> Run:
    async with Cluster(kafka) as cluster:
        ranges = await resolve_ranges(cluster, INGEST)
        return await create_run(cluster, INGEST, version=version, into=into, ranges=ranges, filters={}, rate=None)


def attributes(record: Record) -> dict[str, bytes | None]:
    """Return a record's attributes as a CloudEvent."""
    return {name: value for name, value in record.headers if name.startswith("ce_")}


async def test_a_run_that_does_not_add_up_says_so(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    origins = await publish(kafka, [page(n) for n in range(5)])
    run = await planned(kafka)
    sources = run.sources(kafka, INGEST)
    async with Cluster(kafka) as cluster:  # "done", and nothing written
        ends = {tp: offsets.stop for tp, offsets in sources.items()}
        await cluster.set_group_offsets(kafka.on_cluster(run.group), ends)
    await forge(kafka, INTO, run.id, origins[0])
    await forge(kafka, INTO, run.id, origins[1])
    await forge(kafka, f"{INTO}.skipped", run.id, origins[1])
    await forge(kafka, INTO, run.id, f"{kafka.on_cluster(INGEST.consumes.name)}/0/999")
    await forge(kafka, INTO, "another-run", origins[2])
    async with Cluster(kafka) as cluster:
        result = await reconcile(cluster, run.id, sources, run.outputs, accept_all)
        several = await reconcile(cluster, run.id, sources, run.outputs, accept_all, one_to_one=False)
    assert (result.read, result.missing, result.duplicated, result.unexpected) == (5, 3, 1, 1)
    assert set(result.missing_records) == set(origins[2:])
    assert result.duplicated_records == (origins[1],)
    assert (several.published_nothing, several.missing, several.duplicated, several.unexpected) == (3, 0, 0, 1)
    done = wiredesk(kafka, "replay", "--resume", run.id)
    assert done.returncode == 1
    assert f"missing: {origins[2]}" in done.stdout
    async with Cluster(kafka) as cluster:
        (saved,) = (await load_runs(cluster)).values()
    assert saved.reconciliation is not None
    assert not saved.reconciliation.adds_up


async def test_another_version_does_not_continue_a_run(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    await publish(kafka, [page(1)])
    run = await planned(kafka, version="0.9.9")
    done = wiredesk(kafka, "replay", "--resume", run.id)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "was begun with ingest 0.9.9, and this is" in line


@pytest.mark.parametrize(
    ("options", "message", "code"),
    [
        (["ingest"], "say what to read: --from T", 2),
        (["ingest", "--from", "soon"], "'soon' is not a time: write 2026-01-31", 2),
        (
            ["ingest", "--from", "2026-11-02", "--to", "2026-11-01"],
            "--from 2026-11-02 is not before --to 2026-11-01",
            2,
        ),
        (["ingest", "--from", "1990-01-01", "--to", "1990-02-01"], "nothing to replay", 2),
        (["ingest", "--from", "2100-01-01"], "nothing to replay", 2),
        (["ingest", "--offset", "1"], "like 3:1200-2400", 2),
        (["ingest", "--offset", "99:1"], "has no partition 99: they are 0 to 5", 2),
        (["ingest", "--offset", "3:5-5"], "the end 5 (exclusive) must be greater than the start 5", 2),
        (["ingest", "--offset", "3:5", "--offset", "3:7"], "is given twice", 2),
        (["ingest", "--from", "1h", "--into", "articles.enriched"], "would write articles.enriched, a live topic", 2),
        (["extractor", "--from", "1h", "--into", "pages"], "would write pages.skipped, a live topic", 2),
        (["ingest", "--from", "1h", "--into", "wiredesk.replays"], "are wiredesk's own", 2),
        (["ingest", "--from", "1h", "--into", "two words"], "the name of a topic has letters", 2),
        (["ingest", "--from", "1h", "--rate", "0"], "--rate", 2),
        (["enrich", "--from", "1h"], "No such command 'enrich'", 2),
        (["--resume", "nobody"], "no run nobody: 'wiredesk replay list' shows them", 2),
        (["show", "nobody"], "no run nobody", 2),
        (["--json", "list"], "must come after 'list'", 2),
        (["ingest", "--rewind-group", "--from", "1h", "--into", "x"], "takes --from or --offset only", 2),
        (["ingest", "--from", "1h", "--bootstrap-servers", "127.0.0.1:1"], "no Kafka broker answers", 1),
    ],
)
def test_a_wrong_command_is_explained_in_one_line(
    one_page: KafkaSettings, options: list[str], message: str, code: int
) -> None:
    done = wiredesk(one_page, "replay", *options)
    (line,) = done.stderr.splitlines()
    assert message in line
    assert done.returncode == code


async def test_missing_topics_are_named_in_one_line(kafka: KafkaSettings) -> None:
    done = wiredesk(kafka, "replay", "ingest", "--from", "1h")
    (line,) = done.stderr.splitlines()
    assert "run 'wiredesk topics create' first" in line
    assert done.returncode == 1


@pytest.mark.parametrize("since", ["2026-11-01", "-2h", "2h", "7d ago", "2026-01-31T06:00Z", "2026-01-31T06:00+02:00"])
def test_every_common_form_of_a_time_is_taken(one_page: KafkaSettings, since: str) -> None:
    assert replay(one_page, "ingest", "--from", since, "--dry-run")["wanted"] == 1
