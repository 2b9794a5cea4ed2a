"""The gazetteer finds the line of each of its names, and none of another."""

from itertools import islice

import pytest

from wiredesk.enrichment.entities.gazetteer import Gazetteer, gazetteer

ALL = range(1_000_000)
"""Numbers of all entries."""


def small_gazetteer(count: int) -> Gazetteer:
    """Return a gazetteer of some names, each with its own number: `name7`, `name7` and a letter, and so on."""
    names = sorted(f"name{number}".encode() for number in range(count))
    return Gazetteer(b"\n\n" + b"".join(b"%b\t%d\n" % (name, place) for place, name in enumerate(names)))


@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_each_name_is_found_and_no_part_of_it_is(count: int) -> None:
    names = small_gazetteer(count)
    for place, name in enumerate(sorted(f"name{number}" for number in range(count))):
        assert names.references(name) == [(place, "")]
        assert names.references(f"{name}x") == names.references(f" {name}") == []
    assert names.references("name") == names.references("") == names.references("zebra") == []


def test_names_that_ship_are_found() -> None:
    for name, references in islice(gazetteer().names_of(ALL), 0, None, 997):
        assert gazetteer().references(name) == references
