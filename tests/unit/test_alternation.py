"""A pattern of many texts matches what its alternatives match, the longest one first."""

import re

from hypothesis import given
from hypothesis import strategies as st

from wiredesk.languages.alternation import alternation

phrases = st.lists(st.text("ab .*", min_size=1, max_size=6), min_size=1, max_size=8)


@given(phrases, st.text("ab .*\t", max_size=20))
def test_the_longest_of_the_texts_is_matched(texts: list[str], read: str) -> None:
    longest_first = sorted(texts, key=len, reverse=True)
    one_after_the_other = "|".join(re.escape(text).replace("\\ ", r"\s{1,3}") for text in longest_first)
    expected = [match.span() for match in re.finditer(one_after_the_other, read)]
    assert [match.span() for match in re.finditer(alternation(longest_first), read)] == expected


def test_common_beginnings_are_matched_once() -> None:
    assert alternation(["bylines", "byline", "by"]) == "by(?:line(?:s)?)?"
