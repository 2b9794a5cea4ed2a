"""Each case: a raw page through ingest and the extractor, compared with what a reader expects of it."""

import base64
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cases.expectations import differences
from wiredesk.extractor.extract import Extractor
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import RawPage, SkippedPage

CASES = Path(__file__).parent
MEDIA_TYPES = {".txt": "text/plain", ".xhtml": "application/xhtml+xml"}
URL = "https://news.example/2024/pier-vote"


def cases() -> Iterator[Any]:
    for line in (CASES / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        yield pytest.param(case, id=f"{case['kind']}-{case['id']}")


@functools.cache
def extractor() -> Extractor:
    return Extractor()


def event_of(case: dict[str, Any]) -> dict[str, Any]:
    path = CASES / case["input"]
    raw = {
        "url": case["url"] or URL,
        "content_type": MEDIA_TYPES.get(path.suffix, "text/html"),
        **case.get("with", {}),
        "body_base64": base64.b64encode(path.read_bytes()).decode(),
    }
    accepted = Ingest()(RawPage.from_object(raw))
    event = accepted if isinstance(accepted, SkippedPage) else extractor()(accepted)
    fields: dict[str, Any] = json.loads(event.to_json())
    return fields


@pytest.mark.parametrize("case", list(cases()))
def test_a_page_is_read_as_a_reader_reads_it(case: dict[str, Any]) -> None:
    assert differences(event_of(case), case["expected"]) == []
