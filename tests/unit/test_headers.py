"""Headers with our own names, written by anybody: every parser accepts any bytes, and no value is trusted."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.hostile_records import DIGITS, header_names
from wiredesk.cli.time_arg import format_timestamp
from wiredesk.operations.dead_letters.choices import Grouping
from wiredesk.operations.dead_letters.files import exported_key, from_json, to_json
from wiredesk.operations.dead_letters.redrive_log import RedriveLog, redrive_entry, redriven_record
from wiredesk.operations.page_urls import host_of, page_url
from wiredesk.operations.record_view import record_as_object
from wiredesk.operations.replays.filters import record_filter
from wiredesk.operations.status import arrival_seconds, reason_of
from wiredesk.operations.trace import summarize
from wiredesk.pipeline import EXTRACTOR, INGEST, PAGES_SKIPPED, STAGES
from wiredesk.registry import registry
from wiredesk.runtime.dead_letters import DeadLetter, dead_letter, letter_key, parse_letter
from wiredesk.runtime.lineage import lineage, origin_of, origin_seconds, replay_marks, replay_of
from wiredesk.runtime.printable import json_text
from wiredesk.runtime.records import Failure, Record, instant, parse_coordinates
from wiredesk.runtime.topology import Stage
from wiredesk_schemas import InvalidEventError, RawPage, headers
from wiredesk_schemas.dead_letter import DeadLetterHeaders
from wiredesk_schemas.headers import Header

COORDINATES = "pages.raw/3/42"
FORGED_ID = b"pages.raw.dlq/0/7"

values = st.one_of(
    st.none(),
    st.binary(max_size=40),
    st.integers(-(2**70), 2**70).map(lambda number: str(number).encode()),
    st.sampled_from([DIGITS, "²".encode(), "١٢".encode(), b"", b"-1", b"\xff", FORGED_ID, b"pages.raw/4294967296/0"]),
    st.sampled_from([b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00", b"2026-01-01T00:00:00"]),
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
names = st.one_of(
    st.deferred(lambda: st.sampled_from(header_names())),
    st.text(max_size=20),
    st.just(""),
    st.just("received_wiredesk_x"),
)
received = st.lists(st.tuples(names, values), max_size=12).map(tuple)
timestamps = st.integers(-(2**63), 2**63 - 1)


FILTER = record_filter({"host": ("a.example",), "type": ("t",), "language": ("en",), "url": ("x",)})


def record(received: tuple[Header, ...] = (), timestamp: int = 1_700_000_000_000, topic: str = "pages.raw") -> Record:
    return Record(topic, 3, 42, timestamp, b"k", b"v", received)


def given_up(received: tuple[Header, ...]) -> Record:
    """Return the dead letter of a record, as the lane writes it."""
    source = record(received)
    letter = dead_letter(INGEST, "1", source, Failure("error", "as ordered", "stack"))
    return record((*letter.headers, *lineage(INGEST, source)), topic="pages.raw.dlq")


def test_the_names_that_the_code_knows_are_found() -> None:
    known = {
        "wiredesk_origin",
        "wiredesk_replay",
        "wiredesk_replayed",
        "wiredesk_redrives",
        "wiredesk_kept_as",
        "ce_id",
    }
    assert known <= set(header_names())
    assert {f"wiredesk_dlq_{name}" for name in DeadLetterHeaders.model_fields} <= set(header_names())


@settings(max_examples=60)
@given(received, timestamps)
def test_no_header_upsets_a_parser(received: tuple[Header, ...], timestamp: int) -> None:
    for topic in ("pages.raw", "pages.raw.dlq", "pages.accepted", "articles.enriched", "pages.skipped"):
        one = record(received, timestamp, topic)
        assert [*(arrival_seconds(stage, one) for stage in STAGES.values()), origin_seconds(one.headers)]
        assert isinstance(f"{origin_of(one)}{replay_marks(one)}{replay_of(one)}{page_url(one)}{host_of(one)}", str)
        assert reason_of(one)
        assert summarize(registry(), PAGES_SKIPPED, topic, one)
        assert json.loads(json_text(record_as_object(one)))
        assert len(headers.own_headers(received)) <= len(received) >= len(headers.propagated(received))
        assert format_timestamp(timestamp).endswith(" ms") == (instant(timestamp) is None)
        assert not FILTER(one)
        for stage in STAGES.values():
            made = dict(lineage(stage, one))
            assert parse_coordinates(headers.decode_text(made["wiredesk_origin"])) is not None
            assert headers.decode_number(made["wiredesk_origin_time"]) is not None
            if (letter := parse_letter(stage, one)) is not None:
                assert [grouping.value_of(letter) for grouping in Grouping]
                assert json.loads(json_text(to_json(letter)))
                assert redriven_record(letter, 1).topic == stage.consumes.name
                assert redrive_entry(letter, 1, None, "").key == letter_key(one).encode()
    for reader in (RawPage.from_record, lambda _, received: DeadLetterHeaders.from_headers(received)):
        try:
            reader(b"v", received)
        except InvalidEventError as error:
            assert str(error)  # noqa: PT017 - either end is right, another error is not


@given(received)
def test_in_a_dead_letter_all_headers_with_our_names_are_ours(received: tuple[Header, ...]) -> None:
    letter = given_up(received)
    ours = [(name, value) for name, value in letter.headers if name.startswith("wiredesk_")]
    assert len(ours) == len(dict(ours)), "each of them once"
    assert all(re.fullmatch(r"wiredesk_(dlq_\w+|origin|origin_time)", name) for name, _ in ours)
    assert origin_of(letter) == COORDINATES
    assert replay_of(letter) is None
    back = parse_letter(INGEST, letter)
    assert back is not None
    assert back.source == COORDINATES
    assert back.headers == received, "and what was received comes back as it was"


@given(received)
def test_what_a_redrive_sends_is_the_record_again(received: tuple[Header, ...]) -> None:
    letter = parse_letter(INGEST, given_up(received))
    assert letter is not None
    again = redriven_record(letter, 2).headers
    ours = {"wiredesk_redrives", "wiredesk_redriven_for"}
    assert again == (*(one for one in received if one[0] not in ours), ("wiredesk_redrives", b"2"))


@given(received)
def test_nobody_names_a_dead_letter_but_an_import(received: tuple[Header, ...]) -> None:
    stands = given_up((*received, ("wiredesk_kept_as", FORGED_ID)))
    letter = parse_letter(INGEST, stands)
    assert letter is not None
    assert exported_key(letter) == letter_key(stands)
    name, output = from_json(json_text(to_json(letter)).encode(), {"pages.raw.dlq"})
    assert name == letter_key(stands)
    imported = parse_letter(INGEST, Record("pages.raw.dlq", 0, 900, 5, output.key, output.value, output.headers))
    assert imported is not None
    assert exported_key(imported) == letter_key(stands)
    assert imported.headers == letter.headers
    assert (imported.reason, imported.source) == (letter.reason, letter.source)


def test_dead_letters_of_older_versions_are_read() -> None:
    """They hold a publisher's headers with our names unchanged, before those of the runtime."""
    forged = (("wiredesk_replay", b"r"), ("wiredesk_replayed", b"pages.raw/0/0"), ("wiredesk_redrives", b"99"))
    old = (*forged, ("wiredesk_dlq_reason", b"forged"), ("a", b"1"))
    ours = (
        ("wiredesk_dlq_reason", b"error"),
        ("wiredesk_dlq_topic", b"pages.raw"),
        ("wiredesk_origin", b"pages.raw/0/1"),
    )
    letter = parse_letter(INGEST, record((*old, *ours)))
    assert letter is not None
    assert (letter.reason, letter.headers, replay_of(letter.record)) == ("error", old, None)
    assert RedriveLog().rounds(letter) == 0


@pytest.mark.parametrize(
    "value", [b"{}", b"[]", b"null", b"\xff", b'{"to": 5, "round": 1}', b'{"to": "a/0/1", "round": "x"}', None]
)
def test_an_entry_of_any_content_counts_its_dead_letter_as_redriven(value: bytes | None) -> None:
    """Older versions wrote no coordinates."""
    log = RedriveLog()
    log.add("pages.raw.dlq/0/7@5", value)
    assert "pages.raw.dlq/0/7@5" in log
    assert len(log) == 1


def test_rounds_are_counted_by_where_records_went() -> None:
    letter = parse_letter(INGEST, given_up((("wiredesk_redrives", DIGITS), ("wiredesk_redrives", b"99"))))
    assert letter is not None
    log = RedriveLog()
    assert log.rounds(letter) == 0, "whatever a header claims"
    entry = redrive_entry(letter, 3, COORDINATES, "")
    log.add((entry.key or b"").decode(), entry.value)
    assert log.rounds(letter) == 3


@pytest.mark.parametrize("stage", [INGEST, EXTRACTOR], ids=["ingest", "extractor"])
def test_a_record_at_the_same_place_of_a_recreated_topic_has_no_rounds(stage: Stage) -> None:
    """Both topics were deleted and recreated, so that offsets begin again at 0 and ids are new."""
    first, again, other = (_given_up_by(stage, topic_id) for topic_id in ("old", "old", "new"))
    log = RedriveLog()
    entry = redrive_entry(first, 2, first.source, "old")
    log.add((entry.key or b"").decode(), entry.value)
    assert log.rounds(again) == 2
    assert log.rounds(other) == 0


def test_a_record_without_an_origin_is_counted_by_the_place_to_which_it_went() -> None:
    """It was written to a later topic by hand: each time it is redriven its origin is its own new coordinates."""
    written = Record(EXTRACTOR.consumes.name, 0, 4, 5, b"k", b"v")
    letter = _letter(EXTRACTOR, written, "id")
    log = RedriveLog()
    entry = redrive_entry(letter, 1, f"{EXTRACTOR.consumes.name}/0/9", "id")
    log.add((entry.key or b"").decode(), entry.value)
    back = replace(written, offset=9, headers=redriven_record(letter, 1).headers)
    assert log.rounds(_letter(EXTRACTOR, back, "id")) == 1


def _given_up_by(stage: Stage, topic_id: str) -> DeadLetter:
    """Return the dead letter of a page at the first offset of the stage's topic, with one topic id for all topics."""
    begun = lineage(INGEST, Record(INGEST.consumes.name, 0, 0, 5, None, None), topic_id=topic_id)
    return _letter(stage, Record(stage.consumes.name, 0, 0, 5, b"k", b"v", () if stage.entry else begun), topic_id)


def _letter(stage: Stage, record: Record, topic_id: str) -> DeadLetter:
    output = dead_letter(stage, "1", record, Failure("timeout", "too slow"))
    written = (*output.headers, *lineage(stage, record, topic_id=topic_id))
    letter = parse_letter(stage, Record(output.topic, 0, 7, 6, output.key, output.value, written))
    assert letter is not None
    return letter


@given(st.text(max_size=30), st.integers(0, 2**80), st.integers(0, 2**80))
def test_coordinates_are_within_kafkas_numbers(topic: str, partition: int, offset: int) -> None:
    coordinates = parse_coordinates(f"{topic}/{partition}/{offset}")
    assert (coordinates is not None) == (bool(topic) and partition < 2**31 and offset < 2**63)


@pytest.mark.parametrize(
    "text", ["a/²/1", "a/1/²", "a/١/1", "a/-1/0", "a/0/+1", "a/ 1/0", f"a/0/{'9' * 5000}", "a/0/1_0"]
)
def test_only_plain_digits_are_numbers(text: str) -> None:
    assert parse_coordinates(text) is None
    assert headers.decode_number(text.encode()) is None


def test_a_replay_mark_of_a_publisher_is_not_handed_on() -> None:
    forged = record((("wiredesk_replay", b"run"), ("wiredesk_replayed", b"pages.raw/0/0")))
    assert [name for name, _ in lineage(INGEST, forged)] == ["wiredesk_origin", "wiredesk_origin_time"]
    assert lineage(EXTRACTOR, forged)[2:] == forged.headers, "of a later topic stages alone are the writers"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (b"0", 0), (b"0042", 42), (b"9223372036854775807", 2**63 - 1), (b"9223372036854775808", None), (DIGITS, None),
        ("²".encode(), None), ("٣".encode(), None), (b"-1", None), (b" 1", None), (b"1\n", None), (b"", None), (None, None),
    ],
)  # fmt: skip
def test_a_number_is_of_64_bits(value: bytes | None, number: int | None) -> None:
    assert headers.decode_number(value) == number


@pytest.mark.parametrize("origin", [b"\xff", b"", b"nowhere", b"pages.raw/0/9223372036854775808", None])
def test_a_record_without_a_true_origin_begins_with_itself(origin: bytes | None) -> None:
    by_hand = record((("wiredesk_origin", origin), ("wiredesk_origin_time", b"1")), topic="pages.accepted")
    assert dict(lineage(EXTRACTOR, by_hand)) == {
        "wiredesk_origin": b"pages.accepted/3/42",
        "wiredesk_origin_time": b"1700000000000",
    }


@pytest.mark.parametrize(
    ("stated", "year"),
    [
        (b"0001-01-01T00:00:00+14:00", 2023),
        (b"9999-12-31T23:59:59-14:00", 2023),
        (b"\xff", 2023),
        (b"2026-01-01", 2026),
    ],
)
def test_a_time_that_is_none_is_that_of_the_dead_letter(stated: bytes, year: int) -> None:
    letter = parse_letter(INGEST, record((("wiredesk_dlq_reason", b"error"), ("wiredesk_dlq_time", stated))))
    assert letter is not None
    assert letter.time.year == year


def test_a_publisher_named_no_dead_letter_in_older_versions_either() -> None:
    old = record((("wiredesk_kept_as", FORGED_ID), ("wiredesk_dlq_reason", b"error"), ("wiredesk_origin", b"a/0/1")))
    letter = parse_letter(INGEST, old)
    assert letter is not None
    assert exported_key(letter) == letter_key(old)


@pytest.mark.parametrize(("depth", "is_text"), [(100, False), (600, True), (100_000, True)])
def test_json_that_is_nested_too_deep_to_be_written_is_shown_as_text(depth: int, *, is_text: bool) -> None:
    value = b'{"a":' * depth + b"1" + b"}" * depth
    shown = record_as_object(Record("t", 0, 0, 0, None, value))
    assert isinstance(shown["value"], str) is is_text
    assert json.loads(json_text(shown)) == shown
