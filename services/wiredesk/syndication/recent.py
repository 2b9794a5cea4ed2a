"""The fingerprints of the newest articles, before they are in the index.

An index is changed in a third of the time if it is changed for many articles at once: what is read from memory for one
does not wait for the others. Until then sets have the fingerprints.
"""

from collections.abc import Iterable, Mapping
from itertools import islice

import numpy as np
from numpy.typing import NDArray

type Hashes = NDArray[np.uint64]
"""Fingerprints."""


class Recent:
    """Articles that are not in the index yet, in the order in which they came."""

    def __init__(self) -> None:
        self._articles: dict[int, Hashes] = {}
        self._sets: dict[int, set[int]] = {}  # made when carriers are asked for: a restore asks for none
        self._all: set[int] = set()

    def __len__(self) -> int:
        """Return the number of articles."""
        return len(self._articles)

    def __contains__(self, number: int) -> bool:
        """Return whether an article is one of them."""
        return number in self._articles

    def add(self, number: int, hashes: Hashes) -> None:
        """Add the newest article."""
        self._articles[number] = hashes

    def remove(self, number: int) -> None:
        """Remove an article."""
        del self._articles[number]
        self._sets, self._all = {}, set()

    def hashes(self, number: int) -> Hashes:
        """Return the fingerprints of an article."""
        return self._articles[number]

    def take(self) -> Mapping[int, Hashes]:
        """Return all articles, the oldest first, which are none of them from now on."""
        articles, self._articles = self._articles, {}
        self._sets, self._all = {}, set()
        return articles

    def carriers(self, fingerprints: Iterable[int]) -> Mapping[int, tuple[int, ...]]:
        """Return the articles that carry fingerprints, by fingerprint: the newest first."""
        for number, hashes in islice(self._articles.items(), len(self._sets), None):
            self._sets[number] = set(hashes.tolist())
            self._all |= self._sets[number]
        carried = self._all.intersection(fingerprints)
        carriers: dict[int, tuple[int, ...]] = {}
        for number, own in self._sets.items() if carried else ():
            if not own.isdisjoint(carried):
                carriers.update((one, (number, *carriers.get(one, ()))) for one in own & carried)
        return carriers
