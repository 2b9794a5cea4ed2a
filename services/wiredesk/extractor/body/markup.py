"""Columns of an HTML page's segments: their mark-up, the containers around them, and what the page says elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor import words
from wiredesk.extractor.body import cohesion, columns, structure
from wiredesk.extractor.body.columns import Column, Columns
from wiredesk.extractor.body.segments import MAX_LINKED_PROSE, PROSE, Container, Segment, Segmented
from wiredesk.extractor.body.structure import Tree
from wiredesk.extractor.body.vocabulary import CLASS_GROUPS, GROUPS_OF_CLASS_NAME
from wiredesk.extractor.body.wording import Wording

_TAGS = (
    "p", "li", "div", "td", "h1", "h2", "h3", "h4", "h5", "figcaption", "blockquote", "section", "article", "ul",
    "header", "footer", "main", "th", "dd", "dt", "caption", "pre", "address", "aside", "form", "table", "body", "ol",
    "summary", "label", "details", "center",
)  # fmt: skip
"""Of a segment, those that hold prose first: a model splits a number in two."""

TAGS = {tag: number for number, tag in enumerate(_TAGS)}


AROUND = (
    "article", "main", "aside", "nav", "header", "footer", "figure", "form", "li", "table", "blockquote",
    "figcaption", "section", "dl", "td",
)  # fmt: skip
"""Containers whose distance, counted outwards from the segment, is a column."""

NEAR, NOWHERE = 9, 12
"""Greatest distance that is told apart; and that of a container which is not there."""

FADING = 0.8
"""Of what a container's class names say, for each container between it and the segment."""

CORE_SHARES = (0.9, 0.6, 0.4)
"""The core is the innermost container with so much of the page's prose."""

PARENTS = 4
SHINGLE = 4


@dataclass(frozen=True, slots=True)
class Hints:
    """What the page says of its story outside of its body.

    Attributes:
        titles: the browser's, and those for machines.
        description: the teaser for machines.
        article_body: JSON-LD's: often cut, or with what does not belong to the story, so a hint and no more.
    """

    titles: tuple[str, ...] = ()
    description: str = ""
    article_body: str = ""


def describe(page: Segmented, hints: Hints, wording: Wording) -> Columns:
    """Describe each segment.

    Args:
        wording: what words say, as the model that will read the columns has learnt it.
    """
    segments = page.segments
    texts = [segment.text for segment in segments]
    split = page.words
    tree = Tree.of(page.containers, segments)
    described = columns.of_texts(texts, split)
    described |= {
        "linked": np.fromiter((s.linked for s in segments), np.float64),
        "links": np.fromiter((s.links for s in segments), np.float64),
        "bold": np.fromiter((s.bold for s in segments), np.float64),
        "tag": np.fromiter((TAGS.get(s.tag, len(TAGS)) for s in segments), np.float64),
    }
    described |= _containers(page.containers, tree, wording.class_names)
    described |= _kinds(page)
    hinted, headline = _hinted(split, hints, described["tag"])
    described |= hinted
    described |= structure.describe(tree, page.containers, segments, headline)
    described |= columns.of_positions(described)
    prose = (described["length"] >= PROSE) & (described["linked"] < MAX_LINKED_PROSE)
    described |= cohesion.describe(split, prose, prose & (described["core_0.6"] > 0))
    described["phrases"] = wording.said(split)
    weights = columns.weights(described["length"])
    for name in ("phrases", "shared_stems"):
        described |= columns.of_surroundings(name, described[name], weights, (2, 5, 10))
        described |= _means_around(name, described[name], weights, tree)
    described |= columns.of_neighbours(described, _NEIGHBOURS, (-3, -2, -1, 1, 2, 3))
    return described | columns.of_neighbours(described, _NEXT, (-1, 1))


_NEIGHBOURS = ("length", "linked", "tag", "ends_sentence", "core_0.6", "names", "in_content", "shared_stems", "phrases")
_NEXT = ("capitalised", "common_words", "in_article_body", "depth", "siblings_key")


def _containers(containers: Sequence[Container], tree: Tree, class_odds: Mapping[str, float]) -> Columns:
    """Describe segments by the containers around them."""
    parent, depth, levels, at = tree.parent, tree.depth, tree.levels, tree.at
    found = {
        "depth": depth[at].astype(np.float64),
        "hidden": np.fromiter((c.hidden for c in containers), np.float64)[at],
    }
    distances = _distances(containers, parent, levels)[at]
    names = (*(f"in_<{tag}>" for tag in AROUND), *(f"in_{group}" for group in CLASS_GROUPS))
    found |= {name: distances[:, number] for number, name in enumerate(names)}
    found |= {name: column[at] for name, column in _names(containers, parent, levels, class_odds).items()}
    return found | _sizes(containers, tree)


def _distances(
    containers: Sequence[Container], parent: NDArray[np.intp], levels: Sequence[NDArray[np.intp]]
) -> NDArray[np.float64]:
    """Return how far outwards from each container the nearest one of each kind is, itself being 0."""
    kinds = {tag: number for number, tag in enumerate(AROUND)}
    is_kind = np.zeros((len(containers), len(AROUND) + len(CLASS_GROUPS)), bool)
    for row, container in enumerate(containers):
        if container.tag in kinds:
            is_kind[row, kinds[container.tag]] = True
        for token in container.tokens:
            for group in GROUPS_OF_CLASS_NAME.get(token, ()):
                is_kind[row, len(AROUND) + group] = True
    distances = np.where(is_kind, 0.0, NOWHERE)
    for level in levels:
        outwards = np.minimum(distances[parent[level]] + 1, NOWHERE)
        distances[level] = np.where(is_kind[level], 0.0, outwards)
    return np.where(distances >= NOWHERE, NOWHERE, np.minimum(distances, NEAR))


def _names(
    containers: Sequence[Container],
    parent: NDArray[np.intp],
    levels: Sequence[NDArray[np.intp]],
    class_odds: Mapping[str, float],
) -> Columns:
    """Return what class names say, of a container itself and together with those around it."""
    said = [[class_odds.get(token, 0.0) for token in container.tokens] for container in containers]
    own = np.fromiter(map(sum, said), np.float64)
    together, worst, best = own.copy(), np.zeros(len(own)), np.zeros(len(own))
    worst[:] = [min(odds, default=0.0) for odds in said]
    best[:] = [max(odds, default=0.0) for odds in said]
    for level in levels:
        outer = parent[level]
        together[level] += FADING * together[outer]
        worst[level] = np.minimum(worst[level], worst[outer])
        best[level] = np.maximum(best[level], best[outer])
    return {
        "names_own": own,
        "names_around": np.where(parent >= 0, own[parent], 0.0),
        "names": together,
        "names_worst": worst,
        "names_best": best,
    }


def _sizes(containers: Sequence[Container], tree: Tree) -> Columns:
    """Return sizes of the containers around each segment, and whether it stands in the page's core."""
    letters = np.fromiter((c.letters for c in containers), np.float64)
    linked = np.fromiter((c.linked for c in containers), np.float64)
    prose = np.fromiter((c.prose for c in containers), np.float64)
    segments = np.fromiter((c.segments for c in containers), np.float64)
    all_prose = max(1.0, float(prose.max(initial=0)))
    found: Columns = {}
    around = tree.at
    for number in range(PARENTS):
        found |= {
            f"around{number}_letters": letters[around],
            f"around{number}_linked": linked[around] / np.maximum(1, letters[around]),
            f"around{number}_prose": prose[around] / all_prose,
            f"around{number}_average": letters[around] / np.maximum(1, segments[around]),
            f"around{number}_segments": segments[around],
        }
        around = tree.outwards(around)
    for share in CORE_SHARES:
        holding = np.flatnonzero(prose >= share * all_prose)
        core = int(holding[np.argmax(tree.depth[holding])]) if len(holding) else 0
        found[f"core_{share}"] = (tree.distance_to(core)[tree.at] < structure.FAR).astype(np.float64)
    return found


def _means_around(name: str, values: Column, weights: Column, tree: Tree) -> Columns:
    """Return the mean of a column over the texts within each of the containers around a segment."""
    sums, totals = np.zeros(len(tree.parent)), np.zeros(len(tree.parent))
    np.add.at(sums, tree.at, values * weights)
    np.add.at(totals, tree.at, weights)
    for level in reversed(tree.levels):
        np.add.at(sums, tree.parent[level], sums[level])
        np.add.at(totals, tree.parent[level], totals[level])
    means = sums / np.maximum(1, totals)
    found, around = {}, tree.at
    for number in range(PARENTS):
        around = tree.outwards(around)
        found[f"{name}_around{number}"] = means[around]
    return found


def _kinds(page: Segmented) -> Columns:
    """Return how many segments are of a kind with each: siblings, and those of the same tags and class names."""
    containers = page.containers
    outer = [
        containers[containers[s.container].parent] if containers[s.container].parent >= 0 else None
        for s in page.segments
    ]
    siblings = [(s.tag, o.index if o else -1) for s, o in zip(page.segments, outer, strict=True)]
    alike = [
        (s.tag, containers[s.container].tokens, o.tag if o else "", o.tokens if o else ())
        for s, o in zip(page.segments, outer, strict=True)
    ]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(siblings))}
    return {
        **_of_kind("siblings", siblings, page.segments),
        **_of_kind("alike", alike, page.segments),
        "siblings_key": _same_as_neighbours(np.fromiter((numbers[key] for key in siblings), np.float64)),
    }


def _same_as_neighbours(keys: Column) -> Column:
    """Return 1 where a segment is a sibling of the one before it."""
    return np.concatenate(([0.0], (keys[1:] == keys[:-1]).astype(np.float64))) if len(keys) else keys


def _of_kind(name: str, keys: Sequence[object], segments: Sequence[Segment]) -> Columns:
    numbers: dict[object, int] = {}
    kind = np.fromiter((numbers.setdefault(key, len(numbers)) for key in keys), np.intp)
    size = np.fromiter((s.size for s in segments), np.float64)
    linked = np.fromiter((s.linked for s in segments), np.float64) * size
    count = np.bincount(kind)
    sizes, links = np.bincount(kind, size), np.bincount(kind, linked)
    return {
        f"{name}": count[kind].astype(np.float64),
        f"{name}_average": (sizes / count)[kind],
        f"{name}_share": sizes[kind] / max(1.0, float(size.sum())),
        f"{name}_linked": (links / np.maximum(1, sizes))[kind],
    }


def _hinted(split: Sequence[Sequence[str]], hints: Hints, tag: Column) -> tuple[Columns, int]:
    """Compare segments with the page's titles, its description, and JSON-LD's body; tell which is the headline."""
    title = {word for text in hints.titles for word in words.split(text)}
    described = set(words.split(hints.description))
    body = words.split(hints.article_body)
    shingles = set(_shingles(body))
    flat = " ".join(body)
    unique = [set(text) for text in split]
    count = len(split)
    in_title = np.fromiter((len(title & u) / max(1, len(u)) for u in unique), np.float64)
    of_title = np.fromiter((len(title & u) / max(1, len(title)) for u in unique), np.float64)
    headline = int(np.argmax(in_title * of_title + 0.2 * (tag == TAGS["h1"]))) if count else 0
    first_h1 = np.flatnonzero(tag == TAGS["h1"])
    index = np.arange(count, dtype=np.float64)
    in_body = np.fromiter((_share_within(text, shingles, flat) for text in split), np.float64)
    compared = {
        "in_title": in_title,
        "of_title": of_title,
        "from_headline": index - headline,
        "from_h1": index - float(first_h1[0]) if len(first_h1) else np.full(count, -999.0),
        "in_description": np.fromiter((len(described & u) / max(1, len(u)) for u in unique), np.float64),
        "in_article_body": in_body if body else np.full(count, columns.NONE),
        "in_article_body_span": _within_span(in_body, split) if body else np.full(count, columns.NONE),
        "article_body_words": np.full(count, len(body) / max(1, sum(map(len, split)))),
    }
    return compared, headline


def _within_span(in_body: Column, split: Sequence[Sequence[str]]) -> Column:
    """Return 1 between the first and the last segment that surely are in JSON-LD's body."""
    sure = np.flatnonzero([share > 0.8 and len(text) > SHINGLE for share, text in zip(in_body, split, strict=True)])  # noqa: PLR2004 - most of it
    index = np.arange(len(in_body))
    if not len(sure):
        return np.zeros(len(in_body))
    within: Column = ((index >= sure[0]) & (index <= sure[-1])).astype(np.float64)
    return within


def _share_within(text: Sequence[str], shingles: set[tuple[str, ...]], flat: str) -> float:
    own = list(_shingles(text))
    if own:
        return sum(shingle in shingles for shingle in own) / len(own)
    return 0.5 if text and " ".join(text) in flat else 0.0


def _shingles(text: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(text[n:] for n in range(SHINGLE)), strict=False)
