"""Parts of a run, without a broker: filters, reconciliation, topics, and saved runs."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.cli.replay.options import parse_offset_ranges
from wiredesk.operations.dead_letters.redrive_log import redriven_record
from wiredesk.operations.replays.filters import conditions, record_filter
from wiredesk.operations.replays.reconcile import Reconciliation
from wiredesk.operations.replays.run import Run, output_topics
from wiredesk.pipeline import ENRICHMENT, EXTRACTOR, INGEST, SIGNATURES, STAGES
from wiredesk.runtime.dead_letters import dead_letter, is_for_another, parse_letter
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka.offset_range import NO_END, NOTHING, OffsetRange
from wiredesk.runtime.lineage import lineage
from wiredesk.runtime.records import Failure, Record, parse_coordinates
from wiredesk_schemas.headers import Header


def record(value: Any = None, *headers: Header) -> Record:
    body = value if isinstance(value, bytes) or value is None else json.dumps(value).encode()
    return Record("articles.cleaned", 2, 7, 1_700_000_000_000, b"k", body, headers)


ARTICLE = {
    "url": "https://WWW.Paper.example/sport/1?utm_source=x",
    "canonical_url": "https://www.paper.example/sport/1",
    "language": "en-GB",
}
FRENCH = {"url": "https://a.example/", "paragraphs": [{"text": "Les équipages des ferries ont mis fin à leur grève."}]}


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"hosts": ["paper.example"]}, True),
        ({"hosts": ["WWW.paper.example."]}, True),
        ({"hosts": ["other.example", "paper.example"]}, True),
        ({"hosts": ["aper.example"]}, False),
        ({"urls": ["https://www.paper.example/sport/*"]}, True),
        ({"urls": ["*utm_source=x"]}, True),
        ({"urls": ["https://www.paper.example/sport"]}, False),
        ({"languages": ["en"]}, True),
        ({"languages": ["EN_gb"]}, True),
        ({"languages": ["en-US"]}, False),
        ({"types": ["wiredesk.article.cleaned.v1"]}, True),
        ({"types": ["wiredesk.article.cleaned"]}, False),
        ({"hosts": ["paper.example"], "languages": ["fr"]}, False),
        ({}, True),
    ],
)
def test_a_filter_means_what_it_says(asked: dict[str, list[str]], *, fits: bool) -> None:
    names = {"hosts": None, "urls": None, "languages": None, "types": None}
    test = record_filter(conditions(**{**names, **asked}))
    assert test(record(ARTICLE, ("ce_type", b"wiredesk.article.cleaned.v1"))) is fits


def test_a_language_that_is_not_stated_is_detected() -> None:
    assert record_filter({"language": ("fr",)})(record(FRENCH))
    assert not record_filter({"language": ("en",)})(record(FRENCH))


@given(st.binary() | st.none(), st.binary())
def test_a_filter_takes_any_record(value: bytes | None, subject: bytes) -> None:
    test = record_filter({"host": ("a.example",), "url": ("*x*",), "language": ("en",), "type": ("t",)})
    assert not test(record(value, ("ce_subject", subject)))


@given(st.text())
def test_any_text_can_be_parsed_as_coordinates(text: str) -> None:
    at = parse_coordinates(text)
    assert at is None or all(number >= 0 for number in at[1:])


def test_coordinates_are_read_as_they_are_written() -> None:
    assert parse_coordinates(record().coordinates) == ("articles.cleaned", 2, 7)
    assert parse_coordinates("a/b/0/1") == ("a/b", 0, 1)
    assert parse_coordinates("0/1") is None


def test_what_is_replayed_is_marked_through_all_later_stages_and_at_no_entry() -> None:
    begun = lineage(INGEST, record())
    marked = lineage(EXTRACTOR, record(None, *begun), "run-1")
    assert marked == (*begun, ("wiredesk_replay", b"run-1"), ("wiredesk_replayed", b"articles.cleaned/2/7"))
    assert lineage(ENRICHMENT, record(None, *marked)) == marked
    assert lineage(INGEST, record(None, *marked))[2:] == (), "whatever a publisher claims"
    again = lineage(ENRICHMENT, record(None, *marked), "run-2")
    assert dict(again)["wiredesk_replay"] == b"run-2"


def test_a_run_of_its_own_topic_leaves_every_live_one_alone() -> None:
    names = {name: topic.name for name, topic in output_topics(EXTRACTOR, "articles.cleaned.v2").items()}
    assert names == {
        "articles.cleaned": "articles.cleaned.v2",
        "pages.skipped": "articles.cleaned.v2.skipped",
        "pages.accepted.dlq": "articles.cleaned.v2.dlq",
    }
    assert all(name == topic.name for name, topic in output_topics(EXTRACTOR, None).items())


@pytest.mark.parametrize(
    ("changes", "adds_up"),
    [
        ({}, True),
        ({"missing": 1}, False),
        ({"duplicated": 1}, False),
        ({"unexpected": 1}, False),
        ({"expired": 1}, False),
        ({"read": 11}, False),
        ({"filtered_out": 3}, False),
        ({"read": 15, "published_nothing": 5}, True),
    ],
)
def test_a_reconciliation_adds_up_or_it_does_not(changes: dict[str, int], *, adds_up: bool) -> None:
    fields: dict[str, Any] = {
        "read": 10, "filtered_out": 2, "ended": {"a": 7, "a.dlq": 1}, "dead_letters": {"error": 1},
        "missing": 0, "duplicated": 0,
    }  # fmt: skip
    assert Reconciliation.model_validate(fields | changes).adds_up is adds_up


def test_what_an_older_version_saved_is_read() -> None:
    saved = {"read": 1, "passed_over": 0, "ended": {"a": 1}, "dead_letters": {}, "missing": 0, "duplicated": 0}
    assert Reconciliation.model_validate({**saved, "strange": 2}).unexpected == 2
    run = {"id": "x-1", "stage": "x", "version": "1", "into": None, "spans": {"0": [3, 5]}, "planned_at": 0}
    loaded = Run.model_validate(run)
    assert loaded.ranges == {0: OffsetRange(3, 5)}
    assert json.loads(loaded.model_dump_json(by_alias=True))["spans"] == run["spans"]


def test_what_a_replay_gave_up_goes_back_as_the_replays() -> None:
    """The live stream has an outcome of its own for that page: a redriven record must not become a second one."""
    received = record(b"page", ("a", None), *lineage(INGEST, record()))
    given_up = dead_letter(EXTRACTOR, "1", received, Failure("timeout", "too slow"))
    written = replace(received, headers=(*given_up.headers, *lineage(EXTRACTOR, received, "run-1")))
    letter = parse_letter(EXTRACTOR, written)
    assert letter is not None
    assert letter.headers == received.headers
    again = replace(received, headers=redriven_record(letter, 1).headers)
    assert dict(again.headers)["wiredesk_redrives"] == b"1"
    assert lineage(EXTRACTOR, again) == lineage(EXTRACTOR, received, "run-1")
    assert dict(lineage(INGEST, again)).keys() == {"wiredesk_origin", "wiredesk_origin_time"}


def test_a_record_that_is_sent_back_is_for_the_stage_that_gave_it_up() -> None:
    """Other readers of the topic have processed it: enrichment must not publish an article twice."""
    received = record(b"article", *lineage(INGEST, record()))
    letter = parse_letter(
        SIGNATURES, replace(received, headers=dead_letter(SIGNATURES, "1", received, Failure("timeout", "")).headers)
    )
    assert letter is not None
    again = replace(received, headers=redriven_record(letter, 1).headers)
    assert [stage.name for stage in STAGES.values() if not is_for_another(stage, again)] == ["ingest", "signatures"]
    assert record_filter({}, SIGNATURES)(again)
    assert not record_filter({}, ENRICHMENT)(again)
    assert not any(is_for_another(stage, received) for stage in STAGES.values())
    third = parse_letter(
        SIGNATURES, replace(again, headers=dead_letter(SIGNATURES, "1", again, Failure("timeout", "")).headers)
    )
    assert third is not None
    assert [name for name, _ in redriven_record(third, 2).headers].count("wiredesk_redriven_for") == 1


def test_offsets_are_given_with_an_end_or_without() -> None:
    given_ranges = parse_offset_ranges(["3:1200-2400", "0:7"])
    assert given_ranges == {3: OffsetRange(1200, 2400), 0: OffsetRange(7, NO_END)}
    held = OffsetRange(5, 20)
    assert held.intersection(*given_ranges[0]) == OffsetRange(7, 20)
    assert held.intersection(*NOTHING).size == held.intersection(*given_ranges[3]).size == 0


@pytest.mark.parametrize("values", [["3:9-9"], ["3:9-2"], ["x"], ["1:2", "1:3"]])
def test_offsets_that_make_no_range_are_wrong_usage(values: list[str]) -> None:
    with pytest.raises(UsageError, match="--offset"):
        parse_offset_ranges(values)
