"""Every text that a pattern matches begins with one of its openings."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiredesk.revisions.openings import openings

PATTERNS = [
    "(?:in )?(?:an|the) (?:earlier|first) version",
    "[ab]c?d*(?:e|f){0,2}\\w+ g",
    "(?:(?:x|) )?y.z|[^q]r",
    "a{2}b|c",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(data=st.data(), length=st.integers(1, 8))
@settings(max_examples=60)
def test_a_text_that_is_matched_begins_with_an_opening(pattern: str, data: st.DataObject, length: int) -> None:
    text = data.draw(st.from_regex(pattern, fullmatch=True))
    begin = openings(pattern, length)
    assert text.startswith(tuple(begin))
    assert max(map(len, begin)) <= length


def test_openings_are_as_long_as_they_can_be() -> None:
    assert openings("(?:in )?an? (?:old|new)", 5) == {"in a ", "in an", "a old", "a new", "an ol", "an ne"}
    assert openings("the \\w+ day", 6) == {"the "}
