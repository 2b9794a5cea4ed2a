"""Features of an HTML page's segments: mark-up, the containers around them, and what the page says outside of its body.

The last group separates the page's own story from other stories on it: by the distance to the headline, by the
container with the best paragraphs, and by the order of containers that may each hold a story.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor import words
from wiredesk.extractor.body.characters import Characters, Kind
from wiredesk.extractor.body.features import (
    MAX_PLACES,
    NO_VALUE,
    Feature,
    FeatureMatrix,
    bounded,
    cohesion_features,
    mean_weights,
    neighbour_features,
    position_features,
    surrounding_means,
    text_features,
)
from wiredesk.extractor.body.lexicon_odds import LexiconOdds
from wiredesk.extractor.body.page_words import PageWords
from wiredesk.extractor.body.segments import MAX_LINKED_PROSE, PROSE, Container, Segment, SegmentedPage
from wiredesk.extractor.body.vocabulary import CLASS_GROUPS, GROUPS_OF_CLASS_NAME

_TAGS = (
    "p", "li", "div", "td", "h1", "h2", "h3", "h4", "h5", "figcaption", "blockquote", "section", "article", "ul",
    "header", "footer", "main", "th", "dd", "dt", "caption", "pre", "address", "aside", "form", "table", "body", "ol",
    "summary", "label", "details", "center",
)  # fmt: skip
"""Tags of segments. Those that hold prose come first, because a tree asks whether a number is below a border."""

TAG_NUMBERS = {tag: number for number, tag in enumerate(_TAGS)}
"""Tags as numbers."""

AROUND = (
    "article", "main", "aside", "nav", "header", "footer", "figure", "form", "li", "table", "blockquote",
    "figcaption", "section", "dl", "td",
)  # fmt: skip
"""Containers whose distance, counted outwards from the segment, is a feature."""

MAX_DISTANCE = 9
"""Greatest distance to a container around a segment; greater ones count as this."""

ABSENT = 12.0
"""Distance to a container that is not around the segment."""

_JUMPS = 4
"""Jumps of 1, 2, 4 and 8 containers outwards, after which all distances below `ABSENT` are compared."""

FADING = 0.8
"""Factor on the log-odds of class names, for each container between them and the segment."""

CORE_SHARES = (0.9, 0.6, 0.4)
"""Shares of the page's prose: the innermost container with such a share is a core of the page."""

PARENTS = 4
"""Containers around a segment whose sizes are features."""

SHINGLE = 4
"""Words per shingle, when a text is compared with JSON-LD's body."""

SURELY_IN_BODY = 0.8
"""Share of a text's shingles in JSON-LD's body from which the text certainly belongs to it."""

MIN_SCORED_TEXT = 25
"""Letters from which a segment counts for the score of the container around it."""

MIN_STORY_PROSE = 500
"""Letters of prose from which a container may hold a separate story."""

MAX_COUNTED_DEPTH = 30
"""Containers around a segment that are counted."""

MAX_HELD_LETTERS = 8000
"""Letters of a container that are counted. Like all bounds here, it makes the middle of a story of 500 paragraphs
look like that of one of 50, of which there are many to learn from."""

MAX_HELD_SEGMENTS = 50
"""Segments of a container that are counted."""

MAX_ALIKE = 30
"""Segments that are alike, or siblings, that are counted."""

MAX_HEADINGS = 8
"""Headings between a segment and the headline that are counted."""

MAX_STORIES = 5
"""Stories of a page that are counted."""

MAX_BEST_SCORE = 60.0
"""Maximum score of the container with the best paragraphs: that of some twenty."""

MAX_BODY_RATIO = 2.0
"""Maximum number of words in JSON-LD's body for each word of the page."""

NO_HEADING = -99.0
"""Place of a segment after the page's `<h1>`, where there is none."""

_SIX_NEIGHBOURS = (
    "length", "linked", "tag", "ends_sentence", "core_0.6", "names", "in_content", "shared_stems", "phrases"
)  # fmt: skip
"""Features that a segment gets from three neighbours on either side."""

_TWO_NEIGHBOURS = ("capitalised", "common_words", "in_article_body", "depth", "siblings_key")
"""Features that a segment gets from those right before and after it."""


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


@dataclass(frozen=True, slots=True)
class ContainerTree:
    """The containers of a page as arrays.

    Attributes:
        parent: index of the container around each; -1 for the outermost.
        depth: number of containers around each.
        levels: indices of the containers of each depth, from depth 1 on.
        of_segment: index of the innermost container of each segment.
        kinds: one container of each kind: containers of one kind have the same tag and the same words.
        kind: index of each container's kind.
    """

    parent: NDArray[np.intp]
    depth: NDArray[np.intp]
    levels: tuple[NDArray[np.intp], ...]
    of_segment: NDArray[np.intp]
    kinds: tuple[Container, ...]
    kind: NDArray[np.intp]

    @classmethod
    def from_page(cls, page: SegmentedPage) -> "ContainerTree":
        """Return the containers of a page."""
        parent = _column(page.containers, "parent", np.intp)
        depth = _column(page.containers, "depth", np.intp)
        levels = tuple(np.flatnonzero(depth == level) for level in range(1, int(depth.max(initial=0)) + 1))
        names = [(c.tag, c.tokens) for c in page.containers]
        first_of = dict(zip(reversed(names), reversed(page.containers), strict=True))
        numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
        kind = list(map(numbers.__getitem__, names))
        kinds = tuple(map(first_of.__getitem__, numbers))
        of_segment = _column(page.segments, "container", np.intp)
        return cls(parent, depth, levels, of_segment, kinds, np.array(kind, np.intp))

    def within(self, container: int) -> slice:
        """Return a container and those in it, which come right after it."""
        outside = self.depth[container + 1 :] <= self.depth[container]
        return slice(container, container + 1 + (int(outside.argmax()) if outside.any() else len(outside)))

    def outwards(self, index: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the containers around containers. The outermost counts as around itself."""
        around = self.parent[index]
        return np.where(around >= 0, around, index)

    def jumps(self) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """Yield powers of two up to the depth of the page, and for each container the one so far outwards."""
        step, around = 1, self.outwards(np.arange(len(self.parent)))
        while step <= len(self.levels):
            yield step, around
            step, around = 2 * step, around[around]

    def distance_to(self, container: int) -> Feature:
        """Return how far outwards from each container a given one is; ABSENT if it is not around it."""
        distance = np.full(len(self.parent), ABSENT)
        within = self.within(container)
        distance[within] = np.minimum(ABSENT, self.depth[within] - self.depth[container])
        return distance


def features(page: SegmentedPage, hints: StoryHints, lexicon: LexiconOdds) -> FeatureMatrix:
    """Return the features of a page's segments; none if it has no segments.

    Args:
        page: its segments and containers.
        hints: what it says about its story outside of its body.
        lexicon: of the model that will read the features.
    """
    segments = page.segments
    if not segments:
        return {}
    tree = ContainerTree.from_page(page)
    texts = [segment.text for segment in segments]
    characters, page_words = Characters.of_texts(texts), page.numbered_words
    matrix = text_features(texts, characters, page_words)
    matrix |= {
        "linked": _column(segments, "linked"),
        "links": _column(segments, "links"),
        "bold": _column(segments, "bold"),
        "tag": np.fromiter((TAG_NUMBERS.get(s.tag, len(TAG_NUMBERS)) for s in segments), np.float64),
    }
    matrix |= _container_features(page.containers, tree, lexicon)
    matrix |= _group_sizes(tree, matrix["length"], matrix["linked"])
    hinted, headline = _hint_features(page_words, hints, matrix["tag"])
    matrix |= hinted
    matrix |= _headline_features(tree, segments, headline)
    matrix |= _best_container_features(tree, page.containers, segments, _points(matrix, characters))
    matrix |= _story_order_features(tree, page.containers)
    matrix |= position_features(matrix)
    prose = (matrix["length"] >= PROSE) & (matrix["linked"] < MAX_LINKED_PROSE)
    matrix |= cohesion_features(page_words, prose, prose & (matrix["core_0.6"] > 0))
    matrix["phrases"] = lexicon.score(page_words)
    weights = mean_weights(matrix["length"])
    for name in ("phrases", "shared_stems"):
        matrix |= surrounding_means(name, matrix[name], weights, (2, 5, 10))
        matrix |= _container_means(name, matrix[name], weights, tree)
    matrix |= neighbour_features(matrix, _SIX_NEIGHBOURS, (-3, -2, -1, 1, 2, 3))
    return matrix | neighbour_features(matrix, _TWO_NEIGHBOURS, (-1, 1))


def _column(
    rows: Sequence[Segment] | Sequence[Container], name: str, kind: type[np.generic] = np.float64
) -> NDArray[Any]:
    """Return an attribute of all segments or containers."""
    return np.fromiter(map(attrgetter(name), rows), kind, len(rows))


def _container_features(containers: Sequence[Container], tree: ContainerTree, lexicon: LexiconOdds) -> FeatureMatrix:
    """Return depth, distances, class names and sizes of the containers around each segment."""
    of_segment = tree.of_segment
    hidden = _column(containers, "hidden")
    matrix = {
        "depth": np.minimum(MAX_COUNTED_DEPTH, tree.depth[of_segment]).astype(np.float64),
        "hidden": hidden[of_segment],
    }
    distances = _distances(tree)
    names = (*(f"in_<{tag}>" for tag in AROUND), *(f"in_{group}" for group in CLASS_GROUPS))
    matrix |= dict(zip(names, distances, strict=True))
    of_names = _class_name_features(tree, lexicon)
    matrix |= {name: feature[of_segment] for name, feature in of_names.items()}
    return matrix | _size_features(containers, tree)


def _distances(tree: ContainerTree) -> NDArray[np.float64]:
    """Return how far outwards from each segment the nearest container of each sort is; (sorts, segments)."""
    sorts = {tag: number for number, tag in enumerate(AROUND)}
    is_of_sort = np.zeros((len(tree.kinds), len(AROUND) + len(CLASS_GROUPS)), np.bool_)
    for row, container in enumerate(tree.kinds):
        if container.tag in sorts:
            is_of_sort[row, sorts[container.tag]] = True
        for token in container.tokens:
            for group in GROUPS_OF_CLASS_NAME.get(token, ()):
                is_of_sort[row, len(AROUND) + group] = True
    # Small integers, because this array is the largest of all, and is read and written once for each step.
    distances = np.where(is_of_sort, np.uint8(0), np.uint8(ABSENT))[tree.kind]
    for step, around in islice(tree.jumps(), _JUMPS):
        distances = np.minimum(distances, distances[around] + np.uint8(step))
    of_segment = np.ascontiguousarray(distances[tree.of_segment].T)
    bounded_distances = np.where(of_segment >= ABSENT, ABSENT, np.minimum(of_segment, MAX_DISTANCE))
    return bounded_distances.astype(np.float64)


def _class_name_features(tree: ContainerTree, lexicon: LexiconOdds) -> FeatureMatrix:
    """Return the log-odds of class names, of a container itself and together with those around it."""
    log_odds = np.array([lexicon.of_names(kind.tokens) for kind in tree.kinds])
    own, worst, best = log_odds[tree.kind].T.copy()
    together = own.copy()
    for level in tree.levels:
        together[level] += FADING * together[tree.parent[level]]
    for _, around in tree.jumps():
        worst, best = np.minimum(worst, worst[around]), np.maximum(best, best[around])
    return {
        "names_own": own,
        "names_around": np.where(tree.parent >= 0, own[tree.parent], 0.0),
        "names": together,
        "names_worst": worst,
        "names_best": best,
    }


def _size_features(containers: Sequence[Container], tree: ContainerTree) -> FeatureMatrix:
    """Return sizes of the containers around each segment, and whether it is in the cores of the page."""
    letters = _column(containers, "letters")
    linked = _column(containers, "linked")
    prose = _column(containers, "prose")
    segments = _column(containers, "segments")
    all_prose = max(1.0, float(prose.max(initial=0)))
    sizes: FeatureMatrix = {}
    around = tree.of_segment
    for number in range(PARENTS):
        sizes |= {
            f"around{number}_letters": np.minimum(MAX_HELD_LETTERS, letters[around]),
            f"around{number}_linked": linked[around] / np.maximum(1, letters[around]),
            f"around{number}_prose": prose[around] / all_prose,
            f"around{number}_average": letters[around] / np.maximum(1, segments[around]),
            f"around{number}_segments": np.minimum(MAX_HELD_SEGMENTS, segments[around]),
        }
        around = tree.outwards(around)
    for share in CORE_SHARES:
        holding = np.flatnonzero(prose >= share * all_prose)
        core = int(holding[np.argmax(tree.depth[holding])]) if len(holding) else 0
        sizes[f"core_{share}"] = (tree.distance_to(core)[tree.of_segment] < ABSENT).astype(np.float64)
    return sizes


def _container_means(name: str, values: Feature, weights: Feature, tree: ContainerTree) -> FeatureMatrix:
    """Return the weighted means of a feature over the texts in each of the containers around a segment."""
    sums, totals = np.zeros(len(tree.parent)), np.zeros(len(tree.parent))
    np.add.at(sums, tree.of_segment, values * weights)
    np.add.at(totals, tree.of_segment, weights)
    for level in reversed(tree.levels):
        np.add.at(sums, tree.parent[level], sums[level])
        np.add.at(totals, tree.parent[level], totals[level])
    means = sums / np.maximum(1, totals)
    matrix, around = {}, tree.of_segment
    for number in range(PARENTS):
        around = tree.outwards(around)
        matrix[f"{name}_around{number}"] = means[around]
    return matrix


def _group_sizes(tree: ContainerTree, size: Feature, linked: Feature) -> FeatureMatrix:
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
    kind = np.unique(keys, return_inverse=True)[1]
    linked = share_linked * size
    count = np.bincount(kind)
    sizes, links = np.bincount(kind, size), np.bincount(kind, linked)
    return {
        f"{name}": np.minimum(MAX_ALIKE, count[kind]).astype(np.float64),
        f"{name}_average": (sizes / count)[kind],
        f"{name}_share": sizes[kind] / max(1.0, float(size.sum())),
        f"{name}_linked": (links / np.maximum(1, sizes))[kind],
    }


def _hint_features(page_words: PageWords, hints: StoryHints, tag: Feature) -> tuple[FeatureMatrix, int]:
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
    headline = int(np.argmax(in_title * of_title + 0.2 * (tag == TAG_NUMBERS["h1"]))) if count else 0
    first_h1 = np.flatnonzero(tag == TAG_NUMBERS["h1"])
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


def _headline_features(tree: ContainerTree, segments: Sequence[Segment], headline: int) -> FeatureMatrix:
    """Return how far each segment and the headline are from the innermost container that holds both."""
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
    for tag in ("h1", "h2"):
        headings = np.cumsum(np.fromiter((s.tag == tag for s in segments), np.float64))
        matrix[f"{tag}_since_headline"] = bounded(headings - headings[headline], MAX_HEADINGS)
    return matrix


def _best_container_features(
    tree: ContainerTree, containers: Sequence[Container], segments: Sequence[Segment], points: Feature
) -> FeatureMatrix:
    """Return how far each segment is from the container with the best paragraphs (Readability, Arc90 2009)."""
    score = np.zeros(len(tree.parent))
    around = np.where([s.tag == "div" for s in segments], tree.of_segment, tree.outwards(tree.of_segment))
    np.add.at(score, around, points)
    np.add.at(score, tree.outwards(around), points / 2)
    score *= 1 - _column(containers, "linked") / np.maximum(1, _column(containers, "letters"))
    best = int(np.argmax(score))
    distance = tree.distance_to(best)[tree.of_segment]
    highest = max(1e-9, float(score.max()))
    return {
        "out_to_best": distance,
        "score_around": score[around] / highest,
        "score_further": score[tree.outwards(around)] / highest,
        "best_score": np.full(len(segments), min(MAX_BEST_SCORE, highest)),
    }


def _points(matrix: FeatureMatrix, characters: Characters) -> Feature:
    """Return how many points each segment gives to the score of the container around it."""
    size, commas = matrix["length"], characters.count(characters.are(Kind.LIST_COMMA))
    points: Feature = (1 + commas + np.minimum(size / 100, 3)) * (1 - matrix["linked"])
    return np.where(size < MIN_SCORED_TEXT, 0.0, points)


def _story_order_features(tree: ContainerTree, containers: Sequence[Container]) -> FeatureMatrix:
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
