"""Columns that tell a page's own story from the others on it: by the headline, by the best container, by order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.columns import Column, Columns
from wiredesk.extractor.body.segments import Container, Segment

MIN_TEXT = 25
"""Letters of a segment that counts for the container around it."""

STORY = 500
"""Letters of prose in a container that may be a story of its own."""

FAR = 12.0


@dataclass(frozen=True, slots=True)
class Tree:
    """The containers of a page as arrays.

    Attributes:
        parent: index of the container around each; -1 for the outermost.
        depth: of each.
        levels: indices by depth, from the second on.
        at: the innermost container of each segment.
    """

    parent: NDArray[np.intp]
    depth: NDArray[np.intp]
    levels: tuple[NDArray[np.intp], ...]
    at: NDArray[np.intp]

    @classmethod
    def of(cls, containers: Sequence[Container], segments: Sequence[Segment]) -> "Tree":
        """Return the arrays of a page."""
        parent = np.fromiter((c.parent for c in containers), np.intp)
        depth = np.fromiter((c.depth for c in containers), np.intp)
        levels = tuple(np.flatnonzero(depth == level) for level in range(1, int(depth.max(initial=0)) + 1))
        return cls(parent, depth, levels, np.fromiter((s.container for s in segments), np.intp))

    def outwards(self, index: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the containers around containers; the outermost is around itself."""
        around = self.parent[index]
        return np.where(around >= 0, around, index)

    def distance_to(self, container: int) -> Column:
        """Return how far outwards from each container one of them is; FAR where it is not around it."""
        distance = np.full(len(self.parent), FAR)
        distance[container] = 0
        for level in self.levels:
            distance[level] = np.minimum(distance[level], np.minimum(FAR, distance[self.parent[level]] + 1))
        return distance


def describe(tree: Tree, containers: Sequence[Container], segments: Sequence[Segment], headline: int) -> Columns:
    """Describe each segment.

    Args:
        headline: index of the segment that is likeliest the headline.
    """
    return {
        **_from_headline(tree, segments, headline),
        **_best_container(tree, containers, segments),
        **_order(tree, containers),
    }


def _from_headline(tree: Tree, segments: Sequence[Segment], headline: int) -> Columns:
    """Return how far each segment and the headline are from the container that holds both, and what is between."""
    to_headline = np.zeros(len(tree.parent), bool)
    index = int(tree.at[headline])
    deep = tree.depth[index]
    while index >= 0:
        to_headline[index] = True
        index = int(tree.parent[index])
    shared = np.where(to_headline, tree.depth, 0)
    for level in tree.levels:
        shared[level] = np.where(to_headline[level], tree.depth[level], shared[tree.parent[level]])
    found = {
        "out_to_headline": (tree.depth - shared)[tree.at].astype(np.float64),
        "headline_out": (deep - shared)[tree.at].astype(np.float64),
    }
    for tag in ("h1", "h2"):
        seen = np.cumsum(np.fromiter((s.tag == tag for s in segments), np.float64))
        found[f"{tag}_since_headline"] = seen - seen[headline]
    return found


def _best_container(tree: Tree, containers: Sequence[Container], segments: Sequence[Segment]) -> Columns:
    """Score containers by the paragraphs in them (Readability, Arc90 2009), and tell who is within the best."""
    score = np.zeros(len(tree.parent))
    points = np.fromiter((_points(s) for s in segments), np.float64)
    around = np.where([s.tag == "div" for s in segments], tree.at, tree.outwards(tree.at))
    np.add.at(score, around, points)
    np.add.at(score, tree.outwards(around), points / 2)
    linked = np.fromiter((c.linked / max(1, c.letters) for c in containers), np.float64)
    score *= 1 - linked
    best = int(np.argmax(score))
    distance = tree.distance_to(best)[tree.at]
    highest = max(1e-9, float(score.max()))
    return {
        "out_to_best": distance,
        "score_around": score[around] / highest,
        "score_further": score[tree.outwards(around)] / highest,
        "best_score": np.full(len(segments), highest),
    }


def _points(segment: Segment) -> float:
    size = segment.size
    if size < MIN_TEXT:
        return 0.0
    commas = sum(map(segment.text.count, ",，、،"))
    return (1 + commas + min(size / 100, 3)) * (1 - segment.linked)


def _order(tree: Tree, containers: Sequence[Container]) -> Columns:
    """Return which one of several stories each segment stands in: pages append the next ones in containers alike."""
    counted: dict[tuple[int, str, tuple[str, ...]], int] = {}
    ordinal = np.zeros(len(containers))
    before = np.zeros(len(containers))
    prose_before: dict[int, float] = {}
    for container in containers:
        if container.prose < STORY:
            continue
        key = (container.parent, container.tag, container.tokens)
        ordinal[container.index] = counted[key] = counted.get(key, -1) + 1
        before[container.index] = prose_before.get(container.parent, 0.0)
        prose_before[container.parent] = before[container.index] + container.prose
    nth, after = ordinal.copy(), before.copy()
    for level in tree.levels:
        nth[level] = np.maximum(nth[level], nth[tree.parent[level]])
        after[level] = np.maximum(after[level], after[tree.parent[level]])
    return {"nth_story": nth[tree.at], "prose_before_story": after[tree.at]}
