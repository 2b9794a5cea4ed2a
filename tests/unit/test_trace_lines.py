"""What `wiredesk trace` says of each record."""

import json

import pytest

from wiredesk.operations.trace import summarize
from wiredesk.pipeline import PAGES_SKIPPED
from wiredesk.registry import registry
from wiredesk.runtime.records import Record

REVISION = {"revision_number": 2, "title": "Ferry crews end strike"}


@pytest.mark.parametrize(
    ("topic", "event", "line"),
    [
        ("articles.cleaned", {"title": "Ferry"}, "cleaned: Ferry"),
        (
            "articles.enriched",
            REVISION | {"revision_kind": "updated", "changed": ["text"], "change": 0.02},
            "revision 2, updated (text, 2% of the words): Ferry crews end strike",
        ),
        (
            "articles.revised",
            REVISION | {"revision_kind": "created", "returned": True, "changed": []},
            "revision 2, created (it is there again): Ferry crews end strike",
        ),
        (
            "articles.signatures",
            REVISION | {"is_withdrawn": False},
            "signatures of revision 2: Ferry crews end strike",
        ),
        ("articles.signatures", {"revision_number": 3, "is_withdrawn": True}, "signatures of revision 3, withdrawn"),
        ("articles.signatures", {"revision_number": None, "title": "Ferry"}, "signatures: Ferry"),
        (
            "articles.revised",
            {"revision_number": 3, "reason": "gone", "detail": "status 410"},
            "revision 3, withdrawn: gone: status 410",
        ),
        ("pages.accepted", {"reason": "gone", "detail": "status 410"}, "withdrawn page: gone: status 410"),
    ],
)
def test_a_record_is_one_line(topic: str, event: dict[str, object], line: str) -> None:
    record = Record(topic, 0, 0, 0, b"k", json.dumps(event).encode(), ())
    assert summarize(registry(), PAGES_SKIPPED, topic, record) == line
