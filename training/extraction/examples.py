"""Examples to learn from: pages as texts with labels, which get their columns once it is known what words say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from resiliparse.extract.html2text import extract_plain_text
from trafilatura import extract

from training.extraction import labels
from training.extraction.pages import GoldPage
from wiredesk.extractor import html
from wiredesk.extractor.body import lines, markup
from wiredesk.extractor.body.columns import Columns
from wiredesk.extractor.body.lines import Line
from wiredesk.extractor.body.segments import Segmented
from wiredesk.extractor.body.wording import Wording
from wiredesk.extractor.document import parse

STORY_SHARE = 0.5
"""Of the words of a text that have to be in the story for it to be part of it."""

_FORMS = {"html": 1.0, "crawled": 1.0, "crawled-dense": 0.5, "extracted": 0.4}
"""The forms in which pages arrive, and what each counts."""

_NEWS = 3.0
"""What a publisher's page counts; there are five of other sites for each."""


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page as segments.

    Attributes:
        page: whose story is known.
        story: for each text, whether it belongs to the story.
    """

    page: GoldPage
    segmented: Segmented
    hints: markup.Hints
    texts: tuple[str, ...]
    story: NDArray[np.bool_]
    form: str = "html"

    def described(self, wording: Wording) -> Columns:
        """Return the columns of the texts."""
        return markup.describe(self.segmented, self.hints, wording)


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page as lines of text, in one of its forms; otherwise as above."""

    page: GoldPage
    lines: tuple[Line, ...]
    texts: tuple[str, ...]
    story: NDArray[np.bool_]
    form: str

    def described(self, wording: Wording) -> Columns:
        """Return the columns of the lines."""
        return lines.describe(self.lines, wording)


def of_html(page: GoldPage) -> HtmlPage | None:
    """Return a page's segments; None where it has no text."""
    root = parse(page.html)
    segmented, hints = html.looked_at(root) if root is not None else (Segmented(), markup.Hints())
    texts = tuple(segment.text for segment in segmented.segments)
    return HtmlPage(page, segmented, hints, texts, _story(texts, page)) if texts else None


def of_text(page: GoldPage) -> Iterator[TextPage]:
    """Return a page as text in the forms in which pages arrive: as a crawl holds it, and as an extractor left it."""
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
        found = lines.lines(text)
        texts = tuple(line.text for line in found)
        if texts:
            yield TextPage(page, found, texts, _story(texts, page), form)


def weights(example: HtmlPage | TextPage) -> NDArray[np.float64]:
    """Return what each text counts in training: long ones more, those of pages with many a little less each."""
    size = np.array([len(text) for text in example.texts])
    news = _NEWS if example.page.set == "publisher-pages" else 1.0
    return _FORMS[example.form] * news * np.minimum(1.0, 0.3 + size / 200) * 200 / (100 + len(size))


def words(example: HtmlPage | TextPage) -> NDArray[np.float64]:
    """Return what each text counts in the F1 of its page: its words; without spaces between them, its letters."""
    return np.array([len(text.split()) + len(text) / 15 for text in example.texts])


def matrix(columns: Columns, names: Sequence[str]) -> NDArray[np.float32]:
    """Return columns as a matrix, texts by names."""
    return np.stack([columns[name] for name in names], axis=1).astype(np.float32)


def _story(texts: Sequence[str], page: GoldPage) -> NDArray[np.bool_]:
    return labels.shares(texts, page.body) > STORY_SHARE if texts else np.zeros(0, bool)
