"""The URLs by which operators choose records, of pages that have several."""

import orjson
import pytest

from wiredesk.operations.page_urls import page_url, page_urls
from wiredesk.operations.replays.filters import conditions, record_filter
from wiredesk.runtime.records import Record

PAGE = {"url": "https://m.news.example/pier?utm_source=x", "canonical_url": "https://news.example/2024/pier-vote"}


def record(value: bytes | None, subject: str | None = None) -> Record:
    headers = (("ce_subject", subject.encode()),) if subject else ()
    return Record("pages.accepted", 0, 0, 0, None, value, headers)


def test_a_record_has_the_urls_of_its_headers_and_of_its_value() -> None:
    accepted = record(orjson.dumps(PAGE), PAGE["canonical_url"])
    assert list(page_urls(accepted)) == [PAGE["canonical_url"], PAGE["canonical_url"], PAGE["url"]]
    assert page_url(accepted) == PAGE["canonical_url"]


@pytest.mark.parametrize("value", [None, b"", b"<html>", b"[]", b'{"url": 5}'])
def test_a_value_may_have_none(value: bytes | None) -> None:
    assert list(page_urls(record(value))) == []
    assert page_url(record(value, "https://news.example/")) == "https://news.example/"


@pytest.mark.parametrize("pattern", ["https://m.news.example/*", "https://news.example/2024/*"])
def test_a_replay_finds_a_page_by_each_of_its_urls(pattern: str) -> None:
    accepts = record_filter(conditions(urls=[pattern]))
    assert accepts(record(orjson.dumps(PAGE), PAGE["canonical_url"]))
    assert not accepts(
        record(orjson.dumps({**PAGE, "url": "https://a.example/", "canonical_url": "https://a.example/"}))
    )


@pytest.mark.parametrize("host", ["m.news.example", "news.example"])
def test_a_replay_finds_a_page_by_each_of_its_hosts(host: str) -> None:
    assert record_filter(conditions(hosts=[host]))(record(orjson.dumps(PAGE), PAGE["canonical_url"]))
