"""Features of the containers around each segment of an HTML page: tags, class names, sizes, and what is alike."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.container_tree import ABSENT, PARENTS, ContainerTree
from wiredesk.extractor.body.features import Feature, FeatureMatrix
from wiredesk.extractor.body.lexicon_odds import LexiconOdds
from wiredesk.extractor.body.vocabulary import CLASS_GROUPS, GROUPS_OF_CLASS_NAME

AROUND = (
    "article", "main", "aside", "nav", "header", "footer", "figure", "form", "li", "table", "blockquote",
    "figcaption", "section", "dl", "td",
)  # fmt: skip
"""Containers whose distance, counted outwards from the segment, is a feature."""

MAX_DISTANCE = 9
"""Greatest distance to a container around a segment; greater ones count as this."""

_JUMPS = 4
"""Jumps of 1, 2, 4 and 8 containers outwards, after which all distances below `ABSENT` are compared."""

FADING = 0.8
"""Factor on the log-odds of class names, for each container between them and the segment."""

CORE_SHARES = (0.9, 0.6, 0.4)
"""Shares of the page's prose: the innermost container with such a share is a core of the page."""

MAX_COUNTED_DEPTH = 30
"""Containers around a segment that are counted."""

MAX_HELD_LETTERS = 8000
"""Letters of a container that are counted. Like all bounds here, it makes the middle of a story of 500 paragraphs
look like that of one of 50, of which there are many to learn from."""

MAX_HELD_SEGMENTS = 50
"""Segments of a container that are counted."""

MAX_ALIKE = 30
"""Segments that are alike, or siblings, that are counted."""


_GROUPED_NAMES = frozenset(GROUPS_OF_CLASS_NAME)
"""Words of class names that are of a group."""


def container_features(tree: ContainerTree, lexicon: LexiconOdds) -> FeatureMatrix:
    """Return depth, distances, class names and sizes of the containers around each segment."""
    of_segment = tree.of_segment
    matrix = {
        "depth": np.minimum(MAX_COUNTED_DEPTH, tree.depth[of_segment]).astype(np.float64),
        "hidden": tree.hidden[of_segment],
    }
    distances = _distances(tree)
    names = (*(f"in_<{tag}>" for tag in AROUND), *(f"in_{group}" for group in CLASS_GROUPS))
    matrix |= dict(zip(names, distances, strict=True))
    of_names = _class_name_features(tree, lexicon)
    matrix |= {name: feature[of_segment] for name, feature in of_names.items()}
    return matrix | _size_features(tree)


def _distances(tree: ContainerTree) -> NDArray[np.float64]:
    """Return how far outwards from each segment the nearest container of each sort is; (sorts, segments)."""
    sorts = {tag: number for number, tag in enumerate(AROUND)}
    is_of_sort = np.zeros((len(tree.kinds), len(AROUND) + len(CLASS_GROUPS)), np.bool_)
    for row, container in enumerate(tree.kinds):
        if container.tag in sorts:
            is_of_sort[row, sorts[container.tag]] = True
        for token in _GROUPED_NAMES.intersection(container.tokens):
            for group in GROUPS_OF_CLASS_NAME[token]:
                is_of_sort[row, len(AROUND) + group] = True
    # Small integers, because this array is the largest of all, and is read and written once for each step.
    distances = np.where(is_of_sort, np.uint8(0), np.uint8(ABSENT)).take(tree.kind, axis=0)
    for step, around in tree.jumps(_JUMPS):
        distances = np.minimum(distances, distances.take(around, axis=0) + np.uint8(step))
    of_segment = np.ascontiguousarray(distances.take(tree.of_segment, axis=0).T)
    bounded_distances = np.where(of_segment >= ABSENT, ABSENT, np.minimum(of_segment, MAX_DISTANCE))
    return bounded_distances.astype(np.float64)


def _class_name_features(tree: ContainerTree, lexicon: LexiconOdds) -> FeatureMatrix:
    """Return the log-odds of class names, of a container itself and together with those around it."""
    of_kinds = [lexicon.of_names(kind.tokens) for kind in tree.kinds]
    own = np.array([odds for odds, _, _ in of_kinds], np.float64)[tree.kind]
    # One step for each container, those around it before it: arrays would need several for each level of the page.
    together: list[float] = []
    worst: list[float] = []
    best: list[float] = []
    for kind, parent in zip(tree.kind.tolist(), tree.parent.tolist(), strict=True):
        odds, least, most = of_kinds[kind]
        if parent >= 0:
            odds += FADING * together[parent]
            least = min(least, worst[parent])
            most = max(most, best[parent])
        together.append(odds)
        worst.append(least)
        best.append(most)
    return {
        "names_own": own,
        "names_around": np.where(tree.parent >= 0, own[tree.parent], 0.0),
        "names": np.array(together, np.float64),
        "names_worst": np.array(worst, np.float64),
        "names_best": np.array(best, np.float64),
    }


def _size_features(tree: ContainerTree) -> FeatureMatrix:
    """Return sizes of the containers around each segment, and whether it is in the cores of the page."""
    prose, all_prose = tree.prose, max(1.0, float(tree.prose.max(initial=0)))
    of_container = {
        "letters": np.minimum(MAX_HELD_LETTERS, tree.letters),
        "linked": tree.linked / np.maximum(1, tree.letters),
        "prose": prose / all_prose,
        "average": tree.letters / np.maximum(1, tree.segments),
        "segments": np.minimum(MAX_HELD_SEGMENTS, tree.segments),
    }
    rows = {name: values[tree.around_segments[:PARENTS]] for name, values in of_container.items()}
    sizes = {f"around{number}_{name}": of_name[number] for number in range(PARENTS) for name, of_name in rows.items()}
    for share in CORE_SHARES:
        holding = np.flatnonzero(prose >= share * all_prose)
        core = int(holding[np.argmax(tree.depth[holding])]) if len(holding) else 0
        sizes[f"core_{share}"] = (tree.distance_to(core)[tree.of_segment] < ABSENT).astype(np.float64)
    return sizes


def container_means(name: str, values: Feature, weights: Feature, tree: ContainerTree) -> FeatureMatrix:
    """Return the weighted means of a feature over the texts in each of the containers around a segment."""
    count = len(tree.parent)
    before = np.zeros((2, count + 1))  # containers stand before those in them: a range of them is what one holds
    for row, added in zip(before, (values * weights, weights), strict=True):
        np.cumsum(np.bincount(tree.of_segment, added, count), out=row[1:])
    sums, totals = before[:, tree.stops] - before[:, :count]
    means = sums / np.maximum(1, totals)
    return {f"{name}_around{number}": row for number, row in enumerate(means[tree.around_segments[1:]])}


def group_sizes(tree: ContainerTree, size: Feature, linked: Feature) -> FeatureMatrix:
    """Return the size of each segment's groups: its siblings, and the segments with the same tags and class names."""
    outer = tree.parent[tree.of_segment]
    own_kind = tree.kind[tree.of_segment]
    outer_kind = np.where(outer >= 0, tree.kind[outer], len(tree.kinds))
    siblings = _tags(tree)[own_kind] * (len(tree.parent) + 1) + outer + 1
    alike = own_kind * (len(tree.kinds) + 1) + outer_kind
    return {
        **_group_size("siblings", siblings, size, linked),
        **_group_size("alike", alike, size, linked),
        "siblings_key": _same_as_neighbours(siblings),
    }


def _tags(tree: ContainerTree) -> NDArray[np.intp]:
    """Return a number for the tag of each kind of container."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(kind.tag, len(numbers)) for kind in tree.kinds], np.intp)


def _same_as_neighbours(keys: NDArray[np.intp]) -> Feature:
    """Return 1 for each segment that is a sibling of the one before it, and 0 for others."""
    return np.concatenate(([0.0], (keys[1:] == keys[:-1]).astype(np.float64)))


def _group_size(name: str, keys: NDArray[np.intp], size: Feature, share_linked: Feature) -> FeatureMatrix:
    numbers: defaultdict[int, int] = defaultdict()
    numbers.default_factory = numbers.__len__  # a key that is new gets the next number
    kind = np.fromiter(map(numbers.__getitem__, keys.tolist()), np.intp, len(keys))
    linked = share_linked * size
    count = np.bincount(kind)
    sizes, links = np.bincount(kind, size), np.bincount(kind, linked)
    return {
        f"{name}": np.minimum(MAX_ALIKE, count[kind]).astype(np.float64),
        f"{name}_average": (sizes / count)[kind],
        f"{name}_share": sizes[kind] / max(1.0, float(size.sum())),
        f"{name}_linked": (links / np.maximum(1, sizes))[kind],
    }
