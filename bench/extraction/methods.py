"""Extractors as functions from a page to the fields that they extract, each called as its documentation recommends."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from training.extraction.folds import FOLDS, fold_of
from training.extraction.pages import GoldPage, accepted
from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.models import Models
from wiredesk_schemas import CleanedArticle

type Prediction = dict[str, Any]
type Method = Callable[[GoldPage], Prediction]

_TAG = re.compile(r"<[^>]*>")


class Wiredesk:
    """The extractor as it ships. Pages of sets that it was trained on are read by models that have not seen their site.

    Args:
        folds: folder that `training.extraction.train --folds` wrote.
        trained_on: names of the sets that models were trained on.
    """

    def __init__(self, folds: Path | None = None, trained_on: tuple[str, ...] = ()) -> None:
        self._shipped = Extractor()
        self._trained_on = trained_on if folds else ()
        self._held_out = [Extractor(Models.load(folds / f"fold-{n}")) for n in range(FOLDS)] if folds else []

    def __call__(self, page: GoldPage) -> Prediction:
        """Read a page."""
        held_out = page.set in self._trained_on
        extractor = self._held_out[fold_of(page.site)] if held_out else self._shipped
        article = extractor(accepted(page))
        if not isinstance(article, CleanedArticle):
            return {"skipped": article.reason, "page_type": article.page_type}
        return {
            "body": "\n".join(block.text for block in article.paragraphs),
            "title": article.title,
            "authors": (*article.authors, *article.agencies),
            "published_at": article.published_at.isoformat() if article.published_at else None,
            "page_type": article.page_type,
        }


def trafilatura(page: GoldPage, **options: Any) -> Prediction:
    """Read with trafilatura."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - of another environment

    extracted = bare_extraction(page.html, url=page.url, with_metadata=True, include_comments=False, **options)
    if extracted is None or isinstance(extracted, dict):
        return {}
    authors = tuple(name for name in (extracted.author or "").split("; ") if name)
    return {"body": extracted.text, "title": extracted.title, "authors": authors, "published_at": extracted.date}


def resiliparse(page: GoldPage) -> Prediction:
    """Read with resiliparse."""
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415 - of another environment

    return {"body": extract_plain_text(page.html, main_content=True)}


def readability(page: GoldPage) -> Prediction:
    """Read with readability-lxml."""
    from readability import Document  # noqa: PLC0415 - of another environment

    document = Document(page.html)
    return {"body": _TAG.sub(" ", document.summary()), "title": document.short_title()}


def newspaper(page: GoldPage) -> Prediction:
    """Read with newspaper4k."""
    from newspaper import Article  # noqa: PLC0415 - of another environment

    article = Article(page.url, language="en", fetch_images=False)
    article.download(input_html=page.html)
    article.parse()
    date = article.publish_date
    return {
        "body": article.text,
        "title": article.title,
        "authors": tuple(article.authors),
        "published_at": date.isoformat() if hasattr(date, "isoformat") else None,
    }


def justext(page: GoldPage) -> Prediction:
    """Read with justext."""
    from justext import get_stoplist  # noqa: PLC0415 - of another environment
    from justext import justext as paragraphs  # noqa: PLC0415

    kept_paragraphs = paragraphs(io.BytesIO(page.html.encode()).read(), get_stoplist("English"), encoding="utf-8")
    return {"body": "\n".join(paragraph.text for paragraph in kept_paragraphs if not paragraph.is_boilerplate)}


PEERS: dict[str, Method] = {
    "trafilatura": trafilatura,
    "trafilatura precise": lambda page: trafilatura(page, favor_precision=True),
    "resiliparse": resiliparse,
    "readability-lxml": readability,
    "newspaper4k": newspaper,
    "justext": justext,
}
