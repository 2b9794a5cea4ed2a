"""Forgetting, without Kafka: what is looked for, entries of the list, by when a record is gone, exported files."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from wiredesk.operations.forgetting.entries import MAX_TEXT, Entry, parse_entry
from wiredesk.operations.forgetting.exports import count_letters, letter_test, remove_letters
from wiredesk.operations.forgetting.keys import is_keyed_by_page
from wiredesk.operations.forgetting.lifetimes import Lifetime
from wiredesk.operations.forgetting.search import _mention, wanted_host, wanted_page
from wiredesk.operations.forgetting.suffixes import is_suffix
from wiredesk.operations.replays.filters import conditions, record_filter
from wiredesk.pipeline import (
    ARTICLES_CLEANED,
    ARTICLES_ENRICHED,
    EXTRACTOR,
    FORGETTING,
    FORGOTTEN,
    INGEST,
    PAGES_ACCEPTED,
    PAGES_RAW,
    PAGES_SKIPPED,
    STAGES,
    TOPICS,
)
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.records import Record
from wiredesk.runtime.topology import DAY_MS
from wiredesk_schemas import ForgottenKind, page_id
from wiredesk_schemas.ids import host_id

URL = "https://paper.example/story"
PAGE = page_id(URL)
MONTH_MS = 30 * DAY_MS
MAX_SECONDS = 60_000
FOREVER = str(2**63 - 1)


def test_every_stage_of_ours_obeys_the_list_and_every_topic_of_articles_is_compacted() -> None:
    assert all(stage.suppression == FORGETTING for stage in STAGES.values())
    assert FORGOTTEN in TOPICS
    assert FORGOTTEN.partitions_of(12) == 1
    for topic in (ARTICLES_CLEANED, ARTICLES_ENRICHED):
        assert topic.settings()["cleanup.policy"] == "compact,delete"
        assert topic.settings()["max.compaction.lag.ms"] == str(MONTH_MS)
    assert FORGOTTEN.settings()["cleanup.policy"] == "compact"


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic != FORGOTTEN], ids=lambda topic: topic.name)
def test_no_topic_keeps_a_forgotten_page_for_more_than_a_month(topic: object) -> None:
    of_topic = next(one for one in TOPICS if one == topic)
    lifetime = Lifetime.of(of_topic.settings())
    ends = lifetime.ends(0, 0)
    assert ends is not None
    assert ends <= MONTH_MS


def test_nothing_is_compacted_while_its_raw_page_is_kept() -> None:
    raw = Lifetime.of(PAGES_RAW.settings())
    assert raw.retention_ms is not None
    for topic in TOPICS:
        if topic.terminal and topic.compaction is not None and topic.compaction.min_lag_ms:
            assert topic.compaction.min_lag_ms >= raw.retention_ms


@pytest.mark.parametrize(
    ("settings", "superseded", "ends"),
    [
        ({"cleanup.policy": "delete", "retention.ms": "100", "segment.ms": "10"}, None, 1110),
        ({"cleanup.policy": "delete", "retention.ms": "100", "segment.ms": "10"}, 1001, 1110),
        ({"cleanup.policy": "delete", "retention.ms": "-1"}, 1001, None),
        ({"cleanup.policy": "delete", "retention.ms": FOREVER}, None, None),
        ({"cleanup.policy": "compact", "retention.ms": "100", "max.compaction.lag.ms": "50"}, None, None),
        ({"cleanup.policy": "compact", "retention.ms": "100", "max.compaction.lag.ms": "50"}, 1001, 1051),
        ({"cleanup.policy": "compact", "max.compaction.lag.ms": FOREVER}, 1001, None),
        ({"cleanup.policy": "compact,delete", "retention.ms": "100", "max.compaction.lag.ms": "50"}, None, 1100),
        ({"cleanup.policy": "delete,compact", "retention.ms": "100", "max.compaction.lag.ms": "50"}, 1001, 1051),
        ({"cleanup.policy": "compact,delete", "retention.ms": "10", "max.compaction.lag.ms": "50"}, 1001, 1010),
        ({}, 1001, None),
    ],
)
def test_a_record_ends_by_its_age_or_after_a_newer_one(
    settings: dict[str, str], superseded: int | None, ends: int | None
) -> None:
    assert Lifetime.of(settings).ends(1000, superseded) == ends


@pytest.mark.parametrize("name", [PAGE, PAGE.upper(), URL, "HTTPS://Paper.example:443/story?utm_source=x#a"])
def test_a_page_is_named_by_its_url_or_its_id(name: str) -> None:
    assert wanted_page(name).id == PAGE
    assert wanted_page(name).pages == {PAGE}


@pytest.mark.parametrize("name", ["", "paper.example", "ftp://a.example/", "17", "https://"])
def test_what_is_no_page_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="neither the URL of a page nor a page id"):
        wanted_page(name)


@pytest.mark.parametrize(
    ("value", "is_named"),
    [
        ('{"url":"https://a.example/1"}', True),
        ('{"url":"https://www.a.example/1"}', True),
        ('{"url":"http://b.c.a.example:8080/1"}', True),
        ('{"url":"https://a.example"}', True),
        ('{"url":"https://nota.example/1"}', False),
        ('{"url":"https://a.example.org/1"}', False),
        ('{"url":"https://b.example/https/a.example/1"}', False),
        ('{"title":"What a.example says"}', False),
    ],
)
def test_what_names_a_page_of_a_host(value: str, *, is_named: bool) -> None:
    mention = _mention(wanted_host("a.example"))
    assert mention is not None
    assert (mention.search(value.encode()) is not None) is is_named


def test_a_host_is_named_as_urls_have_it() -> None:
    assert wanted_host("Paper.Example").host == "paper.example"
    assert wanted_host("paper.example.").id == host_id("paper.example")
    assert wanted_host("bücher.example").host == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "example", "a.example/b", "a.example:8080", "u@a.example", "a example", "https://a.example"),
        *("*.a.example", "a..example", "[::1]"),
    ],
)
def test_what_is_no_host_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=r"is no host|top-level domain"):
        wanted_host(name)


def entry(**fields: object) -> Entry:
    values = {
        "id": PAGE,
        "kind": ForgottenKind.PAGE,
        "request": PAGE,
        "reason": "request 4711",
        "since": datetime(2026, 11, 29, tzinfo=UTC),
        "by": "ann",
    }
    return Entry(**{**values, **fields})  # type: ignore[arg-type]


def test_an_entry_is_read_as_it_was_written_and_names_no_url() -> None:
    written = entry()
    record = Record(FORGOTTEN.name, 0, 0, 0, written.key, written.value())
    assert parse_entry(record) == written
    assert b"paper" not in written.value()
    assert len(orjson.loads(entry(reason="x" * MAX_SECONDS).value())["reason"]) == MAX_TEXT


@pytest.mark.parametrize(
    "value", [b"", b"{", b"[]", b'{"since":"99999","kind":1}', b'{"since":"0001-01-01T00:00:00+14:00"}']
)
def test_an_entry_of_any_value_enters_its_key(value: bytes) -> None:
    parsed = parse_entry(Record(FORGOTTEN.name, 0, 0, 0, PAGE.encode(), value))
    assert parsed is not None
    assert (parsed.id, parsed.request, parsed.kind) == (PAGE, PAGE, ForgottenKind.PAGE)


def test_a_removed_entry_is_none() -> None:
    assert parse_entry(Record(FORGOTTEN.name, 0, 0, 0, PAGE.encode(), None)) is None
    assert parse_entry(Record(FORGOTTEN.name, 0, 0, 0, None, b"{}")) is None


def line(url: str, topic: str = INGEST.dead_letter_topic.name) -> bytes:
    headers = [["ce_subject", "aHR0cHM6Ly9wYXBlci5leGFtcGxlL3N0b3J5" if url == URL else None]]
    row = {"id": f"{topic}/0/1", "mark": url, "topic": topic, "key": None, "value": "AAE=", "headers": headers}
    return orjson.dumps(row) + b"\n"


def test_letters_of_a_page_leave_an_exported_file_and_the_others_stay_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "letters.jsonl"
    other = line("https://paper.example/other")
    file.write_bytes(other + line(URL) + other + line(URL))
    file.chmod(0o640)
    for keys in ({page_id("https://a.example/")}, set[str]()):
        assert remove_letters(file, STAGES.values(), letter_test(STAGES.values(), keys)) == 0
    is_one = letter_test(STAGES.values(), {host_id("paper.example")})
    assert count_letters(file, STAGES.values(), is_one) == 2
    assert remove_letters(file, STAGES.values(), letter_test(STAGES.values(), {PAGE})) == 2
    assert file.read_bytes() == other * 2
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"topic":"x"}', b"\xff"])
def test_a_file_that_is_no_export_is_named_and_stays(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="line 1: not an exported dead letter"):
        remove_letters(file, STAGES.values(), letter_test(STAGES.values(), {PAGE}))
    assert file.read_bytes() == content
    with pytest.raises(UsageError, match="No such file"):
        count_letters(tmp_path / "missing", STAGES.values(), letter_test(STAGES.values(), {PAGE}))


def test_a_file_that_cannot_be_replaced_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "letters.jsonl"
    file.write_bytes(line(URL))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UnavailableError, match="No space left"):
        remove_letters(file, STAGES.values(), letter_test(STAGES.values(), {PAGE}))
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_bytes() == line(URL)


def test_a_replay_leaves_out_tombstones_and_takes_withdrawals_of_raw_pages() -> None:
    null = Record("t", 0, 0, 0, PAGE.encode(), None)
    event = Record("t", 0, 0, 0, PAGE.encode(), b'{"canonical_url":"https://paper.example/"}')
    for filters in (conditions(), conditions(hosts=["paper.example"])):
        assert not record_filter(filters, EXTRACTOR)(null)
        assert record_filter(filters, EXTRACTOR)(event)
    assert record_filter({})(null)


def test_topics_that_are_keyed_by_page() -> None:
    assert all(is_keyed_by_page(topic) for topic in (PAGES_ACCEPTED, ARTICLES_CLEANED, PAGES_SKIPPED))
    assert not any(is_keyed_by_page(topic) for topic in (PAGES_RAW, FORGOTTEN, INGEST.dead_letter_topic))


@pytest.mark.parametrize(
    "host",
    [
        "co.uk", "com.au", "gov.in", "org.za", "ne.jp", "or.kr", "gob.mx", "gouv.fr", "com.ua", "ac.at", "ca.us", "nom.br",
        "blogspot.com", "blogspot.de", "wordpress.com", "github.io", "uk.com",
    ],
)  # fmt: skip
def test_a_host_of_many_owners_is_a_suffix(host: str) -> None:
    assert is_suffix(host)
    assert not is_suffix(f"paper.{host}")


@pytest.mark.parametrize(
    "host",
    [
        "bbc.co.uk", "paper.example", "web.de", "net.hr", "in.gr", "info.cz", "go.com", "co.com.example", "t.co", "orf.at",
        "m.example", "news.com", "nzherald.co.nz", "gov.example", "rt.com", "ria.ru", "ndtv.in", "usnews.com",
    ],
)  # fmt: skip
def test_a_site_is_none(host: str) -> None:
    assert not is_suffix(host)
