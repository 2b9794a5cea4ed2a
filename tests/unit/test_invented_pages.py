"""Metadata of invented pages: bylines, dates and declarations as publishers of many countries write them.

`invented_pages.jsonl` has what is special of each page (in its head, below its headline, after its story, below it), and
what a careful reader takes from it. The rest is the same on all of them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from wiredesk.extractor.document import parse_html
from wiredesk.extractor.metadata.fields import read_metadata
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.site_rules import RuleMatches
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, RawPage

PAGES = [
    json.loads(line)
    for line in Path(__file__).with_name("invented_pages.jsonl").read_text(encoding="utf-8").splitlines()
]

HEADLINE = "Milk floods the valley road after crash on Tolver bridge"

STORY = (
    "<p>Two lorries and a milk van collided on the bridge at Tolver on Wednesday morning, closing the only road into the "
    "valley for six hours.</p><p>Nobody was badly hurt, the county police said, but a driver of 44 was taken to hospital "
    "in Marsham with a broken wrist.</p><p>Engineers will inspect the railings. Until then, vehicles heavier than 7.5 "
    "tonnes have to use the ford at Lower Tolver.</p><p>The bridge, built in 1887, was last repaired eleven years ago "
    "after a flood. A petition for a second crossing has lain with the county since spring.</p>"
)


def html(page: Mapping[str, Any]) -> str:
    """Return the mark-up of a page."""
    part = {name: page.get(name, "") for name in ("head", "top", "after", "below")}
    return (
        f'<!doctype html><html lang="{page.get("lang", "en")}"><head><meta charset="utf-8">'
        f"<title>{HEADLINE} - Marsham Evening Star</title>{part['head']}</head><body><header><nav><ul><li>"
        '<a href="/news/">News</a></li><li><a href="/sport/">Sport</a></li></ul></nav></header><main><article>'
        f'<h1>{HEADLINE}</h1>{part["top"]}<div class="copy">{STORY}</div>{part["after"]}</article></main>{part["below"]}'
        '<footer><p>© 2025 Marsham Evening Star. <a href="/terms">Terms</a></p></footer></body></html>'
    )


def read(page: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of a page, in the form of the file."""
    root = parse_html(html(page))
    assert root is not None
    raw = {"url": "https://news.example/2024/pier-vote", "content_type": "text/html", "body_base64": "PHA+"}
    accepted = Ingest()(RawPage.from_object(raw | ({"fetched_at": page["fetched_at"]} if "fetched_at" in page else {})))
    assert isinstance(accepted, AcceptedPage)
    metadata = read_metadata(accepted, MetadataSources.from_document(root, accepted.canonical_url), RuleMatches())
    stated = {name: getattr(metadata, name).value for name in page["expected"]}
    return {name: list(v) if isinstance(v, tuple) else v.isoformat() if name.endswith("_at") and v else v
            for name, v in stated.items()}  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page["id"])
def test_metadata_are_those_that_a_reader_takes_from_the_page(page: dict[str, Any]) -> None:
    for name, value in read(page).items():
        wanted = page["expected"][name]
        among = wanted["any_of"] if isinstance(wanted, dict) else [wanted]
        is_day = name.endswith("_at") and all(len(day or "") <= len("2025-02-12") for day in among)
        assert (value[: len("2025-02-12")] if is_day and value else value) in among, name
