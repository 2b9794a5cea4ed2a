"""Features that separate an HTML page's own story from other stories on it.

By the distance to the headline, by the container with the best paragraphs, and by the order of containers that may each
hold a story.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.characters import Characters, Kind
from wiredesk.extractor.body.container_features import MAX_HELD_LETTERS
from wiredesk.extractor.body.container_tree import ContainerTree
from wiredesk.extractor.body.features import Feature, FeatureMatrix, bounded
from wiredesk.extractor.body.segments import Container

MIN_SCORED_TEXT = 25
"""Letters from which a segment counts for the score of the container around it."""

MIN_STORY_PROSE = 500
"""Letters of prose from which a container may hold a separate story."""

MAX_HEADINGS = 8
"""Headings between a segment and the headline that are counted."""

MAX_STORIES = 5
"""Stories of a page that are counted."""

MAX_BEST_SCORE = 60.0
"""Maximum score of the container with the best paragraphs: that of some twenty."""


def headline_features(tree: ContainerTree, headings: Mapping[str, NDArray[np.bool_]], headline: int) -> FeatureMatrix:
    """Return how far each segment and the headline are from the innermost container that holds both.

    Args:
        tree: the containers of the page.
        headings: by tag, which segments are headings.
        headline: index of the segment that is most likely the headline.
    """
    index = int(tree.of_segment[headline])
    headline_depth = tree.depth[index]
    around_headline = []
    while index >= 0:
        around_headline.append(index)
        index = int(tree.parent[index])
    shared = np.zeros(len(tree.parent), np.intp)
    for container in reversed(around_headline):
        shared[tree.within(container)] = tree.depth[container]
    matrix = {
        "out_to_headline": (tree.depth - shared)[tree.of_segment].astype(np.float64),
        "headline_out": (headline_depth - shared)[tree.of_segment].astype(np.float64),
    }
    for tag, are_headings in headings.items():
        count = np.cumsum(are_headings, dtype=np.float64)
        matrix[f"{tag}_since_headline"] = bounded(count - count[headline], MAX_HEADINGS)
    return matrix


def best_container_features(tree: ContainerTree, is_div: NDArray[np.bool_], points: Feature) -> FeatureMatrix:
    """Return how far each segment is from the container with the best paragraphs (Readability, Arc90 2009).

    Args:
        tree: the containers of the page.
        is_div: which segments are the text of a `<div>`.
        points: of each segment, as `points_of_segments` gives them.
    """
    score = np.zeros(len(tree.parent))
    around = np.where(is_div, tree.of_segment, tree.outer[tree.of_segment])
    np.add.at(score, around, points)
    further = tree.outer[around]
    np.add.at(score, further, points / 2)
    score *= 1 - tree.linked / np.maximum(1, tree.letters)
    best = int(np.argmax(score))
    distance = tree.distance_to(best)[tree.of_segment]
    highest = max(1e-9, float(score.max()))
    return {
        "out_to_best": distance,
        "score_around": score[around] / highest,
        "score_further": score[further] / highest,
        "best_score": np.full(len(points), min(MAX_BEST_SCORE, highest)),
    }


def points_of_segments(matrix: FeatureMatrix, characters: Characters) -> Feature:
    """Return how many points each segment gives to the score of the container around it."""
    size, commas = matrix["length"], characters.count(characters.are(Kind.LIST_COMMA))
    points: Feature = (1 + commas + np.minimum(size / 100, 3)) * (1 - matrix["linked"])
    return np.where(size < MIN_SCORED_TEXT, 0.0, points)


def story_order_features(tree: ContainerTree, containers: Sequence[Container]) -> FeatureMatrix:
    """Return which of several stories each segment is in: pages append the next ones in similar containers."""
    counted: dict[tuple[int, str, tuple[str, ...]], int] = {}
    ordinal = np.zeros(len(containers))
    before = np.zeros(len(containers))
    prose_before: dict[int, float] = {}
    for container in containers:
        if container.prose < MIN_STORY_PROSE:
            continue
        key = (container.parent, container.tag, container.tokens)
        ordinal[container.index] = counted[key] = counted.get(key, -1) + 1
        before[container.index] = prose_before.get(container.parent, 0.0)
        prose_before[container.parent] = before[container.index] + container.prose
    nth, after = ordinal.copy(), before.copy()
    for index in np.flatnonzero((ordinal > 0) | (before > 0)).tolist():
        within = tree.within(index)
        nth[within] = np.maximum(nth[within], ordinal[index])
        after[within] = np.maximum(after[within], before[index])
    return {
        "nth_story": np.minimum(MAX_STORIES, nth[tree.of_segment]),
        "prose_before_story": np.minimum(MAX_HELD_LETTERS, after[tree.of_segment]),
    }
