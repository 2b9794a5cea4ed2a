"""`wiredesk topics compare` as its users run it: what differs after a change of a model."""

import copy
import json
from typing import Any

from aiokafka import AIOKafkaProducer

from tests import topics
from tests.support import ROOT
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic
from wiredesk.testing.processes import wiredesk

ARTICLE = json.loads(
    (ROOT / "schemas" / "wiredesk_schemas" / "examples" / "1.2" / "enriched_article.v1.json").read_bytes()
)
BEFORE, AFTER = Topic("articles.enriched", "before"), Topic("articles.enriched.v2", "after", partitions=3)


def compare(kafka: KafkaSettings, *arguments: str) -> tuple[int, str, str]:
    done = wiredesk(kafka, "topics", "compare", *arguments)
    return done.returncode, done.stdout, done.stderr


def article(name: str, **fields: Any) -> dict[str, Any]:
    return {**copy.deepcopy(ARTICLE), "page_id": name, "url": f"https://paper.example/{name}", **fields}


async def write(kafka: KafkaSettings, topic: Topic, *events: dict[str, Any], null: bool = False) -> None:
    """Write events; with `null`, one that has no fields but its page id is a tombstone."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    try:
        for event in events:
            value = None if null and len(event) == 1 else json.dumps(event).encode()
            await producer.send_and_wait(kafka.on_cluster(topic.name), value, key=event["page_id"].encode())
    finally:
        await producer.stop()


async def test_what_a_new_model_changes_is_shown_by_page(kafka: KafkaSettings) -> None:
    await topics.create(kafka, [BEFORE, AFTER])
    sport = {"code": "medtop:15000000", "name": "sport", "path": ["medtop:15000000"], "score": 0.9}
    await write(kafka, BEFORE, article("same"), article("gone"), article("topic"), article("title", title="Old"))
    await write(
        kafka,
        AFTER,
        article("same", event_id="another", detected_language=None),
        article("topic", title="An older event of the page"),
        article("topic", topics=[sport], entities=ARTICLE["entities"][:1]),
        article("title", title="New"),
        article("new"),
    )
    code, shown, _ = compare(kafka, BEFORE.name, AFTER.name, "--json")
    result = json.loads(shown)
    assert code == 1
    assert {name: result[name] for name in ("same", "changed", "new", "gone")} == {
        "same": 1, "changed": 2, "new": 1, "gone": 1
    }  # fmt: skip
    assert result["fields"] == {"title": 1, "topics": 1, "entities": 1}
    assert result["topics"]["+ sport (medtop:15000000)"] == 1
    assert "- labour (medtop:09000000)" in result["topics"]
    assert len(result["entities"]) == len({(e["name"], e["type"]) for e in ARTICLE["entities"][1:]})
    assert result["examples"]["gone"] == ["https://paper.example/gone"]
    assert result["examples"]["+ sport (medtop:15000000)"] == ["https://paper.example/topic"]

    code, shown, _ = compare(kafka, BEFORE.name, AFTER.name, "--most", "1")
    assert "+ sport (medtop:15000000)\t1\thttps://paper.example/topic" in shown or "- labour" in shown
    assert "more: --most" in shown


async def test_topics_of_equal_articles_do_not_differ(kafka: KafkaSettings) -> None:
    await topics.create(kafka, [BEFORE, AFTER])
    for topic in (BEFORE, AFTER):
        await write(kafka, topic, article("a"), article("b"))
    code, shown, _ = compare(kafka, BEFORE.name, AFTER.name)
    assert code == 0
    assert shown.startswith("same\t2\t")


async def test_a_page_that_was_forgotten_is_gone_and_may_come_again(kafka: KafkaSettings) -> None:
    await topics.create(kafka, [BEFORE, AFTER])
    await write(kafka, BEFORE, article("a"), article("b"))
    await write(kafka, AFTER, article("a"), article("b"), {"page_id": "a"}, {"page_id": "b"}, article("b"), null=True)
    code, shown, _ = compare(kafka, BEFORE.name, AFTER.name, "--json")
    result = json.loads(shown)
    assert (code, result["same"], result["gone"], result["changed"]) == (1, 1, 1, 0)
    assert result["examples"]["gone"] == ["https://paper.example/a"]


async def test_a_wrong_command_is_explained_in_one_line(kafka: KafkaSettings) -> None:
    await topics.create(kafka, [BEFORE, AFTER])
    await write(kafka, AFTER, {"page_id": "x"})
    for arguments, message in (
        ((BEFORE.name, "nowhere"), "no topic"),
        ((BEFORE.name, BEFORE.name), "compared with itself"),
        ((BEFORE.name, AFTER.name), "is not an article"),
    ):
        code, _, errors = compare(kafka, *arguments)
        assert code == 2
        (line,) = errors.splitlines()
        assert message in line
