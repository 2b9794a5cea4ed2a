"""The index in flat memory finds what a dictionary would find."""

from collections.abc import Iterable
from itertools import count

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.syndication.postings import GRANULE, Block, Hashes, Postings

FEW = st.lists(st.integers(0, 40).map(lambda number: number << 16 | number), unique=True, max_size=20)
"""Fingerprints of an article, of so few different ones that buckets and lists are long."""


def hashes(fingerprints: Iterable[int]) -> Hashes:
    return np.array(list(fingerprints), dtype=np.uint64)


@given(st.lists(st.tuples(st.lists(FEW, min_size=1, max_size=4), st.integers(0, 30), st.integers(0, 3)), max_size=40))
def test_it_finds_what_a_dictionary_would_find(steps: list[tuple[list[list[int]], int, int]]) -> None:
    postings = Postings(1)
    there: dict[int, tuple[Block, list[int]]] = {}
    owners = count()
    for added, removed, oldest in steps:
        articles = {next(owners): fingerprints for fingerprints in added}
        blocks = postings.add({owner: hashes(fingerprints) for owner, fingerprints in articles.items()})
        for (owner, fingerprints), block in zip(articles.items(), blocks, strict=True):
            there[owner] = (block, fingerprints)
        if removed in there:
            postings.remove(there.pop(removed)[0])
        postings.remove_oldest([there.pop(owner)[0] for owner in list(there)[:oldest]])
    known = {one for _, fingerprints in there.values() for one in fingerprints}
    for limit in (2, 100):
        expected = {
            one: tuple(owner for owner, (_, fingerprints) in reversed(there.items()) if one in fingerprints)[:limit]
            for one in sorted(known)
        }
        assert postings.carriers(hashes([*sorted(known), 1]), limit) == expected
    for block, fingerprints in there.values():
        assert postings.fingerprints(block).tolist() == fingerprints
    assert postings.count == sum(len(fingerprints) for _, fingerprints in there.values())


def test_memory_of_removed_articles_is_used_again() -> None:
    postings = Postings(10)
    for number in range(1000):
        (block,) = postings.add({0: hashes(range(number, number + 2 * GRANULE - number % 3))})
        postings.remove(block)
    assert postings.size == Postings(10).size + 16 * 2 * GRANULE + 8
