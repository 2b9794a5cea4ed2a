"""Train the model that tells articles from other pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas import AcceptedPage, Charset, CharsetEvidence
from services.extractor import html, metadata
from services.extractor.body import markup, story
from services.extractor.body.model import BodyModel
from services.extractor.body.trees import Trees, probabilities
from services.extractor.document import parse
from services.extractor.metadata import Sources
from services.extractor.signals import signals
from training.extraction import boosting
from training.extraction.folds import splits
from training.extraction.pages import GoldPage

PARAMETERS = {"iterations": 400, "depth": 4, "learning_rate": 0.05, "l2_leaf_reg": 5, "rsm": 0.3}
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that has learnt from all pages, and one for each fold that has not seen the fold's sites."""

    model: Trees
    held_out: tuple[Trees, ...]


def train(gold: Sequence[GoldPage], told: Mapping[tuple[str, str], NDArray[np.float64]], body: BodyModel) -> Trained:
    """Train the model and print how good its method is on sites that it has not seen.

    Args:
        told: by set and id of a page, the log-odds of its segments as a model told them that had not seen its site:
            the one that has would be surer of its own pages than of any other.
        body: that model of the body, for pages that it was not trained on.
    """
    found = [(page, seen) for page in gold if (seen := _signals(page, told.get((page.set, page.id)), body)) is not None]
    names = sorted(found[0][1])
    matrix = np.array([[seen[name] for name in names] for _, seen in found], np.float32)
    articles = np.array([page.kind == "article" for page, _ in found])

    def learn(seen: Sequence[int]) -> Trees:
        return boosting.fit(matrix[seen], articles[seen], np.ones(len(seen)), names, **PARAMETERS)

    likely = np.zeros(len(found))
    held_out = []
    for _, seen, judged in splits([page.site for page, _ in found]):
        held_out.append(learn(seen))
        columns = dict(zip(names, matrix[judged].T.astype(np.float64), strict=True))
        likely[judged] = probabilities(held_out[-1].odds(columns))
    for threshold in THRESHOLDS:
        lost = (likely[articles] < threshold).mean()
        told_apart = (likely[~articles] < threshold).mean()
        print(f"  page types < {threshold}: {lost:.3f} of {articles.sum()} articles lost, {told_apart:.3f} others told")
    return Trained(learn(range(len(found))), tuple(held_out))


def accepted(page: GoldPage) -> AcceptedPage:
    """Return a page as ingest would hand it on."""
    return AcceptedPage(
        event_id="0" * 32,
        page_id="0" * 32,
        revision="0" * 32,
        url=page.url,
        canonical_url=page.url,
        media_type="text/html",
        body=page.html,
        charset=Charset(name="utf-8", evidence=CharsetEvidence.TEXT),
    )


def _signals(page: GoldPage, told: NDArray[np.float64] | None, body: BodyModel) -> Mapping[str, float] | None:
    root = parse(page.html)
    if root is None:
        return None
    sources = Sources.of(root)
    segmented, hints = html.looked_at(root)
    if told is None and segmented.segments:
        told = body.odds(markup.describe(segmented, hints, body.wording))
    judged = story.judged_html(segmented, np.zeros(0) if told is None else probabilities(told))
    return signals(page.url, sources, metadata.read(accepted(page), sources), segmented, judged)
