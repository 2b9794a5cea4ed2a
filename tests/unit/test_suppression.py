"""Suppression: what is written in place of what must be forgotten, and that nothing of the page is in it."""

from collections.abc import Sequence

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.envelope import Envelope
from wiredesk.ingest.accept import Ingest
from wiredesk.operations.forgetting.keys import host_keys
from wiredesk.operations.forgetting.suppressor import forgotten_pages
from wiredesk.pipeline import ARTICLES_ENRICHED, ENRICHMENT, EXTRACTOR, INGEST, PAGES_ACCEPTED, PAGES_SKIPPED
from wiredesk.runtime import suppression
from wiredesk.runtime.dead_letters import dead_letter
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.records import Failure, Output, Record
from wiredesk.runtime.suppression import SuppressionList
from wiredesk.runtime.topology import Stage
from wiredesk_schemas import SkippedPage, SkipReason, page_id
from wiredesk_schemas.headers import SUBJECT, Header, header, last_value
from wiredesk_schemas.ids import host_id

URL = "https://paper.example/story"
PAGE = page_id(URL)
SECRET = "Jane Roe of Springfield"  # noqa: S105 - what must not be kept
BODY = f"<html><title>{SECRET}</title><p>{SECRET} was named here, and wants to be forgotten.</p></html>"
LIMIT = 3


def listed(*keys: str) -> SuppressionList:
    keys_ = SuppressionList()
    for key in keys:
        keys_.apply(entry(key.encode()))
    return keys_


def entry(key: bytes | None, value: bytes | None = b"{}") -> Record:
    return Record("wiredesk.forgotten", 0, 0, 0, key, value)


def raw(url: str = URL, body: str = BODY, *headers: Header) -> Record:
    value = orjson.dumps({"url": url, "body": body, "content_type": "text/html", "source": SECRET})
    return Record("pages.raw", 0, 7, 1_700_000_000_000, b"a key", value, headers)


def written(stage: Stage, keys: SuppressionList, outputs: Sequence[Output]) -> Sequence[Output]:
    record = Record("in", 0, 0, 0, b"another key", b"{}")
    return suppression.suppressed(forgotten_pages(), keys, stage, record, outputs)[0]


def ingested(page: Record) -> tuple[Output, ...]:
    return Envelope(Ingest(), INGEST)(page)


def test_the_suppressor_of_our_stages_can_be_loaded() -> None:
    for stage in (INGEST, EXTRACTOR, ENRICHMENT):
        assert stage.suppression is not None
        suppression.load(stage.suppression)
        assert stage.suppression.topic in stage.topics


@pytest.mark.parametrize("key", [PAGE, host_id("paper.example"), host_id("example")])
def test_a_forgotten_page_ends_as_skipped_with_nothing_of_it_but_its_id(key: str) -> None:
    page = raw(URL, BODY, ("ce_publication", SECRET.encode()), ("ce_partner", SECRET.encode()))
    (accepted,) = ingested(page)
    assert SECRET.encode() in (accepted.value or b"")
    (output,) = written(INGEST, listed(key), [accepted])
    event = SkippedPage.from_json(output.value)
    assert (output.topic, output.key) == (PAGES_SKIPPED.name, PAGE.encode())
    assert (event.reason, event.page_id, event.stage) == (SkipReason.FORGOTTEN, PAGE, "ingest")
    everything = repr(output)
    assert SECRET not in everything
    assert "paper" not in everything
    assert event.url == event.canonical_url == header(output.headers, SUBJECT) == f"urn:uuid:{PAGE}"
    assert written(INGEST, listed(key), [accepted]) == (output,), "the same page has the same event"


def test_a_record_of_a_forgotten_page_has_no_other_outputs_unless_it_comes_from_outside() -> None:
    group = Output(ARTICLES_ENRICHED.name, host_id("a group").encode(), b"{}")
    record = Record("in", 0, 0, 0, PAGE.encode(), b"{}")
    outputs, count = suppression.suppressed(forgotten_pages(), listed(PAGE), ENRICHMENT, record, [group])
    assert (outputs, count) == ((Output(group.topic, group.key, None),), 1)
    assert suppression.suppressed(forgotten_pages(), listed(PAGE), INGEST, record, [group]) == ((group,), 0)


@pytest.mark.parametrize("key", ["another", page_id("https://paper.example/other"), host_id("other.paper.example")])
def test_other_pages_are_written(key: str) -> None:
    (accepted,) = ingested(raw())
    assert written(INGEST, listed(key), [accepted]) == (accepted,)
    assert written(INGEST, SuppressionList(), [accepted]) == (accepted,)


def test_a_page_that_now_declares_another_url_as_its_own_stays_forgotten() -> None:
    declared = "https://www.paper.example/story"
    (accepted,) = ingested(raw(URL, BODY.replace("<p>", f'<link rel="canonical" href="{declared}"><p>')))
    assert accepted.key == page_id(declared).encode(), "otherwise the page has the id that is listed"
    (output,) = written(INGEST, listed(page_id(URL)), [accepted])
    assert output.topic == PAGES_SKIPPED.name


def test_later_stages_write_a_tombstone_where_they_skip_nothing() -> None:
    article = Output(ARTICLES_ENRICHED.name, PAGE.encode(), b"{}", ((SUBJECT, URL.encode()),))
    tombstone = Output(ARTICLES_ENRICHED.name, PAGE.encode(), None)
    assert written(ENRICHMENT, listed(PAGE), [article]) == (tombstone,)
    assert written(ENRICHMENT, listed(PAGE), [article, article]) == (tombstone,), "a record has one outcome"
    assert written(ENRICHMENT, listed(PAGE), [tombstone]) == (tombstone,), "it holds nothing"
    (skipped,) = written(EXTRACTOR, listed(PAGE), [article])
    assert SkippedPage.from_json(skipped.value).stage == "extractor"


@pytest.mark.parametrize(
    "page",
    [
        raw(),
        raw("HTTPS://paper.example:443/story?utm_source=x#top"),
        Record("pages.raw", 0, 0, 0, None, b"\x00page", ((SUBJECT, URL.encode()),)),
        Record("pages.raw", 0, 0, 0, URL.encode(), None),
        Record("pages.raw", 0, 0, 0, PAGE.encode(), b"{"),
        Record("pages.raw", 0, 0, 0, None, orjson.dumps({"specversion": "1.0", "data": {"url": URL}})),
    ],
)
def test_a_dead_letter_of_a_forgotten_page_is_not_written(page: Record) -> None:
    for key in (PAGE, host_id("paper.example")):
        letter = dead_letter(INGEST, "1", page, Failure("binary", SECRET))
        if page.key == PAGE.encode() and key != PAGE:
            continue  # the id of a page does not say its host
        (output,) = written(INGEST, listed(key), [letter])
        assert (output.topic, output.key) == (PAGES_SKIPPED.name, PAGE.encode())
        assert SECRET not in repr(output)


@pytest.mark.parametrize("host", ["bücher.example", "WWW.BÜCHER.example", "bu\u0308cher.example:8443"])
def test_a_host_is_forgotten_in_whatever_letters_a_publisher_writes_it(host: str) -> None:
    page = raw(f"https://{host}/a", "\x00")
    letter = dead_letter(INGEST, "1", page, Failure("binary", SECRET))
    (output,) = written(INGEST, listed(host_id("xn--bcher-kva.example")), [letter])
    assert output.topic == PAGES_SKIPPED.name
    assert SECRET not in repr(output)


def test_a_dead_letter_of_a_later_stage_becomes_its_outcome() -> None:
    page = Record(PAGES_ACCEPTED.name, 0, 0, 0, PAGE.encode(), SECRET.encode(), ((SUBJECT, URL.encode()),))
    letter = dead_letter(ENRICHMENT, "1", page, Failure("error", SECRET))
    for key in (PAGE, host_id("paper.example")):
        assert written(ENRICHMENT, listed(key), [letter]) == (Output(ARTICLES_ENRICHED.name, PAGE.encode(), None),)


@given(st.text(max_size=40), st.binary(max_size=60) | st.none(), st.binary(max_size=60) | st.none())
def test_any_dead_letter_is_compared_with_the_list(subject: str, key: bytes | None, value: bytes | None) -> None:
    page = Record("pages.raw", 0, 0, 0, key, value, ((SUBJECT, subject.encode("utf-8", "replace")),))
    letter = dead_letter(INGEST, "1", page, Failure("binary", ""))
    assert list(written(INGEST, listed(PAGE), [letter])) == [letter]


@given(st.text(max_size=80))
def test_keys_of_any_host_are_few(host: str) -> None:
    assert len(host_keys(host)) <= len(host) + 1


def test_a_list_follows_its_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = listed("a", "b", "b")
    keys.apply(entry(b"a", None))
    keys.apply(entry(b"missing", None))
    keys.apply(entry(None))
    keys.apply(entry(b"x" * (suppression.MAX_KEY_BYTES + 1)))
    assert len(keys) == 1
    assert b"b" in keys
    monkeypatch.setattr(suppression, "MAX_KEYS", LIMIT)
    for number in range(LIMIT - 1):
        keys.apply(entry(b"%d" % number))
    with pytest.raises(UnavailableError, match="more than 3 keys"):
        keys.apply(entry(b"one more"))


def test_the_time_of_a_forgotten_page_is_that_of_its_fetch() -> None:
    (accepted,) = ingested(raw())
    (output,) = written(INGEST, listed(PAGE), [accepted])
    assert last_value(output.headers, "ce_time") == last_value(accepted.headers, "ce_time")
