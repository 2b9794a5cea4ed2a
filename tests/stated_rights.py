"""Pages that state rights, and what ingest makes of them."""

import json
from datetime import UTC, datetime
from typing import Any

from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.settings import IngestSettings
from wiredesk_schemas import AcceptedPage, RawPage, Rights, SkippedPage, WithdrawnPage

URL = "https://news.example/2026/a?page=2"

FETCHED = "2026-05-01T12:00:00Z"


def ingest(
    head: str = "",
    body: str = "<p>Text</p>",
    headers: Any = None,
    rights: Any = None,
    *,
    content_type: str = "text/html",
    policy: str = "record",
    agents: str = "",
    **fields: Any,
) -> AcceptedPage | SkippedPage:
    text = f"<html><head>{head}</head><body>{body}</body></html>" if content_type == "text/html" else body
    event = {"url": URL, "body": text, "content_type": content_type, "fetched_at": FETCHED, "http_headers": headers}
    page = RawPage.from_object({**event, "rights": rights, **fields})
    result = Ingest(IngestSettings(rights_policy=policy, rights_agents=agents))(page)
    return result.skipped_page() if isinstance(result, WithdrawnPage) else result


def rights_of(*stated: Any, **fields: Any) -> Rights:
    rights = ingest(*stated, **fields).rights
    assert rights is not None
    return rights


def restrictions(rights: Rights) -> dict[str, bool]:
    return {name: value for name, value in rights if isinstance(value, bool)}


def json_ld(*nodes: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(nodes[0] if len(nodes) == 1 else list(nodes))}</script>'


EVERYTHING_BY_AI = {"no_ai": True, "no_ai_training": True, "no_ai_input": True}

PST = datetime(2030, 6, 25, 23, tzinfo=UTC)

LICENCE = "https://creativecommons.org/licenses/by/4.0/"

TDM = '<meta name="tdm-reservation" content="1">'
