"""Train the model that tells articles from other pages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from training.extraction import boosting
from training.extraction.folds import fold_of, splits
from training.extraction.pages import GoldPage, accepted
from wiredesk.extractor import html, metadata
from wiredesk.extractor.body import markup, story
from wiredesk.extractor.body.model import BodyModel
from wiredesk.extractor.body.trees import Trees
from wiredesk.extractor.document import parse
from wiredesk.extractor.metadata import Sources
from wiredesk.extractor.page_model import PageModel
from wiredesk.extractor.signals import signals
from wiredesk.extractor.terms import said, terms

PARAMETERS = {"iterations": 600, "depth": 3, "learning_rate": 0.05, "l2_leaf_reg": 5, "rsm": 0.3}
SEEDS = (1, 2, 3, 4, 5)
"""Of models whose mean is taken: on a thousand pages one alone says something else with each."""

THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7)

GROUPS = 20
"""Of sites, each judged with terms' weights from all others."""

MIN_SITES = 4
STRENGTH = 10.0
"""Sites that have to use a term for it to count; and the inverse of the penalty on weights."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page, its terms, and its signals but for those of the terms."""

    page: GoldPage
    terms: frozenset[str]
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that has learnt from all pages, and one for each fold that has not seen the fold's sites."""

    model: PageModel
    held_out: tuple[PageModel, ...]


def train(gold: Sequence[GoldPage], bodies: Sequence[BodyModel]) -> Trained:
    """Train the model and print how good its method is on sites that it has not seen.

    Args:
        bodies: models of the body, one for each fold, that have not seen its sites: one that has would be surer of its
            own pages than of any other.
    """
    found = [seen for page in gold if (seen := _seen(page, bodies[fold_of(page.site)])) is not None]
    sites = [seen.page.site for seen in found]
    complete: list[Mapping[str, float]] = [{}] * len(found)
    for _, known, judged in splits(sites, GROUPS):
        weights = _weights([found[i] for i in known])
        for i in judged:
            complete[i] = {**found[i].signals, **said(found[i].terms, weights)}
    names = sorted(complete[0])
    matrix = np.array([[row[name] for name in names] for row in complete], np.float32)
    articles = _articles(found)

    def learn(places: Sequence[int]) -> Trees:
        ones = np.ones(len(places))
        fits = (boosting.fit(matrix[places], articles[places], ones, names, seed, **PARAMETERS) for seed in SEEDS)
        return boosting.mean(list(fits))

    likely = np.zeros(len(found))
    held_out = []
    for _, known, judged in splits(sites):
        held_out.append(PageModel(_weights([found[i] for i in known]), learn(known)))
        for i in judged:
            seen = found[i]
            likely[i] = held_out[-1].probability({**seen.signals, **said(seen.terms, held_out[-1].terms)})
    _tell(found, likely)
    return Trained(PageModel(_weights(found), learn(range(len(found)))), tuple(held_out))


def _tell(found: Sequence[Seen], likely: NDArray[np.float64]) -> None:
    articles = _articles(found)
    of_web = np.array([seen.page.set == "web-pages" for seen in found])
    for threshold in THRESHOLDS:
        lost = (likely[articles] < threshold).mean()
        lost_of_web = (likely[articles & of_web] < threshold).mean()
        told = (likely[~articles] < threshold).mean()
        print(
            f"  page types < {threshold}: {lost:.3f} of {articles.sum()} articles lost, {lost_of_web:.3f} of "
            f"web-pages', {told:.3f} of {(~articles).sum()} others told",
            flush=True,
        )


def _articles(found: Sequence[Seen]) -> NDArray[np.bool_]:
    return np.array([seen.page.kind == "article" for seen in found])


def _seen(page: GoldPage, body: BodyModel) -> Seen | None:
    root = parse(page.html)
    if root is None:
        return None
    sources = Sources.of(root)
    segmented, hints = html.looked_at(root)
    likely = np.zeros(0)
    if segmented.segments:
        likely = body.probabilities(markup.describe(segmented, hints, body.wording))
    judged = story.judged_html(segmented, likely)
    found = metadata.read(accepted(page), sources)
    return Seen(page, terms(page.url, sources, segmented), signals(page.url, sources, found, segmented, judged))


def _weights(found: Sequence[Seen]) -> dict[str, float]:
    """Return what each term says: weights of a logistic regression over the terms that several sites use."""
    sites: dict[str, set[str]] = defaultdict(set)
    for seen in found:
        for term in seen.terms:
            sites[term].add(seen.page.site)
    known = sorted(term for term, where in sites.items() if len(where) >= MIN_SITES)
    number = {term: place for place, term in enumerate(known)}
    rows = [sorted(number[term] for term in seen.terms if term in number) for seen in found]
    values = np.concatenate([np.full(len(row), 1 / max(1, len(row)) ** 0.5, np.float32) for row in rows])
    begins = np.cumsum([0, *map(len, rows)])
    matrix = csr_matrix((values, np.concatenate(rows).astype(int), begins), shape=(len(rows), len(known)))
    model = LogisticRegression(C=STRENGTH, max_iter=200, class_weight="balanced").fit(matrix, _articles(found))
    return {term: float(weight) for term, weight in zip(known, model.coef_[0], strict=True)}
