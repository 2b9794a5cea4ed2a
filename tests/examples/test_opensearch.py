"""The connector's configuration and the index: names that exist, and fields that events have."""

import json
import re
from typing import Any

from tests.support import ROOT
from wiredesk.contracts.json_schema import json_schema
from wiredesk.pipeline import ARTICLES_LATEST
from wiredesk_schemas import EnrichedArticle
from wiredesk_schemas.headers import SYNTHETIC

FOLDER = ROOT / "examples" / "opensearch"

OF_CONNECTOR = {
    "batch.size", "behavior.on.malformed.documents", "behavior.on.null.values", "behavior.on.version.conflict", "compact.map.entries",
    "connection.password", "connection.timeout.ms", "connection.url", "connection.username", "drop.invalid.message", "flush.timeout.ms",
    "key.ignore", "key.ignore.id.strategy", "linger.ms", "max.buffered.records", "max.in.flight.requests", "max.retries",
    "read.timeout.ms", "retry.backoff.ms", "schema.ignore", "topic.index.map", "topic.key.ignore", "topic.schema.ignore",
}  # fmt: skip
"""The options of the OpenSearch sink connector, as its documentation lists them."""

OF_CONNECT = {
    "connector.class", "errors.tolerance", "key.converter", "predicates", "tasks.max", "topics", "transforms", "value.converter",
    "value.converter.schemas.enable", "consumer.override.auto.offset.reset", "consumer.override.isolation.level",
}  # fmt: skip
"""Options of Kafka Connect."""


def load(name: str) -> dict[str, Any]:
    return dict(json.loads((FOLDER / name).read_text(encoding="utf-8")))


def test_the_connector_has_options_that_exist() -> None:
    config = load("connector.json")["config"]
    parts = {f"transforms.{one}." for one in config["transforms"].split(",")} | {f"predicates.{config['predicates']}."}
    own = {name for name in config if not name.startswith(tuple(parts))}
    assert own <= OF_CONNECTOR | OF_CONNECT
    assert config["topics"] == ARTICLES_LATEST.name
    assert config["predicates.isProbe.name"] == SYNTHETIC
    regex, replacement = config["transforms.index.regex"], config["transforms.index.replacement"]
    assert re.fullmatch(regex, ARTICLES_LATEST.name)
    assert load("index-template.json")["index_patterns"] == [replacement]


def test_the_index_has_fields_of_events_and_of_the_pipeline() -> None:
    properties = load("index-template.json")["template"]["mappings"]["properties"]
    languages = load("ingest-pipeline.json")["processors"][0]["script"]["params"]["languages"]
    by_language = {f"{field}_{language}" for field in ("title", "text") for language in (*languages, "other")}
    assert set(properties) - by_language <= set(json_schema(EnrichedArticle)["properties"])
    assert by_language <= set(properties)
