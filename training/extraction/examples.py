"""Examples to learn from: pages as texts with their columns and labels."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from resiliparse.extract.html2text import extract_plain_text
from trafilatura import extract

from services.extractor import html
from services.extractor.body import lines, markup
from services.extractor.body.columns import Columns
from services.extractor.body.segments import Segmented
from services.extractor.document import parse
from training.extraction import labels
from training.extraction.pages import GoldPage

MIN_SITES = 3
"""A class name that fewer sites use is theirs, and says nothing of others."""

SMOOTHING = 0.3

STORY_SHARE = 0.5
"""Of the words of a text that have to be in the story for it to be part of it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A page in one of its forms.

    Attributes:
        page: whose story is known.
        form: `html`, or which kind of text.
        texts: segments or lines.
        story: for each text, whether it belongs to the story.
        columns: that describe the texts.
    """

    page: GoldPage
    form: str
    texts: tuple[str, ...]
    story: NDArray[np.bool_]
    columns: Columns


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page as segments, which get their columns once the odds of class names are known."""

    page: GoldPage
    segmented: Segmented
    hints: markup.Hints
    texts: tuple[str, ...]
    story: NDArray[np.bool_]

    def described(self, class_odds: Mapping[str, float]) -> Example:
        """Return the page as an example."""
        columns = markup.describe(self.segmented, self.hints, class_odds)
        return Example(self.page, "html", self.texts, self.story, columns)


def of_html(page: GoldPage) -> HtmlPage | None:
    """Return a page's segments; None where it has no text."""
    root = parse(page.html)
    segmented, hints = html.looked_at(root) if root is not None else (Segmented(), markup.Hints())
    texts = tuple(segment.text for segment in segmented.segments)
    story = labels.shares(texts, page.body) > STORY_SHARE if texts else np.zeros(0, bool)
    return HtmlPage(page, segmented, hints, texts, story) if texts else None


def of_text(page: GoldPage) -> Iterator[Example]:
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
            story = labels.shares(texts, page.body) > STORY_SHARE
            yield Example(page, form, texts, story, lines.describe(found))


class ClassOdds:
    """What class names say, learned: counted for each site, so that those of one can be left out."""

    def __init__(self, pages: Iterable[HtmlPage]) -> None:
        self._of_site: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
        for page in pages:
            self._count(page)
        self._all: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for site in self._of_site.values():
            for token, (story, rest) in site.items():
                total = self._all[token]
                total[0] += story
                total[1] += rest
                total[2] += 1

    def without(self, site: str | None) -> Mapping[str, float]:
        """Return the log-odds of each class name, as the other sites have it."""
        own = self._of_site.get(site or "", {})
        odds = {}
        for token, (story, rest, sites) in self._all.items():
            here = own.get(token, (0.0, 0.0))
            if sites - (token in own) >= MIN_SITES:
                odds[token] = math.log((story - here[0] + SMOOTHING) / (rest - here[1] + SMOOTHING))
        return dict(sorted(odds.items()))

    def _count(self, html_page: HtmlPage) -> None:
        containers = html_page.segmented.containers
        counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for segment, story in zip(html_page.segmented.segments, html_page.story, strict=True):
            tokens: set[str] = set()
            index = segment.container
            while index >= 0:
                tokens.update(containers[index].tokens)
                index = containers[index].parent
            for token in tokens:
                counted[token][0 if story else 1] += 1
        of_story, of_rest = max(1, int(html_page.story.sum())), max(1, int((~html_page.story).sum()))
        site = self._of_site[html_page.page.site]
        for token, (story_count, rest_count) in counted.items():
            site[token][0] += story_count / of_story
            site[token][1] += rest_count / of_rest


def weights(example: Example) -> NDArray[np.float64]:
    """Return what each text counts in training: long ones more, those of pages with many a little less each."""
    size = np.array([len(text) for text in example.texts])
    form = {"html": 1.0, "crawled": 1.0, "crawled-dense": 0.5, "extracted": 0.4}[example.form]
    news = 3.0 if example.page.set == "publisher-pages" else 1.0
    return form * news * np.minimum(1.0, 0.3 + size / 200) * 200 / (100 + len(size))


def matrix(columns: Columns, names: Sequence[str]) -> NDArray[np.float32]:
    """Return columns as a matrix, texts by names."""
    return np.stack([columns[name] for name in names], axis=1).astype(np.float32)
