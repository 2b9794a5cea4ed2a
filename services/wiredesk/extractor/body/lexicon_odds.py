"""Learned log-odds, by the words of a text, that the text belongs to a story."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.features import Feature, edge_words
from wiredesk.extractor.body.page_words import PageWords


@dataclass(frozen=True)
class LexiconOdds:
    """Log-odds of words, learned by `training.extraction.lexicon`.

    Attributes:
        class_names: log-odds of a text in a container that has such a word in its class, id or role.
        phrases: what a word, a pair of words (`sign up`), or a first word (`^photo`) adds to the log-odds of a text.
    """

    class_names: Mapping[str, float] = field(default_factory=dict)
    phrases: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def of_names(self) -> Callable[[tuple[str, ...]], tuple[float, float, float]]:
        """The log-odds of the words of a container's names: their sum, the least, and the greatest.

        Cached, because the containers of a site share their names.
        """

        @lru_cache(maxsize=4096)
        def of_names(names: tuple[str, ...]) -> tuple[float, float, float]:
            odds = [self.class_names.get(name, 0.0) for name in names]
            return sum(odds), min(odds, default=0.0), max(odds, default=0.0)

        return of_names

    @cached_property
    def known(self) -> "KnownWords":
        """The words of the phrases."""
        return KnownWords.of_phrases(self.phrases)

    @cached_property
    def pairs(self) -> "PairOdds":
        """The pairs among the phrases, by the rows of their words."""
        return PairOdds.of_phrases(self.phrases, self.known.rows)

    def score(self, page_words: PageWords) -> Feature:
        """Return the log-odds of each text by its phrases: the sum of theirs over the square root of their number.

        Only known phrases count, so a text in a language that the model does not know has log-odds of 0.

        Args:
            page_words: the words of each text.
        """
        edge = page_words.at_edge
        row = page_words.values_at(edge, self.known.rows)
        text, number = page_words.text[edge], page_words.number[edge]
        begins = np.ones(len(edge), np.bool_)
        begins[1:] = text[1:] != text[:-1]
        follows = np.flatnonzero(~begins)
        pair = self.pairs.find(row[number[follows - 1]], row[number[follows]])
        word_odds, first_odds = self.known.odds[row], self.known.first_odds[row[number[begins]]]
        first_known = ~np.isnan(first_odds)
        total, count = np.zeros(len(page_words)), np.zeros(len(page_words))
        for of_text, odds in (
            (text[begins][first_known], first_odds[first_known]),
            _with_odds(text, number, word_odds, ~np.isnan(word_odds)[number]),
            _with_odds(text[follows], pair, self.pairs.odds, pair >= 0),
        ):
            total += np.bincount(of_text, odds, len(page_words))
            count += np.bincount(of_text, minlength=len(page_words))
        scores: Feature = total / np.sqrt(np.maximum(1, count))
        return scores


@dataclass(frozen=True, slots=True)
class KnownWords:
    """What is known of words.

    Attributes:
        rows: of the words, from 1 on; row 0 is of all other words.
        odds: of each row, as a word; NaN if there are none.
        first_odds: of each row, as the first word of a text; NaN if there are none.
    """

    rows: Mapping[str, int]
    odds: Feature
    first_odds: Feature

    @classmethod
    def of_phrases(cls, phrases: Mapping[str, float]) -> "KnownWords":
        """Return the words of phrases."""
        known = dict.fromkeys(chain.from_iterable(phrase.removeprefix("^").split(" ") for phrase in phrases))
        odds = (phrases.get(word) for word in known)
        first_odds = (phrases.get(f"^{word}") for word in known)
        return cls(
            {word: row for row, word in enumerate(known, 1)},
            np.array([None, *odds], np.float64),
            np.array([None, *first_odds], np.float64),
        )


@dataclass(frozen=True, slots=True)
class PairOdds:
    """Log-odds of pairs of words.

    Attributes:
        keys: for each pair, the row of its first word times the number of words, plus that of its second; sorted.
        odds: of each pair.
        count: number of words.
    """

    keys: NDArray[np.int64]
    odds: Feature
    count: int

    @classmethod
    def of_phrases(cls, phrases: Mapping[str, float], rows: Mapping[str, int]) -> "PairOdds":
        """Return the pairs among phrases."""
        pairs = {phrase: odds for phrase, odds in phrases.items() if " " in phrase}
        count = len(rows) + 1
        split = (phrase.split(" ", 1) for phrase in pairs)
        keys = np.array([rows[one] * count + rows[next_one] for one, next_one in split], np.int64)
        order = np.argsort(keys)
        return cls(keys[order], np.array(list(pairs.values()), np.float64)[order], count)

    def find(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the index of each pair of words, which are given as rows; -1 if it is not known."""
        index = np.full(len(first), -1)
        both = np.flatnonzero((first > 0) & (second > 0)) if len(self.keys) else index[:0]
        if len(both):
            keys = first[both] * self.count + second[both]
            place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            index[both] = np.where(self.keys[place] == keys, place, -1)
        return index


def _with_odds(
    text: NDArray[np.intp], phrase: NDArray[np.intp], odds: Feature, known: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], Feature]:
    """Return the known phrases of each text, each once: the texts, and the log-odds."""
    texts, different = PageWords.once(text[known], phrase[known])
    return texts, odds[different]


def phrases(text: Sequence[str]) -> frozenset[str]:
    """Return the words, the pairs of words, and the marked first word of a text's edges."""
    return frozenset(_phrases(edge_words(text)))


def _phrases(text: Sequence[str]) -> Iterator[str]:
    if text:
        yield f"^{text[0]}"
    yield from text
    for one, next_one in pairwise(text):
        yield f"{one} {next_one}"
