"""`wiredesk audit` as its users run it: balanced, with pages in flight, missing, and duplicated."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests import topics
from tests.faults.batches import RawBatch, RawProducer, RawRecord
from tests.faults.hostile import ANY_TIMES
from tests.plugins import with_plugins
from tests.support import Raw, publish
from wiredesk.operations.audit import Reconciliation, reconcile
from wiredesk.pipeline import ARTICLES_ENRICHED, EXTRACTOR, INGEST, PAGES_ACCEPTED, PAGES_RAW, PAGES_SKIPPED, TOPICS
from wiredesk.registry import Registry
from wiredesk.runtime.dead_letters import dead_letter
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Failure, Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import wiredesk


def audit(kafka: KafkaSettings, *options: str) -> tuple[int, str]:
    done = wiredesk(kafka, "audit", *options)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def as_json(kafka: KafkaSettings, *options: str) -> tuple[int, dict[str, Any]]:
    code, output = audit(kafka, "--json", *options)
    return code, json.loads(output)


async def end(
    kafka: KafkaSettings,
    topic: str,
    *origins: str,
    ids: Sequence[str] = (),
    value: bytes | None = b"{}",
    **more: str,
) -> None:
    """Write what a stage would write."""
    others = [(name, text.encode()) for name, text in more.items()]
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    try:
        for origin, event in zip_longest(origins, ids, fillvalue=""):
            headers = [*others, ("wiredesk_origin", origin.encode()), ("ce_id", event.encode())]
            await producer.send_and_wait(kafka.on_cluster(topic), value, key=b"a page", headers=headers)
    finally:
        await producer.stop()


async def commit(kafka: KafkaSettings, offset: int, partition: int = 0) -> None:
    """Commit an offset for ingest."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers, group_id=kafka.on_cluster(INGEST.group), enable_auto_commit=False
    )
    await consumer.start()
    try:
        source = TopicPartition(kafka.on_cluster(PAGES_RAW.name), partition)
        consumer.assign([source])
        await consumer.commit({source: offset})
    finally:
        await consumer.stop()


async def test_every_page_is_accounted_for(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    origins = await publish(kafka, [Raw(b"page")] * 8)
    assert as_json(kafka)[1]["in_flight"] == 8
    await commit(kafka, 6)
    await end(kafka, ARTICLES_ENRICHED.name, *origins[:3])
    await end(kafka, PAGES_SKIPPED.name, origins[3])
    await end(kafka, INGEST.dead_letter_topic.name, origins[4], origins[4])
    code, result = as_json(kafka)
    assert code == 1
    assert {name: result[name] for name in ("pages", "enriched", "skipped", "dead_lettered", "in_flight")} == {
        "pages": 8,
        "enriched": 3,
        "skipped": 1,
        "dead_lettered": 1,
        "in_flight": 2,
    }
    assert (result["missing"], result["missing_records"]) == (1, [origins[5]])
    letters = kafka.on_cluster(INGEST.dead_letter_topic.name)
    assert (result["duplicated"], result["duplicated_records"]) == (
        1,
        [{"origin": origins[4], "ends": [f"{letters}/0/0", f"{letters}/0/1"]}],
    )
    code, shown = audit(kafka)
    assert code == 1
    assert f"missing: {origins[5]}" in shown
    assert f"duplicated: {origins[4]} ended at {letters}/0/0, {letters}/0/1" in shown
    await end(kafka, PAGES_SKIPPED.name, origins[5])
    assert as_json(kafka)[1]["missing"] == 0


async def test_pages_are_counted_by_what_became_of_them(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    origins = await publish(kafka, [Raw(b"page")] * 10)
    await commit(kafka, 10)
    given = iter(origins)
    for kind in ("created", "updated", "updated", "corrected"):
        value = json.dumps({"title": '"revision_kind":"created"', "revision_kind": kind}).encode()
        await end(kafka, ARTICLES_ENRICHED.name, next(given), value=value)
    await end(kafka, ARTICLES_ENRICHED.name, next(given), ce_type="wiredesk.article.withdrawn.v1")
    for reason in ("unchanged", "superseded", "forgotten"):
        await end(kafka, PAGES_SKIPPED.name, next(given), value=json.dumps({"reason": reason}).encode())
    await end(kafka, INGEST.dead_letter_topic.name, next(given), wiredesk_dlq_reason="binary")
    await end(kafka, ARTICLES_ENRICHED.name, next(given), value=None)
    code, result = as_json(kafka)
    assert (code, result["pages"]) == (0, 10)
    assert result["by_kind"] == {
        "enriched": {"created": 1, "updated": 2, "corrected": 1},
        "skipped": {"unchanged": 1, "superseded": 1, "forgotten": 1},
        "dead_lettered": {"binary": 1},
    }
    counted = sum(result[name] for name in ("enriched", "withdrawn", "skipped", "dead_lettered", "forgotten"))
    assert (result["withdrawn"], counted) == (1, 10)
    lines = [line.split("\t") for line in audit(kafka)[1].splitlines()]
    assert lines[:6] == [
        ["enriched", "4"],
        ["enriched: updated", "2"],
        ["enriched: created", "1"],
        ["enriched: corrected", "1"],
        ["withdrawn", "1"],
        ["skipped", "3"],
    ]
    assert ["skipped: forgotten", "1"] in lines
    assert ["dead-lettered: binary", "1"] in lines


async def test_only_pages_since_a_time(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    early = await publish(kafka, [Raw(b"page")] * 2)
    await end(kafka, ARTICLES_ENRICHED.name, *early)
    arrived = datetime.now(UTC)
    while (between := datetime.now(UTC)) < arrived + timedelta(milliseconds=2):  # timestamps count milliseconds
        await asyncio.sleep(0)
    late = await publish(kafka, [Raw(b"page")] * 3)
    await commit(kafka, 5)
    await end(kafka, ARTICLES_ENRICHED.name, *late)
    assert as_json(kafka)[1]["pages"] == 5
    code, result = as_json(kafka, "--since", between.isoformat())
    assert (code, result["pages"], result["enriched"]) == (0, 3, 3)


async def test_a_page_with_a_timestamp_in_the_future_is_not_missing(kafka: KafkaSettings) -> None:
    raw = kafka.on_cluster(PAGES_RAW.name)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:  # a topic with CreateTime, which others have created
        await admin.create_topics([NewTopic(raw, 1, 1, topic_configs=ANY_TIMES)])
    finally:
        await admin.close()
    await topics.create(kafka, TOPICS, partitions=1)
    ahead = int((datetime.now(UTC) + timedelta(days=1)).timestamp() * 1000)
    async with RawProducer(kafka.bootstrap_servers) as producer:
        for timestamp in (None, ahead, ahead, ahead):
            assert (await producer.send(raw, 0, RawBatch([RawRecord(None, b"page", (), timestamp)])))[0] == 0
    await commit(kafka, 3)
    await end(kafka, ARTICLES_ENRICHED.name, f"{raw}/0/0", f"{raw}/0/1")
    await end(kafka, PAGES_ACCEPTED.name, f"{raw}/0/2")
    code, result = as_json(kafka, "--since", (datetime.now(UTC) + timedelta(hours=1)).isoformat())
    assert (code, result["missing"], result["enriched"], result["in_flight"]) == (0, 0, 1, 2)


async def test_markers_of_a_publishers_transactions_are_no_pages(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, transactional_id=kafka.on_cluster("partner"))
    await producer.start()
    try:
        for _ in range(2):
            async with producer.transaction():
                await producer.send(kafka.on_cluster(PAGES_RAW.name), b"page")
    finally:
        await producer.stop()
    raw = kafka.on_cluster(PAGES_RAW.name)
    assert as_json(kafka)[1]["in_flight"] == 2
    await end(kafka, ARTICLES_ENRICHED.name, f"{raw}/0/0", f"{raw}/0/2")
    await commit(kafka, 3)
    code, result = as_json(kafka)
    assert (code, result["pages"], result["in_flight"], result["missing"]) == (0, 2, 0, 0)


async def test_records_of_another_origin_do_not_count(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    raw = kafka.on_cluster(PAGES_RAW.name)
    await end(kafka, ARTICLES_ENRICHED.name, f"{raw}/0/99", f"{raw}/9/0", "elsewhere/0/0", "", f"{raw}/x/1")
    code, result = as_json(kafka)
    assert (code, result["pages"]) == (0, 0)


async def test_a_redriven_dead_letter_is_no_end(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    (page,) = await publish(kafka, [Raw(b"page")])
    await commit(kafka, 1)
    lineage: tuple[tuple[str, bytes], ...] = (("wiredesk_origin", page.encode()), ("wiredesk_origin_time", b"1"))
    record = Record(kafka.on_cluster(PAGES_ACCEPTED.name), 0, 0, 0, b"k", b"{}", lineage)
    letter = dead_letter(EXTRACTOR, "1", record, Failure("timeout", "too slow"))
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    await producer.send_and_wait(
        kafka.on_cluster(letter.topic), letter.value, key=letter.key, headers=[*letter.headers, *lineage]
    )
    await producer.stop()
    assert as_json(kafka)[1]["dead_lettered"] == 1

    assert wiredesk(kafka, "dlq", "redrive", "--yes").returncode == 0
    code, result = as_json(kafka)
    assert (code, result["pages"], result["dead_lettered"], result["in_flight"]) == (0, 1, 0, 1)
    await end(kafka, ARTICLES_ENRICHED.name, page)
    code, result = as_json(kafka)
    assert (code, result["enriched"], result["dead_lettered"], result["duplicated"]) == (0, 1, 0, 0)


async def test_a_tombstone_with_an_origin_is_the_outcome_of_its_page_and_others_are_none(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    origins = await publish(kafka, [Raw(b"page")] * 2)
    await commit(kafka, 2)
    await end(kafka, ARTICLES_ENRICHED.name, origins[0], value=None)
    await end(kafka, ARTICLES_ENRICHED.name, "", value=None)  # one that 'wiredesk forget' writes
    await end(kafka, PAGES_SKIPPED.name, origins[1])
    code, result = as_json(kafka)
    assert (code, result["pages"], result["forgotten"], result["skipped"], result["enriched"]) == (0, 2, 1, 1, 0)
    assert "forgotten\t1" in audit(kafka)[1]


async def test_an_outcome_that_may_be_compacted_is_not_missing(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    origins = await publish(kafka, [Raw(b"page")] * 3)
    await commit(kafka, 3)
    await end(kafka, ARTICLES_ENRICHED.name, *origins[:2])
    code, result = as_json(kafka)
    assert (code, result["missing"], result["compacted"]) == (1, 1, 0), "nothing is compacted in its first nine days"
    async with Cluster(kafka) as cluster:
        await cluster.set_topic_settings({kafka.on_cluster(ARTICLES_ENRICHED.name): {"min.compaction.lag.ms": "0"}})
    code, result = as_json(kafka)
    assert (code, result["missing"], result["compacted"], result["pages"]) == (0, 0, 1, 3)
    assert "compacted\t1" in audit(kafka)[1]


async def reconciled(kafka: KafkaSettings, found: Registry) -> Reconciliation:
    async with Cluster(kafka) as cluster:
        return await reconcile(cluster, found.flow, found.side_stages)


async def test_headers_in_the_topics_of_other_entry_stages_are_not_believed(kafka: KafkaSettings) -> None:
    """A publisher can neither hide a missing page by them, nor make one of them missing."""
    found = with_plugins("feeds", "private")
    await topics.create(kafka, found.topics, partitions=1)
    origins = await publish(kafka, [Raw(b"page")] * 2)
    await commit(kafka, 2)
    await end(kafka, ARTICLES_ENRICHED.name, origins[0])
    await end(kafka, "feeds.raw", *origins)
    await end(kafka, "private.raw", *origins)
    result = await reconciled(kafka, found)
    assert (result.in_flight, result.missing, result.missing_records) == (0, 1, (origins[1],))
    assert not {"feeds", "private"} & set(result.side_stages)


async def test_a_stage_after_one_that_publishes_several_events_makes_several_of_a_page(kafka: KafkaSettings) -> None:
    found = with_plugins("facts", "checks")
    await topics.create(kafka, found.topics, partitions=1)
    (page,) = await publish(kafka, [Raw(b"page")])
    await commit(kafka, 1)
    await end(kafka, ARTICLES_ENRICHED.name, page)
    await end(kafka, "articles.facts", page, page, ids=("a", "b"))
    await end(kafka, "articles.checked", page, page, ids=("c", "d"))
    result = await reconciled(kafka, found)
    assert result.is_balanced
    assert (result.side_stages["checks"].done, result.side_stages["checks"].duplicated) == (1, 0)
    await end(kafka, "articles.checked", page, ids=("d",))
    result = await reconciled(kafka, found)
    assert (result.side_stages["checks"].duplicated, result.is_balanced) == (1, False)
