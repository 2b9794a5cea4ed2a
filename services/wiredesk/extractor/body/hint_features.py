"""Features of what an HTML page says about its story outside of its body: titles, description, JSON-LD's body."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor import words
from wiredesk.extractor.body.features import MAX_PLACES, NO_VALUE, Feature, FeatureMatrix, bounded
from wiredesk.extractor.body.page_words import PageWords

SHINGLE = 4
"""Words per shingle, when a text is compared with JSON-LD's body."""

SURELY_IN_BODY = 0.8
"""Share of a text's shingles in JSON-LD's body from which the text certainly belongs to it."""

MAX_BODY_RATIO = 2.0
"""Maximum number of words in JSON-LD's body for each word of the page."""

NO_HEADING = -99.0
"""Place of a segment after the page's `<h1>`, where there is none."""


@dataclass(frozen=True, slots=True)
class StoryHints:
    """What a page says about its story outside of its body.

    Attributes:
        titles: of the window, and those for machines.
        description: teaser for machines.
        article_body: JSON-LD's. It is often cut, or has more than the story: a hint, not the body.
    """

    titles: tuple[str, ...] = ()
    description: str = ""
    article_body: str = ""


def hint_features(page_words: PageWords, hints: StoryHints, is_h1: NDArray[np.bool_]) -> tuple[FeatureMatrix, int]:
    """Compare segments with the page's titles, its description, and JSON-LD's body.

    Returns:
        The features, and the index of the segment that is most likely the headline.
    """
    title = {word for text in hints.titles for word in words.split(text)}
    described = set(words.split(hints.description))
    body = words.split(hints.article_body)
    count = len(page_words)
    text, number = page_words.different
    unique = np.maximum(1, np.bincount(text, minlength=count))
    shared = np.bincount(text, page_words.holds(title)[number], count)
    in_title, of_title = shared / unique, shared / max(1, len(title))
    headline = int(np.argmax(in_title * of_title + 0.2 * is_h1)) if count else 0
    first_h1 = np.flatnonzero(is_h1)
    index = np.arange(count, dtype=np.float64)
    in_body = _shares_within(page_words, body) if body else np.full(count, NO_VALUE)
    matrix = {
        "in_title": in_title,
        "of_title": of_title,
        "from_headline": bounded(index - headline, MAX_PLACES),
        "from_h1": bounded(index - first_h1[0], MAX_PLACES) if len(first_h1) else np.full(count, NO_HEADING),
        "in_description": np.bincount(text, page_words.holds(described)[number], count) / unique,
        "in_article_body": in_body,
        "in_article_body_span": _within_span(in_body, page_words.counts) if body else in_body,
        "article_body_words": np.full(count, min(MAX_BODY_RATIO, len(body) / max(1, len(page_words.number)))),
    }
    return matrix, headline


def _within_span(in_body: Feature, counts: NDArray[np.intp]) -> Feature:
    """Return 1 for segments between the first and the last that are certainly in JSON-LD's body, and 0 for others."""
    sure = np.flatnonzero((in_body > SURELY_IN_BODY) & (counts > SHINGLE))
    index = np.arange(len(in_body))
    if not len(sure):
        return np.zeros(len(in_body))
    within: Feature = ((index >= sure[0]) & (index <= sure[-1])).astype(np.float64)
    return within


def _shares_within(page_words: PageWords, body: Sequence[str]) -> Feature:
    """Return the share of each segment's shingles in JSON-LD's body; without any, a half if its words are in it."""
    unknown = len(page_words.numbers)
    number = np.array([page_words.numbers.get(word, unknown) for word in body], np.intp)
    in_body = _are_shingles_within(page_words.number, number, unknown + 1)
    shingles = np.maximum(0, page_words.counts - SHINGLE + 1)
    counted = page_words.count(in_body & (page_words.place < shingles[page_words.text]))
    shares: Feature = counted / np.maximum(1, shingles)
    flat = " ".join(body)
    for row in np.flatnonzero((shingles == 0) & (page_words.counts > 0)).tolist():
        shares[row] = 0.5 * (" ".join(page_words.texts[row]) in flat)
    return shares


def _are_shingles_within(page: NDArray[np.intp], body: NDArray[np.intp], numbers: int) -> NDArray[np.bool_]:
    """Return whether the shingle that begins at each word of a page is one of the body's.

    A shingle is two pairs of words. Pairs are numbered first, so that a shingle is one number, too.
    """
    is_within = np.zeros(len(page), np.bool_)
    if min(len(page), len(body)) < SHINGLE:
        return is_within
    known, of_body = np.unique(body[:-1] * numbers + body[1:], return_inverse=True)
    pairs = page[:-1] * numbers + page[1:]
    of_page = np.minimum(np.searchsorted(known, pairs), len(known) - 1)
    is_known = known[of_page] == pairs
    shingles = of_page[:-2] * len(known) + of_page[2:]
    in_body = np.isin(shingles, of_body[:-2] * len(known) + of_body[2:])
    is_within[: -SHINGLE + 1] = is_known[:-2] & is_known[2:] & in_body
    return is_within
