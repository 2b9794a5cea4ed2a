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
from wiredesk.extractor.body import html_features
from wiredesk.extractor.body.segments import segment_page
from wiredesk.extractor.body.story import score_segments
from wiredesk.extractor.body.trees import Trees
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.html import story_hints
from wiredesk.extractor.metadata.fields import read_metadata
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.models import BodyModel, PageModel
from wiredesk.extractor.signals import own_signals, page_terms, term_signals
from wiredesk.extractor.site_rules import RuleMatches

PARAMETERS = {"iterations": 600, "depth": 3, "learning_rate": 0.05, "l2_leaf_reg": 5, "rsm": 0.3}
"""Parameters of CatBoost."""

SEEDS = (1, 2, 3, 4, 5)
"""Seeds of the models whose mean is taken: trained on a thousand pages, the result of one model depends much on its
seed."""

THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7)
"""Probabilities for which figures are printed."""

GROUPS = 20
"""Groups of sites. The signals of each are made with the terms' weights from all others."""

MIN_SITES = 4
"""Sites that must use a term for it to count."""

STRENGTH = 10.0
"""Inverse of the penalty on the terms' weights."""


@dataclass(frozen=True, slots=True)
class Example:
    """A page with its terms, and the signals that do not come from its terms."""

    page: GoldPage
    terms: frozenset[str]
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that learned from all pages, and one for each fold that has not seen the fold's sites."""

    model: PageModel
    held_out: tuple[PageModel, ...]


def train(gold: Sequence[GoldPage], bodies: Sequence[BodyModel]) -> Trained:
    """Train the model, and print how good its method is on sites that it has not seen.

    Args:
        gold: pages of known type.
        bodies: one model of the body for each fold, which has not seen the fold's sites. One that has seen them would
            be more certain about these pages than about others.
    """
    examples = [example for page in gold if (example := _example(page, bodies[fold_of(page.site)])) is not None]
    sites = [example.page.site for example in examples]
    rows: list[Mapping[str, float]] = [{}] * len(examples)
    for _, train_part, held_out_part in splits(sites, GROUPS):
        weights = _term_odds([examples[i] for i in train_part])
        for i in held_out_part:
            rows[i] = {**examples[i].signals, **term_signals(examples[i].terms, weights)}
    names = sorted(rows[0])
    matrix = np.array([[row[name] for name in names] for row in rows], np.float32)
    articles = _are_articles(examples)

    def learn(places: Sequence[int]) -> Trees:
        ones = np.ones(len(places))
        fits = (boosting.fit(matrix[places], articles[places], ones, names, seed, **PARAMETERS) for seed in SEEDS)
        return boosting.mean(list(fits))

    likely = np.zeros(len(examples))
    held_out = []
    for _, train_part, held_out_part in splits(sites):
        model = PageModel(_term_odds([examples[i] for i in train_part]), learn(train_part))
        held_out.append(model)
        for i in held_out_part:
            likely[i] = model.probability({**examples[i].signals, **term_signals(examples[i].terms, model.terms)})
    _print_figures(examples, likely)
    return Trained(PageModel(_term_odds(examples), learn(range(len(examples)))), tuple(held_out))


def _print_figures(examples: Sequence[Example], likely: NDArray[np.float64]) -> None:
    articles = _are_articles(examples)
    of_web = np.array([example.page.set == "web-pages" for example in examples])
    for threshold in THRESHOLDS:
        lost = (likely[articles] < threshold).mean()
        lost_of_web = (likely[articles & of_web] < threshold).mean()
        recognised = (likely[~articles] < threshold).mean()
        print(
            f"  page types < {threshold}: {lost:.3f} of {articles.sum()} articles lost, {lost_of_web:.3f} of "
            f"web-pages', {recognised:.3f} of {(~articles).sum()} others recognised",
            flush=True,
        )


def _are_articles(examples: Sequence[Example]) -> NDArray[np.bool_]:
    return np.array([example.page.kind == "article" for example in examples])


def _example(page: GoldPage, body: BodyModel) -> Example | None:
    root = parse_html(page.html)
    if root is None:
        return None
    sources = MetadataSources.from_document(root)
    segments = segment_page(root)
    features = html_features.features(segments, story_hints(sources), body.lexicon)
    texts = score_segments(segments, body.probabilities(features))
    metadata = read_metadata(accepted(page), sources, RuleMatches())
    signals = own_signals(page.url, sources, metadata, segments, texts)
    return Example(page, page_terms(page.url, sources, segments), signals)


def _term_odds(examples: Sequence[Example]) -> dict[str, float]:
    """Return the log-odds of each term: the weights of a logistic regression over the terms that several sites use."""
    sites: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        for term in example.terms:
            sites[term].add(example.page.site)
    known = sorted(term for term, where in sites.items() if len(where) >= MIN_SITES)
    number = {term: place for place, term in enumerate(known)}
    rows = [sorted(number[term] for term in example.terms if term in number) for example in examples]
    values = np.concatenate([np.full(len(row), 1 / max(1, len(row)) ** 0.5, np.float32) for row in rows])
    starts = np.cumsum([0, *map(len, rows)])
    matrix = csr_matrix((values, np.concatenate(rows).astype(int), starts), shape=(len(rows), len(known)))
    model = LogisticRegression(C=STRENGTH, max_iter=200, class_weight="balanced").fit(matrix, _are_articles(examples))
    return {term: float(weight) for term, weight in zip(known, model.coef_[0], strict=True)}
