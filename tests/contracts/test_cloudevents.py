"""Published events are valid CloudEvents, whatever headers a publisher wrote."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cloudevents import cloud_event
from wiredesk.envelope import Envelope
from wiredesk.pages.record import FetchedPage
from wiredesk.pipeline import PAGES_ACCEPTED, PAGES_SKIPPED, ingest
from wiredesk.runtime.records import Handler, Output, Record
from wiredesk.runtime.topology import Stage
from wiredesk_schemas import AcceptedPage, SkippedPage, SkipReason
from wiredesk_schemas.headers import ORIGIN_TIME, Header, header
from wiredesk_schemas.rfc3339 import parse_rfc3339

URL = "https://courier.example/ferry?utm_source=x#top"
CANONICAL = "https://courier.example/ferry"
ARRIVAL = 1_773_500_000_123
ARRIVED = "2026-03-14T14:53:20.123Z"


class Aside:
    """A later stage: skips every page."""

    name = "aside"
    version = "1"

    def __call__(self, page: AcceptedPage, /) -> SkippedPage:
        return SkippedPage(
            **page.model_dump(include={"event_id", "page_id", "revision", "url", "canonical_url"}),
            stage=self.name,
            reason=SkipReason.TOO_SHORT,
            detail="",
        )


@pytest.fixture(scope="module")
def first() -> Handler:
    return ingest()


LATER: Handler = Envelope(
    Aside(), Stage("aside", "Sets aside", PAGES_ACCEPTED, (PAGES_SKIPPED,), "tests.contracts.test_cloudevents:LATER")
)


def raw(value: bytes, *headers: Header, arrival: int = ARRIVAL) -> Record:
    return Record("pages.raw", 0, 7, arrival, None, value, headers)


def plain(**fields: Any) -> Record:
    return raw(json.dumps({"url": URL, "body": "<p>x", **fields}).encode())


def binary(*headers: Header, arrival: int = ARRIVAL) -> Record:
    return raw(b"<p>x", ("content-type", b"text/html"), ("ce_subject", URL.encode()), *headers, arrival=arrival)


def only(outputs: Any) -> Output:
    (output,) = outputs
    assert isinstance(output, Output)
    return output


def through(first: Handler, record: Record) -> list[Output]:
    """Return the outputs of two stages for a record; the runtime adds the origin between them."""
    accepted = only(first(record))
    headers = (*accepted.headers, (ORIGIN_TIME, b"%d" % record.timestamp))
    later = only(LATER(Record(PAGES_ACCEPTED.name, 0, 3, ARRIVAL + 99_999, accepted.key, accepted.value, headers)))
    return [accepted, later]


@pytest.mark.parametrize(
    ("record", "time"),
    [
        (plain(), ARRIVED),
        (plain(fetched_at="2026-03-14T09:00:00+01:00"), "2026-03-14T08:00:00.000Z"),
        (plain(fetched_at="2026-03-14T09:00:00"), "2026-03-14T09:00:00.000Z"),
        (plain(fetched_at="2026-03-14T09:00:00.1239Z"), "2026-03-14T09:00:00.123Z"),
        (plain(fetched_at="2199-01-01T00:00:00Z"), ARRIVED),
        (plain(fetched_at="0001-01-01T00:00:00+14:00"), ARRIVED),
        (plain(fetched_at="9999-12-31T23:59:59-14:00"), ARRIVED),
        (plain(fetched_at="0001-01-01T00:00:00Z"), ARRIVED),  # the zero of a clock
        (binary(), ARRIVED),
        (binary(("ce_time", b"2026-03-14T09:00:00Z")), "2026-03-14T09:00:00.000Z"),
        (binary(arrival=-1), "1970-01-01T00:00:00.000Z"),
        (binary(arrival=1 << 62), "1970-01-01T00:00:00.000Z"),
        (binary(("ce_time", b"2026-03-14T09:00:00Z"), arrival=-1), "2026-03-14T09:00:00.000Z"),
    ],
)
def test_an_event_says_its_page_and_when_that_was_fetched(first: Handler, record: Record, time: str) -> None:
    for output in through(first, record):
        event = cloud_event(output.key, output.value, output.headers)
        assert header(output.headers, "ce_time") == time
        assert event.get_subject() == CANONICAL
        assert event.get_time() == parse_rfc3339(time)
    assert through(first, record) == through(first, record), "a replay gives the same"


@pytest.mark.parametrize(
    ("stated", "origin", "time"),
    [
        (b"2026-03-14T09:00:00+01:00", b"1773500000123", "2026-03-14T08:00:00.000Z"),
        (None, b"1773500000123", ARRIVED),
        (b"yesterday", b"1773500000123", ARRIVED),
        (b"2026-02-31T00:00:00Z", b"1773500000123", ARRIVED),
        (b"\xff", None, ARRIVED),
        (b"2026-03-14T09:00:00", b"9" * 5000, ARRIVED),
        (None, b"\xff", ARRIVED),
    ],
)
def test_records_of_before_have_the_time_of_their_page(
    first: Handler, stated: bytes | None, origin: bytes | None, time: str
) -> None:
    accepted = only(first(plain()))
    old = tuple(pair for pair in accepted.headers if pair[0] not in ("ce_time", "ce_subject"))
    headers = (*old, ("ce_time", stated), (ORIGIN_TIME, origin), ("ce_subject", b"\x1b]"))
    output = only(LATER(Record(PAGES_ACCEPTED.name, 0, 3, ARRIVAL, accepted.key, accepted.value, headers)))
    assert header(output.headers, "ce_time") == time
    assert cloud_event(output.key, output.value, output.headers).get_subject() == CANONICAL


def test_extensions_travel_where_they_are_valid(first: Handler) -> None:
    kept: list[Header] = [
        ("ce_partner", b"ap"),
        ("ce_language", b"de"),
        ("ce_redakteur", "Jürgen 朱镕基 😀".encode()),
        ("ce_empty", b""),
        ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ]
    dropped: list[Header] = [
        ("ce_partner", b"an earlier one"),
        ("ce_", b"x"),
        ("ce_data", b"x"),
        ("ce_dataref", b"x"),
        ("ce_type", b"forged"),
        ("ce_id", b"forged"),
        ("ce_Upper", b"x"),
        ("ce_under_score", b"x"),
        ("ce_hy-phen", b"x"),
        ("ce_ümlaut", b"x"),
        ("ce_newline\n", b"x"),
        ("ce_null", None),
        ("ce_latin", b"J\xfcrgen"),
        ("ce_escape", b"\x1b[31m"),
        ("ce_c1", "\x9b31m".encode()),
        ("ce_nonchar", "\ufffe".encode()),
        ("ce_surrogate", b"\xed\xa0\x80"),
        ("ce_long", b"x" * 9000),
        ("cookie", b"secret"),
    ]
    types = (AcceptedPage.TYPE, SkippedPage.TYPE)
    for output, event_type in zip(through(first, binary(*dropped, *kept)), types, strict=True):
        event = cloud_event(output.key, output.value, output.headers)
        written = dict(output.headers)
        assert {name: written.get(name) for name, _ in kept} == dict(kept)
        assert (dict(dropped).keys() - dict(kept).keys()) & written.keys() == {"ce_type", "ce_id"}
        assert event.get_type() == event_type
        assert event.get_id() == json.loads(output.value or b"")["event_id"]


NAMES = st.sampled_from(
    ["ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_specversion", "ce_x", "content-type"]
)


@given(
    st.lists(
        st.tuples(
            NAMES | st.text(max_size=8).map("ce_{}".format) | st.text(max_size=5), st.none() | st.binary(max_size=30)
        ),
        max_size=12,
    ),
    st.integers(-(1 << 63), (1 << 63) - 1),
)
def test_no_header_of_a_publisher_makes_an_event_invalid(first: Handler, headers: list[Header], arrival: int) -> None:
    json_first = ("content-type", b"application/json")
    record = raw(json.dumps({"url": URL, "body": "<p>x"}).encode(), *headers, json_first, arrival=arrival)
    for output in through(first, record):
        cloud_event(output.key, output.value, output.headers)


@given(st.text(), st.none() | st.datetimes(), st.none() | st.text())
def test_pages_published_in_binary_mode_are_cloud_events(
    url: str, fetched: datetime | None, source: str | None
) -> None:
    fetched_at = fetched.replace(tzinfo=UTC) if fetched is not None else None
    _, headers = FetchedPage("https://a.example/" + url, b"<p>x", "text/html", fetched_at, 200, source=source).record(
        binary=True
    )
    for name, value in headers:
        assert value is not None
        assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in value.decode()), name
        if name == "ce_time":
            assert parse_rfc3339(value.decode()) is not None
