"""What the demo counts."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from tests.support import ROOT, SAMPLES
from wiredesk.cli.layout import GAP, column_widths
from wiredesk.enrichment.topics.taxonomy import taxonomy
from wiredesk.extractor.extract import Extractor
from wiredesk.ingest.accept import Ingest
from wiredesk.languages.detector import LanguageDetector
from wiredesk.operations.sample_run import BASE_URL, SampleRun, overview, sample_pages
from wiredesk.pipeline import ARTICLES_ENRICHED, INGEST, PAGES_SKIPPED
from wiredesk.runtime.records import Record
from wiredesk_schemas import (
    AcceptedPage,
    CleanedArticle,
    EnrichedArticle,
    Entity,
    EntityType,
    MediaTopic,
    Mention,
    RawPage,
)
from wiredesk_schemas.headers import ORIGIN

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
