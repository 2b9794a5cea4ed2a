"""Learn log-odds of words from pages whose story is known.

Training needs the lexicons of many selections of the same pages. `Corpus` counts only once what they share.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from training.extraction.examples import HtmlPage, TextPage
from wiredesk.extractor import words
from wiredesk.extractor.body.lexicon_odds import LexiconOdds, phrases
from wiredesk.extractor.body.segments import Container

MIN_SITES = 3
"""Sites that must use a class name for it to count: a word of a single site is no evidence about other sites."""

MIN_PHRASE_SITES = 5
"""Sites that must use a phrase for it to count. There are many phrases, so they need more."""

SMOOTHING = 0.3
"""Pages that are added to both sides of a class name's odds."""

STRENGTH = 3.0
"""Inverse of the penalty on the weights of phrases. Between 0.3 and 3 it makes hardly a difference."""

type Counted = Mapping[str, tuple[float, float]]
"""For each class name of a page, the shares of its story and of its other texts that are in containers with it."""


class Corpus:
    """Pages whose words were counted.

    Args:
        pages: as examples.
        weights: of the texts of each page.
    """

    def __init__(self, pages: Sequence[HtmlPage | TextPage], weights: Sequence[NDArray[np.float64]]) -> None:
        page_phrases = [[sorted(phrases(words.split(text))) for text in page.texts] for page in pages]
        self._known = _of_many_sites(pages, page_phrases)
        numbers = {phrase: column for column, phrase in enumerate(self._known)}
        indices, ends = [], [0]
        for text in (text for texts in page_phrases for text in texts):
            indices += [numbers[phrase] for phrase in text if phrase in numbers]
            ends.append(len(indices))
        size = (len(ends) - 1, len(self._known))
        self._holds = csr_matrix((np.ones(len(indices), np.float32), indices, ends), shape=size)
        self._story = np.concatenate([page.story for page in pages])
        self._weights = np.concatenate(weights)
        self._page = np.repeat(np.arange(len(pages)), [len(page.texts) for page in pages])
        self._sites = [page.page.site for page in pages]
        self._class_names = [_class_names(page) if isinstance(page, HtmlPage) else {} for page in pages]

    def lexicon(self, places: Sequence[int]) -> LexiconOdds:
        """Return the log-odds of words on the pages at these positions; those after the last page say nothing."""
        counted = [place for place in places if place < len(self._sites)]
        return LexiconOdds(self._names(counted), self._phrases(counted))

    def _names(self, places: Sequence[int]) -> Mapping[str, float]:
        """Return the log-odds of each class name: how often texts in its containers belong to the story, over sites."""
        counted: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        sites: dict[str, set[str]] = defaultdict(set)
        for place in places:
            for name, (story, rest) in self._class_names[place].items():
                counted[name][0] += story
                counted[name][1] += rest
                sites[name].add(self._sites[place])
        return {
            name: math.log((story + SMOOTHING) / (rest + SMOOTHING))
            for name, (story, rest) in sorted(counted.items())
            if len(sites[name]) >= MIN_SITES
        }

    def _phrases(self, places: Sequence[int]) -> Mapping[str, float]:
        """Return what each phrase adds to the log-odds of a text: the weights of a logistic regression over phrases."""
        rows = np.flatnonzero(np.isin(self._page, places))
        site = np.unique([self._sites[page] for page in self._page[rows]], return_inverse=True)[1]
        here = self._holds[rows]
        of_sites = csr_matrix((np.ones(len(rows)), (site, np.arange(len(rows)))), shape=(site.max() + 1, len(rows)))
        known = np.flatnonzero(((of_sites @ here) > 0).sum(axis=0).A1 >= MIN_PHRASE_SITES)
        here = here[:, known]
        scaled = diags(1 / np.sqrt(np.maximum(1, here.sum(axis=1).A1))).astype(np.float32) @ here
        model = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3)
        model.fit(scaled, self._story[rows], sample_weight=self._weights[rows])
        return {self._known[column]: float(weight) for column, weight in zip(known, model.coef_[0], strict=True)}


def _of_many_sites(pages: Sequence[HtmlPage | TextPage], page_phrases: Sequence[Sequence[Sequence[str]]]) -> list[str]:
    """Return the phrases that enough sites use, sorted."""
    sites: dict[str, set[str]] = defaultdict(set)
    for page, texts in zip(pages, page_phrases, strict=True):
        site = page.page.site  # once for each page: once for each phrase took longer than everything else
        for phrase in {phrase for text in texts for phrase in text}:
            sites[phrase].add(site)
    return sorted(phrase for phrase, where in sites.items() if len(where) >= MIN_PHRASE_SITES)


def _class_names(page: HtmlPage) -> Counted:
    around = _around(page.segments.containers)
    of_story, of_rest = max(1, int(page.story.sum())), max(1, int((~page.story).sum()))
    counted: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for segment, story in zip(page.segments.segments, page.story, strict=True):
        for name in around[segment.container]:
            counted[name][0 if story else 1] += 1 / (of_story if story else of_rest)
    return {name: (story, rest) for name, (story, rest) in counted.items()}


def _around(containers: Sequence[Container]) -> list[list[str]]:
    """Return the class names of each container and of those around it, which come before it."""
    around: list[frozenset[str]] = []
    for container in containers:
        outer = around[container.parent] if container.parent >= 0 else frozenset()
        around.append(outer.union(container.tokens))
    return [sorted(names) for names in around]
