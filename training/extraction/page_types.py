"""Train the model that tells articles from other pages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from training.extraction import boosting
from training.extraction.folds import fold_of, splits
from training.extraction.pages import GoldPage, accepted
from wiredesk.extractor.body.segments import segment_page
from wiredesk.extractor.body.trees import Trees
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.html import extract_html
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.models import IS_ENGLISH, BodyModel, PageModel, shipped_models
from wiredesk.extractor.signals import (
    OF_DECLARATIONS,
    OF_WORDS,
    TERM_KINDS,
    address_signals,
    is_english,
    own_signals,
    page_terms,
    term_signals,
)
from wiredesk.extractor.site_rules import SiteRules

PARAMETERS = {"iterations": 300, "depth": 3, "learning_rate": 0.08, "l2_leaf_reg": 5, "rsm": 0.3}
"""Parameters of CatBoost."""

SEEDS = (1, 2)
"""Seeds of the models whose mean is taken: trained on a thousand pages, the result of one model depends much on its
seed."""

THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7)
"""Probabilities for which figures are printed."""

GROUPS = 10
"""Groups of sites. The signals of each are made with the terms' weights from all others."""

MIN_SITES = 4
"""Sites that must use a term for it to count."""

STRENGTH = 10.0
"""Inverse of the penalty on the terms' weights."""


OTHERS_WEIGHT = 3.0
"""Weight of a page that is no article, of which there are a seventh as many."""

BARE_ADDRESSES = ("https://page.invalid/", "https://page.invalid/p/83620417")
"""Addresses that say nothing."""


@dataclass(frozen=True, slots=True)
class Variant:
    """How much of a page a model may know: pages come without what they have at well-known publishers.

    Attributes:
        weight: of such pages in training.
        address: number of the bare address that stands for the page's own; None for its own.
        has_declarations: whether the page declares anything for machines.
    """

    weight: float
    address: int | None = None
    has_declarations: bool = True


VARIANTS = (
    Variant(1.0),
    Variant(0.5, address=0),
    Variant(0.25, address=1),
    Variant(0.25, has_declarations=False),
    Variant(0.25, address=0, has_declarations=False),
)
"""What is learned from each page. The first is the page itself."""


@dataclass(frozen=True, slots=True)
class Example:
    """A page with its terms, and the signals that do not come from its terms.

    Attributes:
        page: the page.
        terms: of it.
        signals: of it.
        elsewhere: the signals that depend on the address, for each bare address.
        is_english: whether its words are.
    """

    page: GoldPage
    terms: frozenset[str]
    signals: Mapping[str, float]
    elsewhere: tuple[Mapping[str, float], ...]
    is_english: bool

    def as_seen(self, variant: Variant, term_odds: Mapping[str, float]) -> Mapping[str, float]:
        """Return all signals of a variant of the page."""
        signals = {**self.signals, **term_signals(self.terms, term_odds), IS_ENGLISH: float(self.is_english)}
        if variant.address is not None:
            signals |= {**self.elsewhere[variant.address], "terms_address": 0.0}
        if variant.has_declarations:
            return signals
        return {name: 0.0 if name.startswith(OF_DECLARATIONS) else value for name, value in signals.items()}


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
    return learn([example for page in gold if (example := _example(page, bodies[fold_of(page.site)])) is not None])


def learn(examples: Sequence[Example]) -> Trained:
    """Train the model on examples."""
    sites = [example.page.site for example in examples]
    rows: list[list[Mapping[str, float]]] = [[]] * len(examples)
    for _, train_part, held_out_part in splits(sites, GROUPS):
        weights = _term_odds([examples[i] for i in train_part])
        for i in held_out_part:
            rows[i] = [examples[i].as_seen(variant, weights) for variant in VARIANTS]
    held_out = []
    likely = {name: np.zeros((len(VARIANTS), len(examples))) for name in ("as they are", "in an unknown language")}
    for _, train_part, held_out_part in splits(sites):
        model = _model(examples, rows, train_part)
        held_out.append(model)
        for i in held_out_part:
            for number, variant in enumerate(VARIANTS):
                signals = examples[i].as_seen(variant, model.terms)
                likely["as they are"][number, i] = model.probability(signals)
                likely["in an unknown language"][number, i] = model.probability({**signals, IS_ENGLISH: 0.0})
    for name, of_variants in likely.items():
        for variant, of_variant in zip(VARIANTS, of_variants, strict=True):
            print(f"  {name}, {variant}", flush=True)
            _print_figures(examples, of_variant)
    return Trained(_model(examples, rows, range(len(examples))), tuple(held_out))


def _model(
    examples: Sequence[Example], rows: Sequence[Sequence[Mapping[str, float]]], places: Sequence[int]
) -> PageModel:
    """Return a model that learned from the examples at these positions.

    Args:
        examples: all of them.
        rows: signals of each example in all variants.
        places: of the examples to learn from.
    """
    names = sorted(set(rows[0][0]) - {IS_ENGLISH})
    without_words = [name for name in names if not name.startswith(OF_WORDS)]
    english = [place for place in places if examples[place].is_english]
    return PageModel(
        _term_odds([examples[place] for place in places]),
        trees=_learn_trees(examples, rows, english, names),
        trees_without_words=_learn_trees(examples, rows, places, without_words),
    )


def _learn_trees(
    examples: Sequence[Example],
    rows: Sequence[Sequence[Mapping[str, float]]],
    places: Sequence[int],
    names: Sequence[str],
) -> Trees:
    matrix = np.array([[row[name] for name in names] for place in places for row in rows[place]], np.float32)
    labels = np.repeat(_are_articles([examples[place] for place in places]), len(VARIANTS))
    weights = np.tile([variant.weight for variant in VARIANTS], len(places)) * np.where(labels, 1.0, OTHERS_WEIGHT)
    fits = (boosting.fit(matrix, labels, weights, names, seed, **PARAMETERS) for seed in SEEDS)
    return boosting.mean(list(fits))


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
    """Return a page as the extractor reads it, with texts excluded that are no part of its story."""
    root = parse_html(page.html)
    if root is None:
        return None
    extracted = extract_html(accepted(page), replace(shipped_models(), html=body), SiteRules())
    sources = MetadataSources.from_document(root, page.url)
    segments = extracted.segments or segment_page(root)
    return Example(
        page=page,
        terms=page_terms(page.url, sources, segments),
        signals=own_signals(page.url, sources, extracted.metadata, segments, extracted.texts),
        elsewhere=tuple(address_signals(url, root) for url in BARE_ADDRESSES),
        is_english=is_english(segments.numbered_words),
    )


def _term_odds(examples: Sequence[Example]) -> dict[str, float]:
    """Return the log-odds of each term that several sites use.

    They are the weights of a logistic regression for each kind of terms: each kind by itself, because a page may lack
    the others. Words are learned from English pages: all other pages are articles, and would speak for their language.
    """
    odds: dict[str, float] = {}
    for kind, name in TERM_KINDS.items():
        of_words = f"terms_{name}".startswith(OF_WORDS)
        odds |= _odds_of_kind([example for example in examples if example.is_english or not of_words], kind)
    return odds


def _odds_of_kind(examples: Sequence[Example], kind: str) -> dict[str, float]:
    sites: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        for term in example.terms:
            if term[0] == kind:
                sites[term].add(example.page.site)
    known = sorted(term for term, where in sites.items() if len(where) >= MIN_SITES)
    if not known:
        return {}
    number = {term: place for place, term in enumerate(known)}
    rows = [sorted(number[term] for term in example.terms if term in number) for example in examples]
    values = np.concatenate([np.full(len(row), 1 / max(1, len(row)) ** 0.5, np.float32) for row in rows])
    starts = np.cumsum([0, *map(len, rows)])
    matrix = csr_matrix((values, np.concatenate(rows).astype(int), starts), shape=(len(rows), len(known)))
    model = LogisticRegression(C=STRENGTH, max_iter=200, class_weight="balanced").fit(matrix, _are_articles(examples))
    return {term: float(weight) for term, weight in zip(known, model.coef_[0], strict=True)}
