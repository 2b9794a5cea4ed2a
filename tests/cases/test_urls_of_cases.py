"""Each case of URLs: whether they are one page, two, or none."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wiredesk.ingest.urls import canonical_url
from wiredesk.runtime.errors import RejectedError


def cases() -> Iterator[Any]:
    for line in Path(__file__).with_name("urls.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        yield pytest.param(case, id=f"{case['kind']}-{case['id']}")


@pytest.mark.parametrize("case", list(cases()))
def test_urls_are_one_page_or_two(case: dict[str, Any]) -> None:
    if case["expected"].get("refused"):
        with pytest.raises(RejectedError):
            canonical_url(case["urls"][0])
        return
    pages = {canonical_url(url) for url in case["urls"]}
    assert len(pages) == {"the same": 1, "two": len(case["urls"])}[case["expected"]["canonical"]]
