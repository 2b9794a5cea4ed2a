"""The containers of a page: what is in them, and what they are named."""

import re

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from wiredesk.extractor.body.segments import Container, segment_page
from wiredesk.extractor.document import parse_html

NAMES = st.text(alphabet="abzAZéÉİßΣσ19 -_:.,/\t\n\u00a0\u3000", max_size=60)
BORDER = re.compile(r"[\s_\-:.,/]+|(?<=[a-z])(?=[A-Z])")


def in_box(parts: list[str]) -> str:
    return f"<div>{''.join(parts)}</div>"


NESTED = st.recursive(st.just("<p>word</p>"), lambda inner: st.lists(inner, max_size=4).map(in_box), max_leaves=20)


def containers_of(mark_up: str) -> list[Container]:
    root = parse_html(f"<html><body>{mark_up}</body></html>")
    assert root is not None
    return segment_page(root).containers


@given(NAMES)
def test_names_are_split_at_spaces_signs_and_capitals(name: str) -> None:
    root = etree.Element("html")
    etree.SubElement(root, "div").set("class", name)
    words = [word.lower() for word in BORDER.split(name) if 1 < len(word) < 25 and not word.isdigit()]
    assert segment_page(root).containers[-1].tokens == tuple(dict.fromkeys(words))[:40]


@given(NESTED)
def test_a_container_knows_the_last_one_in_it(mark_up: str) -> None:
    containers = containers_of(mark_up)
    last = [container.index for container in containers]
    for container in reversed(containers):
        if container.parent >= 0:
            last[container.parent] = max(last[container.parent], last[container.index])
    assert [container.last for container in containers] == last
