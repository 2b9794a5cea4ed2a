"""The configuration for OpenSearch, in a worker of Kafka Connect: validated, and run with the file sink in its place."""

import asyncio
import json
from pathlib import Path

from tests import topics
from tests.connect import worker
from tests.newsfeed import Sent, newsfeed, publish, revision
from tests.support import ROOT
from wiredesk.pipeline import ARTICLES_LATEST
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import wait_until
from wiredesk_schemas import ArticleWithdrawn
from wiredesk_schemas.headers import EVENT_TYPE, SYNTHETIC

EXAMPLE = ROOT / "examples" / "opensearch" / "connector.json"

WITHDRAWN = ArticleWithdrawn.TYPE.encode()

STAND_IN = "org.apache.kafka.connect.file.FileStreamSinkConnector"
"""A sink that Kafka ships. What Connect itself does comes before a sink, and is the same for each."""


def configuration(kafka: KafkaSettings, folder: Path) -> dict[str, str]:
    """Return the example's, for this cluster, its secrets in a file, and with the stand-in for the sink."""
    secrets = folder / "opensearch.properties"
    secrets.write_text("user=desk\npassword=secret\n", encoding="utf-8")
    text = EXAMPLE.read_text(encoding="utf-8").replace("/etc/wiredesk/opensearch.properties", str(secrets))
    config: dict[str, str] = json.loads(text)["config"]
    return config | {
        "name": "articles",
        "connector.class": STAND_IN,
        "topics": kafka.on_cluster(ARTICLES_LATEST.name),
        "file": str(folder / "sunk"),
    }


async def test_the_example_is_valid_and_passes_on_what_is_newest(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, [ARTICLES_LATEST], partitions=1)
    probe = revision("https://canary.invalid/0", 1, headers=((SYNTHETIC, b"1"),))
    # Of a withdrawn article, this topic has a tombstone.
    latest = [Sent(one.key, None) if (EVENT_TYPE, WITHDRAWN) in one.headers else one for one in newsfeed(300)]
    feed = [*latest, probe, revision("https://last.example/", 1)]
    await publish(kafka, feed, ARTICLES_LATEST.name)
    await asyncio.to_thread(_validate_and_run, kafka, tmp_path, feed, probe)


def _validate_and_run(kafka: KafkaSettings, folder: Path, feed: list[Sent], probe: Sent) -> None:
    config = configuration(kafka, folder)
    with worker.running(kafka, folder) as connect:
        assert connect.errors(config) == {}
        wrong = {
            "predicates.isProbe.type": "org.example.Predicate",
            "transforms.index.regex": "(",
            "value.converter": "org.example.Converter",
            "errors.tolerance": "some",
        }
        for option, value in wrong.items():
            assert connect.errors(config | {option: value}), option
        # The sink writes values as Java prints them: here, of each article its id, and null for a tombstone.
        ids = {
            "transforms": f"{config['transforms']},id",
            "transforms.id.type": "org.apache.kafka.connect.transforms.ExtractField$Value",
            "transforms.id.field": "event_id",
        }
        connect.call("POST", "/connectors", {"name": "articles", "config": config | ids | {"tasks.max": "1"}})
        sunk = Path(config["file"])
        expected = ["null" if one.value is None else json.loads(one.value)["event_id"] for one in feed if one != probe]
        wait_until(lambda: sunk.exists() and len(sunk.read_text().split()) >= len(expected), "all is passed on")
        assert sunk.read_text().split() == expected
