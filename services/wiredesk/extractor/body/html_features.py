"""Features of an HTML page's segments: text, mark-up, the containers around them, and the story of the page."""

import numpy as np

from wiredesk.extractor.body.characters import Characters
from wiredesk.extractor.body.container_features import container_features, container_means, group_sizes
from wiredesk.extractor.body.container_tree import ContainerTree, column
from wiredesk.extractor.body.features import (
    FeatureMatrix,
    cohesion_features,
    mean_weights,
    neighbour_features,
    position_features,
    surrounding_means,
    text_features,
)
from wiredesk.extractor.body.hint_features import StoryHints, hint_features
from wiredesk.extractor.body.lexicon_odds import LexiconOdds
from wiredesk.extractor.body.segments import MAX_LINKED_PROSE, PROSE, SegmentedPage
from wiredesk.extractor.body.story_features import (
    best_container_features,
    headline_features,
    points_of_segments,
    story_order_features,
)

_TAGS = (
    "p", "li", "div", "td", "h1", "h2", "h3", "h4", "h5", "figcaption", "blockquote", "section", "article", "ul",
    "header", "footer", "main", "th", "dd", "dt", "caption", "pre", "address", "aside", "form", "table", "body", "ol",
    "summary", "label", "details", "center",
)  # fmt: skip
"""Tags of segments. Those that hold prose come first, because a tree asks whether a number is below a border."""

TAG_NUMBERS = {tag: number for number, tag in enumerate(_TAGS)}
"""Tags as numbers."""

_SIX_NEIGHBOURS = (
    "length", "linked", "tag", "ends_sentence", "core_0.6", "names", "in_content", "shared_stems", "phrases"
)  # fmt: skip
"""Features that a segment gets from three neighbours on either side."""

_TWO_NEIGHBOURS = ("capitalised", "common_words", "in_article_body", "depth", "siblings_key")
"""Features that a segment gets from those right before and after it."""


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
        "linked": column(segments, "linked"),
        "links": column(segments, "links"),
        "bold": column(segments, "bold"),
        "tag": np.fromiter((TAG_NUMBERS.get(s.tag, len(TAG_NUMBERS)) for s in segments), np.float64),
    }
    matrix |= container_features(tree, lexicon)
    matrix |= group_sizes(tree, matrix["length"], matrix["linked"])
    hinted, headline = hint_features(page_words, hints, matrix["tag"] == TAG_NUMBERS["h1"])
    matrix |= hinted
    matrix |= headline_features(tree, {tag: matrix["tag"] == TAG_NUMBERS[tag] for tag in ("h1", "h2")}, headline)
    is_div, points = matrix["tag"] == TAG_NUMBERS["div"], points_of_segments(matrix, characters)
    matrix |= best_container_features(tree, is_div, points)
    matrix |= story_order_features(tree, page.containers)
    matrix |= position_features(matrix)
    prose = (matrix["length"] >= PROSE) & (matrix["linked"] < MAX_LINKED_PROSE)
    matrix |= cohesion_features(page_words, prose, prose & (matrix["core_0.6"] > 0))
    matrix["phrases"] = lexicon.score(page_words)
    weights = mean_weights(matrix["length"])
    for name in ("phrases", "shared_stems"):
        matrix |= surrounding_means(name, matrix[name], weights, (2, 5, 10))
        matrix |= container_means(name, matrix[name], weights, tree)
    matrix |= neighbour_features(matrix, _SIX_NEIGHBOURS, (-3, -2, -1, 1, 2, 3))
    return matrix | neighbour_features(matrix, _TWO_NEIGHBOURS, (-1, 1))
