"""The elements of a page by name and attribute: one walk returns what many would."""

from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.document import parse_html
from wiredesk.extractor.page_elements import PageElements

TAGS = st.sampled_from(["p", "div", "h1", "time", "a", "script", "meta"])
"""Names of elements, some of which pages have few of."""

ELEMENTS = st.lists(st.tuples(TAGS, st.dictionaries(st.sampled_from(["class", "id", "typeof"]), st.sampled_from("ab"))))
"""Elements with attributes, whose values many share."""


@given(ELEMENTS)
def test_elements_are_those_that_each_would_be_asked_for(made: list[tuple[str, dict[str, str]]]) -> None:
    tags = (f"<{tag} {' '.join(f'{k}={v}' for k, v in own.items())}></{tag}>" for tag, own in made)
    root = parse_html(f"<body>{'<i>'.join(tags)}</body>")
    assert root is not None
    page = PageElements(root)
    for name in ("class", "id", "typeof"):
        asked = [element for element in root.iter() if element.get(name) == "a"]
        assert page.has(name, "a".__eq__) is bool(asked)
        if name != "typeof":
            assert [page.in_order[place] for place in sorted(page.places_with(name, "a".__eq__))] == asked
            assert page.has(name, "a".__eq__) is bool(asked)
    assert list(page.named("h1", "meta")) == list(root.iter("h1", "meta"))
    assert list(page.named("time")) == list(root.iter("time"))


def test_a_value_is_tested_once() -> None:
    root = parse_html('<p class="a"></p><p class="a"></p><p class="b"></p>')
    assert root is not None
    tested: list[str] = []
    assert PageElements(root).places_with("class", tested.append) == []
    assert tested == ["a", "b"]
