import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiredesk.json_ld.lenient_json import MAX_CONTAINERS, MAX_DEPTH, read_lenient_json
from wiredesk.json_ld.scripts import MAX_MENDED
from wiredesk.testing.patience import scaled

STORY = {"headline": "The old pier", "author": {"name": "Anna Roe"}, "tags": ["ports", "ferries"], "words": 5}

FAULTY = {
    "a semicolon at the end": '{"a": "b"};',
    "commas at the end": '{"a": ["b",],}',
    "CDATA": '<![CDATA[{"a": "b"}]]>',
    "CDATA in comments, its end escaped": '// <![CDATA[\n{"a": "b"}\n// ]]&gt;',
    "CDATA in comments on one line": '//<![CDATA[{"a": "b"}//]]>',
    "an HTML comment": '<!-- {"a": "b"} -->',
    "comments": '/* x */ {"a": /* , */ "b"} // y',
    "an assignment": 'var data = {"a": "b"};',
    "single quotation marks": "{'a': 'b'}",
    "keys without quotation marks": "{a: 'b'}",
    "typographic quotation marks": "{“a”: “b”}",
    "a text that breaks off": '{"a": "b"',
    "a bracket too many": '{"a": "b"}}',
    "a byte order mark": '\ufeff{"a": "b"}',
    "a half surrogate": r'{"a": "\ud83db"}',
    "no comma": '{"a": "b" "c": 1}',
    "no value": '{"c": , "a": "b"}',
}


@pytest.mark.parametrize("text", FAULTY.values(), ids=FAULTY)
def test_faults_are_mended(text: str) -> None:
    (value,) = read_lenient_json(text)
    assert isinstance(value, dict)
    assert value["a"] in ("b", ["b"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'{"a": "The \'old\' pier"}', "The 'old' pier"),
        ('{"a": "The "old" pier", "b": 1}', 'The "old" pier'),
        ('{"a": "The "old", "new": both piers", "b": 1}', 'The "old", "new": both piers'),
        ('{"a": "A 5" plank"}', 'A 5" plank'),
        ('{"a": "<p class="x">The pier</p>", "b": 1}', '<p class="x">The pier</p>'),
        ("{'a': 'the harbour's pier', 'b': 1}", "the harbour's pier"),
        ('{"a": "the pier,\n "b": "c"}', "the pier"),
        (r'{"a": "\ud83d\ude00 \u0041 \x41 \/"}', "😀 A A /"),
        ('{"a": https://paper.example/x, "b": 1}', "https://paper.example/x"),
        ('{"a": NaN, "b": 1}', None),
        ('{"a": 5 "b": 6}', 5),
        ('{"a": True}', True),
    ],
)
def test_values_are_what_their_author_meant(text: str, value: Any) -> None:
    assert read_lenient_json(text)[0] == {"a": value, **({"b": 1} if '"b": 1' in text or "'b': 1" in text else {})} | (
        {"b": "c"} if '"c"' in text else {"b": 6} if "6" in text else {}
    )


def test_values_after_each_other_are_read_in_their_order() -> None:
    assert read_lenient_json('{"a": 1}\n{"b": [2]}, [3]') == [{"a": 1}, {"b": [2]}, [3]]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=8), JSON, max_size=4))
def test_what_has_no_fault_is_read_as_it_is(value: dict[str, Any]) -> None:
    assert read_lenient_json(json.dumps(value)) == [value]


PIECES = st.sampled_from(
    ['{"', '"}', "{", "}", "[", "]", ",", ":", '"', "'", "\\", "\\u", "/*", "*/", "//", "\n", "<![CDATA[", "]]>", "<!--", "x", "1", "“", "&quot;", " "]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_nothing_raises(text: str) -> None:
    assert isinstance(read_lenient_json(text), list)
    json.dumps(read_lenient_json(text)).encode()


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=6).map("".join), st.lists(PIECES, min_size=1, max_size=6).map("".join))
def test_time_is_bounded(start: str, repeated: str) -> None:
    text = (start + repeated * MAX_MENDED)[:MAX_MENDED]

    def seconds() -> float:
        before = time.process_time()
        read_lenient_json(text)
        return time.process_time() - before

    # One of them may hold a collection of the garbage of all tests before.
    assert any(seconds() < scaled(2) for _ in range(3))


def test_depth_and_number_are_bounded() -> None:
    deep = json.dumps(read_lenient_json('[{"a":' * 1000))
    assert MAX_DEPTH <= deep.count("[") + deep.count("{") <= MAX_DEPTH + 1
    assert len(read_lenient_json("{} " * (2 * MAX_CONTAINERS))) == MAX_CONTAINERS
