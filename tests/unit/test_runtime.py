from datetime import UTC, datetime

import pytest

from wiredesk.pipeline import EXTRACTOR, INGEST
from wiredesk.runtime import lineage
from wiredesk.runtime.dead_letters import dead_letter, parse_letter
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.records import Failure, Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk_schemas import DeadLetterHeaders, headers
from wiredesk_schemas.headers import Header


def record(*headers: tuple[str, bytes | None]) -> Record:
    return Record("desk.pages.raw", 3, 42, 1_700_000_000_000, b"k", b"v", headers)


def test_origins_begin_at_the_entry_whatever_headers_claim() -> None:
    forged = record(("wiredesk_origin", b"forged/0/0"), ("wiredesk_origin_time", b"1"))
    begun = lineage.lineage(INGEST, forged)
    assert begun == (("wiredesk_origin", b"desk.pages.raw/3/42"), ("wiredesk_origin_time", b"1700000000000"))
    assert lineage.lineage(EXTRACTOR, record(*begun)) == begun
    assert lineage.lineage(EXTRACTOR, record())[0] == ("wiredesk_origin", b"desk.pages.raw/3/42")


def test_a_dead_letter_has_the_fields_that_its_reader_parses() -> None:
    began = datetime.now(UTC).replace(microsecond=0)  # the header has milliseconds
    letter = dead_letter(INGEST, "1", record(("a", None), ("a", b"\xff")), Failure("crash", "m" * 9000, "s" * 9000))
    assert (letter.topic, letter.key, letter.value) == ("pages.raw.dlq", b"k", b"v")
    assert letter.headers[:2] == (("a", None), ("a", b"\xff"))
    fields = DeadLetterHeaders.from_headers(letter.headers)
    assert (fields.reason, fields.stage, fields.topic, fields.partition, fields.offset) == (
        "crash",
        "ingest",
        "desk.pages.raw",
        3,
        42,
    )
    assert len(fields.message) == 2000
    assert len(fields.stack or "") == 8000
    assert fields.time.tzinfo is not None
    assert began <= fields.time <= datetime.now(UTC)


def test_propagated_headers_are_bounded() -> None:
    flood: list[tuple[str, bytes | None]] = [("traceparent", b"t"), ("ce_type", b"forged"), ("cookie", b"secret")]
    flood += [(f"ce_{n}", b"x" * 100) for n in range(1000)]
    kept = headers.propagated(flood)
    assert kept[0] == ("traceparent", b"t")
    assert len(kept) <= headers.MAX_PROPAGATED
    assert sum(len(name) + len(value or b"") for name, value in kept) <= headers.MAX_PROPAGATED_BYTES
    assert not {"ce_type", "cookie"} & {name for name, _ in kept}


@pytest.mark.parametrize(
    "fields",
    [
        {"security_protocol": "SASL_SSL"},
        {"ssl_cert_file": "/a.pem"},
        {"topic_prefix": "no spaces"},
        {"bootstrap_servers": ""},
        {"request_timeout": 0},
    ],
)
def test_settings_that_cannot_work_are_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        KafkaSettings(**fields)


def test_errors_know_their_exit_codes() -> None:
    assert UsageError("x").exit_code == 2


def test_what_travels_with_a_page_is_64_headers_and_8_kb_at_most() -> None:
    assert len(headers.propagated([(f"ce_{n}", b"") for n in range(1000)])) == 64
    kept = headers.propagated([(f"ce_{n}", b"x" * 1000) for n in range(1000)])
    assert sum(len(name) + len(value or b"") for name, value in kept) == 8 * 1004
    assert headers.propagated([("ce_a", b"x" * 9000)]) == []


@pytest.mark.parametrize(
    ("stated", "hour"),
    [(b"2026-03-01T12:00:00", 12), (b"2026-03-01T12:00:00+02:00", 10), (b"2026-03-01T12:00:00Z", 12)],
)
def test_a_letters_time_has_a_time_zone_whatever_wrote_it(stated: bytes, hour: int) -> None:
    headers: list[Header] = [("wiredesk_dlq_reason", b"error"), ("wiredesk_dlq_time", stated)]
    letter = parse_letter(INGEST, record(*headers))
    assert letter is not None
    assert letter.time == datetime(2026, 3, 1, hour, tzinfo=UTC)


def test_a_letter_that_states_no_time_has_the_records() -> None:
    letter = parse_letter(INGEST, record(("wiredesk_dlq_reason", b"error"), ("wiredesk_dlq_time", b"soon")))
    assert letter is not None
    assert letter.time == datetime.fromtimestamp(1_700_000_000, UTC)
