"""The words of a page as numbers, so that what is known of a word is looked up once for all places where it stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, compress, repeat

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor import words
from wiredesk.extractor.body.vocabulary import GROUPS_OF_WORD, TEXT_GROUPS

FIRST_WORDS = 30
"""Number of words at the beginning of a text that are looked up in vocabulary and lexicon."""

LAST_WORDS = 10
"""Number of words at the end of a text that are looked up in vocabulary and lexicon."""

STEM = 6
"""Letters at the beginning of a word that are compared: inflection changes the end of a word, in most languages."""

MIN_STEM_WORD = 4
"""Letters from which a word's stem is compared; shorter words are mostly function words."""


@dataclass(frozen=True)
class PageWords:
    """The words of a page's texts.

    Attributes:
        texts: the words of each text.
        numbers: of the different words, in the order in which they first stand on the page.
        number: of the word at each place.
        text: index of the text at each place.
        counts: number of words of each text.
    """

    texts: Sequence[Sequence[str]]
    numbers: Mapping[str, int]
    number: NDArray[np.intp]
    text: NDArray[np.intp]
    counts: NDArray[np.intp]

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> "PageWords":
        """Return the words of texts."""
        return cls.of_words([words.split(text) for text in texts])

    @classmethod
    def of_words(cls, texts: Sequence[Sequence[str]]) -> "PageWords":
        """Return the words of texts that are split."""
        numbers: defaultdict[str, int] = defaultdict()
        numbers.default_factory = numbers.__len__  # a word that is new gets the next number
        counts = np.fromiter(map(len, texts), np.intp, len(texts))
        number = np.fromiter(map(numbers.__getitem__, chain.from_iterable(texts)), np.intp, int(counts.sum()))
        return cls(texts, dict(numbers), number, np.repeat(np.arange(len(texts)), counts), counts)

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """Place of the first word of each text."""
        return np.cumsum(self.counts) - self.counts

    @cached_property
    def place(self) -> NDArray[np.intp]:
        """The place of each word in its text."""
        return np.arange(len(self.number)) - self.starts[self.text]

    @cached_property
    def at_edge(self) -> NDArray[np.intp]:
        """Places of the first and the last words of each text, which show whether it is boilerplate."""
        is_last = self.counts[self.text] - self.place <= LAST_WORDS
        return np.flatnonzero((self.place < FIRST_WORDS) | is_last)

    def first(self, most: int) -> NDArray[np.intp]:
        """Return the places of the first words of each text on the page."""
        return np.flatnonzero(self.place < most)

    def different_at(self, places: NDArray[np.intp]) -> list[str]:
        """Return the different words at places of the page."""
        is_there = np.zeros(len(self.numbers), np.bool_)
        is_there[self.number[places]] = True
        return list(compress(self.numbers, is_there.tolist()))

    @cached_property
    def different(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The different words of each text: texts and numbers."""
        return self.once(self.text, self.number)

    @cached_property
    def stems(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The different stems of each text: texts and numbers of stems.

        In scripts without spaces, a pair of neighbouring characters is a stem.
        """
        stems = [word[:STEM] if len(word) >= MIN_STEM_WORD else "" for word in self.numbers]
        numbers = {stem: number for number, stem in enumerate(dict.fromkeys(filter(None, stems)))}
        stem = np.fromiter(map(numbers.get, stems, repeat(-1)), np.intp, len(stems))
        of_word = stem[self.number]
        is_stem = of_word >= 0
        text, pair = self._pairs_of_characters()
        pair += len(numbers)
        return self.once(np.concatenate((self.text[is_stem], text)), np.concatenate((of_word[is_stem], pair)))

    @cached_property
    def in_groups(self) -> NDArray[np.float64]:
        """How often the vocabulary has each different word in each of its groups; (words, groups)."""
        times = np.zeros((len(self.numbers), len(TEXT_GROUPS)))
        for word in self.numbers.keys() & GROUPS_OF_WORD.keys():
            for group in GROUPS_OF_WORD[word]:
                times[self.numbers[word], group] += 1
        return times

    @cached_property
    def is_grouped(self) -> NDArray[np.bool_]:
        """Whether the vocabulary has each different word."""
        return self.in_groups.any(axis=1)

    def values(self, of_word: Mapping[str, int], default: int) -> NDArray[np.intp]:
        """Return a value of each different word, by its number."""
        return np.fromiter(map(of_word.get, self.numbers, repeat(default)), np.intp, len(self.numbers))

    def values_at(self, places: NDArray[np.intp], of_word: Mapping[str, int]) -> NDArray[np.intp]:
        """Return a value of each different word that stands at one of some places, and 0 for others, by its number."""
        is_there = np.zeros(len(self.numbers), np.bool_)
        is_there[self.number[places]] = True
        there = np.flatnonzero(is_there)
        looked_up = map(of_word.get, compress(self.numbers, is_there.tolist()), repeat(0))
        values = np.zeros(len(self.numbers), np.intp)
        values[there] = np.fromiter(looked_up, np.intp, len(there))
        return values

    def holds(self, wanted: AbstractSet[str]) -> NDArray[np.bool_]:
        """Return whether each different word is one of those wanted, by its number."""
        held = np.zeros(len(self.numbers), np.bool_)
        held[[self.numbers[word] for word in self.numbers.keys() & wanted]] = True
        return held

    def count(self, counted: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return how many words of each text are counted.

        Args:
            counted: whether the word at each place is.
        """
        return np.bincount(self.text[counted], minlength=len(self)).astype(np.float64)

    @staticmethod
    def once(text: NDArray[np.intp], value: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return each pair of a text and a value once, sorted."""
        values = int(value.max(initial=0)) + 1
        pairs = text * values + value
        pairs.sort()  # many times faster than numpy's `unique`
        is_first = np.ones(len(pairs), np.bool_)
        is_first[1:] = pairs[1:] != pairs[:-1]
        different = pairs[is_first]
        texts = different // values  # several times faster than `divmod`
        return texts, different - texts * values

    def _pairs_of_characters(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the texts and the numbers of pairs of words of one character that are not both ASCII."""
        nothing = np.zeros(0, np.intp)
        characters = {word: 1 if word.isascii() else 2 for word in self.numbers if len(word) == 1}
        if 2 not in characters.values():  # noqa: PLR2004 - all are ASCII
            return nothing, nothing
        kinds = self.values(characters, 0)[self.number]
        is_pair = (kinds[:-1] > 0) & (kinds[1:] > 0) & (kinds[:-1] + kinds[1:] > 2)  # noqa: PLR2004 - more than ASCII
        first = np.flatnonzero(is_pair & (self.text[:-1] == self.text[1:]))
        pair = self.number[first] * len(self.numbers) + self.number[first + 1]
        return self.text[first], np.unique(pair, return_inverse=True)[1].astype(np.intp)
