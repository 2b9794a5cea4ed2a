"""Inputs of the extractor's models, and the outputs for them, as JSON values."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.network import Array, Network, clip_tree_log_odds
from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.models import BodyModel, shipped_models
from wiredesk.extractor.page_type import classify_page
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, RawPage

SAMPLES = Path(__file__).parents[2] / "services" / "wiredesk" / "samples"
"""Folder of the samples. The environment of training has no libraries of tests, so not by way of `tests.support`."""

HTML_SAMPLES = ("ferry-strike.html", "most-1251.html", "tea-gb18030.html", "index.html", "broken-markup.html")
"""Pages for the models of segments and of page types."""

TEXT_SAMPLES = ("china-daily-2015-12-03.txt",)
"""Pages for the model of lines."""

REFERENCE_SAMPLES = {"html": ("ferry-strike.html", "tea-gb18030.html"), "text": TEXT_SAMPLES}
"""Pages whose features are the inputs of the parity tests, by model."""

MEDIA_TYPES = {".html": "text/html", ".txt": "text/plain"}
"""Media types of samples."""


def extracted(name: str) -> ExtractedPage:
    """Extract a sample page."""
    raw = RawPage(
        url=f"https://paper.example/{name}",
        body_base64=(SAMPLES / "pages" / name).read_bytes(),
        content_type=MEDIA_TYPES[Path(name).suffix],
    )
    page = Ingest()(raw)
    assert isinstance(page, AcceptedPage)
    return Extractor().extract(page)


def html_model() -> dict[str, Any]:
    """Return the log-odds of each text of the HTML samples."""
    return {name: _log_odds(shipped_models().html, name) for name in HTML_SAMPLES}


def text_model() -> dict[str, Any]:
    """Return the log-odds of each line of the text samples."""
    return {name: _log_odds(shipped_models().text, name) for name in TEXT_SAMPLES}


def page_model() -> dict[str, Any]:
    """Return the probability of an article, and the page type, of each HTML sample."""
    model = shipped_models().page
    pages = {name: extracted(name) for name in HTML_SAMPLES}
    return {
        name: {"article": model.probability(page.signals), "page_type": str(classify_page(page, model).page_type)}
        for name, page in pages.items()
    }


def network_inputs(form: str) -> dict[str, tuple[Array, Array]]:
    """Return the inputs of the network of a model, `html` or `text`, and the trees' clipped log-odds, by name.

    One of the pages has a single text: it has no neighbours.
    """
    model: BodyModel = getattr(shipped_models(), form)
    pages = {}
    for name in REFERENCE_SAMPLES[form]:
        features = extracted(name).features
        trees = model.trees.log_odds(features)
        pages[name] = _inputs(model.network, features, trees)
        first = {feature: values[:1] for feature, values in features.items()}
        pages[f"{name}, its first text"] = _inputs(model.network, first, trees[:1])
    return pages


def page_signals() -> dict[str, dict[str, float]]:
    """Return the signals of each HTML sample, by name."""
    return {name: {signal: float(value) for signal, value in extracted(name).signals.items()} for name in HTML_SAMPLES}


def _inputs(
    network: Network, features: dict[str, NDArray[np.float64]], trees: NDArray[np.float64]
) -> tuple[Array, Array]:
    clipped = clip_tree_log_odds(trees)
    return network.inputs(features, clipped), clipped


def _log_odds(model: BodyModel, name: str) -> list[float]:
    return [float(value) for value in model.log_odds(extracted(name).features)]
