"""Raw pages as records: made, read and refused."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from wiredesk_schemas import InvalidEventError, RawPage
from wiredesk_schemas.headers import Header

URL = "https://news.example/2024/pier"

EIGHT = datetime(2026, 3, 14, 8, tzinfo=UTC)


def value(**fields: Any) -> bytes:
    return json.dumps({"url": URL, "body": "<p>x", **fields}).encode()


def read(event: bytes, *headers: Header) -> RawPage:
    return RawPage.from_record(event, headers)


def refused(event: bytes, *headers: Header) -> str:
    with pytest.raises(InvalidEventError) as error:
        read(event, *headers)
    return str(error.value)


def kinds(page: RawPage) -> list[str]:
    return [note.kind for note in page.notes]
