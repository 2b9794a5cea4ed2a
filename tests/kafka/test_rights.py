"""Rights on a real Kafka: they travel from the raw page to the enriched article, and a policy skips what is reserved."""

import json
from pathlib import Path

from tests import topics
from tests.support import Raw, ends_of, publish
from wiredesk.pipeline import STAGES, TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import KafkaProcess, workers
from wiredesk_schemas import EnrichedArticle, SkippedPage, SkipReason

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STORY = "<h1>Harbour closed</h1>" + "".join(
    f"<p>On {day} the harbour of the town was closed after another storm, the council said.</p>" for day in DAYS
)


def page(name: str, robots: str) -> str:
    return f'<html><head><meta name="robots" content="{robots}"><title>{name}</title></head><body>{STORY}</body></html>'


async def test_rights_travel_and_a_policy_skips_what_is_reserved(cluster: KafkaProcess, tmp_path: Path) -> None:
    kafka = KafkaSettings(bootstrap_servers=cluster.bootstrap_servers, topic_prefix="rights.")
    await topics.create(kafka, TOPICS, partitions=1)
    recorded = {
        "url": "https://courier.example/a",
        "body": page("a", "noarchive"),
        "rights": {"usage_terms": "No print", "copyright_holder": "Courier"},
    }
    attributes = {
        "content-type": "text/html",
        "ce_subject": "https://courier.example/b",
        "ce_httpheaders": '{"tdm-reservation": "1"}',
        "ce_rights": "No print",
    }
    reserved = Raw(
        page("b", "all").encode(), headers=tuple((name, value.encode()) for name, value in attributes.items())
    )
    with workers(kafka, list(STAGES), tmp_path / "workers.log", {"WIREDESK_RIGHTS_POLICY": "tdm,noai"}):
        origins = await publish(kafka, [Raw(json.dumps(recorded).encode()), reserved])
        ends = await ends_of(kafka, origins)
    ((article,), (skipped,)) = (ends[origin] for origin in origins)
    rights = EnrichedArticle.from_json(article.value).rights
    assert rights is not None
    assert (rights.no_archive, rights.usage_terms, rights.copyright_holders) == (True, ("No print",), ("Courier",))
    refused = SkippedPage.from_json(skipped.value)
    assert (refused.reason, refused.detail) == (SkipReason.RIGHTS_RESERVED, "tdm: header:tdm-reservation states '1'")
    assert b"harbour" not in (skipped.value or b"")
    assert {name for name, _ in skipped.headers} >= {"ce_id", "ce_type"}
    assert "ce_rights" not in {name for name, _ in skipped.headers}
