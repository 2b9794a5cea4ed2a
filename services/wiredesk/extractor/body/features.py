"""Features of any text of a page, by itself and among its neighbours, as numbers for the models.

Segments of HTML and lines of text have them; `html_features` and `lines` add their own. A feature is an array with a
number for each text, in the order of the page.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body import vocabulary
from wiredesk.extractor.body.characters import SAMPLE, Characters, Kind
from wiredesk.extractor.body.page_words import FIRST_WORDS, LAST_WORDS, PageWords
from wiredesk.extractor.body.vocabulary import FIRST_WORDS_OF_OPENINGS, OPENING_GROUPS, TEXT_GROUPS
from wiredesk.extractor.words import LATIN_LETTERS_PER_DENSE_CHARACTER, is_spaceless

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

COMMON_STEM_SHARE = 0.5
"""Share of a page's prose texts from which a stem belongs to the language or to the site, and not to the subject."""

MIN_PROSE_TEXTS = 4
"""Up to this number of prose texts a page has no common stems: there are too few to determine them."""

MAX_STEM_COUNT = 5
"""Maximum number of times that a stem counts."""

_PROSE_REACHES = (3, 8, 20)
"""Numbers of texts on either side in which prose is counted."""

_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
"""A time of day."""

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
"""A year."""

_COMMON_WORDS = 40
"""Number of the most common words in a page's long texts that are taken as the function words of its language."""

_LONG_TEXT = 20
"""Words from which a text is long."""


def text_features(texts: Sequence[str], characters: Characters, page_words: PageWords) -> FeatureMatrix:
    """Return the features of each text by itself.

    Args:
        texts: of the page; none is empty.
        characters: of the texts.
        page_words: the words of the texts.
    """
    count = page_words.counts.astype(np.float64)
    sampled = np.maximum(1, (characters.sample_stops - characters.starts).astype(np.float64))
    letters = characters.count(characters.are(Kind.LETTER))
    digits = characters.count_in_sample(characters.are(Kind.DIGIT))
    capital, begins_word = characters.are(Kind.CAPITAL), characters.are_first_of_words()
    capitalised = characters.count_in_sample(capital & begins_word)
    lowered = [text.lower() for text in texts]
    times = Counter(lowered)
    features = {
        "length": lengths(characters),
        "words": count,
        "word_length": letters / np.maximum(1, count),
        "ends_sentence": characters.end_like_sentences(),
        "ends_colon": characters.end_with(":"),
        "sentences": characters.count(characters.are_sentence_ends()),
        "commas": characters.count(characters.codes == ord(",")) / np.maximum(1, count),
        "digits": digits / sampled,
        "capitals": characters.count_in_sample(capital) / sampled,
        "capitalised": capitalised / np.maximum(1, characters.count_in_sample(begins_word)),
        "begins_lower": characters.begin_with(Kind.LOWER),
        "begins_quote": characters.begin_with(Kind.OPENING),
        "separators": characters.count(characters.are(Kind.SEPARATOR)),
        "symbols": 1 - letters / np.maximum(1, characters.count(characters.codes != ord(" "))),
        "address": characters.hold_addresses(),
        "clock": _matches(_CLOCK, texts, characters.count_in_sample(characters.may_be_clocks())),
        "year": _matches(_YEAR, texts, characters.count_in_sample(characters.may_be_years())),
        "currency": (characters.count(characters.are(Kind.CURRENCY)) > 0).astype(np.float64),
        "repeated": np.minimum(MAX_REPEATED, np.fromiter(map(times.__getitem__, lowered), np.float64, len(texts))),
        "common_words": _share_of_common(page_words),
    }
    return features | _vocabulary_features(texts, page_words)


def lengths(characters: Characters) -> Feature:
    """Return the length of each text, as `words.length` measures it."""
    dense = characters.count(characters.are(Kind.DENSE))
    return characters.sizes + (LATIN_LETTERS_PER_DENSE_CHARACTER - 1) * dense


def _matches(pattern: re.Pattern[str], texts: Sequence[str], places: Feature) -> Feature:
    """Return whether the sample of each text matches a pattern.

    Args:
        pattern: of what is searched.
        texts: of the page.
        places: number of places of each sample that may match.
    """
    is_match = np.zeros(len(texts))
    for row in np.flatnonzero(places).tolist():
        is_match[row] = pattern.search(texts[row][:SAMPLE]) is not None
    return is_match


def _vocabulary_features(texts: Sequence[str], page_words: PageWords) -> FeatureMatrix:
    """Return how often each group of the vocabulary occurs at the edges of each text, and how each text begins."""
    counts = count_groups(page_words, page_words.at_edge)
    opens = np.zeros((len(texts), len(OPENING_GROUPS)))
    for row, text in enumerate(texts):
        if is_spaceless(text):
            for group, count in vocabulary.count_without_spaces(text[:SAMPLE]):
                counts[row, group] += count
    begun = np.flatnonzero(page_words.counts)
    first = page_words.number[page_words.starts[begun]]
    for row in begun[page_words.holds(FIRST_WORDS_OF_OPENINGS)[first]].tolist():
        for group in vocabulary.openings(edge_words(page_words.texts[row])):
            opens[row, group] = 1
    return {
        **{f"says_{name}": counts[:, number] for number, name in enumerate(TEXT_GROUPS)},
        **{f"opens_{name}": opens[:, number] for number, name in enumerate(OPENING_GROUPS)},
    }


def count_groups(page_words: PageWords, places: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how often words of each group of the vocabulary stand in each text; (texts, groups).

    Args:
        page_words: the words of the texts.
        places: of the words that are counted.
    """
    number = page_words.number[places]
    known = np.flatnonzero(page_words.is_grouped[number])
    times = page_words.in_groups[number[known]]
    place, group = np.nonzero(times)
    cell = page_words.text[places[known[place]]] * len(TEXT_GROUPS) + group
    counted = np.bincount(cell, times[place, group], len(page_words) * len(TEXT_GROUPS))
    return counted.reshape(len(page_words), len(TEXT_GROUPS))


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
    good_within = _window_sums(prose, _PROSE_REACHES)
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
        **{f"good_within_{reach}": within for reach, within in good_within.items()},
        "next_good": to_next,
        "last_good": since_last,
        "good_before": np.minimum(MAX_COUNTED_PROSE, prose_so_far),
        "good_after": np.minimum(MAX_COUNTED_PROSE, prose.sum() - prose_so_far),
    }


def cohesion_features(page_words: PageWords, prose: NDArray[np.bool_], core: NDArray[np.bool_]) -> FeatureMatrix:
    """Return what each text has in common with the other prose of the page: a story stays on its subject.

    Args:
        page_words: the words of each text.
        prose: which texts are prose.
        core: which of these are in the middle of the page's story, as far as rules can determine.
    """
    text, stem = page_words.stems
    count = int(prose.sum())
    in_prose, in_core = np.bincount(stem, prose[text]), np.bincount(stem, core[text])
    if count > MIN_PROSE_TEXTS:
        is_own = (in_prose <= COMMON_STEM_SHARE * count)[stem]
        text, stem = text[is_own], stem[is_own]
    elsewhere = in_core[stem] - core[text]
    only_here = in_prose[stem] == prose[text]

    def total(values: NDArray[Any] | None = None) -> Feature:
        return np.bincount(text, values, len(page_words)).astype(np.float64)

    own = total()
    shares = {
        "shared_stems": total(elsewhere > 0) / np.maximum(1, own),
        "shared_weight": total(np.minimum(MAX_STEM_COUNT, elsewhere)) / np.maximum(1, own),
        "stems_alone": total(only_here) / np.maximum(1, own),
        "stems": own,
    }
    return {name: np.where(own > 0, values, NO_VALUE) for name, values in shares.items()}


def neighbour_features(features: FeatureMatrix, names: Iterable[str], offsets: Iterable[int]) -> FeatureMatrix:
    """Return features of neighbours: `length+1` is the length of the next text."""
    offsets = tuple(offsets)
    names, reach = tuple(names), max(map(abs, offsets))
    values = np.stack([features[name] for name in names])
    beyond = np.full((len(names), reach), NO_VALUE)
    padded = np.concatenate((beyond, values, beyond), axis=1)
    count = values.shape[1]
    return {
        of_neighbour: row[reach + offset : reach + offset + count]
        for name, row in zip(names, padded, strict=True)
        for of_neighbour, offset in zip(_names_of_neighbours(name, offsets), offsets, strict=True)
    }


@lru_cache(maxsize=64)
def _names_of_neighbours(name: str, offsets: tuple[int, ...]) -> tuple[str, ...]:
    """Return a feature's name for each neighbour. Cached, because writing them takes longer than cutting the arrays."""
    return tuple(f"{name}{offset:+d}" for offset in offsets)


def surrounding_means(name: str, values: Feature, weights: Feature, reaches: Iterable[int]) -> FeatureMatrix:
    """Return weighted means of a feature over each text and those near it: `name_within_5` has five on either side.

    Args:
        name: of the feature.
        values: of the feature.
        weights: of each text, as `mean_weights` gives them.
        reaches: numbers of texts on either side.
    """
    sums = _window_sums(np.stack((values * weights, weights)), reaches)
    return {f"{name}_within_{reach}": total / weight for reach, (total, weight) in sums.items()}


def mean_weights(size: Feature) -> Feature:
    """Return the weights of texts of these sizes in a mean: longer texts weigh more, up to a bound."""
    return np.minimum(MAX_WEIGHT, size) + 1


def rows_of(features: FeatureMatrix, names: Sequence[str]) -> NDArray[np.float32]:
    """Return features in single precision, a row for each."""
    rows = np.empty((len(names), len(features[names[0]])), np.float32)
    np.concatenate([features[name] for name in names], out=rows.reshape(-1), casting="same_kind")
    return rows


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
    within: Feature = np.minimum(np.maximum(values, -most), most)  # several times faster than `clip` for short arrays
    return within


def _share_of_common(page_words: PageWords) -> Feature:
    """Return the share of each text's words that are the commonest of the page's long texts."""
    is_long = page_words.counts >= _LONG_TEXT
    in_long = page_words.number[is_long[page_words.text]]
    text, number = page_words.different
    times = np.bincount(number[is_long[text]], minlength=len(page_words.numbers))
    first = np.zeros(len(page_words.numbers), np.intp)
    first[in_long[::-1]] = np.arange(len(in_long))[::-1]  # of several places of a word the first one stays
    word = np.flatnonzero(times)
    is_common = np.zeros(len(page_words.numbers), np.bool_)
    is_common[word[np.lexsort((first[word], -times[word]))[:_COMMON_WORDS]]] = True
    return page_words.count(is_common[page_words.number]) / np.maximum(1, page_words.counts)


def _window_sums(values: Feature, reaches: Iterable[int]) -> dict[int, Feature]:
    """Return the sums over each text and those near it, by the number of texts on either side."""
    count = values.shape[-1]
    padded = np.zeros((*values.shape[:-1], count + 1))
    np.cumsum(values, axis=-1, out=padded[..., 1:])
    index = np.arange(count)
    return {
        reach: padded[..., np.minimum(count, index + reach + 1)] - padded[..., np.maximum(0, index - reach)]
        for reach in reaches
    }


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
