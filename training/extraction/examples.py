"""Examples to learn from: pages as texts with labels. Their features are made once the lexicon is learned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from resiliparse.extract.html2text import extract_plain_text
from trafilatura import extract

from training.extraction import labels
from training.extraction.pages import GoldPage
from wiredesk.extractor.body import html_features, lines
from wiredesk.extractor.body.features import FeatureMatrix
from wiredesk.extractor.body.hint_features import StoryHints
from wiredesk.extractor.body.lexicon_odds import LexiconOdds
from wiredesk.extractor.body.lines import Line
from wiredesk.extractor.body.segments import SegmentedPage, segment_page
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.html import story_hints
from wiredesk.extractor.metadata.sources import MetadataSources

STORY_SHARE = 0.5
"""Share of a text's words that must be in the story for the text to belong to it."""

_FORMS = {"html": 1.0, "crawled": 1.0, "crawled-dense": 0.5, "extracted": 0.4}
"""The forms in which pages arrive, and the weight of each."""

MADE_LONG = "made-long"
"""Set of the pages whose stories were made long."""

MADE_OLD = "made-old"
"""Set of the pages whose class names and metadata were taken away."""

MADE = (MADE_LONG, MADE_OLD)
"""Sets of pages that were made of other pages."""

_SETS = {"publisher-pages": 3.0, MADE_LONG: 0.3, MADE_OLD: 0.5}
"""Weights of pages by their set, 1 for others: there are five pages of other sites for each publisher's, and a long
page has as many texts as two others."""


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page as segments.

    Attributes:
        page: the page, whose story is known.
        segments: of the page.
        hints: what it says about its story outside of its body.
        texts: of the segments.
        story: for each text, whether it belongs to the story.
        form: in which it arrives.
    """

    page: GoldPage
    segments: SegmentedPage
    hints: StoryHints
    texts: tuple[str, ...]
    story: NDArray[np.bool_]
    form: str = "html"

    def features(self, lexicon: LexiconOdds) -> FeatureMatrix:
        """Return the features of the texts."""
        return html_features.features(self.segments, self.hints, lexicon)


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page as lines of text. Attributes are those of `HtmlPage`."""

    page: GoldPage
    lines: tuple[Line, ...]
    texts: tuple[str, ...]
    story: NDArray[np.bool_]
    form: str

    def features(self, lexicon: LexiconOdds) -> FeatureMatrix:
        """Return the features of the lines."""
        return lines.features(self.lines, lexicon)


def of_html(page: GoldPage) -> HtmlPage | None:
    """Return a page's segments; None if it has no text."""
    root = parse_html(page.html)
    if root is None:
        return None
    segments = segment_page(root)
    texts = tuple(segment.text for segment in segments.segments)
    hints = story_hints(MetadataSources.from_document(root))
    return HtmlPage(page, segments, hints, texts, _story(texts, page)) if texts else None


def of_text(page: GoldPage) -> Iterator[TextPage]:
    """Yield a page as text in the forms in which pages arrive: as a crawl stores it, and as an extractor left it."""
    crawled = extract_plain_text(
        page.html, main_content=False, alt_texts=False, links=False, form_fields=False, noscript=False
    )
    left = extract(page.html, favor_recall=True, include_comments=True, include_tables=True) or ""
    title = page.fields.get("title") or ""
    forms = {
        "crawled": crawled,
        "crawled-dense": "\n".join(filter(None, map(str.strip, crawled.splitlines()))),
        "extracted": f"{title}\n{page.fields.get('published_at') or ''}\n{left}",
    }
    for form, text in forms.items():
        page_lines = lines.split_lines(text)
        texts = tuple(line.text for line in page_lines)
        if texts:
            yield TextPage(page, page_lines, texts, _story(texts, page), form)


def weights(example: HtmlPage | TextPage) -> NDArray[np.float64]:
    """Return the weight of each text in training: long texts weigh more, texts of pages with many a little less."""
    size = np.array([len(text) for text in example.texts])
    weight = _FORMS[example.form] * _SETS.get(example.page.set, 1.0)
    return weight * np.minimum(1.0, 0.3 + size / 200) * 200 / (100 + len(size))


def words(example: HtmlPage | TextPage) -> NDArray[np.float64]:
    """Return the weight of each text in the F1 of its page: its words, and its letters if it has no spaces."""
    return np.array([len(text.split()) + len(text) / 15 for text in example.texts])


def matrix(features: FeatureMatrix, names: Sequence[str]) -> NDArray[np.float32]:
    """Return features as one array; (texts, names)."""
    return np.stack([features[name] for name in names], axis=1).astype(np.float32)


def _story(texts: Sequence[str], page: GoldPage) -> NDArray[np.bool_]:
    return labels.shares(texts, page.body) > STORY_SHARE if texts else np.zeros(0, bool)
