"""What the demo counts."""

from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from tests.copies import article, story
from tests.revised import copies_of
from tests.support import ROOT, SAMPLES
from wiredesk.cli.layout import GAP, column_widths
from wiredesk.enrichment.topics.taxonomy import taxonomy
from wiredesk.extractor.extract import Extractor
from wiredesk.ingest.accept import Ingest
from wiredesk.languages.detector import LanguageDetector
from wiredesk.operations.copy_groups import CopyGroups
from wiredesk.operations.sample_run import BASE_URL, SampleRun, overview, sample_pages
from wiredesk.pipeline import ARTICLES_COPIES, ARTICLES_ENRICHED, INGEST, PAGES_SKIPPED
from wiredesk.revisions.revise import Outcome, Revisions
from wiredesk.runtime.records import Record
from wiredesk_schemas import (
    AcceptedPage,
    ArticleWithdrawn,
    CleanedArticle,
    EnrichedArticle,
    Entity,
    EntityType,
    MediaTopic,
    Mention,
    RawPage,
    SkippedPage,
    WithdrawnPage,
    page_id,
)
from wiredesk_schemas.headers import EVENT_TYPE, ORIGIN

EXAMPLES = ROOT / "schemas" / "wiredesk_schemas" / "examples"


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


def test_a_withdrawal_is_no_article_and_the_run_ends_when_copies_were_found() -> None:
    run = SampleRun({"pages.raw/0/0"})
    withdrawal = ((ORIGIN, b"pages.raw/0/0"), (EVENT_TYPE, ArticleWithdrawn.TYPE.encode()))
    run.count(Record(ARTICLES_ENRICHED.name, 0, 0, 0, None, b"", withdrawal))
    assert (run.enriched, run.withdrawn, run.ended, run.dead_lettered) == (0, 1, 1, 0)
    before = run.is_done
    group = copies_of(*(article(f"https://{host}.example/", story(1)) for host in "ab"))
    for topic, record in group:
        run.count(Record(topic, 0, 0, 0, record.key, record.value))
    assert (before, run.is_done) == (False, True)
    assert [copy.url for group in run.copies for copy in group.copies] == ["https://b.example/"]
    run.count(Record(ARTICLES_COPIES.name, 0, 0, 0, group[-1][1].key, None))
    assert list(run.copies) == []


def test_samples_come_in_both_content_modes() -> None:
    pages = list(sample_pages())
    assert len(pages) > 10
    in_json = [value.startswith(b"{") for value, _ in pages]
    assert any(in_json)
    assert not all(in_json)
    assert sum(BASE_URL.encode() in value for value, _ in pages) > 5


def enriched(
    language: str | None, topics: Sequence[tuple[str, ...]], *entities: tuple[EntityType, str]
) -> EnrichedArticle:
    example = max(EXAMPLES.glob("*/enriched_article.v1.json"))
    article = EnrichedArticle.from_json(example.read_bytes())
    mention = Mention(field="/title", start=0, end=1, surface="x")
    return article.model_copy(
        update={
            "language": language,
            "topics": tuple(MediaTopic(code=path[-1], name=path[-1][-4:], path=path, score=0.5) for path in topics),
            "entities": tuple(Entity(type=kind, name=name, mentions=(mention,), salience=1) for kind, name in entities),
        }
    )


def test_the_overview_has_a_row_for_each_article() -> None:
    root, second, below = "medtop:15000000", "medtop:08000000", "medtop:20000822"
    names = [(EntityType.DATE, "Monday"), *((EntityType.PLACE, name) for name in ("Bern", "Oslo", "Rome", "Paris"))]
    assert overview(
        [
            enriched("pt-BR", [(root,), (second,), (root, below)], *names),
            enriched("de", [(root, below)]),
            enriched(None, []),
        ]
    ) == [("", "", ""), ("de", "0822", ""), ("pt-BR", "0000, 0822", "Bern, Oslo, Rome")]


def test_the_overview_leaves_out_what_is_less_likely_than_not() -> None:
    article = enriched("de", [("medtop:15000000",), ("medtop:15000000", "medtop:20000822")])
    doubtful = tuple(topic.model_copy(update={"score": 0.49}) for topic in article.topics)
    assert overview([article.model_copy(update={"topics": doubtful})]) == [("de", "0000", "")]


def test_the_overview_is_a_table_in_80_columns() -> None:
    """With the longest names of topics, and with long names of people and organisations in wide characters."""
    longest = sorted((term.name(tag) for term in taxonomy().values() for tag in ("en", "de", "zh")), key=cell_len)[-2:]
    rows = [("zh-Hant-TW", ", ".join(longest), ", ".join(["中国国家发展和改革委员会"] * 3)), ("en", "weather", "Bern")]
    cells = [[Text(cell) for cell in row] for row in rows]
    widths = column_widths(("language", "topics", "names"), cells, 80)
    assert widths is not None
    assert sum(widths) + GAP * 2 <= 80


IN_OTHER_LANGUAGES = {
    "orchester.html": "de",
    "copa-final.html": "es",
    "greve-trains.html": "fr",
    "vacina-dengue.html": "pt",
    "museo-restauro.html": "it",
    "budzet-8859-2.html": "pl",
    "shkola-ukryttia.html": "uk",
    "most-1251.html": "ru",
    "deprem-1254.html": "tr",
    "bank-1256.html": "ar",
    "barish-mumbai.html": "hi",
    "ca-phe.html": "vi",
    "tea-gb18030.html": "zh",
    "train-shift-jis.html": "ja",
}
"""Sample pages and their languages, besides English."""


def test_the_samples_are_articles_in_fifteen_languages() -> None:
    ingest, extractor, detector = Ingest(), Extractor(), LanguageDetector()
    for name, language in IN_OTHER_LANGUAGES.items():
        raw = RawPage(url=f"https://paper.example/{name}", body_base64=(SAMPLES / "pages" / name).read_bytes())
        accepted = ingest(raw)
        assert isinstance(accepted, AcceptedPage), name
        article = extractor(accepted)
        assert isinstance(article, CleanedArticle), name
        assert "\N{REPLACEMENT CHARACTER}" not in str(article.paragraphs), name
        guess = detector.detect(" ".join(block.text for block in article.paragraphs))
        assert guess is not None, name
        assert guess.code == language, name
        assert guess.confidence > 0.9, name


def test_the_samples_show_an_update_a_withdrawal_and_a_pair_of_copies() -> None:
    ingest, extractor, revisions = Ingest(), Extractor(), Revisions()
    state, kinds, written = revisions.new_state(), Counter[str](), list[Outcome]()
    for line in (SAMPLES / "events.jsonl").read_bytes().splitlines()[-6:]:
        raw = RawPage.from_record(line, ())
        page = ingest(raw)
        event = extractor(page) if isinstance(page, AcceptedPage) else page
        assert raw.fetched_at is not None
        assert isinstance(event, CleanedArticle | WithdrawnPage)
        outcome, changes = revisions(event, state, raw.fetched_at)
        for change in changes:
            state.apply(change, 0)
        kinds[str(getattr(outcome, "revision_kind", None) or getattr(outcome, "reason", None))] += 1
        written += [] if isinstance(outcome, SkippedPage) else [outcome]
    assert kinds == {"created": 3, "updated": 1, "unchanged": 1, "gone": 1}
    reading = CopyGroups(page_id("https://courier.example/2026/03/15/lighthouse-opens"))
    for _, record in copies_of(*written):
        reading.add(record)
    (group,) = reading.groups()
    assert group.original.source == "The Harbour Courier"
    assert [(copy.source, copy.kind) for copy in group.copies] == [("Island Post", "reheadlined")]
