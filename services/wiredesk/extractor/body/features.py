"""Features of any text of a page, by itself and among its neighbours, as numbers for the models.

Segments of HTML and lines of text have them; `html_features` and `lines` add their own. A feature is an array with a
number for each text, in the order of the page.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body import vocabulary
from wiredesk.extractor.body.vocabulary import GROUPS_OF_WORD, OPENING_GROUPS, TEXT_GROUPS
from wiredesk.extractor.words import ends_sentence, is_spaceless, length

type Feature = NDArray[np.float64]
"""A number for each text of a page."""

type FeatureMatrix = dict[str, Feature]
"""Features of one page by name, all of the same length."""

PROSE_SENTENCE = 100
"""Letters from which a text with the end of a sentence is certainly prose."""

MAX_PROSE_LINKED = 0.4
"""Share of a text in links up to which it can be certain prose."""

PARAGRAPH = 80
"""Letters that are subtracted from a text's length to give its weight: shorter texts speak against the body."""

UNFINISHED = 60
"""Letters that are also subtracted if the text does not end like a sentence."""

LINKED = 120
"""Letters that are also subtracted if the text is a link, in proportion to its share in links."""

MAX_WEIGHT = 400
"""Maximum weight of a text. The span of texts with the greatest sum of weights is the simplest guess of the body."""

FAR = 99.0
"""Distance to a text that does not exist, and the greatest distance to one that does."""

MAX_PLACES = 60
"""Texts between a text and the place from which it is counted: more count as this many. A feature without a bound has
values on a long page that no page to learn from has, and the models then cut the story."""

MAX_COUNTED_PROSE = 30
"""Prose texts that are counted before and after a text."""

MAX_COUNTED_TEXTS = 300
"""Texts of a page that are counted."""

MAX_COUNTED_LETTERS = 30_000
"""Letters of a page that are counted: four times as many as a long report has."""

MAX_REPEATED = 10
"""Times that the same text is counted on a page."""

NO_VALUE = -1.0
"""Value of a feature that a text does not have, and of a neighbour beyond the page's first or last text."""

FIRST_WORDS = 30
"""Number of words at the beginning of a text that are looked up in the vocabulary."""

LAST_WORDS = 10
"""Number of words at the end of a text that are looked up in the vocabulary."""

STEM = 6
"""Letters at the beginning of a word that are compared: inflection changes the end of a word, in most languages."""

MIN_STEM_WORD = 4
"""Letters from which a word's stem is compared; shorter words are mostly function words."""

COMMON_STEM_SHARE = 0.5
"""Share of a page's prose texts from which a stem belongs to the language or to the site, and not to the subject."""

MIN_PROSE_TEXTS = 4
"""Up to this number of prose texts a page has no common stems: there are too few to determine them."""

MAX_STEM_COUNT = 5
"""Maximum number of times that a stem counts."""

_SENTENCE = re.compile(r"[.!?…。！？।؟](?=\W|$)")
"""The end of a sentence within a text."""

_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
"""A time of day."""

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
"""A year."""

_SAMPLE = 300
"""Characters at the beginning of a text in which digits and capitals are counted."""

_DIGITS = string.digits.encode()
"""ASCII digits."""

_CAPITALS = string.ascii_uppercase.encode()
"""ASCII capitals."""

_COMMON_WORDS = 40
"""Number of the most common words in a page's long texts that are taken as the function words of its language."""

_LONG_TEXT = 20
"""Words from which a text is long."""


def text_features(texts: Sequence[str], split: Sequence[Sequence[str]]) -> FeatureMatrix:
    """Return the features of each text by itself.

    Args:
        texts: of the page.
        split: the words of each text.
    """
    size = _feature(map(length, texts))
    count = _feature(map(len, split))
    sample = [text[:_SAMPLE] for text in texts]
    sampled = np.maximum(1, _feature(map(len, sample)))
    letters = _feature(sum(map(len, text_words)) for text_words in split)
    lowered = [text.lower() for text in texts]
    times = Counter(lowered)
    features = {
        "length": size,
        "words": count,
        "word_length": letters / np.maximum(1, count),
        "ends_sentence": _feature(map(ends_sentence, texts)),
        "ends_colon": _feature(text.endswith(":") for text in texts),
        "sentences": _feature(len(_SENTENCE.findall(text)) for text in texts),
        "commas": _feature(text.count(",") for text in texts) / np.maximum(1, count),
        "digits": _feature(_count(text, str.isdigit, _DIGITS) for text in sample) / sampled,
        "capitals": _feature(_count(text, str.isupper, _CAPITALS) for text in sample) / sampled,
        "capitalised": _feature(map(_capitalised, sample)),
        "begins_lower": _feature(text[:1].islower() for text in texts),
        "begins_quote": _feature(text[:1] in "\"'“„«‘–-" for text in texts),
        "separators": _feature(sum(map(text.count, "|·»›/")) for text in texts),
        "symbols": 1 - letters / np.maximum(1, _feature(len(text) - text.count(" ") for text in texts)),
        "address": _feature("@" in text or "://" in text for text in texts),
        "clock": _feature(_CLOCK.search(text[:_SAMPLE]) is not None for text in texts),
        "year": _feature(_YEAR.search(text[:_SAMPLE]) is not None for text in texts),
        "currency": _feature(any(sign in text for sign in "$€£") for text in texts),
        "repeated": _feature(min(MAX_REPEATED, times[text]) for text in lowered),
        "common_words": _share_of_common(split),
    }
    return features | _vocabulary_features(texts, split)


def _vocabulary_features(texts: Sequence[str], split: Sequence[Sequence[str]]) -> FeatureMatrix:
    """Return how often each group of the vocabulary occurs at the edges of each text, and how each text begins."""
    counts = np.zeros((len(texts), len(TEXT_GROUPS)))
    opens = np.zeros((len(texts), len(OPENING_GROUPS)))
    for row, (text, text_words) in enumerate(zip(texts, split, strict=True)):
        edge = edge_words(text_words)
        for word in edge:
            for group in GROUPS_OF_WORD.get(word, ()):
                counts[row, group] += 1
        if is_spaceless(text):
            for group, count in vocabulary.count_without_spaces(text[:_SAMPLE]):
                counts[row, group] += count
        for group in vocabulary.openings(edge):
            opens[row, group] = 1
    return {
        **{f"says_{name}": counts[:, number] for number, name in enumerate(TEXT_GROUPS)},
        **{f"opens_{name}": opens[:, number] for number, name in enumerate(OPENING_GROUPS)},
    }


def position_features(features: FeatureMatrix) -> FeatureMatrix:
    """Return the position of each text in the prose of the page.

    Args:
        features: with `length`, `ends_sentence`, and of HTML `linked`.
    """
    size, ends_sentence = features["length"], features["ends_sentence"]
    count = len(size)
    linked = features.get("linked", np.zeros(count))
    total = max(1.0, float(size.sum()))
    index = np.arange(count, dtype=np.float64)
    is_prose = (size >= PROSE_SENTENCE) & (ends_sentence > 0) & (linked < MAX_PROSE_LINKED)
    prose = is_prose.astype(np.float64)
    weight = np.minimum(MAX_WEIGHT, size - PARAGRAPH - UNFINISHED * (1 - ends_sentence) - LINKED * linked)
    start, stop = heaviest_span(weight)
    prose_so_far = np.cumsum(prose)
    to_next, since_last = _prose_distances(prose, index)
    return {
        "share_before": index / max(1, count),
        "text_before": (np.cumsum(size) - size) / total,
        "index": np.minimum(MAX_PLACES, index),
        "index_from_end": np.minimum(MAX_PLACES, count - index),
        "texts": np.full(count, float(min(MAX_COUNTED_TEXTS, count))),
        "page_length": np.full(count, min(MAX_COUNTED_LETTERS, total)),
        "in_span": ((index >= start) & (index < stop)).astype(np.float64),
        "from_span": bounded(index - start, MAX_PLACES),
        "from_span_end": bounded(index - stop, MAX_PLACES),
        "span_share": np.full(count, float(size[start:stop].sum()) / total),
        "good_within_3": _window_sum(prose, 3),
        "good_within_8": _window_sum(prose, 8),
        "good_within_20": _window_sum(prose, 20),
        "next_good": to_next,
        "last_good": since_last,
        "good_before": np.minimum(MAX_COUNTED_PROSE, prose_so_far),
        "good_after": np.minimum(MAX_COUNTED_PROSE, prose.sum() - prose_so_far),
    }


def cohesion_features(
    split: Sequence[Sequence[str]], prose: NDArray[np.bool_], core: NDArray[np.bool_]
) -> FeatureMatrix:
    """Return what each text has in common with the other prose of the page: a story stays on its subject.

    Args:
        split: the words of each text.
        prose: which texts are prose.
        core: which of these are in the middle of the page's story, as far as rules can determine.
    """
    stems = [_stems(text) for text in split]
    in_prose = Counter(stem for text, is_prose in zip(stems, prose, strict=True) if is_prose for stem in text)
    in_core = Counter(stem for text, is_core in zip(stems, core, strict=True) if is_core for stem in text)
    count = int(prose.sum())
    common = {s for s, times in in_prose.items() if count > MIN_PROSE_TEXTS and times > COMMON_STEM_SHARE * count}
    rows = np.full((len(stems), 4), NO_VALUE)
    for row, text in enumerate(stems):
        own = text - common
        if own:
            elsewhere = [in_core[stem] - int(core[row]) for stem in own]
            only_here = sum(in_prose[stem] == int(prose[row]) for stem in own)
            rows[row] = (
                sum(times > 0 for times in elsewhere) / len(own),
                sum(min(MAX_STEM_COUNT, times) for times in elsewhere) / len(own),
                only_here / len(own),
                len(own),
            )
    names = ("shared_stems", "shared_weight", "stems_alone", "stems")
    return dict(zip(names, rows.T, strict=True))


def neighbour_features(features: FeatureMatrix, names: Iterable[str], offsets: Iterable[int]) -> FeatureMatrix:
    """Return features of neighbours: `length+1` is the length of the next text."""
    offsets = tuple(offsets)
    return {f"{name}{offset:+d}": _shifted(features[name], offset) for name in names for offset in offsets}


def surrounding_means(name: str, values: Feature, weights: Feature, reaches: Iterable[int]) -> FeatureMatrix:
    """Return weighted means of a feature over each text and those near it: `name_within_5` has five on either side.

    Args:
        name: of the feature.
        values: of the feature.
        weights: of each text, as `mean_weights` gives them.
        reaches: numbers of texts on either side.
    """
    return {
        f"{name}_within_{reach}": _window_sum(values * weights, reach) / _window_sum(weights, reach)
        for reach in reaches
    }


def mean_weights(size: Feature) -> Feature:
    """Return the weights of texts of these sizes in a mean: longer texts weigh more, up to a bound."""
    return np.minimum(MAX_WEIGHT, size) + 1


def heaviest_span(weights: NDArray[np.float64]) -> tuple[int, int]:
    """Return start and stop of the span with the greatest sum (Kadane's algorithm); (0, 0) if no sum is positive."""
    best, best_span = 0.0, (0, 0)
    total, start = 0.0, 0
    for index, weight in enumerate(weights.tolist()):
        if total <= 0:
            total, start = 0.0, index
        total += weight
        if total > best:
            best, best_span = total, (start, index + 1)
    return best_span


def edge_words(text: Sequence[str]) -> Sequence[str]:
    """Return the first and the last words of a text, which show whether it is boilerplate."""
    return text if len(text) <= FIRST_WORDS + LAST_WORDS else [*text[:FIRST_WORDS], *text[-LAST_WORDS:]]


def bounded(values: Feature, most: float) -> Feature:
    """Return a feature whose values are at most this far from 0."""
    within: Feature = np.clip(values, -most, most)
    return within


def _stems(split: Sequence[str]) -> set[str]:
    """Return the stems of a text's words, and pairs of neighbouring characters of scripts without spaces."""
    stems = {word[:STEM] for word in split if len(word) >= MIN_STEM_WORD}
    stems.update(a + b for a, b in pairwise(split) if len(a) == len(b) == 1 and not (a + b).isascii())
    return stems


def _feature(values: Iterable[float]) -> Feature:
    return np.fromiter(values, np.float64)


def _count(text: str, is_counted: Callable[[str], bool], ascii_counted: bytes) -> int:
    """Return how many characters of a text are of a kind. ASCII is counted in bytes, which is ten times faster."""
    if text.isascii():
        return len(text) - len(text.encode().translate(None, ascii_counted))
    return sum(map(is_counted, text))


def _capitalised(text: str) -> float:
    text_words = text.split()
    return sum(word[0].isupper() for word in text_words) / max(1, len(text_words))


def _share_of_common(split: Sequence[Sequence[str]]) -> Feature:
    counted = Counter(word for text in split if len(text) >= _LONG_TEXT for word in dict.fromkeys(text))
    common = {word for word, _ in counted.most_common(_COMMON_WORDS)}
    return _feature(sum(word in common for word in text) / max(1, len(text)) for text in split)


def _window_sum(values: Feature, reach: int) -> Feature:
    """Return the sums over each text and up to `reach` texts on either side."""
    padded = np.concatenate(([0.0], np.cumsum(values)))
    index = np.arange(len(values))
    return padded[np.minimum(len(values), index + reach + 1)] - padded[np.maximum(0, index - reach)]


def _prose_distances(prose: Feature, index: Feature) -> tuple[Feature, Feature]:
    """Return the distances to the next and to the last prose text, 0 for prose itself; FAR if there is none."""
    places = np.flatnonzero(prose)
    if not len(places):
        return np.full(len(prose), FAR), np.full(len(prose), FAR)
    after = np.searchsorted(places, index)
    before = np.searchsorted(places, index, side="right") - 1
    last = len(places) - 1
    to_next = np.where(after <= last, places[np.minimum(after, last)] - index, FAR)
    since_last = np.where(before >= 0, index - places[np.maximum(before, 0)], FAR)
    return np.minimum(FAR, to_next), np.minimum(FAR, since_last)


def _shifted(values: Feature, offset: int) -> Feature:
    shifted = np.full(len(values), NO_VALUE)
    if abs(offset) < len(values):
        if offset > 0:
            shifted[:-offset] = values[offset:]
        else:
            shifted[-offset:] = values[:offset]
    return shifted
