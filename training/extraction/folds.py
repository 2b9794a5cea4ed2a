"""Folds by site: no site is on both sides of a split, so that figures are about sites that a model has not seen."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

FOLDS = 5
"""Folds of an evaluation."""


def fold_of(site: str, folds: int = FOLDS) -> int:
    """Return the number of the fold in which a site is held out, which never changes."""
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % folds


def splits(sites: Sequence[str], count: int = FOLDS) -> Iterator[tuple[int, list[int], list[int]]]:
    """Yield each fold: its number, the indices of its training examples, and of the held-out ones."""
    folds = [fold_of(site, count) for site in sites]
    for number in range(count):
        yield number, _where(number != fold for fold in folds), _where(number == fold for fold in folds)


def _where(marked: Iterable[bool]) -> list[int]:
    return [place for place, is_marked in enumerate(marked) if is_marked]
