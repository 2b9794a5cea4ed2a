"""What the demo counts."""

from wiredesk.operations.sample_run import BASE_URL, SampleRun, sample_pages
from wiredesk.pipeline import ARTICLES_ENRICHED, INGEST, PAGES_SKIPPED
from wiredesk.runtime.records import Record
from wiredesk_schemas.headers import ORIGIN


def ended(topic: str, origin: str) -> Record:
    return Record(topic, 0, 0, 0, None, b"", ((ORIGIN, origin.encode()),))


def test_each_page_is_counted_once_where_it_ended() -> None:
    run = SampleRun({"pages.raw/0/0", "pages.raw/0/1", "pages.raw/1/0"})
    for topic, origin in (
        (ARTICLES_ENRICHED.name, "pages.raw/0/0"),
        (ARTICLES_ENRICHED.name, "pages.raw/0/0"),
        (PAGES_SKIPPED.name, "pages.raw/0/1"),
        (INGEST.dead_letter_topic.name, "another/0/0"),
    ):
        run.count(ended(topic, origin))
    assert (run.published, run.ended, run.enriched, run.skipped, run.dead_lettered) == (3, 2, 1, 1, 0)
    assert run.waiting == {"pages.raw/1/0"}
    run.count(ended(INGEST.dead_letter_topic.name, "pages.raw/1/0"))
    assert (run.waiting, run.dead_lettered) == (set(), 1)


def test_samples_come_in_both_content_modes() -> None:
    pages = list(sample_pages())
    assert len(pages) > 10
    in_json = [value.startswith(b"{") for value, _ in pages]
    assert any(in_json)
    assert not all(in_json)
    assert sum(BASE_URL.encode() in value for value, _ in pages) > 5
