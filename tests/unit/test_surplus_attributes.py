"""Elements with more attributes than a page needs: the surplus is cut, in linear time, and nothing else changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from wiredesk.extractor.document import parse_html
from wiredesk.extractor.surplus_attributes import MAX_ATTRIBUTES, cut_surplus_attributes

MANY = 5 * MAX_ATTRIBUTES


@pytest.mark.parametrize(
    "attribute",
    [
        "a{} ", "a{}=1 ", "a{}=''", 'a{}=">" ', "a{}='<b>'", "a{}/", "a{} = x\n", 'a{}="<div x=\'\'>" ', "ä{} ",
        "a{}=b='c> ",
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "<!--<a b='-->", '<script>if (a<b="</script>', "<p>a < b <5 = '", "<!x y='>"])
def test_an_element_has_no_more_attributes_than_allowed_and_the_story_stays(before: str, attribute: str) -> None:
    tag = "<div " + "".join(attribute.format(number) for number in range(MANY)) + ">"
    root = parse_html(f"<body>{before}{tag}<p>The story</p><i title='x'>ends</i></body>")
    assert root is not None
    assert max(len(element.attrib) for element in root.iter()) <= MAX_ATTRIBUTES
    assert "The story" in "".join(map(str, root.itertext()))


@pytest.mark.parametrize("root", ["html", "body", "HTML", "Body"])
def test_many_root_tags_do_not_pile_up_their_attributes(root: str) -> None:
    tags = "".join(f"<{root} a{number}=1>" for number in range(MANY))
    tree = parse_html(f"<html><body>{tags}<p>The story</p></body></html>")
    assert tree is not None
    assert max(len(element.attrib) for element in tree.iter()) <= MAX_ATTRIBUTES
    assert tree.findtext(".//p") == "The story"


def test_a_page_without_surplus_is_the_page_itself() -> None:
    tag = b"<div " + b"".join(b"a%d='>' " % number for number in range(MAX_ATTRIBUTES)) + b">"
    page = b"<!doctype html><title>a < b</title>" + tag + b"<!-- <x a=' --><p class=x>text</p>"
    assert cut_surplus_attributes(page) is page


@given(st.text(alphabet=" \n<>/=\"'!-?abcdivscrpt", max_size=300))
def test_other_pages_are_left_as_they_are(page: str) -> None:
    assert cut_surplus_attributes(page.encode()) == page.encode()


@given(
    st.lists(
        st.sampled_from(["<div ", "a1 ", "b", "=", "'", '"', ">", "<!--", "-->", "<script>", "x" * 99]), max_size=60
    )
)
def test_only_attributes_are_cut(pieces: list[str]) -> None:
    page = "".join(pieces) + "<p " + "a " * MANY + ">"
    cut = cut_surplus_attributes(page.encode()).decode()
    assert len(cut) <= len(page)
    assert page.startswith(cut[: len("".join(pieces))])
    etree.fromstring(cut.encode(), etree.HTMLParser())
