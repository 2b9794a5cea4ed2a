"""What words say, learnt from pages whose story is known."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from services.extractor import words
from services.extractor.body.segments import Container
from services.extractor.body.wording import phrases
from training.extraction.examples import HtmlPage, TextPage

MIN_SITES = 3
MIN_PHRASE_SITES = 5
"""A word that fewer sites use is theirs, and says nothing of others. Phrases are many, and need more."""

SMOOTHING = 0.3

STRENGTH = 3.0
"""Inverse of the penalty on phrases' weights; from 0.3 to 3 it hardly matters."""


def class_names(pages: Iterable[HtmlPage]) -> Mapping[str, float]:
    """Return the log-odds of each class name: how often texts within belong to the story, over sites."""
    counted: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    sites: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        of_story, of_rest = max(1, int(page.story.sum())), max(1, int((~page.story).sum()))
        around = _around(page.segmented.containers)
        site = page.page.site  # once a page: asked for each word it took longer than all the rest
        for segment, story in zip(page.segmented.segments, page.story, strict=True):
            for name in around[segment.container]:
                counted[name][0 if story else 1] += 1 / (of_story if story else of_rest)
                sites[name].add(site)
    return {
        name: math.log((story + SMOOTHING) / (rest + SMOOTHING))
        for name, (story, rest) in sorted(counted.items())
        if len(sites[name]) >= MIN_SITES
    }


def phrase_weights(pages: Sequence[HtmlPage | TextPage], weights: Sequence[NDArray[np.float64]]) -> Mapping[str, float]:
    """Return what each phrase adds to the log-odds of a text: weights of a logistic regression over phrases.

    Args:
        weights: of each page, what its texts count.
    """
    found = [[sorted(phrases(words.split(text))) for text in page.texts] for page in pages]
    sites: dict[str, set[str]] = defaultdict(set)
    for page, texts in zip(pages, found, strict=True):
        site = page.page.site
        for text in texts:
            for phrase in text:
                sites[phrase].add(site)
    known = sorted(phrase for phrase, where in sites.items() if len(where) >= MIN_PHRASE_SITES)
    number = {phrase: row for row, phrase in enumerate(known)}
    indices, begins, values = [], [0], []
    for texts in found:
        for text in texts:
            here = [number[phrase] for phrase in text if phrase in number]
            indices += here
            values += [1 / math.sqrt(max(1, len(here)))] * len(here)
            begins.append(len(indices))
    matrix = csr_matrix((np.array(values, np.float32), indices, begins), shape=(len(begins) - 1, len(known)))
    model = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3)
    model.fit(matrix, np.concatenate([page.story for page in pages]), sample_weight=np.concatenate(weights))
    return {phrase: float(weight) for phrase, weight in zip(known, model.coef_[0], strict=True)}


def _around(containers: Sequence[Container]) -> list[list[str]]:
    """Return the class names of each container and of those around it, which stand before it."""
    found: list[frozenset[str]] = []
    for container in containers:
        outer = found[container.parent] if container.parent >= 0 else frozenset()
        found.append(outer.union(container.tokens))
    return [sorted(names) for names in found]
