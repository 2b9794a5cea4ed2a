"""The index in flat memory finds what a dictionary would find."""

from hypothesis import given
from hypothesis import strategies as st

from wiredesk.syndication.postings import GRANULE, Postings

FEW = st.lists(st.integers(0, 40).map(lambda number: number << 16 | number), unique=True, max_size=20)
"""Fingerprints of an article, of so few different ones that buckets and lists are long."""


@given(st.lists(st.tuples(FEW, st.integers(0, 30)), max_size=40))
def test_it_finds_what_a_dictionary_would_find(steps: list[tuple[list[int], int]]) -> None:
    postings = Postings(1)
    there: dict[int, tuple[int, list[int]]] = {}
    for owner, (fingerprints, removed) in enumerate(steps):
        there[owner] = (postings.add(owner, fingerprints), fingerprints)
        if removed in there:
            block, gone = there.pop(removed)
            postings.remove(block, len(gone))
    known = {one for _, fingerprints in there.values() for one in fingerprints}
    for limit in (2, 100):
        expected: dict[tuple[int, ...], list[int]] = {}
        for one in sorted(known):
            carriers = [owner for owner, (_, fingerprints) in there.items() if one in fingerprints]
            expected.setdefault(tuple(carriers[::-1][:limit]), []).append(one)
        assert postings.carriers([*sorted(known), 1], limit) == expected
    for block, fingerprints in there.values():
        assert list(postings.fingerprints(block, len(fingerprints))) == fingerprints
    assert postings.count == sum(len(fingerprints) for _, fingerprints in there.values())


def test_memory_of_removed_articles_is_used_again() -> None:
    postings = Postings(10)
    for number in range(1000):
        block = postings.add(0, range(number, number + 2 * GRANULE - number % 3))
        postings.remove(block, 2 * GRANULE - number % 3)
    assert postings.size == Postings(10).size + 20 * 2 * GRANULE + 8
