"""Columns: what can be said of each text of a page, by itself and among its neighbours, as numbers for the model.

Both kinds of page are described so, segments of HTML and lines of flattened text; HTML adds columns of its own
(`markup`). A column is an array with a number for each text, in the order of the page.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body import vocabulary
from wiredesk.extractor.body.vocabulary import GROUPS_OF_WORD, OPENING_GROUPS, TEXT_GROUPS
from wiredesk.extractor.words import ends_sentence, is_spaceless, length

type Column = NDArray[np.float64]
type Columns = dict[str, Column]

GOOD = 100
"""Letters from which a text that ends a sentence is surely prose."""

PARAGRAPH = 80
UNFINISHED = 60
LINKED = 120
MAX_WEIGHT = 400
"""A text weighs its length less PARAGRAPH for the body, less UNFINISHED where it ends no sentence, less LINKED where it
is a link; the span with the greatest sum is the body by the simplest rule, and a column for the model."""

FAR = 99.0
NONE = -1.0
"""For a neighbour beyond the page's ends."""

_SENTENCE = re.compile(r"[.!?…。！？।؟](?=\W|$)")
EDGE_WORDS = (30, 10)
"""Words at the begin and at the end of a text in which the vocabulary is looked for."""

_SAMPLE = 300
"""Characters of a text in which digits and capitals are counted."""

_DIGITS, _CAPITALS = string.digits.encode(), string.ascii_uppercase.encode()

_COMMON_WORDS = 40
_LONG_TEXT = 20
"""A page's commonest words in its texts of twenty words or more are its language's function words, whichever it is."""


def of_texts(texts: Sequence[str], split: Sequence[Sequence[str]]) -> Columns:
    """Describe each text by itself.

    Args:
        split: the words of each text.
    """
    size = _column(map(length, texts))
    count = _column(map(len, split))
    sample = [text[:_SAMPLE] for text in texts]
    sampled = np.maximum(1, _column(map(len, sample)))
    letters = _column(sum(map(len, text_words)) for text_words in split)
    lowered = [text.lower() for text in texts]
    times = Counter(lowered)
    columns = {
        "length": size,
        "words": count,
        "word_length": letters / np.maximum(1, count),
        "ends_sentence": _column(map(ends_sentence, texts)),
        "ends_colon": _column(text.endswith(":") for text in texts),
        "sentences": _column(len(_SENTENCE.findall(text)) for text in texts),
        "commas": _column(text.count(",") for text in texts) / np.maximum(1, count),
        "digits": _column(_count(text, str.isdigit, _DIGITS) for text in sample) / sampled,
        "capitals": _column(_count(text, str.isupper, _CAPITALS) for text in sample) / sampled,
        "capitalised": _column(map(_capitalised, sample)),
        "begins_lower": _column(text[:1].islower() for text in texts),
        "begins_quote": _column(text[:1] in "\"'“„«‘–-" for text in texts),
        "separators": _column(sum(map(text.count, "|·»›/")) for text in texts),
        "symbols": 1 - letters / np.maximum(1, _column(len(text) - text.count(" ") for text in texts)),
        "address": _column("@" in text or "://" in text for text in texts),
        "clock": _column(_CLOCK.search(text[:_SAMPLE]) is not None for text in texts),
        "year": _column(_YEAR.search(text[:_SAMPLE]) is not None for text in texts),
        "currency": _column(any(sign in text for sign in "$€£") for text in texts),
        "repeated": _column(times[text] for text in lowered),
        "common_words": _share_of_common(split),
    }
    return columns | _of_vocabulary(texts, split)


def _of_vocabulary(texts: Sequence[str], split: Sequence[Sequence[str]]) -> Columns:
    """Count the words of the vocabulary at the edges of each text, and tell how it begins."""
    said = np.zeros((len(texts), len(TEXT_GROUPS)))
    opens = np.zeros((len(texts), len(OPENING_GROUPS)))
    for row, (text, text_words) in enumerate(zip(texts, split, strict=True)):
        ends = edge(text_words)
        for word in ends:
            for group in GROUPS_OF_WORD.get(word, ()):
                said[row, group] += 1
        if is_spaceless(text):
            for group, count in vocabulary.said_without_spaces(text[:_SAMPLE]):
                said[row, group] += count
        for group in vocabulary.openings(ends):
            opens[row, group] = 1
    return {
        **{f"says_{name}": said[:, number] for number, name in enumerate(TEXT_GROUPS)},
        **{f"opens_{name}": opens[:, number] for number, name in enumerate(OPENING_GROUPS)},
    }


_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def of_positions(columns: Columns) -> Columns:
    """Describe where each text stands among the prose of the page. Needs `length` and `ends_sentence`."""
    size, ends = columns["length"], columns["ends_sentence"]
    count = len(size)
    linked = columns.get("linked", np.zeros(count))
    total = max(1.0, float(size.sum()))
    index = np.arange(count, dtype=np.float64)
    good = ((size >= GOOD) & (ends > 0) & (linked < 0.4)).astype(np.float64)  # noqa: PLR2004 - hardly a link
    weight = np.minimum(MAX_WEIGHT, size - PARAGRAPH - UNFINISHED * (1 - ends) - LINKED * linked)
    begin, end = heaviest_span(weight)
    since = np.cumsum(good)
    ahead, behind = _distances(good, index)
    return {
        "share_before": index / max(1, count),
        "text_before": (np.cumsum(size) - size) / total,
        "index": index,
        "index_from_end": count - index,
        "texts": np.full(count, float(count)),
        "page_length": np.full(count, total),
        "in_span": ((index >= begin) & (index < end)).astype(np.float64),
        "from_span": index - begin,
        "from_span_end": index - end,
        "span_share": np.full(count, float(size[begin:end].sum()) / total),
        "good_within_3": _window_sum(good, 3),
        "good_within_8": _window_sum(good, 8),
        "good_within_20": _window_sum(good, 20),
        "next_good": ahead,
        "last_good": behind,
        "good_before": since,
        "good_after": since[-1] - since if count else since,
    }


def of_neighbours(columns: Columns, names: Iterable[str], offsets: Iterable[int]) -> Columns:
    """Repeat columns, shifted: `length+1` is the length of the next text."""
    offsets = tuple(offsets)
    return {f"{name}{offset:+d}": _shifted(columns[name], offset) for name in names for offset in offsets}


def of_surroundings(name: str, values: Column, weights: Column, reaches: Iterable[int]) -> Columns:
    """Return the mean of a column over each text and those near it: `name_within_5` is of five on either side.

    Args:
        weights: what each text counts.
    """
    return {
        f"{name}_within_{reach}": _window_sum(values * weights, reach) / _window_sum(weights, reach)
        for reach in reaches
    }


def weights(size: Column) -> Column:
    """Return what texts of these sizes count in a mean: long ones more, up to a bound, and none nothing."""
    return np.minimum(MAX_WEIGHT, size) + 1


def heaviest_span(weights: NDArray[np.float64]) -> tuple[int, int]:
    """Return begin and end of the span with the greatest sum (Kadane's algorithm), empty where none is positive."""
    best, best_span = 0.0, (0, 0)
    total, begin = 0.0, 0
    for index, weight in enumerate(weights.tolist()):
        if total <= 0:
            total, begin = 0.0, index
        total += weight
        if total > best:
            best, best_span = total, (begin, index + 1)
    return best_span


def edge(text: Sequence[str]) -> Sequence[str]:
    """Return the first and the last words of a text: boilerplate says there what it is."""
    first, last = EDGE_WORDS
    return text if len(text) <= first + last else [*text[:first], *text[-last:]]


def _column(values: Iterable[float]) -> Column:
    return np.fromiter(values, np.float64)


def _count(text: str, is_counted: Callable[[str], bool], ascii_counted: bytes) -> int:
    """Return how many characters of a text are of a kind, of ASCII by way of bytes, which is ten times faster."""
    if text.isascii():
        return len(text) - len(text.encode().translate(None, ascii_counted))
    return sum(map(is_counted, text))


def _capitalised(text: str) -> float:
    found = text.split()
    return sum(word[0].isupper() for word in found) / max(1, len(found))


def _share_of_common(split: Sequence[Sequence[str]]) -> Column:
    counted = Counter(word for text in split if len(text) >= _LONG_TEXT for word in set(text))
    common = {word for word, _ in counted.most_common(_COMMON_WORDS)}
    return _column(sum(word in common for word in text) / max(1, len(text)) for text in split)


def _window_sum(values: Column, reach: int) -> Column:
    """Return the sums over the texts up to `reach` before and behind each."""
    padded = np.concatenate(([0.0], np.cumsum(values)))
    index = np.arange(len(values))
    return padded[np.minimum(len(values), index + reach + 1)] - padded[np.maximum(0, index - reach)]


def _distances(marked: Column, index: Column) -> tuple[Column, Column]:
    """Return how many texts ahead, and how many behind, the nearest marked one is; FAR where there is none."""
    places = np.flatnonzero(marked)
    if not len(places):
        return np.full(len(marked), FAR), np.full(len(marked), FAR)
    after = np.searchsorted(places, index)
    before = np.searchsorted(places, index, side="right") - 1
    last = len(places) - 1
    ahead = np.where(after <= last, places[np.minimum(after, last)] - index, FAR)
    behind = np.where(before >= 0, index - places[np.maximum(before, 0)], FAR)
    return ahead.astype(np.float64), behind.astype(np.float64)


def _shifted(values: Column, offset: int) -> Column:
    shifted = np.full(len(values), NONE)
    if abs(offset) < len(values):
        if offset > 0:
            shifted[:-offset] = values[offset:]
        else:
            shifted[-offset:] = values[:offset]
    return shifted
