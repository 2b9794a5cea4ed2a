"""Probes: where they go, what stages make of them, when they count as missing; and what readers get."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from pydantic import ValidationError

from tests.copies import Stream
from wiredesk import pipeline
from wiredesk.ingest.urls import canonical_url
from wiredesk.operations.canary.probe import HOST, probes
from wiredesk.operations.canary.readership import MAX_LANGUAGES, NONE, OTHER, Readership
from wiredesk.operations.canary.round_trips import MAX_UNKNOWN, RoundTrip, RoundTrips
from wiredesk.operations.canary.settings import MAX_SOURCES, CanarySettings
from wiredesk.runtime.kafka.partitioning import partition_for
from wiredesk.runtime.records import Output, Record
from wiredesk_schemas import ArticleWithdrawn, CleanedArticle, EnrichedArticle, RevisionKind
from wiredesk_schemas.headers import EVENT_TYPE, REPLAY, REPLAYED, SUBJECT, SYNTHETIC, Header, is_synthetic
from wiredesk_schemas.ids import page_id

NOW = datetime(2026, 3, 14, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "later"), [(1, {}), (6, {"a": 6, "b": 6}), (3, {"a": 12}), (12, {"a": 6, "b": 4}), (5, {"a": 3, "b": 7})]
)
def test_probes_go_through_every_partition_of_every_topic(raw: int, later: dict[str, int]) -> None:
    sent = probes(raw, later)
    assert {probe.partition for probe in sent} == set(range(raw))
    for size in later.values():
        keys = [page_id(probe.url).encode() for probe in sent]
        assert {partition_for(key, range(size), ()) for key in keys} == set(range(size))
    assert len({probe.url for probe in sent}) == len(sent)
    assert all(canonical_url(probe.url) == probe.url for probe in sent)
    assert probes(raw, later) == sent, "the pages stay the same"


def read_as(topic: str, output: Output) -> Record:
    return Record(topic, 0, 0, 0, output.key, output.value, output.headers)


def test_a_probe_is_a_new_revision_each_time_a_copy_of_nothing_and_marked_everywhere() -> None:
    ingest, extractor, revisions = pipeline.ingest(), pipeline.extractor(), pipeline.revisions()
    state, copies = revisions.new_state(), Stream()
    kinds: list[RevisionKind | None] = []
    for number, probe in [(number, probe) for number in range(3) for probe in probes(4, {"a": 4})]:
        at = NOW + timedelta(minutes=number)
        value, headers = probe.record(number, at)
        time_ms = int(at.timestamp() * 1000)
        (accepted,) = ingest(Record("pages.raw", 0, number, time_ms, None, value, tuple(headers)))
        (cleaned,) = extractor(read_as(accepted.topic, accepted))
        (revised,), changes = revisions(read_as(cleaned.topic, cleaned), state)
        for change in changes:
            state.apply(change, time_ms)
        assert revised.topic == pipeline.ARTICLES_REVISED.name
        assert all(is_synthetic(output.headers) for output in (accepted, cleaned, revised))
        article = CleanedArticle.from_json(revised.value or b"")
        assert article.canonical_url.startswith(f"https://{HOST}/")
        kinds.append(article.revision_kind)
        assert copies.add(article) == []
    assert kinds == [RevisionKind.CREATED] * 4 + [RevisionKind.UPDATED] * 8
    assert len(copies.window) == 4, "what is remembered of probes does not grow"


def test_a_probe_ends_when_it_arrives_or_at_its_deadline() -> None:
    trips = RoundTrips(deadline=60)
    assert trips.sent("raw/0/1", 0, 100.0) is None
    assert trips.sent("raw/1/1", 1, 100.0) is None
    assert trips.arrived("raw/0/1", 103.0) == RoundTrip(0, 100.0, 3.0)
    assert trips.arrived("raw/0/1", 104.0) is None, "twice"
    assert trips.missing(159.9) == []
    assert trips.missing(160.0) == [RoundTrip(1, 100.0)]
    assert trips.missing(170.0) == []
    assert trips.arrived("raw/1/1", 171.0) is None, "after its deadline"
    assert len(trips) == 0


def test_an_article_may_arrive_before_its_raw_page_is_acknowledged() -> None:
    trips = RoundTrips(deadline=60)
    assert trips.arrived("raw/0/1", 100.5) is None
    assert trips.sent("raw/0/1", 0, 100.0) == RoundTrip(0, 100.0, 0.5)
    for number in range(2 * MAX_UNKNOWN):
        trips.arrived(f"another canary/0/{number}", 101.0)
    assert trips.sent("another canary/0/0", 0, 100.0) is None, "forgotten: memory is bounded"


def article(url: str, language: object = "en", *extra: Header) -> Record:
    value = orjson.dumps({"detected_language": {"code": language, "confidence": 1.0}})
    headers = ((SUBJECT, url.encode()), (EVENT_TYPE, EnrichedArticle.TYPE.encode()), *extra)
    return Record("articles.enriched", 0, 0, 0, b"k", value, headers)


def counts(name: str, label: str) -> dict[str, float]:
    found = {}
    for family in REGISTRY.collect():
        if family.name == name:
            found = {s.labels[label]: s.value for s in family.samples if s.name.endswith("_total")}
    return found


def counted(readership: Readership, *records: Record) -> tuple[dict[str, float], dict[str, float]]:
    """Return what records add to the counts by language and by source."""
    names = (("wiredesk_canary_articles", "language"), ("wiredesk_canary_source_articles", "source"))
    before = [counts(*name) for name in names]
    for record in records:
        readership.count(record)
    languages, sources = (
        {label: value - was.get(label, 0) for label, value in counts(*name).items() if value != was.get(label, 0)}
        for name, was in zip(names, before, strict=True)
    )
    return languages, sources


def test_articles_are_counted_by_language_and_by_the_sources_that_are_named() -> None:
    readership = Readership(CanarySettings(canary_sources="news.example, www.Wire.example,").sources)
    languages, sources = counted(
        readership,
        article("https://www.news.example/a", "de"),
        article("https://sport.news.example/b", "nb"),
        article("https://wire.example/c", "nn"),
        article("https://mynews.example/d", None),
        article("https://[bad/d", "../../x"),
        article("", "zh-Hant"),
    )
    assert languages == {"de": 1, "no": 2, NONE: 2, "zh": 1}
    assert sources == {"news.example": 2, "www.wire.example": 1, OTHER: 3}
    assert counts("wiredesk_canary_source_articles", "source")["www.wire.example"] >= 1


def test_probes_replays_withdrawals_and_tombstones_are_not_counted() -> None:
    tombstone = Record("articles.enriched", 0, 0, 0, b"k", None)
    withdrawal = Record("articles.enriched", 0, 0, 0, b"k", b"{}", ((EVENT_TYPE, ArticleWithdrawn.TYPE.encode()),))
    replayed = article("https://a.example/", "en", (REPLAY, b"run"), (REPLAYED, b"a/0/1"))
    probe = article("https://canary.invalid/0", "en", (SYNTHETIC, b"true"))
    assert counted(Readership({}), tombstone, withdrawal, replayed, probe) == ({}, {})


INTEGERS = st.integers(-(1 << 63), (1 << 64) - 1)
"""What orjson can write."""


@given(st.lists(st.tuples(st.text(), st.one_of(st.text(), INTEGERS, st.none())), max_size=50))
def test_no_page_adds_a_series_for_its_source(pages: list[tuple[str, object]]) -> None:
    _, sources = counted(Readership({}), *(article(f"https://{host}/", language) for host, language in pages))
    assert set(sources) <= {OTHER}


@given(st.binary(), st.binary())
@example(b'{"detected_language": {"code": %d}}' % (1 << 80), b"https://[a/")
@example(b'{"detected_language": "en"}', b"https://a.example:x/")
@example(b'{"detected_language": ["en"]}', b"\xff")
@example(b"[" * 2000, b"https://a.example/")
@example(b'{"detected_language": {"code": "\\ud800"}}', b"https://\xe2\x84\x80.example/")
def test_an_article_of_any_bytes_is_counted(value: bytes, subject: bytes) -> None:
    headers = ((SUBJECT, subject), (EVENT_TYPE, EnrichedArticle.TYPE.encode()))
    languages, sources = counted(Readership({}), Record("articles.enriched", 0, 0, 0, b"k", value, headers))
    assert sum(languages.values()) == 1
    assert sources == {OTHER: 1}


def test_languages_are_bounded() -> None:
    readership = Readership({})
    codes = [a + b + c for a in "qxz" for b in "abcdefghij" for c in "abcdefghij"]
    languages, _ = counted(readership, *(article("https://a.example/", code) for code in codes))
    assert len(languages) == MAX_LANGUAGES + 1
    assert languages[OTHER] == len(codes) - MAX_LANGUAGES


@pytest.mark.parametrize(
    "sources",
    [
        "https://news.example",
        "news.example/path",
        "ne ws.example",
        ",".join(f"a{n}.example" for n in range(MAX_SOURCES + 1)),
    ],
)
def test_a_source_is_a_host(sources: str) -> None:
    with pytest.raises(ValidationError, match=r"is no host|at most"):
        CanarySettings(canary_sources=sources)
