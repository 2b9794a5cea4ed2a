"""The type of a page by its probability of being an article: skipped, published as another type, or an article."""

import math

import numpy as np
import pytest

from wiredesk.extractor.body.page_words import PageWords
from wiredesk.extractor.body.story import ScoredText, to_blocks
from wiredesk.extractor.body.trees import Trees
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.metadata.fields import Metadata, MetadataField
from wiredesk.extractor.models import PageModel
from wiredesk.extractor.page_type import (
    ARTICLE_THRESHOLD,
    ARTICLE_THRESHOLD_WITHOUT_WORDS,
    SKIP_THRESHOLD,
    classify_page,
)
from wiredesk.extractor.signals import is_english
from wiredesk_schemas import BlockKind, Evidence, PageType, SkipReason

SENTENCE = "The library stays open after all, as the council decided on Monday night."
MANY = {"links": 400.0, "story_share": 0.5, "is_english": 1.0}
FEW = {"links": 60.0, "story_share": 0.5, "is_english": 1.0}
SURE, UNSURE = 0.95, 0.6


def model(likely: float) -> PageModel:
    """Return a model that gives every page this probability."""
    questions, leaves = np.zeros((1, 1), np.intp), np.zeros((1, 2), np.float32)
    odds = math.log(likely / (1 - likely))
    trees = Trees("1", ("links",), questions, np.zeros((1, 1), np.float32), leaves, odds)
    return PageModel({}, trees, trees)


def page(
    signals: dict[str, float], language: str | None = "en", *, sentences: int = 40, certainty: float = UNSURE
) -> ExtractedPage:
    """Return a page whose body has this many sentences, each a paragraph that is in the story with this probability."""
    texts = (ScoredText(SENTENCE, BlockKind.PARAGRAPH, certainty),) * sentences
    metadata = Metadata(language=MetadataField(language))
    return ExtractedPage(
        method="html", place=Evidence.DOM, blocks=to_blocks(texts), texts=texts, metadata=metadata, signals=signals
    )


@pytest.mark.parametrize(
    ("likely", "signals", "page_type", "reason"),
    [
        (SKIP_THRESHOLD - 0.01, FEW, PageType.OTHER, SkipReason.NO_ARTICLE),
        (SKIP_THRESHOLD - 0.01, MANY, PageType.INDEX, SkipReason.INDEX_PAGE),
        (SKIP_THRESHOLD + 0.01, FEW, PageType.OTHER, None),
        (ARTICLE_THRESHOLD - 0.01, MANY, PageType.INDEX, None),
        (ARTICLE_THRESHOLD + 0.01, MANY, PageType.ARTICLE, None),
        (ARTICLE_THRESHOLD + 0.01, {**FEW, "declares_live_blog": 1.0}, PageType.LIVE_BLOG, None),
        (ARTICLE_THRESHOLD_WITHOUT_WORDS - 0.01, {**FEW, "is_english": 0.0}, PageType.OTHER, None),
        (ARTICLE_THRESHOLD_WITHOUT_WORDS + 0.01, {**FEW, "is_english": 0.0}, PageType.ARTICLE, None),
        (SKIP_THRESHOLD - 0.01, {"links": 2.0, "story_share": 0.9}, PageType.ARTICLE, None),
    ],
)
def test_a_page_is_what_is_likeliest_and_in_doubt_goes_out(
    likely: float, signals: dict[str, float], page_type: PageType, reason: SkipReason | None
) -> None:
    verdict = classify_page(page(signals), model(likely))
    assert (verdict.page_type, verdict.reason) == (page_type, reason)


@pytest.mark.parametrize(("signals", "page_type"), [(FEW, PageType.OTHER), (MANY, PageType.INDEX)])
def test_what_has_a_story_goes_out_typed_and_with_its_probability(
    signals: dict[str, float], page_type: PageType
) -> None:
    verdict = classify_page(page(signals, certainty=SURE), model(0.01))
    assert (verdict.page_type, verdict.reason, verdict.confidence) == (page_type, None, 0.01)


@pytest.mark.parametrize(
    ("sentences", "likely", "reason"),
    [(2, 0.9, None), (2, 0.1, SkipReason.NO_ARTICLE), (1, 0.9, SkipReason.TOO_SHORT), (0, 0.9, SkipReason.TOO_SHORT)],
)
def test_two_sentences_are_a_story_if_the_page_is_one_of_an_article(
    sentences: int, likely: float, reason: SkipReason | None
) -> None:
    assert classify_page(page({**FEW, "links": 20.0}, sentences=sentences), model(likely)).reason is reason


def test_a_text_beside_a_video_goes_out_as_a_video_and_without_sentences_it_is_set_aside() -> None:
    signals = {**FEW, "<video>": 1.0}
    verdict = classify_page(page(signals, sentences=2), model(0.9))
    assert (verdict.page_type, verdict.reason) == (PageType.VIDEO, None)
    assert classify_page(page(signals, sentences=0), model(0.9)).reason is SkipReason.VIDEO


def test_a_published_page_has_its_probability_of_an_article_and_a_skipped_one_that_of_none() -> None:
    assert classify_page(page(FEW), model(0.5)).confidence == 0.5
    assert classify_page(page(FEW), model(0.1)).confidence == 0.9
    assert classify_page(page(FEW), model(0.8)).confidence == 0.8


def test_a_page_is_english_by_its_words() -> None:
    english = "The council voted to keep the library open, and the mayor spoke for this plan"
    others = (
        "Der Rat stimmte am Montag dafür, die Bibliothek in der Stadt zu erhalten",
        "De raad stemde voor het behoud van de bibliotheek in de stad",
        "市议会周一投票决定保留图书馆",
        "",
    )
    assert is_english(PageWords.of_texts([english]))
    assert not any(is_english(PageWords.of_texts([text])) for text in others)
